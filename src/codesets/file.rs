//! The file of an imported set, and lookups in it.
//!
//! A set is a [`Container`] with three parts:
//!
//! ```text
//! rows   key, row, key, row, …, each text after its length; sorted by key
//! keys   32 bytes for each page of `rows`: where its first entry begins, and the key of it
//! head   JSON: a [`SetHeader`]
//! ```
//!
//! Opening reads the container's table and `head`. A lookup searches `keys`, a page at a time (four
//! or five pages in a set of 98,000 codes), and then reads the one page of `rows` that has the key.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::codesets::edition::{EditTable, Edition};
use crate::codesets::error::CorruptSet;
use crate::codesets::kind::SetKind;
use crate::codesets::row::SetRow;
use crate::content::{AsOf, Date};
use crate::files::{self, FileError};
use crate::storage::container::{Backing, Container, ContainerError, PAGE_SIZE, PartTag};
use crate::storage::fingerprint::Fingerprint;
use crate::storage::part_reader::PartReader;
use crate::storage::varint::u64_at;

/// The version of this format. Format 1 was not a [`Container`].
pub(crate) const FORMAT: u32 = 2;
/// What files of format 1 begin with.
const FORMAT_1_MAGIC: &[u8] = b"leafset\n";

pub(crate) const ROWS: PartTag = *b"rows";
pub(crate) const KEYS: PartTag = *b"keys";
pub(crate) const HEAD: PartTag = *b"head";

/// The bytes of an entry of `keys`: an offset, the length of a key, and the key.
pub(crate) const ENTRY_LEN: usize = 32;
pub(crate) const KEY_AT: usize = 9;
/// The longest key, in bytes.
pub(crate) const MAX_KEY_LEN: usize = ENTRY_LEN - KEY_AT;
/// The largest header that is read, in bytes.
const MAX_HEAD_LEN: u64 = 64 * 1024;

/// The description of a set: its kind, edition and origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetHeader {
    pub kind: SetKind,
    pub edition: Edition,
    /// The files it was made from.
    pub files: Vec<OriginalFile>,
    /// The day of the import, `2026-11-23`.
    pub imported: String,
    /// The license terms of the files.
    pub notice: String,
    pub rows: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalFile {
    /// Without its folder.
    pub name: String,
    /// In hexadecimal digits.
    pub sha256: String,
    pub size: u64,
}

impl SetHeader {
    /// The name that commands take: `icd10cm-2025`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind.id(), self.edition.name)
    }

    /// The title as a source: `ICD-10-CM, edition 2025`.
    pub fn title(&self) -> String {
        format!("{}, {}", self.kind.title(), self.edition.label())
    }

    /// The number of rows, for messages: `97584 rows`.
    pub fn row_count(&self) -> String {
        match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        }
    }

    /// The date of the edition, as precise as its name.
    pub fn as_of(&self) -> AsOf {
        self.edition.as_of(self.kind)
    }

    /// Returns the first day on which the edition is in force, if it is known.
    pub fn first_day(&self) -> Option<Date> {
        self.edition.first_day(self.kind)
    }

    /// Returns the last day before the publisher's next regular edition, if it is known.
    pub fn last_day(&self) -> Option<Date> {
        self.edition.last_day(self.kind)
    }

    /// The kind and the table. The editions of one table follow each other.
    pub(crate) fn table_key(&self) -> (SetKind, Option<EditTable>) {
        (self.kind, self.edition.table())
    }

    /// The sort key. Of the editions of a table, the one that is in force from the latest day on
    /// sorts last, and those of which no day is known come first.
    pub(crate) fn sort_key(&self) -> ((SetKind, Option<EditTable>), Option<Date>, &str, &str) {
        let (imported, name) = (&self.imported, &self.edition.name);
        (self.table_key(), self.first_day(), imported, name)
    }
}

/// An imported set, open for reading. None of its rows are in memory.
#[derive(Debug)]
pub struct SetFile {
    path: PathBuf,
    container: Container,
    /// Taken when the file was opened.
    pub(crate) fingerprint: Fingerprint,
    header: SetHeader,
}

