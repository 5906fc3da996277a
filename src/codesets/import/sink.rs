//! The sink of imported rows, and the metadata of the files that they come from.

use crate::codesets::edition::EditTable;
use crate::codesets::error::ReadError;
use crate::codesets::import::sort::ExternalSorter;
use crate::codesets::row::SetRow;
use crate::content::Date;
use crate::num::saturating_u32;

/// The number of rows between two progress reports.
const PROGRESS_INTERVAL: u64 = 2048;

/// The progress of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Bytes of the files read so far.
    pub bytes: u64,
    /// Size of all files, in bytes.
    pub total: u64,
    /// Rows read so far.
    rows: u64,
}

/// The metadata that a file states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileMetadata {
    /// The year, if a column states it.
    pub(crate) year: Option<u16>,
    /// The latest effective date, for kinds whose edition it determines.
    pub(crate) latest_effective: Option<Date>,
    /// Which of the tables of one edition the file is.
    pub(crate) table: Option<EditTable>,
    /// Remarks for the user that are not errors.
    pub(crate) notes: Vec<String>,
}

/// Passes rows to the sorter and reports progress.
pub(crate) struct RowSink<'i> {
    sorter: &'i mut ExternalSorter,
    on_progress: &'i mut dyn FnMut(ImportProgress),
    progress: ImportProgress,
    /// The number of the file that is being read, from 0.
    file_index: u8,
    /// The progress at the start of that file.
    at_file_start: ImportProgress,
}

impl<'i> RowSink<'i> {
    /// Makes a sink for files of `total` bytes.
    pub(crate) fn new(
        sorter: &'i mut ExternalSorter,
        on_progress: &'i mut dyn FnMut(ImportProgress),
        total: u64,
    ) -> Self {
        let (bytes, rows) = (0, 0);
        let progress = ImportProgress { bytes, total, rows };
        Self {
            sorter,
            on_progress,
            progress,
            file_index: 0,
            at_file_start: progress,
        }
    }

    pub(crate) fn begin_file(&mut self, file_index: u8) {
        self.file_index = file_index;
        self.at_file_start = self.progress;
    }

    /// Counts a file of `size` bytes as read; returns false if it had no rows.
    pub(crate) fn end_file(&mut self, size: u64) -> bool {
        self.progress.bytes = self.at_file_start.bytes + size;
        (self.on_progress)(self.progress);
        self.progress.rows > self.at_file_start.rows
    }

    /// Adds a row that was read from a line.
    pub(crate) fn push(&mut self, line: u64, row: &SetRow) -> Result<(), ReadError> {
        let line = saturating_u32(line);
        let mut add = |key: &str, text: &str| {
            let added = self.sorter.add(key, self.file_index, line, text);
            added.map_err(ReadError::Spill)
        };
        add(&row.key(), &row.encode())?;
        if let Some(secondary) = row.secondary_key() {
            add(&secondary, "")?;
        }
        self.progress.rows += 1;
        if self.progress.rows.is_multiple_of(PROGRESS_INTERVAL) {
            (self.on_progress)(self.progress);
        }
        Ok(())
    }

    /// Counts bytes of the current file as read.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.progress.bytes += bytes as u64;
    }

    /// Returns how many bytes of the current file were read.
    pub(crate) fn bytes_in_file(&self) -> u64 {
        self.progress.bytes - self.at_file_start.bytes
    }
}
