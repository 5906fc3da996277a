//! CMS's place of service codes.
//!
//! Delimited: code, name and description, with or without the setting (`Facility`,
//! `Non-Facility`). Rows of unassigned codes and of ranges of them (`28-30`) are skipped.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{ColumnSpec, optional, read_rows, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{PlaceRow, SetRow};

pub(crate) const CODE_COLUMN: &[&str] = &["POSCODE", "PLACEOFSERVICECODE", "PLACEOFSERVICECODES"];
pub(crate) const NAME_COLUMN: &[&str] = &["POSNAME", "PLACEOFSERVICENAME"];

const COLUMNS: [ColumnSpec; 4] = [
    required(CODE_COLUMN),
    required(NAME_COLUMN),
    required(&["POSDESCRIPTION", "PLACEOFSERVICEDESCRIPTION"]),
    optional(&["POSTYPE", "PLACEOFSERVICETYPE"]),
];

/// The code that ends the published list.
const LAST_CODE: &str = "99";

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut last = String::new();
    let last_line = read_rows(input, &COLUMNS, sink, |row| {
        let code = row.string(0);
        if row.text(1).eq_ignore_ascii_case("unassigned") {
            return Ok(None);
        }
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let expected = "two digits; a leading zero counts";
            return Err(row.error(0, "a place of service", expected));
        }
        if row.text(1).is_empty() {
            return Err(row.error(1, "a name", "a text"));
        }
        if last < code {
            last.clone_from(&code);
        }
        Ok(Some(SetRow::PlaceOfService(PlaceRow {
            code,
            name: row.string(1),
            description: row.string(2),
            setting: row.string(3),
        })))
    })?;
    if !last.is_empty() && last != LAST_CODE {
        let message = format!("the last code is {last}");
        let expected = format!("expected {LAST_CODE}, where the list ends: the file was cut short");
        return Err(ParseError::at_line(last_line, message, expected).into());
    }
    Ok(FileMetadata::default())
}
