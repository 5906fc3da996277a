//! Reads the NUCC's taxonomy of provider specialties: separated, UTF-8, quoted fields with line
//! breaks inside, `Code,Grouping,Classification,Specialization,Definition,Notes,Display
//! Name,Section`. Notes are the file's own history and not kept.

use super::table::{Table, Wanted, optional, required};
use super::{Facts, Intake};
use crate::sets::error::Stop;
use crate::sets::source::Source;
use crate::sets::{NuccRow, SetRow};

const COLUMNS: [Wanted; 7] = [
    required(&["CODE"]),
    required(&["GROUPING"]),
    required(&["CLASSIFICATION"]),
    required(&["SPECIALIZATION"]),
    required(&["DEFINITION"]),
    optional(&["DISPLAYNAME"]),
    optional(&["SECTION"]),
];

pub(super) fn read(source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let text = source.text()?;
    let mut table = Table::open(&text, &COLUMNS)?;
    while let Some(cells) = table.next()? {
        intake.passed(cells.passed);
        let code = cells.text(0);
        let is_right = code.len() == 10
            && code.ends_with('X')
            && code
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if !is_right {
            let expected = "ten characters that end in X, such as 291U00000X";
            return Err(cells.fault(0, "taxonomy code", expected).into());
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
        intake.take(cells.line, &SetRow::Nucc(row))?;
    }
    source.cut(table.line)?;
    Ok(Facts::default())
}
