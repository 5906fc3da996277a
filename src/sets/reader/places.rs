//! Reads CMS's place-of-service codes: separated; code, name and description, with or without the
//! setting (`Facility`, `Non-Facility`), columns by header.

use super::table::{Table, Wanted, optional, required};
use super::{Facts, Intake};
use crate::sets::error::Stop;
use crate::sets::source::Source;
use crate::sets::{Fault, PlaceRow, SetRow};

/// The names of the code's column.
pub(super) const CODE: &[&str] = &["POSCODE", "PLACEOFSERVICECODE", "PLACEOFSERVICECODES"];
/// The names of the name's column.
pub(super) const NAME: &[&str] = &["POSNAME", "PLACEOFSERVICENAME"];

const COLUMNS: [Wanted; 4] = [
    required(CODE),
    required(NAME),
    required(&["POSDESCRIPTION", "PLACEOFSERVICEDESCRIPTION"]),
    optional(&["POSTYPE", "PLACEOFSERVICETYPE"]),
];

pub(super) fn read(source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let text = source.text()?;
    let mut table = Table::open(&text, &COLUMNS)?;
    let mut last = String::new();
    while let Some(cells) = table.next()? {
        intake.passed(cells.passed);
        let code = cells.text(0);
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let expected = "two digits; a leading zero counts";
            return Err(cells.fault(0, "place of service", expected).into());
        }
        if cells.text(1).is_empty() {
            return Err(cells.fault(1, "name", "a text").into());
        }
        let field = |index| cells.text(index).to_owned();
        let row = PlaceRow {
            code: field(0),
            name: field(1),
            description: field(2),
            setting: field(3),
        };
        last = last.max(row.code.clone());
        intake.take(cells.line, &SetRow::Place(row))?;
    }
    source.cut(table.line)?;
    if !last.is_empty() && last != "99" {
        let message = format!("the last code is {last}");
        let expected = "expected 99, where the list ends: the file was cut short";
        return Err(Fault::line(table.line, message, expected).into());
    }
    Ok(Facts::default())
}