impl SetFile {
    /// Opens a file of the store and reads its header.
    pub fn open(path: &Path) -> Result<Self, CorruptSet> {
        let corrupt = |message: String| CorruptSet {
            path: path.to_owned(),
            message,
        };
        let unreadable = |error: io::Error| corrupt(format!("the set cannot be read: {error}"));
        let file = files::open(path).map_err(|error| match error {
            FileError::Io(error) => unreadable(error),
            other => corrupt(other.to_string()),
        })?;
        let metadata = file.metadata().map_err(unreadable)?;
        if starts_with(&file, FORMAT_1_MAGIC) {
            return Err(corrupt(OUTDATED.to_owned()));
        }
        let container =
            Container::open(Backing::File(file), FORMAT).map_err(|error| match error {
                ContainerError::Read(error) => unreadable(error),
                ContainerError::NotContainer => {
                    corrupt("this is not a code set; remove it".to_owned())
                }
                ContainerError::Format => corrupt(OUTDATED.to_owned()),
                ContainerError::Damaged => corrupt(DAMAGED.to_owned()),
            })?;
        let header = read_header(&container).ok_or_else(|| corrupt(DAMAGED.to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            container,
            fingerprint: Fingerprint::from_metadata(&metadata),
            header,
        })
    }

    pub const fn header(&self) -> &SetHeader {
        &self.header
    }

    /// Returns the row with a key, as [`SetRow::key`] writes it.
    pub fn get(&self, key: &str) -> Result<Option<SetRow>, CorruptSet> {
        let mut rows = self.rows_from(key)?;
        match rows.next_entry()? {
            Some((found, text)) if found == key => self.decode(text).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns every row whose key starts with a prefix, in the order of keys. A PTP edit is found
    /// by either of its codes.
    pub fn rows_with_prefix(&self, prefix: &str) -> Result<Vec<SetRow>, CorruptSet> {
        self.first_rows_with_prefix(prefix, usize::MAX)
    }

    /// Returns at most `limit` of the rows of [`SetFile::rows_with_prefix`].
    pub fn first_rows_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<SetRow>, CorruptSet> {
        let mut found = Vec::new();
        let mut rows = self.rows_from(prefix)?;
        while found.len() < limit
            && let Some((key, text)) = rows.next_entry()?
            && key.starts_with(prefix)
        {
            match primary_key(key) {
                Some(primary) => found.extend(self.get(&primary)?),
                None => found.push(self.decode(text)?),
            }
        }
        Ok(found)
    }

    /// Returns every row, in the order of keys.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self, self.container.part_reader(ROWS))
    }

    /// Returns the codes with which the keys begin, each once and in order, up to any damage. Of a
    /// code with thousands of PTP edits, few are read.
    pub fn codes(&self) -> impl Iterator<Item = String> {
        let (mut rows, mut last) = (self.rows(), String::new());
        std::iter::from_fn(move || {
            for _ in 0..MAX_READ_PER_CODE {
                let (key, _) = rows.next_entry().ok()??;
                if code_of_key(key) != last {
                    code_of_key(key).clone_into(&mut last);
                    return Some(last.clone());
                }
            }
            rows = self.rows_from(&format!("{last}{AFTER_SEPARATORS}")).ok()?;
            let (key, _) = rows.next_entry().ok()??;
            code_of_key(key).clone_into(&mut last);
            Some(last.clone())
        })
    }

    /// Returns the rows from the first whose key is `key` or sorts after it.
    pub fn rows_from(&self, key: &str) -> Result<Rows<'_>, CorruptSet> {
        let offset = self.seek(key).ok_or_else(|| self.damaged())?;
        let mut rows = Rows::new(self, self.container.part_reader_at(ROWS, offset));
        while rows.read_entry()? {
            if rows.key.as_bytes() >= key.as_bytes() {
                rows.is_pending = true;
                break;
            }
        }
        Ok(rows)
    }

    /// Returns the offset in `rows` of the last entry of `keys` whose key is `key` or sorts before
    /// it; `None` if the file is damaged.
    fn seek(&self, key: &str) -> Option<u64> {
        let length = self.container.part_length(KEYS)?;
        let (mut low, mut high) = (0, length.div_ceil(PAGE_SIZE as u64));
        let mut offset = 0;
        while low < high {
            let middle = low + (high - low) / 2;
            let start = middle * PAGE_SIZE as u64;
            let page_len = usize::try_from(length - start).ok()?.min(PAGE_SIZE);
            let page = self.container.read_range(KEYS, start, page_len)?;
            let (entries, _) = page.as_chunks::<ENTRY_LEN>();
            let not_after = entries.partition_point(|entry| entry_key(entry) <= key.as_bytes());
            if let Some(entry) = not_after.checked_sub(1).and_then(|last| entries.get(last)) {
                offset = u64_at(entry, 0)?;
                low = middle + 1;
            }
            if not_after < entries.len() {
                high = middle;
            }
        }
        Some(offset)
    }

