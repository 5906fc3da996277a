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

#[cfg(test)]
pub(crate) mod tests;

use crate::storage::varint;
use std::fs::File;
use std::io;
use std::io::Write;
use std::os::unix::fs::FileExt;

pub use crate::storage::part_reader::PartReader;
use crate::storage::varint::{read_varint, u32_at, u64_at, write_varint};

/// How many bytes have one checksum.
pub(crate) const PAGE_SIZE: usize = 8 * 1024;

/// How many bytes of a part are checked at a time.
const VERIFY_CHUNK: u64 = 32 * PAGE_SIZE as u64;

const MAGIC: &[u8; 8] = b"leafflat";
/// The magic and the format.
const HEADER_LEN: usize = 12;
/// Where the table is, how long it and its checksum are, how long the file is, and the magic.
const FOOTER_LEN: usize = 32;

/// The largest table that is read, in bytes; it stands for sixteen gigabytes.
const MAX_TABLE_BYTES: u64 = 8 << 20;

/// The name of a part.
pub type PartTag = [u8; 4];

/// Says why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is not a container.
    #[error("of another type")]
    NotContainer,
    /// It is a container of another format.
    #[error("of another format")]
    Format,
    /// It is damaged or cut short.
    #[error("damaged")]
    Damaged,
}

/// Where the bytes of a flat file are.
#[derive(Debug)]
pub enum Backing {
    /// In a file, of which only what is asked for is read.
    File(File),
    /// In memory.
    Memory(Vec<u8>),
}

