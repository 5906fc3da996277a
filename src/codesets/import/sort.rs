//! An external merge sort of rows by key. Memory is bounded by one run of 24 MiB; sorted runs go to
//! unnamed files and are merged.
//!
//! Most sets fit in one run and are already sorted. PTP edits come by the million, in several
//! files, and have a secondary key each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The size of a run in bytes.
const RUN_SIZE: usize = 24 * 1024 * 1024;

/// A sorter to which rows are added, and which then returns them in order.
#[derive(Debug)]
pub(crate) struct ExternalSorter {
    /// The folder for runs. Their files are unlinked at once, so a kill leaves none behind.
    folder: PathBuf,
    run_size: usize,
    /// The encoded rows of the current run, and where each begins.
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
        Self::with_run_size(folder, RUN_SIZE)
    }

    fn with_run_size(folder: &Path, run_size: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            run_size,
            bytes: Vec::new(),
            starts: Vec::new(),
            runs: Vec::new(),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn add(&mut self, key: &str, file: u8, line: u32, row: &str) -> io::Result<()> {
        let length = |text: &str| {
            u32::try_from(text.len()).map_err(|_| io::Error::other("a row is too long"))
        };
        let (key_length, row_length) = (length(key)?, length(row)?);
        self.starts.push(self.bytes.len());
        self.bytes.extend(key_length.to_le_bytes());
        self.bytes.extend(key.as_bytes());
        self.bytes.push(file);
        self.bytes.extend(line.to_le_bytes());
        self.bytes.extend(row_length.to_le_bytes());
        self.bytes.extend(row.as_bytes());
        if self.bytes.len() >= self.run_size {
            self.spill()?;
        }
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        // Rows with equal keys stay in the order in which they were read.
        let rank = |start: &usize| {
            let mut rest = &bytes[*start..];
            let key = take_text(&mut rest).unwrap_or_default();
            let file = rest.first().copied().unwrap_or_default();
            let line = rest.get(1..5).map(u32_from_le).unwrap_or_default();
            (key, file, line)
        };
        self.starts.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let file = tempfile::tempfile_in(&self.folder)?;
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        for start in &self.starts {
            out.write_all(&self.bytes[*start..self.row_end(*start)])?;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(file);
        self.bytes.clear();
        self.starts.clear();
        Ok(())
    }

    /// Returns where the row that starts at a byte ends.
    fn row_end(&self, start: usize) -> usize {
        let mut rest = &self.bytes[start..];
        let before = rest.len();
        let _ = take_text(&mut rest);
        rest = rest.get(5..).unwrap_or_default();
        let _ = take_text(&mut rest);
        start + before - rest.len()
    }

    /// Passes every row to `each`, in order.
    pub(crate) fn finish<E: From<io::Error>>(
        mut self,
        mut each: impl FnMut(KeyedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.runs.is_empty() {
            self.sort();
            for start in &self.starts {
                let mut rest = &self.bytes[*start..];
                if let Some(row) = read_row(&mut rest)? {
                    each(row)?;
                }
            }
            return Ok(());
        }
        self.spill()?;
        self.bytes = Vec::new();
        let runs = std::mem::take(&mut self.runs);
        let mut runs: Vec<BufReader<File>> = runs
            .into_iter()
            .map(|run| BufReader::with_capacity(128 * 1024, run))
            .collect();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            if let Some(row) = read_row(run)? {
                heads.push(Reverse((row, index)));
            }
        }
        while let Some(Reverse((row, index))) = heads.pop() {
            if let Some(next) = read_row(&mut runs[index])? {
                heads.push(Reverse((next, index)));
            }
            each(row)?;
        }
        Ok(())
    }
}

fn u32_from_le(bytes: &[u8]) -> u32 {
    bytes.try_into().map(u32::from_le_bytes).unwrap_or_default()
}

fn take_text<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, tail) = rest.split_at_checked(4)?;
    let length = usize::try_from(u32_from_le(length)).ok()?;
    let (text, tail) = tail.split_at_checked(length)?;
    *rest = tail;
    Some(text)
}

/// Reads the next row; `None` at the end.
fn read_row(from: &mut impl Read) -> io::Result<Option<KeyedRow>> {
    let mut word = [0; 4];
    match from.read_exact(&mut word) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let text = |length: [u8; 4], from: &mut dyn Read| -> io::Result<String> {
        let mut bytes = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(0)];
        from.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    };
    let key = text(word, from)?;
    let mut file = [0];
    from.read_exact(&mut file)?;
    from.read_exact(&mut word)?;
    let line = u32::from_le_bytes(word);
    from.read_exact(&mut word)?;
    let row = text(word, from)?;
    Ok(Some(KeyedRow {
        key,
        file_index: file[0],
        line,
        row,
    }))
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
            let mut sorter = ExternalSorter::with_run_size(folder.path(), run_size);
            let mut expected = Vec::new();
            for (line, (key, row)) in (1..).zip(&rows) {
                sorter.add(key, 0, line, row).unwrap();
                expected.push(KeyedRow { key: key.clone(), file_index: 0, line, row: row.clone() });
            }
            expected.sort();
            let mut sorted = Vec::new();
            sorter.finish(|row| { sorted.push(row); io::Result::Ok(()) }).unwrap();
            prop_assert_eq!(sorted, expected);
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
