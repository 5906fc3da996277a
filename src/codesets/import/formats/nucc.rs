//! The NUCC's Health Care Provider Taxonomy.
//!
//! Delimited, UTF-8, quoted fields with line breaks: `Code,Grouping,Classification,Specialization,
//! Definition,Notes,Display Name,Section`. The notes are the file's own history and not stored.

use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, optional, read_rows, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{NuccRow, SetRow};

/// Editions before 2016 call it the type.
pub(crate) const GROUPING_COLUMN: &[&str] = &["GROUPING", "TYPE"];

const COLUMNS: [ColumnSpec; 7] = [
    required(&["CODE"]),
    required(GROUPING_COLUMN),
    required(&["CLASSIFICATION"]),
    required(&["SPECIALIZATION"]),
    required(&["DEFINITION"]),
    optional(&["DISPLAYNAME"]),
    optional(&["SECTION"]),
];

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    read_rows(input, &COLUMNS, sink, |row| {
        let code = row.string(0);
        let is_alphanumeric = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        if code.len() != 10 || !code.ends_with('X') || !code.bytes().all(is_alphanumeric) {
            let expected = "ten characters that end in X, such as 291U00000X";
            return Err(row.error(0, "a taxonomy code", expected));
        }
        Ok(Some(SetRow::Nucc(NuccRow {
            code,
            grouping: row.string(1),
            classification: row.string(2),
            specialization: row.string(3),
            definition: row.string(4),
            display: row.string(5),
            section: row.string(6),
        })))
    })?;
    Ok(FileMetadata::default())
}
