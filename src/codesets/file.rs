//! Defines the file of a set, and how rows are read from it.
//!
//! ```text
//! preamble   64 bytes: magic, format version, length, where the header is, checksums
//! blocks     rows of about 4 KiB together: key length, key, row length, row; sorted by key
//! table      48 bytes a block: where, length, checksum, first row's number and key; checksum
//! header     JSON: what the set is, where it comes from, and where the table is
//! ```
//!
//! All numbers are little-endian. Opening reads the preamble and the header. A look-up searches the
//! table by positioned reads, twelve of them in a set of 98,000 codes, and reads one block. Each
//! part has a CRC-32, checked whenever it is read, so that damage is recognised before it is shown.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::codesets::edition::Edition;
use crate::codesets::error::CorruptSet;
use crate::codesets::kind::SetKind;
use crate::codesets::row::SetRow;
use crate::content::AsOf;

pub(crate) const MAGIC: &[u8; 8] = b"leafset\n";
/// The version of this format; a file of another is not read.
pub(crate) const VERSION: u32 = 1;
pub(crate) const PREAMBLE_LEN: usize = 64;
/// The size of a table entry, and the longest key that has room in it.
pub(crate) const ENTRY_LEN: usize = 48;
pub(crate) const MAX_KEY_LEN: usize = 23;
/// The largest header that is read, in bytes.
const MAX_HEADER_LEN: usize = 64 * 1024;
/// The largest block that is read, in bytes: one row that is far longer than any definition.
pub(crate) const MAX_BLOCK_LEN: usize = 1024 * 1024;

/// What a set is and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetHeader {
    /// The kind.
    pub kind: SetKind,
    /// The edition.
    pub edition: Edition,
    /// The files it was made from.
    pub files: Vec<OriginalFile>,
    /// The day of the import, `2026-11-23`.
    pub imported: String,
    /// The terms that the file came under.
    pub notice: String,
    /// How many rows it has.
    pub rows: u64,
    /// Where the table of blocks is, and how many it lists.
    pub(crate) table_at: u64,
    pub(crate) blocks: u64,
}

/// A file that a set was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalFile {
    /// Its name, without its folder.
    pub name: String,
    /// Its SHA-256 digest in hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl SetHeader {
    /// Returns the set's name, as commands take it: `icd10cm-2025`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind.id(), self.edition.name)
    }

    /// Returns the set's title as a source: `ICD-10-CM, edition 2025`.
    pub fn title(&self) -> String {
        format!("{}, {}", self.kind.title(), self.edition.label())
    }

    /// Returns what orders the editions of one kind: the latest stands last.
    pub(crate) fn sort_key(&self) -> (AsOf, bool, &str, &str) {
        let edition = &self.edition;
        (
            edition.as_of(),
            edition.stated,
            &edition.name,
            &self.imported,
        )
    }
}

/// An imported set, open for reading. Nothing of its rows is in memory.
#[derive(Debug)]
pub struct SetFile {
    path: PathBuf,
    file: File,
    header: SetHeader,
}

/// One entry of the table.
struct BlockEntry {
    offset: u64,
    length: usize,
    crc: u32,
    first_row: u64,
    first_key: String,
}

