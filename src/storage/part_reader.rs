//! Defines the stream: a part of a flat file, read from its front.
//!
//! Only a stretch of it is in memory at a time. A part read whole would be as large again as what
//! is made of it, and memory that was free once is the program's for as long as it runs.

use crate::storage::container::{Container, PAGE_SIZE, PartTag};
use crate::storage::varint;

/// How many bytes are read at a time.
const READ_CHUNK: u64 = 64 * 1024;

/// A part of a flat file, read from its front. Every reading moves on; it returns nothing where the
/// part ends too early or is damaged.
#[derive(Debug)]
pub struct PartReader<'f> {
    container: &'f Container,
    tag: PartTag,
    length: u64,
    /// Where the next stretch begins.
    offset: u64,
    /// How many bytes are read next, from the start of the page.
    chunk_len: u64,
    buffer: Vec<u8>,
    consumed: usize,
}

impl<'f> PartReader<'f> {
    pub(crate) const fn new(flat: &'f Container, name: PartTag, length: u64) -> Self {
        Self {
            container: flat,
            tag: name,
            length,
            offset: 0,
            chunk_len: READ_CHUNK,
            buffer: Vec::new(),
            consumed: 0,
        }
    }

    pub(crate) fn starting_at(self, offset: u64) -> Self {
        Self {
            offset,
            chunk_len: PAGE_SIZE as u64,
            ..self
        }
    }

    /// Returns how many bytes are left.
    pub fn remaining(&self) -> u64 {
        self.length - self.offset + (self.buffer.len() - self.consumed) as u64
    }

    /// Reads a byte.
    pub fn read_byte(&mut self) -> Option<u8> {
        self.read_array().map(|[byte]| byte)
    }

    /// Reads so many bytes.
    pub fn read_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        let mut rest = &mut array[..];
        while !rest.is_empty() {
            let bytes = self.read_chunk(rest.len())?;
            let (read, after) = rest.split_at_mut(bytes.len());
            read.copy_from_slice(bytes);
            rest = after;
        }
        Some(array)
    }

    /// Reads a number, as `write_varint` writes it.
    pub fn read_varint(&mut self) -> Option<u64> {
        varint::decode_varint(|| self.read_byte())
    }

    /// Reads bytes that stand after their length.
    pub fn read_bytes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_bytes_into(&mut bytes)?;
        Some(bytes)
    }

    /// Reads bytes that stand after their length into a buffer, in the place of what it holds.
    pub fn read_bytes_into(&mut self, buffer: &mut Vec<u8>) -> Option<()> {
        let length = self.read_varint()?;
        let length = self.checked_length(length)?;
        buffer.clear();
        buffer.reserve_exact(length);
        while buffer.len() < length {
            let more = length - buffer.len();
            buffer.extend_from_slice(self.read_chunk(more)?);
        }
        Some(())
    }

    /// Reads a text that stands after its length.
    pub fn read_text(&mut self) -> Option<String> {
        String::from_utf8(self.read_bytes()?).ok()
    }

    /// Reads as many things as a number says that stands before them.
    pub fn read_list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.read_varint()?;
        // A damaged count must not ask for memory: everything takes a byte at least.
        let mut all = Vec::with_capacity(usize::try_from(count.min(self.remaining())).ok()?);
        for _ in 0..count {
            all.push(read(self)?);
        }
        Some(all)
    }

    /// Reads numbers of four bytes each, which stand after the length of all of them.
    pub fn read_u32s(&mut self) -> Option<Vec<u32>> {
        let length = self.read_varint()?;
        self.read_integers(length, u32::from_le_bytes)
    }

    /// Reads numbers of eight bytes each, which stand after the length of all of them.
    pub fn read_u64s(&mut self) -> Option<Vec<u64>> {
        let length = self.read_varint()?;
        self.read_integers(length, u64::from_le_bytes)
    }

    /// Reads numbers of four bytes each to the end.
    pub fn read_u32s_to_end(&mut self) -> Option<Vec<u32>> {
        self.read_integers(self.remaining(), u32::from_le_bytes)
    }

    fn read_integers<const N: usize, T>(
        &mut self,
        length: u64,
        number: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<T>> {
        let count = self.checked_length(length)? / N;
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let held = self.read_chunk((count - all.len()) * N)?.len();
            let (numbers, split) = self.buffer[self.consumed - held..self.consumed].as_chunks();
            all.extend(numbers.iter().map(|bytes| number(*bytes)));
            if !split.is_empty() {
                // It goes on in the next stretch.
                self.consumed -= split.len();
                all.push(number(self.read_array()?));
            }
        }
        Some(all)
    }

    /// Returns a length that is not beyond the end.
    fn checked_length(&self, length: u64) -> Option<usize> {
        usize::try_from(length)
            .ok()
            .filter(|_| length <= self.remaining())
    }

    /// Reads some bytes, one at least and as many as given at most.
    fn read_chunk(&mut self, most: usize) -> Option<&[u8]> {
        if self.consumed == self.buffer.len() {
            let in_page = self.offset % PAGE_SIZE as u64;
            let length = (self.chunk_len - in_page).min(self.length - self.offset);
            if length == 0 {
                return None;
            }
            let size = usize::try_from(length).ok()?;
            self.buffer = self.container.read_range(self.tag, self.offset, size)?;
            self.offset += length;
            self.chunk_len = READ_CHUNK.min(self.chunk_len * 2);
            self.consumed = 0;
        }
        let from = self.consumed;
        self.consumed = self.buffer.len().min(from + most);
        Some(&self.buffer[from..self.consumed])
    }
}
