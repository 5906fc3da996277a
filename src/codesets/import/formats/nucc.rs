//! Reads the NUCC's taxonomy of provider specialties: separated, UTF-8, quoted fields with line
//! breaks inside, `Code,Grouping,Classification,Specialization,Definition,Notes,Display
//! Name,Section`. Notes are the file's own history and not kept.

use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, optional, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink};
use crate::codesets::row::{NuccRow, SetRow};

const COLUMNS: [ColumnSpec; 7] = [
    required(&["CODE"]),
    required(&["GROUPING"]),
    required(&["CLASSIFICATION"]),
    required(&["SPECIALIZATION"]),
    required(&["DEFINITION"]),
    optional(&["DISPLAYNAME"]),
    optional(&["SECTION"]),
];

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let text = source.read_text()?;
    let mut table = CsvTable::from_text(&text, &COLUMNS)?;
    while let Some(cells) = table.next()? {
        intake.advance(cells.byte_len);
        let code = cells.text(0);
        let is_right = code.len() == 10
            && code.ends_with('X')
            && code
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if !is_right {
            let expected = "ten characters that end in X, such as 291U00000X";
            return Err(cells.field_error(0, "taxonomy code", expected).into());
        }
        let field = |index| cells.text(index).to_owned();
        let row = NuccRow {
            code: field(0),
            grouping: field(1),
            classification: field(2),
            specialization: field(3),
            definition: field(4),
            display: field(5),
            section: field(6),
        };
        intake.push(cells.line, &SetRow::Nucc(row))?;
    }
    source.check_complete(table.line)?;
    Ok(FileMetadata::default())
}
