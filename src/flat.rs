//! Defines the flat file: named parts one after the other, read on demand and checked as they are.
//!
//! What the program works out from other files (the catalogue, the search index) is kept in such a
//! file, and anything may have happened to it since: a full disk, a kill, another version, a bit
//! that tipped. So nothing of it is used before its checksum was compared, and opening it must not
//! mean reading it: each part is cut into pages of eight kilobytes with a CRC-32 each, and all of
//! these stand in a table at the end, which has one of its own.
//!
//! ```text
//! magic, format │ part │ part │ … │ table: name, place, length, page sums │ footer
//! ```

pub mod packed;
mod stream;
mod temporary;

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use packed::{read_number, u32_at, u64_at, write_number};
pub use stream::Stream;
pub use temporary::{Temporary, tidy};

/// How many bytes have one checksum.
const PAGE: usize = 8 * 1024;

/// How many bytes of a part are checked at a time.
const STRETCH: u64 = 32 * PAGE as u64;

const MAGIC: &[u8; 8] = b"leafflat";
/// The magic and the format.
const HEAD: usize = 12;
/// Where the table is, how long it and its checksum are, how long the file is, and the magic.
const FOOTER: usize = 32;

/// The largest table that is read, in bytes; it stands for sixteen gigabytes.
const LARGEST_TABLE: u64 = 8 << 20;

/// The name of a part.
pub type Name = [u8; 4];

/// Says why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FlatError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is of another format, or no flat file at all.
    #[error("of another format")]
    Format,
    /// It is damaged or cut short.
    #[error("damaged")]
    Damaged,
}

/// Where the bytes of a flat file are.
#[derive(Debug)]
pub enum Source {
    /// In a file, of which only what is asked for is read.
    File(File),
    /// In memory.
    Memory(Vec<u8>),
}

impl Source {
    fn length(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn read(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::File(file) => {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, at)?;
                Ok(bytes)
            }
            Self::Memory(bytes) => usize::try_from(at)
                .ok()
                .and_then(|at| bytes.get(at..at.checked_add(length)?))
                .map(<[u8]>::to_vec)
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Where a part is, and the checksums of its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: Name,
    at: u64,
    length: u64,
    sums: Box<[u32]>,
}

/// A flat file, open for reading. Nothing but its table is in memory.
#[derive(Debug)]
pub struct Flat {
    source: Source,
    parts: Vec<Part>,
}

impl Flat {
    /// Opens a flat file of a format.
    pub fn open(source: Source, format: u32) -> Result<Self, FlatError> {
        let length = source.length()?;
        if length < (HEAD + FOOTER) as u64 {
            return Err(FlatError::Damaged);
        }
        let head = source.read(0, HEAD)?;
        if &head[..8] != MAGIC || u32_at(&head, 8) != Some(format) {
            return Err(FlatError::Format);
        }
        let footer_at = length - FOOTER as u64;
        let footer = source.read(footer_at, FOOTER)?;
        let table = Self::table(&source, length, footer_at, &footer)?;
        let parts = Self::parts(&table, footer_at).ok_or(FlatError::Damaged)?;
        Ok(Self { source, parts })
    }

    fn table(
        source: &Source,
        length: u64,
        footer_at: u64,
        footer: &[u8],
    ) -> Result<Vec<u8>, FlatError> {
        let (Some(at), Some(sum), Some(stated)) =
            (u64_at(footer, 0), u32_at(footer, 8), u64_at(footer, 16))
        else {
            return Err(FlatError::Damaged);
        };
        let is_sound = &footer[24..] == MAGIC
            && u32_at(footer, 12) == Some(0)
            && stated == length
            && (HEAD as u64..=footer_at).contains(&at)
            && footer_at - at <= LARGEST_TABLE;
        let size = usize::try_from(footer_at.saturating_sub(at)).ok();
        let (true, Some(size)) = (is_sound, size) else {
            return Err(FlatError::Damaged);
        };
        let table = source.read(at, size)?;
        if crc32fast::hash(&table) == sum {
            Ok(table)
        } else {
            Err(FlatError::Damaged)
        }
    }

    fn parts(mut table: &[u8], end: u64) -> Option<Vec<Part>> {
        let table = &mut table;
        let count = read_number(table)?;
        let mut parts = Vec::new();
        for _ in 0..count {
            let (name, rest) = table.split_first_chunk()?;
            *table = rest;
            let (at, length) = (read_number(table)?, read_number(table)?);
            if at.checked_add(length)? > end {
                return None;
            }
            let pages = usize::try_from(length.div_ceil(PAGE as u64)).ok()?;
            let (sums, rest) = table.split_at_checked(pages.checked_mul(4)?)?;
            *table = rest;
            parts.push(Part {
                name: *name,
                at,
                length,
                sums: packed::u32s(sums).into_boxed_slice(),
            });
        }
        table.is_empty().then_some(parts)
    }

