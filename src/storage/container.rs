//! The container: a file of tagged parts, read on demand and verified page by page.
//!
//! A full disk, a kill, another version or a flipped bit may have damaged the file since it was
//! written. Each part is divided into pages of 8 KiB with a CRC-32 each, which is compared before
//! the page is used, unless the caller has checksums of its own. Opening a container reads only its
//! table, which has a CRC-32 too.
//!
//! ```text
//! magic, format │ part │ part │ … │ table: tag, offset, length, page checksums │ footer
//! ```

#[cfg(test)]
pub(crate) mod tests;

use std::fs::File;
use std::io;
use std::io::Write;
use std::os::unix::fs::FileExt;

use crate::storage::varint::{decode_u32s, read_varint, u32_at, u64_at, write_varint};

/// The number of bytes per checksum.
pub(crate) const PAGE_SIZE: usize = 8 * 1024;

/// The number of bytes that [`Container::verify`] has in memory at a time.
const VERIFY_CHUNK: usize = 32 * PAGE_SIZE;

/// At the start and at the end of the file.
const MAGIC: &[u8; 8] = b"leafflat";
/// Magic (8 bytes) and format (4).
const HEADER_LEN: usize = 12;
/// Offset (8 bytes) and checksum (4) of the table, zeros (4), length of the file (8), magic (8).
const FOOTER_LEN: usize = 32;

/// The largest table that is read, in bytes; enough for parts of 16 GiB.
const MAX_TABLE_BYTES: u64 = 8 << 20;

/// The identifier of a part.
pub type PartTag = [u8; 4];

/// Why a container cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error("of another type")]
    NotContainer,
    #[error("of another format")]
    Format,
    #[error("damaged")]
    Damaged,
}

/// The bytes of a container.
#[derive(Debug)]
pub enum Backing {
    /// A file that is read on demand.
    File(File),
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

#[derive(Clone, Debug, PartialEq, Eq)]
struct PartEntry {
    tag: PartTag,
    offset: u64,
    length: u64,
    checksums: Box<[u32]>,
}

/// A container that is open for reading. Only its table is in memory.
#[derive(Debug)]
pub struct Container {
    backing: Backing,
    parts: Vec<PartEntry>,
}

impl Container {
    /// Opens a container that was written with the same format number.
    pub fn open(backing: Backing, format: u32) -> Result<Self, ContainerError> {
        let length = backing.length()?;
        if length < (HEADER_LEN + FOOTER_LEN) as u64 {
            return Err(ContainerError::Damaged);
        }
        let head = backing.read_at(0, HEADER_LEN)?;
        if &head[..8] != MAGIC {
            return Err(ContainerError::NotContainer);
        }
        if u32_at(&head, 8) != Some(format) {
            return Err(ContainerError::Format);
        }
        let footer_at = length - FOOTER_LEN as u64;
        let table = Self::read_table(&backing, footer_at)?;
        let parts = table.and_then(|table| Self::parse_table(&table, footer_at));
        let parts = parts.ok_or(ContainerError::Damaged)?;
        Ok(Self { backing, parts })
    }

    /// Reads the table; `None` if the table or the footer is damaged.
    fn read_table(backing: &Backing, footer_at: u64) -> io::Result<Option<Vec<u8>>> {
        let footer = backing.read_at(footer_at, FOOTER_LEN)?;
        let (Some(at), Some(sum), Some(length)) =
            (u64_at(&footer, 0), u32_at(&footer, 8), u64_at(&footer, 16))
        else {
            return Ok(None);
        };
        let is_valid = &footer[24..] == MAGIC
            && u32_at(&footer, 12) == Some(0)
            && length == footer_at + FOOTER_LEN as u64
            && (HEADER_LEN as u64..=footer_at).contains(&at)
            && footer_at - at <= MAX_TABLE_BYTES;
        if !is_valid {
            return Ok(None);
        }
        let table = backing.read_at(at, usize::try_from(footer_at - at).unwrap_or_default())?;
        Ok((crc32fast::hash(&table) == sum).then_some(table))
    }