    fn decode(&self, text: &str) -> Result<SetRow, CorruptSet> {
        SetRow::decode(self.header.kind, text).ok_or_else(|| self.damaged())
    }

    fn damaged(&self) -> CorruptSet {
        CorruptSet {
            path: self.path.clone(),
            message: DAMAGED.to_owned(),
        }
    }
}

const DAMAGED: &str = "the set is damaged; import its file again";
const OUTDATED: &str = "another version of codeleaf imported this set; import its file again";

fn starts_with(file: &File, magic: &[u8]) -> bool {
    let mut start = vec![0; magic.len()];
    file.read_exact_at(&mut start, 0).is_ok() && start == magic
}

/// Reads the header; `None` if it is damaged.
fn read_header(container: &Container) -> Option<SetHeader> {
    let is_small = container.part_length(HEAD)? <= MAX_HEAD_LEN;
    serde_json::from_slice(&is_small.then(|| container.read_part(HEAD))??).ok()
}

fn entry_key(entry: &[u8; ENTRY_LEN]) -> &[u8] {
    let length = usize::from(entry[KEY_AT - 1]);
    &entry[KEY_AT..][..length.min(MAX_KEY_LEN)]
}

/// The characters after a code in a key, and one that sorts after them.
const SEPARATORS: [char; 3] = ['-', '<', '>'];
const AFTER_SEPARATORS: char = '?';

/// The most entries of one code that are read in turn before the next code is looked up.
const MAX_READ_PER_CODE: usize = 64;

fn code_of_key(key: &str) -> &str {
    key.split(SEPARATORS).next().unwrap_or(key)
}

/// Returns the key of the row that a secondary key leads to: `83950>88271@…` for `88271<83950@…`;
/// `None` if the key is not a secondary one.
fn primary_key(key: &str) -> Option<String> {
    let (second, rest) = key.split_once('<')?;
    let (first, date) = rest.split_once('@')?;
    Some(format!("{first}>{second}@{date}"))
}

/// An iterator over the rows of a set in the order of keys. It ends after the first error.
#[derive(Debug)]
pub struct Rows<'s> {
    set: &'s SetFile,
    /// `None` if the file is damaged.
    reader: Option<PartReader<'s>>,
    /// The entry that was read last.
    key: String,
    text: String,
    /// Whether that entry is to be returned next.
    is_pending: bool,
    /// Whether an error was returned.
    is_ended: bool,
}

impl<'s> Rows<'s> {
    const fn new(set: &'s SetFile, reader: Option<PartReader<'s>>) -> Self {
        Self {
            set,
            reader,
            key: String::new(),
            text: String::new(),
            is_pending: false,
            is_ended: false,
        }
    }

    /// Returns the next key and the text of its row, which is empty for a secondary key.
    fn next_entry(&mut self) -> Result<Option<(&str, &str)>, CorruptSet> {
        let has_entry = std::mem::take(&mut self.is_pending) || self.read_entry()?;
        Ok(has_entry.then_some((&*self.key, &*self.text)))
    }

    /// Reads the next entry; returns false at the end.
    fn read_entry(&mut self) -> Result<bool, CorruptSet> {
        let reader = self.reader.as_mut().ok_or_else(|| self.set.damaged())?;
        if reader.remaining() == 0 {
            return Ok(false);
        }
        let entry = reader.read_text().zip(reader.read_text());
        (self.key, self.text) = entry.ok_or_else(|| self.set.damaged())?;
        Ok(true)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<SetRow, CorruptSet>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_ended {
            let set = self.set;
            let row = match self.next_entry() {
                Ok(None) => return None,
                // A secondary key has no row of its own.
                Ok(Some((key, _))) if primary_key(key).is_some() => continue,
                Ok(Some((_, text))) => set.decode(text),
                Err(error) => Err(error),
            };
            self.is_ended = row.is_err();
            return Some(row);
        }
        None
    }
}