    fn named(&self, name: Name) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Returns the length of a part in bytes; nothing where there is none.
    pub fn length(&self, name: Name) -> Option<u64> {
        self.named(name).map(|part| part.length)
    }

    /// Returns a whole part; nothing where there is none or it is damaged.
    pub fn part(&self, name: Name) -> Option<Vec<u8>> {
        let length = usize::try_from(self.length(name)?).ok()?;
        self.piece(name, 0, length)
    }

    /// Returns a part to be read from its front; nothing where there is none.
    pub fn stream(&self, name: Name) -> Option<Stream<'_>> {
        Some(Stream::new(self, name, self.length(name)?))
    }

    /// Says whether a part is there and no page of it is damaged, without keeping it in memory.
    pub fn is_sound(&self, name: Name) -> bool {
        let Some(part) = self.named(name) else {
            return false;
        };
        let mut at = 0;
        while at < part.length {
            let length = (part.length - at).min(STRETCH);
            let size = usize::try_from(length).unwrap_or_default();
            if self.piece(name, at, size).is_none() {
                return false;
            }
            at += length;
        }
        true
    }

    /// Returns a piece of a part; nothing where it reaches beyond the end, or a page of it is
    /// damaged.
    pub fn piece(&self, name: Name, at: u64, length: usize) -> Option<Vec<u8>> {
        let part = self.named(name)?;
        let end = at.checked_add(length as u64)?;
        if end > part.length {
            return None;
        }
        let page = PAGE as u64;
        let first = at / page;
        let from = first * page;
        let to = end.div_ceil(page).saturating_mul(page).min(part.length);
        let size = usize::try_from(to.checked_sub(from)?).ok()?;
        let mut bytes = self.source.read(part.at + from, size).ok()?;
        let sums = part.sums.get(usize::try_from(first).ok()?..)?;
        let is_sound = bytes
            .chunks(PAGE)
            .zip(sums)
            .all(|(page, sum)| crc32fast::hash(page) == *sum);
        if !is_sound {
            return None;
        }
        bytes.truncate(usize::try_from(end - from).ok()?);
        bytes.drain(..usize::try_from(at - from).ok()?);
        Some(bytes)
    }
}

/// Writes a flat file, part by part; as a [`Write`] it takes the bytes of the part that was begun.
#[derive(Debug)]
pub struct FlatWriter<W> {
    out: W,
    at: u64,
    parts: Vec<Part>,
    sums: Vec<u32>,
    /// The page that is being written.
    page: crc32fast::Hasher,
    in_page: usize,
}

impl<W: Write> FlatWriter<W> {
    /// Begins a file of a format.
    pub fn new(mut out: W, format: u32) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        out.write_all(&format.to_le_bytes())?;
        Ok(Self {
            out,
            at: HEAD as u64,
            parts: Vec::new(),
            sums: Vec::new(),
            page: crc32fast::Hasher::new(),
            in_page: 0,
        })
    }

    /// Begins a part, which ends where the next one begins.
    pub fn begin(&mut self, name: Name) {
        self.end_part();
        self.parts.push(Part {
            name,
            at: self.at,
            length: 0,
            sums: Box::default(),
        });
    }

    /// Writes a whole part.
    pub fn part(&mut self, name: Name, bytes: &[u8]) -> io::Result<()> {
        self.begin(name);
        self.write_all(bytes)
    }

    fn end_page(&mut self) {
        let page = std::mem::take(&mut self.page);
        self.sums.push(page.finalize());
        self.in_page = 0;
    }

    fn end_part(&mut self) {
        if self.in_page > 0 {
            self.end_page();
        }
        let sums = std::mem::take(&mut self.sums);
        if let Some(part) = self.parts.last_mut() {
            part.length = self.at - part.at;
            part.sums = sums.into_boxed_slice();
        }
    }

    /// Writes the table, and returns what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_part();
        let mut table = Vec::new();
        write_number(&mut table, self.parts.len() as u64);
        for part in &self.parts {
            table.extend_from_slice(&part.name);
            write_number(&mut table, part.at);
            write_number(&mut table, part.length);
            table.extend(part.sums.iter().flat_map(|sum| sum.to_le_bytes()));
        }
        self.out.write_all(&table)?;
        let length = self.at + (table.len() + FOOTER) as u64;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&table).to_le_bytes())?;
        self.out.write_all(&0_u32.to_le_bytes())?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for FlatWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PAGE - self.in_page;
        let bytes = bytes.get(..room).unwrap_or(bytes);
        let written = self.out.write(bytes)?;
        self.page.update(&bytes[..written]);
        self.in_page += written;
        self.at += written as u64;
        if self.in_page == PAGE {
            self.end_page();
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