impl SetFile {
    /// Opens a file of the store, and checks what it says about itself.
    pub fn open(path: &Path) -> Result<Self, CorruptSet> {
        let damage = |what: String| CorruptSet {
            path: path.to_owned(),
            message: what,
        };
        let unreadable = |error: io::Error| damage(format!("the set cannot be read: {error}"));
        let about = path.metadata().map_err(unreadable)?;
        if !about.is_file() {
            return Err(damage("this is no file".to_owned()));
        }
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let mut preamble = [0; PREAMBLE_LEN];
        if length < PREAMBLE_LEN as u64 {
            return Err(damage("this is no code set: it is too short".to_owned()));
        }
        file.read_exact_at(&mut preamble, 0).map_err(unreadable)?;
        if &preamble[..8] != MAGIC {
            return Err(damage("this is no code set".to_owned()));
        }
        if crc32fast::hash(&preamble[..PREAMBLE_LEN - 4]) != u32_at(&preamble, PREAMBLE_LEN - 4) {
            return Err(damage("the set is damaged at its start".to_owned()));
        }
        let version = u32_at(&preamble, 8);
        if version != VERSION {
            let what = format!("the set has format {version}, and this program reads {VERSION}");
            return Err(damage(what));
        }
        let stated = u64_at(&preamble, 12);
        if stated != length {
            let what = format!("the set is damaged: {length} bytes of {stated}");
            return Err(damage(what));
        }
        let header_at = u64_at(&preamble, 20);
        let header_length = usize::try_from(u32_at(&preamble, 28)).unwrap_or(usize::MAX);
        let torn = || damage("the set's header is damaged".to_owned());
        if header_length > MAX_HEADER_LEN
            || header_at.checked_add(header_length as u64) != Some(length)
        {
            return Err(torn());
        }
        let mut bytes = vec![0; header_length];
        file.read_exact_at(&mut bytes, header_at)
            .map_err(unreadable)?;
        if crc32fast::hash(&bytes) != u32_at(&preamble, 32) {
            return Err(torn());
        }
        let header: SetHeader = serde_json::from_slice(&bytes).map_err(|_| torn())?;
        let table = header.blocks.checked_mul(ENTRY_LEN as u64);
        if table.and_then(|table| table.checked_add(header.table_at)) != Some(header_at) {
            return Err(torn());
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            header,
        })
    }

    /// Returns what the set is and where it comes from.
    pub const fn header(&self) -> &SetHeader {
        &self.header
    }

    /// Returns what the disk says about the file that is open.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Returns the row with a key, as [`SetRow::key`] writes it.
    pub fn get(&self, key: &str) -> Result<Option<SetRow>, CorruptSet> {
        let mut rows = self.rows_from(key)?;
        match rows.next_pair()? {
            Some((found, text)) if found == key => self.decode(&text).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns every row whose key starts with a prefix, in order. A pair of codes is found by
    /// either of them.
    pub fn rows_with_prefix(&self, prefix: &str) -> Result<Vec<SetRow>, CorruptSet> {
        let mut found = Vec::new();
        let mut rows = self.rows_from(prefix)?;
        while let Some((key, text)) = rows.next_pair()? {
            if !key.starts_with(prefix) {
                break;
            }
            if let Some(first) = primary_key(&key) {
                found.extend(self.get(&first)?);
            } else {
                found.push(self.decode(&text)?);
            }
        }
        Ok(found)
    }

    /// Returns every row, in the order of keys.
    pub fn rows(&self) -> Rows<'_> {
        Rows::from_block(self, 0)
    }

    /// Returns the rows from the first whose key is not before a key.
    pub fn rows_from(&self, key: &str) -> Result<Rows<'_>, CorruptSet> {
        let block = self.last_block_where(|entry| entry.first_key.as_str() <= key)?;
        let mut rows = Rows::from_block(self, block);
        rows.skip_keys_while(|found| found < key)?;
        Ok(rows)
    }

    /// Returns the rows from a position, counted from 0 in the order of keys.
    pub fn rows_from_number(&self, number: u64) -> Result<Rows<'_>, CorruptSet> {
        let block = self.last_block_where(|entry| entry.first_row <= number)?;
        let mut rows = Rows::from_block(self, block);
        if block < self.header.blocks {
            let first = self.read_entry(block)?.first_row;
            for _ in first..number {
                if rows.next().transpose()?.is_none() {
                    break;
                }
            }
        }
        Ok(rows)
    }

    /// Returns the last block for which something holds that holds for all before it.
    fn last_block_where(&self, holds: impl Fn(&BlockEntry) -> bool) -> Result<u64, CorruptSet> {
        let (mut low, mut high) = (0, self.header.blocks);
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(&self.read_entry(middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low.saturating_sub(1))
    }

    fn read_entry(&self, block: u64) -> Result<BlockEntry, CorruptSet> {
        let mut bytes = [0; ENTRY_LEN];
        let at = self.header.table_at + block * ENTRY_LEN as u64;
        self.file
            .read_exact_at(&mut bytes, at)
            .map_err(|error| self.unreadable(&error))?;
        let torn = || self.corrupt_set(format!("the table is damaged at block {block}"));
        if crc32fast::hash(&bytes[..ENTRY_LEN - 4]) != u32_at(&bytes, ENTRY_LEN - 4) {
            return Err(torn());
        }
        let key_length = usize::from(bytes[20]);
        let key = bytes.get(21..21 + key_length.min(MAX_KEY_LEN));
        let key = key.and_then(|key| std::str::from_utf8(key).ok());
        Ok(BlockEntry {
            offset: u64_at(&bytes, 0),
            length: usize::try_from(u32_at(&bytes, 8)).unwrap_or(usize::MAX),
            crc: u32_at(&bytes, 12),
            first_row: u64::from(u32_at(&bytes, 16)),
            first_key: key.ok_or_else(torn)?.to_owned(),
        })
    }

    fn read_block(&self, block: u64) -> Result<Vec<u8>, CorruptSet> {
        let entry = self.read_entry(block)?;
        let torn = || self.corrupt_set(format!("block {block} is damaged"));
        if entry.length > MAX_BLOCK_LEN {
            return Err(torn());
        }
        let mut bytes = vec![0; entry.length];
        self.file
            .read_exact_at(&mut bytes, entry.offset)
            .map_err(|error| self.unreadable(&error))?;
        if crc32fast::hash(&bytes) == entry.crc {
            Ok(bytes)
        } else {
            Err(torn())
        }
    }

    fn decode(&self, text: &str) -> Result<SetRow, CorruptSet> {
        SetRow::decode(self.header.kind, text)
            .ok_or_else(|| self.corrupt_set("a row is not in this program's format".to_owned()))
    }

    fn unreadable(&self, error: &io::Error) -> CorruptSet {
        self.corrupt_set(format!("the set cannot be read: {error}"))
    }

    fn corrupt_set(&self, what: String) -> CorruptSet {
        CorruptSet {
            path: self.path.clone(),
            message: what,
        }
    }
}

