//! Sequential reading of a part of a container, which verifies each page.
//!
//! Only one chunk is in memory at a time. Reading a part whole would double the memory that its
//! decoded content takes, and the allocator does not return that memory to the system.

use crate::storage::container::{Container, PAGE_SIZE, PartTag};
use crate::storage::varint;

const READ_CHUNK: u64 = 64 * 1024;

/// A cursor in a part. Every read advances it, and returns `None` at the end of the part or if the
/// part is damaged.
#[derive(Debug)]
pub struct PartReader<'f> {
    container: &'f Container,
    tag: PartTag,
    length: u64,
    /// The offset of the next chunk.
    offset: u64,
    /// The length of the next chunk, from the start of its page.
    chunk_len: u64,
    /// The current chunk, and how much of it has been read.
    buffer: Vec<u8>,
    consumed: usize,
}

impl Container {
    /// Opens a part for sequential reading; `None` if there is no such part.
    pub fn part_reader(&self, tag: PartTag) -> Option<PartReader<'_>> {
        Some(PartReader {
            container: self,
            tag,
            length: self.part_length(tag)?,
            offset: 0,
            chunk_len: READ_CHUNK,
            buffer: Vec::new(),
            consumed: 0,
        })
    }

    /// Opens a part at an offset. The reader reads one page first and longer chunks later, because
    /// callers that seek often need few bytes.
    pub fn part_reader_at(&self, tag: PartTag, offset: u64) -> Option<PartReader<'_>> {
        let reader = self.part_reader(tag)?;
        (offset <= reader.length).then_some(PartReader {
            offset,
            chunk_len: PAGE_SIZE as u64,
            ..reader
        })
    }
}

impl PartReader<'_> {
    /// The number of bytes left.
    pub fn remaining(&self) -> u64 {
        self.length - self.offset + (self.buffer.len() - self.consumed) as u64
    }

    pub fn read_byte(&mut self) -> Option<u8> {
        self.read_array().map(|[byte]| byte)
    }

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

    pub fn read_varint(&mut self) -> Option<u64> {
        varint::decode_varint(|| self.read_byte())
    }

    /// Reads bytes preceded by their length.
    pub fn read_bytes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_bytes_into(&mut bytes)?;
        Some(bytes)
    }

    /// Reads bytes preceded by their length into a buffer, replacing its content.
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

    pub fn read_text(&mut self) -> Option<String> {
        String::from_utf8(self.read_bytes()?).ok()
    }

    /// Reads items preceded by their count.
    pub fn read_list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.read_varint()?;
        // Every item takes at least one byte, so a damaged count cannot ask for much memory.
        let mut all = Vec::with_capacity(usize::try_from(count.min(self.remaining())).ok()?);
        for _ in 0..count {
            all.push(read(self)?);
        }
        Some(all)
    }

    /// Reads four-byte integers preceded by their total length in bytes.
    pub fn read_u32s(&mut self) -> Option<Vec<u32>> {
        let length = self.read_varint()?;
        self.read_integers(length, u32::from_le_bytes)
    }

    /// Reads eight-byte integers preceded by their total length in bytes.
    pub fn read_u64s(&mut self) -> Option<Vec<u64>> {
        let length = self.read_varint()?;
        self.read_integers(length, u64::from_le_bytes)
    }

    pub fn read_u32s_to_end(&mut self) -> Option<Vec<u32>> {
        self.read_integers(self.remaining(), u32::from_le_bytes)
    }

    fn read_integers<const N: usize, T>(
        &mut self,
        length: u64,
        decode: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<T>> {
        let count = self.checked_length(length)? / N;
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let held = self.read_chunk((count - all.len()) * N)?.len();
            let (numbers, split) = self.buffer[self.consumed - held..self.consumed].as_chunks();
            all.extend(numbers.iter().map(|bytes| decode(*bytes)));
            if !split.is_empty() {
                // The integer continues in the next chunk.
                self.consumed -= split.len();
                all.push(decode(self.read_array()?));
            }
        }
        Some(all)
    }

    /// Returns the length if that many bytes are left.
    fn checked_length(&self, length: u64) -> Option<usize> {
        usize::try_from(length)
            .ok()
            .filter(|_| length <= self.remaining())
    }

    /// Reads between one and `max` bytes.
    fn read_chunk(&mut self, max: usize) -> Option<&[u8]> {
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
        let start = self.consumed;
        self.consumed = self.buffer.len().min(start + max);
        Some(&self.buffer[start..self.consumed])
    }
}