impl Backing {
    fn length(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn read_at(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
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
struct PartEntry {
    tag: PartTag,
    offset: u64,
    length: u64,
    checksums: Box<[u32]>,
}

/// A flat file, open for reading. Nothing but its table is in memory.
#[derive(Debug)]
pub struct Container {
    backing: Backing,
    parts: Vec<PartEntry>,
}

impl Container {
    /// Opens a flat file of a format.
    pub fn open(source: Backing, format: u32) -> Result<Self, ContainerError> {
        let length = source.length()?;
        if length < (HEADER_LEN + FOOTER_LEN) as u64 {
            return Err(ContainerError::Damaged);
        }
        let head = source.read_at(0, HEADER_LEN)?;
        if &head[..8] != MAGIC {
            return Err(ContainerError::NotContainer);
        }
        if u32_at(&head, 8) != Some(format) {
            return Err(ContainerError::Format);
        }
        let footer_at = length - FOOTER_LEN as u64;
        let footer = source.read_at(footer_at, FOOTER_LEN)?;
        let table = Self::read_table(&source, length, footer_at, &footer)?;
        let parts = Self::parse_table(&table, footer_at).ok_or(ContainerError::Damaged)?;
        Ok(Self {
            backing: source,
            parts,
        })
    }

    fn read_table(
        source: &Backing,
        length: u64,
        footer_at: u64,
        footer: &[u8],
    ) -> Result<Vec<u8>, ContainerError> {
        let (Some(at), Some(sum), Some(stated)) =
            (u64_at(footer, 0), u32_at(footer, 8), u64_at(footer, 16))
        else {
            return Err(ContainerError::Damaged);
        };
        let is_sound = &footer[24..] == MAGIC
            && u32_at(footer, 12) == Some(0)
            && stated == length
            && (HEADER_LEN as u64..=footer_at).contains(&at)
            && footer_at - at <= MAX_TABLE_BYTES;
        let size = usize::try_from(footer_at.saturating_sub(at)).ok();
        let (true, Some(size)) = (is_sound, size) else {
            return Err(ContainerError::Damaged);
        };
        let table = source.read_at(at, size)?;
        if crc32fast::hash(&table) == sum {
            Ok(table)
        } else {
            Err(ContainerError::Damaged)
        }
    }

    fn parse_table(mut table: &[u8], end: u64) -> Option<Vec<PartEntry>> {
        let table = &mut table;
        let count = read_varint(table)?;
        let mut parts = Vec::new();
        for _ in 0..count {
            let (name, rest) = table.split_first_chunk()?;
            *table = rest;
            let (at, length) = (read_varint(table)?, read_varint(table)?);
            if at.checked_add(length)? > end {
                return None;
            }
            let pages = usize::try_from(length.div_ceil(PAGE_SIZE as u64)).ok()?;
            let (sums, rest) = table.split_at_checked(pages.checked_mul(4)?)?;
            *table = rest;
            parts.push(PartEntry {
                tag: *name,
                offset: at,
                length,
                checksums: varint::decode_u32s(sums).into_boxed_slice(),
            });
        }
        table.is_empty().then_some(parts)
    }

    fn find_part(&self, name: PartTag) -> Option<&PartEntry> {
        self.parts.iter().find(|part| part.tag == name)
    }

    /// Returns the length of a part in bytes; nothing where there is none.
    pub fn part_length(&self, name: PartTag) -> Option<u64> {
        self.find_part(name).map(|part| part.length)
    }

    /// Returns a whole part; nothing where there is none or it is damaged.
    pub fn read_part(&self, name: PartTag) -> Option<Vec<u8>> {
        let length = usize::try_from(self.part_length(name)?).ok()?;
        self.read_range(name, 0, length)
    }

    /// Returns a part to be read from its front; nothing where there is none.
    pub fn part_reader(&self, name: PartTag) -> Option<PartReader<'_>> {
        Some(PartReader::new(self, name, self.part_length(name)?))
    }

    /// Returns a reader that starts at an offset of a part. It reads one page first and then ever
    /// longer chunks, because whoever seeks often needs few bytes.
    pub fn part_reader_at(&self, name: PartTag, offset: u64) -> Option<PartReader<'_>> {
        let length = self.part_length(name)?;
        (offset <= length).then(|| PartReader::new(self, name, length).starting_at(offset))
    }

    /// Says whether a part is there and no page of it is damaged, without keeping it in memory.
    pub fn verify(&self, name: PartTag) -> bool {
        let Some(part) = self.find_part(name) else {
            return false;
        };
        let mut at = 0;
        while at < part.length {
            let length = (part.length - at).min(VERIFY_CHUNK);
            let size = usize::try_from(length).unwrap_or_default();
            if self.read_range(name, at, size).is_none() {
                return false;
            }
            at += length;
        }
        true
    }

    /// Returns a piece of a part; nothing where it reaches beyond the end, or a page of it is
    /// damaged.
    pub fn read_range(&self, name: PartTag, at: u64, length: usize) -> Option<Vec<u8>> {
        let part = self.find_part(name)?;
        let end = at.checked_add(length as u64)?;
        if end > part.length {
            return None;
        }
        let page = PAGE_SIZE as u64;
        let first = at / page;
        let from = first * page;
        let to = end.div_ceil(page).saturating_mul(page).min(part.length);
        let size = usize::try_from(to.checked_sub(from)?).ok()?;
        let mut bytes = self.backing.read_at(part.offset + from, size).ok()?;
        let sums = part.checksums.get(usize::try_from(first).ok()?..)?;
        let is_sound = bytes
            .chunks(PAGE_SIZE)
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
pub struct ContainerWriter<W> {
    out: W,
    offset: u64,
    parts: Vec<PartEntry>,
    checksums: Vec<u32>,
    /// The page that is being written.
    page_hasher: crc32fast::Hasher,
    bytes_in_page: usize,
}

impl<W: Write> ContainerWriter<W> {
    /// Begins a file of a format.
    pub fn new(mut out: W, format: u32) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        out.write_all(&format.to_le_bytes())?;
        Ok(Self {
            out,
            offset: HEADER_LEN as u64,
            parts: Vec::new(),
            checksums: Vec::new(),
            page_hasher: crc32fast::Hasher::new(),
            bytes_in_page: 0,
        })
    }

    /// Begins a part, which ends where the next one begins.
    pub fn begin_part(&mut self, name: PartTag) {
        self.end_part();
        self.parts.push(PartEntry {
            tag: name,
            offset: self.offset,
            length: 0,
            checksums: Box::default(),
        });
    }

    /// Writes a whole part.
    pub fn write_part(&mut self, name: PartTag, bytes: &[u8]) -> io::Result<()> {
        self.begin_part(name);
        self.write_all(bytes)
    }

    fn end_page(&mut self) {
        let page = std::mem::take(&mut self.page_hasher);
        self.checksums.push(page.finalize());
        self.bytes_in_page = 0;
    }

    fn end_part(&mut self) {
        if self.bytes_in_page > 0 {
            self.end_page();
        }
        let sums = std::mem::take(&mut self.checksums);
        if let Some(part) = self.parts.last_mut() {
            part.length = self.offset - part.offset;
            part.checksums = sums.into_boxed_slice();
        }
    }

    /// Writes the table, and returns what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_part();
        let mut table = Vec::new();
        write_varint(&mut table, self.parts.len() as u64);
        for part in &self.parts {
            table.extend_from_slice(&part.tag);
            write_varint(&mut table, part.offset);
            write_varint(&mut table, part.length);
            table.extend(part.checksums.iter().flat_map(|sum| sum.to_le_bytes()));
        }
        self.out.write_all(&table)?;
        let length = self.offset + (table.len() + FOOTER_LEN) as u64;
        self.out.write_all(&self.offset.to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&table).to_le_bytes())?;
        self.out.write_all(&0_u32.to_le_bytes())?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for ContainerWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PAGE_SIZE - self.bytes_in_page;
        let bytes = bytes.get(..room).unwrap_or(bytes);
        let written = self.out.write(bytes)?;
        self.page_hasher.update(&bytes[..written]);
        self.bytes_in_page += written;
        self.offset += written as u64;
        if self.bytes_in_page == PAGE_SIZE {
            self.end_page();
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
