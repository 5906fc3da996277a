//! An external merge sort of rows by key. Memory is bounded by one run of 24 MiB; sorted runs go to
//! unnamed files and are merged.
//!
//! Most sets fit in one run and are already sorted. PTP edits come by the million, in several
//! files, and have a secondary key each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::storage::varint::{read_byte, read_text, u32_at, write_text};

/// The size of the length of an encoded row, in bytes.
const LENGTH_LEN: usize = 4;
/// The size of a run in bytes.
const RUN_SIZE: usize = 24 * 1024 * 1024;

/// A sorter to which rows are added, and which then returns them in order.
#[derive(Debug, Default)]
pub(crate) struct ExternalSorter {
    /// The folder for runs. Their files are unlinked at once, so a kill leaves none behind.
    pub(crate) folder: PathBuf,
    run_size: usize,
    /// The current run: encoded rows, each after its length, and where each begins.
    bytes: Vec<u8>,
    starts: Vec<usize>,
    runs: Vec<File>,
}

/// A row with its key and its place in the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyedRow {
    pub(crate) key: String,
    pub(crate) file_index: u8,
    pub(crate) line: u32,
    pub(crate) row: String,
}

impl ExternalSorter {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            run_size: RUN_SIZE,
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, key: &str, file: u8, line: u32, row: &str) -> io::Result<()> {
        let start = self.bytes.len();
        self.starts.push(start);
        self.bytes.extend([0; LENGTH_LEN]);
        write_text(&mut self.bytes, key);
        self.bytes.push(file);
        self.bytes.extend(line.to_le_bytes());
        self.bytes.extend(row.as_bytes());
        let length = u32::try_from(self.bytes.len() - start - LENGTH_LEN);
        let length = length.map_err(|_| io::Error::other("a row is too long"))?;
        self.bytes[start..start + LENGTH_LEN].copy_from_slice(&length.to_le_bytes());
        if self.bytes.len() >= self.run_size {
            self.spill()?;
        }
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        // Rows with equal keys stay in the order in which they were read.
        let row = |start: &usize| EncodedRow::parse(row_bytes(bytes, *start));
        self.starts.sort_unstable_by(|a, b| row(a).cmp(&row(b)));
    }

    /// Sorts the current run and moves it to a file.
    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let file = tempfile::tempfile_in(&self.folder)?;
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        for start in &self.starts {
            let end = start + LENGTH_LEN + row_bytes(&self.bytes, *start).len();
            out.write_all(&self.bytes[*start..end])?;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(file);
        self.bytes.clear();
        self.starts.clear();
        Ok(())
    }

    /// Passes every row to `each`, in order.
    pub(crate) fn finish(
        mut self,
        mut each: impl FnMut(KeyedRow) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.runs.is_empty() {
            self.sort();
            for start in &self.starts {
                each(KeyedRow::decode(row_bytes(&self.bytes, *start))?)?;
            }
            return Ok(());
        }
        self.spill()?;
        self.bytes = Vec::new();
        let runs = self.runs.into_iter();
        let runs = runs.map(|run| BufReader::with_capacity(128 * 1024, run));
        let mut runs: Vec<BufReader<File>> = runs.collect();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            heads.extend(read_row(run)?.map(|row| Reverse((row, index))));
        }
        while let Some(Reverse((row, index))) = heads.pop() {
            heads.extend(read_row(&mut runs[index])?.map(|row| Reverse((row, index))));
            each(row)?;
        }
        Ok(())
    }
}

/// Returns the encoded row that begins at `start`, without its length.
fn row_bytes(bytes: &[u8], start: usize) -> &[u8] {
    let length = u32_at(bytes, start).and_then(|length| usize::try_from(length).ok());
    let start = start + LENGTH_LEN;
    let row = bytes.get(start..start + length.unwrap_or_default());
    row.unwrap_or_default()
}

/// An encoded row. Its fields order it, and the key comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct EncodedRow<'b> {
    key: &'b str,
    file_index: u8,
    line: u32,
    row: &'b [u8],
}

impl<'b> EncodedRow<'b> {
    fn parse(mut bytes: &'b [u8]) -> Option<Self> {
        let key = read_text(&mut bytes)?;
        let file_index = read_byte(&mut bytes)?;
        let (line, row) = bytes.split_first_chunk()?;
        Some(Self {
            key,
            file_index,
            line: u32::from_le_bytes(*line),
            row,
        })
    }
}

impl KeyedRow {
    fn decode(bytes: &[u8]) -> io::Result<Self> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let encoded = EncodedRow::parse(bytes).ok_or_else(invalid)?;
        Ok(Self {
            key: encoded.key.to_owned(),
            file_index: encoded.file_index,
            line: encoded.line,
            row: String::from_utf8(encoded.row.to_vec()).map_err(|_| invalid())?,
        })
    }
}

/// Reads the next row of a run; `None` at the end.
fn read_row(run: &mut impl BufRead) -> io::Result<Option<KeyedRow>> {
    if run.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut length = [0; LENGTH_LEN];
    run.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    run.read_exact(&mut bytes)?;
    KeyedRow::decode(&bytes).map(Some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn rows_are_sorted_with_and_without_spilling(
            rows in proptest::collection::vec(("[A-C]{1,3}", ".{0,9}"), 0..200),
            run_size in 1_usize..4000,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = ExternalSorter { run_size, ..ExternalSorter::new(folder.path()) };
            let mut expected = Vec::new();
            for (line, (key, row)) in (1..).zip(&rows) {
                sorter.add(key, 0, line, row).unwrap();
                expected.push(KeyedRow { key: key.clone(), file_index: 0, line, row: row.clone() });
            }
            expected.sort();
            let mut sorted = Vec::new();
            sorter.finish(|row| { sorted.push(row); Ok(()) }).unwrap();
            prop_assert_eq!(sorted, expected);
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