    fn parse_table(mut table: &[u8], end: u64) -> Option<Vec<PartEntry>> {
        let table = &mut table;
        let count = read_varint(table)?;
        let mut parts = Vec::new();
        for _ in 0..count {
            let (tag, rest) = table.split_first_chunk()?;
            *table = rest;
            let (offset, length) = (read_varint(table)?, read_varint(table)?);
            if offset.checked_add(length)? > end {
                return None;
            }
            let pages = usize::try_from(length.div_ceil(PAGE_SIZE as u64)).ok()?;
            let (checksums, rest) = table.split_at_checked(pages.checked_mul(4)?)?;
            *table = rest;
            parts.push(PartEntry {
                tag: *tag,
                offset,
                length,
                checksums: decode_u32s(checksums).into_boxed_slice(),
            });
        }
        table.is_empty().then_some(parts)
    }

    fn find_part(&self, tag: PartTag) -> Option<&PartEntry> {
        self.parts.iter().find(|part| part.tag == tag)
    }

    /// The length of a part in bytes; `None` if there is no such part.
    pub fn part_length(&self, tag: PartTag) -> Option<u64> {
        self.find_part(tag).map(|part| part.length)
    }

    /// Reads a whole part; `None` if it is missing or damaged.
    pub fn read_part(&self, tag: PartTag) -> Option<Vec<u8>> {
        let length = usize::try_from(self.part_length(tag)?).ok()?;
        self.read_range(tag, 0, length)
    }

    /// Returns true if the part exists and is undamaged. Reads all of it, a chunk at a time.
    pub fn verify(&self, tag: PartTag) -> bool {
        self.find_part(tag).is_some_and(|part| {
            (0..part.length).step_by(VERIFY_CHUNK).all(|offset| {
                let length = usize::try_from(part.length - offset).unwrap_or(VERIFY_CHUNK);
                let length = length.min(VERIFY_CHUNK);
                self.read_range(tag, offset, length).is_some()
            })
        })
    }

    /// Reads `length` bytes of a part without comparing checksums, so the caller must verify them;
    /// `None` if they exceed the part or cannot be read.
    pub fn read_unverified(&self, tag: PartTag, offset: u64, length: usize) -> Option<Vec<u8>> {
        let part = self.find_part(tag)?;
        let end = offset.checked_add(length as u64)?;
        if end > part.length {
            return None;
        }
        self.backing.read_at(part.offset + offset, length).ok()
    }

    /// Reads `length` bytes of a part; `None` if they exceed it or one of their pages is damaged.
    pub fn read_range(&self, tag: PartTag, offset: u64, length: usize) -> Option<Vec<u8>> {
        let part = self.find_part(tag)?;
        let end = offset.checked_add(length as u64)?;
        if end > part.length {
            return None;
        }
        let page_size = PAGE_SIZE as u64;
        let first_page = offset / page_size;
        let start = first_page * page_size;
        let page_end = end.div_ceil(page_size).saturating_mul(page_size);
        let size = usize::try_from(page_end.min(part.length).checked_sub(start)?).ok()?;
        let mut bytes = self.backing.read_at(part.offset + start, size).ok()?;
        let checksums = part.checksums.get(usize::try_from(first_page).ok()?..)?;
        let is_intact = bytes
            .chunks(PAGE_SIZE)
            .zip(checksums)
            .all(|(page, sum)| crc32fast::hash(page) == *sum);
        if !is_intact {
            return None;
        }
        bytes.truncate(usize::try_from(end - start).ok()?);
        bytes.drain(..usize::try_from(offset - start).ok()?);
        Some(bytes)
    }
}

/// Writes a container part by part. Its [`Write`] implementation appends to the current part.
#[derive(Debug)]
pub struct ContainerWriter<W> {
    out: W,
    offset: u64,
    parts: Vec<PartEntry>,
    checksums: Vec<u32>,
    page_hasher: crc32fast::Hasher,
    bytes_in_page: usize,
}

impl<W: Write> ContainerWriter<W> {
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

    /// Ends the current part and begins another.
    pub fn begin_part(&mut self, tag: PartTag) {
        self.end_part();
        self.parts.push(PartEntry {
            tag,
            offset: self.offset,
            length: 0,
            checksums: Box::default(),
        });
    }

    pub fn write_part(&mut self, tag: PartTag, bytes: &[u8]) -> io::Result<()> {
        self.begin_part(tag);
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

    /// Writes the table and the footer, and returns the underlying writer.
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
