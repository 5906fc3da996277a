//! Defines the stream: a part of a flat file, read from its front.
//!
//! Only a stretch of it is in memory at a time. A part read whole would be as large again as what
//! is made of it, and memory that was free once is the program's for as long as it runs.

use super::{Flat, Name, packed};

/// How many bytes are read at a time.
const STRETCH: u64 = 64 * 1024;

/// A part of a flat file, read from its front. Every reading moves on; it returns nothing where the
/// part ends too early or is damaged.
#[derive(Debug)]
pub struct Stream<'f> {
    flat: &'f Flat,
    name: Name,
    length: u64,
    /// Where the next stretch begins.
    at: u64,
    held: Vec<u8>,
    taken: usize,
}

impl<'f> Stream<'f> {
    pub(super) const fn new(flat: &'f Flat, name: Name, length: u64) -> Self {
        Self {
            flat,
            name,
            length,
            at: 0,
            held: Vec::new(),
            taken: 0,
        }
    }

    /// Returns how many bytes are left.
    pub fn left(&self) -> u64 {
        self.length - self.at + (self.held.len() - self.taken) as u64
    }

    /// Reads a byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// Reads so many bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        let mut rest = &mut array[..];
        while !rest.is_empty() {
            let bytes = self.some(rest.len())?;
            let (read, after) = rest.split_at_mut(bytes.len());
            read.copy_from_slice(bytes);
            rest = after;
        }
        Some(array)
    }

    /// Reads a number, as [`packed::write_number`] writes it.
    pub fn number(&mut self) -> Option<u64> {
        packed::number_of(|| self.byte())
    }

    /// Reads bytes that stand after their length.
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.bytes_into(&mut bytes)?;
        Some(bytes)
    }

    /// Reads bytes that stand after their length into a buffer, in the place of what it holds.
    pub fn bytes_into(&mut self, buffer: &mut Vec<u8>) -> Option<()> {
        let length = self.number()?;
        let length = self.room(length)?;
        buffer.clear();
        buffer.reserve_exact(length);
        while buffer.len() < length {
            let more = length - buffer.len();
            buffer.extend_from_slice(self.some(more)?);
        }
        Some(())
    }

    /// Reads a text that stands after its length.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    /// Reads as many things as a number says that stands before them.
    pub fn many<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        // A damaged count must not ask for memory: everything takes a byte at least.
        let mut all = Vec::with_capacity(usize::try_from(count.min(self.left())).ok()?);
        for _ in 0..count {
            all.push(read(self)?);
        }
        Some(all)
    }

    /// Reads numbers of four bytes each, which stand after the length of all of them.
    pub fn u32s(&mut self) -> Option<Vec<u32>> {
        let length = self.number()?;
        self.numbers(length, u32::from_le_bytes)
    }

    /// Reads numbers of eight bytes each, which stand after the length of all of them.
    pub fn u64s(&mut self) -> Option<Vec<u64>> {
        let length = self.number()?;
        self.numbers(length, u64::from_le_bytes)
    }

    /// Reads numbers of four bytes each to the end.
    pub fn rest_as_u32s(&mut self) -> Option<Vec<u32>> {
        self.numbers(self.left(), u32::from_le_bytes)
    }

    fn numbers<const N: usize, T>(
        &mut self,
        length: u64,
        number: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<T>> {
        let count = self.room(length)? / N;
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let held = self.some((count - all.len()) * N)?.len();
            let (numbers, split) = self.held[self.taken - held..self.taken].as_chunks();
            all.extend(numbers.iter().map(|bytes| number(*bytes)));
            if !split.is_empty() {
                // It goes on in the next stretch.
                self.taken -= split.len();
                all.push(number(self.array()?));
            }
        }
        Some(all)
    }

    /// Returns a length that is not beyond the end.
    fn room(&self, length: u64) -> Option<usize> {
        usize::try_from(length)
            .ok()
            .filter(|_| length <= self.left())
    }

    /// Reads some bytes, one at least and as many as given at most.
    fn some(&mut self, most: usize) -> Option<&[u8]> {
        if self.taken == self.held.len() {
            let length = STRETCH.min(self.length - self.at);
            if length == 0 {
                return None;
            }
            let size = usize::try_from(length).ok()?;
            self.held = self.flat.piece(self.name, self.at, size)?;
            self.at += length;
            self.taken = 0;
        }
        let from = self.taken;
        self.taken = self.held.len().min(from + most);
        Some(&self.held[from..self.taken])
    }
}
