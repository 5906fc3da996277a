//! Reads CMS's place-of-service codes: separated; code, name and description, with or without the
//! setting (`Facility`, `Non-Facility`), columns by header.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, optional, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink};
use crate::codesets::row::{PlaceRow, SetRow};

/// The names of the code's column.
pub(crate) const CODE_COLUMN: &[&str] = &["POSCODE", "PLACEOFSERVICECODE", "PLACEOFSERVICECODES"];
/// The names of the name's column.
pub(crate) const NAME_COLUMN: &[&str] = &["POSNAME", "PLACEOFSERVICENAME"];

const COLUMNS: [ColumnSpec; 4] = [
    required(CODE_COLUMN),
    required(NAME_COLUMN),
    required(&["POSDESCRIPTION", "PLACEOFSERVICEDESCRIPTION"]),
    optional(&["POSTYPE", "PLACEOFSERVICETYPE"]),
];

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let text = source.read_text()?;
    let mut table = CsvTable::from_text(&text, &COLUMNS)?;
    let mut last = String::new();
    while let Some(cells) = table.next()? {
        intake.advance(cells.byte_len);
        let code = cells.text(0);
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let expected = "two digits; a leading zero counts";
            return Err(cells.field_error(0, "place of service", expected).into());
        }
        if cells.text(1).is_empty() {
            return Err(cells.field_error(1, "name", "a text").into());
        }
        let field = |index| cells.text(index).to_owned();
        let row = PlaceRow {
            code: field(0),
            name: field(1),
            description: field(2),
            setting: field(3),
        };
        last = last.max(row.code.clone());
        intake.push(cells.line, &SetRow::PlaceOfService(row))?;
    }
    source.check_complete(table.line)?;
    if !last.is_empty() && last != "99" {
        let message = format!("the last code is {last}");
        let expected = "expected 99, where the list ends: the file was cut short";
        return Err(ParseError::at_line(table.line, message, expected).into());
    }
    Ok(FileMetadata::default())
}