/// Returns the key of a row that a second key leads to: `83950>88271@…` for `88271<83950@…`.
fn primary_key(key: &str) -> Option<String> {
    let (second, rest) = key.split_once('<')?;
    let (first, date) = rest.split_once('@')?;
    Some(format!("{first}>{second}@{date}"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
    bytes.map(u32::from_le_bytes).unwrap_or_default()
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.get(at..at + 8).and_then(|b| b.try_into().ok());
    bytes.map(u64::from_le_bytes).unwrap_or_default()
}

/// Rows of a set in the order of keys, a block in memory at a time.
#[derive(Debug)]
pub struct Rows<'s> {
    set: &'s SetFile,
    /// The next block.
    next_block: u64,
    bytes: Vec<u8>,
    offset: usize,
    is_broken: bool,
}

impl<'s> Rows<'s> {
    const fn from_block(set: &'s SetFile, block: u64) -> Self {
        Self {
            set,
            next_block: block,
            bytes: Vec::new(),
            offset: 0,
            is_broken: false,
        }
    }

    /// Passes over keys as long as something holds for them.
    fn skip_keys_while(&mut self, holds: impl Fn(&str) -> bool) -> Result<(), CorruptSet> {
        loop {
            let before = (self.next_block, self.offset);
            match self.next_pair()? {
                Some((key, _)) if holds(&key) => {}
                Some(_) => {
                    // A new block was read where the position starts anew.
                    self.offset = if before.0 == self.next_block {
                        before.1
                    } else {
                        0
                    };
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
    }

    /// Returns the next key and what is stored under it.
    fn next_pair(&mut self) -> Result<Option<(String, String)>, CorruptSet> {
        while self.offset >= self.bytes.len() {
            if self.next_block >= self.set.header.blocks {
                return Ok(None);
            }
            self.bytes = self.set.read_block(self.next_block)?;
            self.next_block += 1;
            self.offset = 0;
        }
        let pair = self.decode_pair();
        let torn = || {
            self.set
                .corrupt_set(format!("block {} is damaged", self.next_block - 1))
        };
        pair.ok_or_else(torn).map(Some)
    }

    fn decode_pair(&mut self) -> Option<(String, String)> {
        let key_length = usize::from(*self.bytes.get(self.offset)?);
        let key_at = self.offset + 1;
        let key = self.bytes.get(key_at..key_at + key_length)?;
        let length_at = key_at + key_length;
        let row_length = self.bytes.get(length_at..length_at + 4)?;
        let row_length = usize::try_from(u32_at(row_length, 0)).ok()?;
        let row_at = length_at + 4;
        let row = self.bytes.get(row_at..row_at.checked_add(row_length)?)?;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let pair = (text(key)?, text(row)?);
        self.offset = row_at + row_length;
        Some(pair)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<SetRow, CorruptSet>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_broken {
            let row = match self.next_pair() {
                Ok(None) => return None,
                // A second key only leads to a row that stands elsewhere.
                Ok(Some((key, _))) if primary_key(&key).is_some() => continue,
                Ok(Some((_, text))) => self.set.decode(&text),
                Err(damage) => Err(damage),
            };
            self.is_broken = row.is_err();
            return Some(row);
        }
        None
    }
}
