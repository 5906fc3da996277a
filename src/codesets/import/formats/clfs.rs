//! Medicare's Clinical Laboratory Fee Schedule (CLFS).
//!
//! Delimited: four preamble lines, then `YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,…`.
//! Rates are written `00064.41`, dates `20250401`. Windows-1252 (2025) or ASCII (2026). The
//! descriptors belong to the AMA and are not stored. Checked against the file of 2025, second
//! quarter.

use crate::codesets::amount::Cents;
use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, read_rows, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{ClfsRow, SetRow};
use crate::content::ModifierCode;

const COLUMNS: [ColumnSpec; 6] = [
    required(&["YEAR"]),
    required(&["HCPCS"]),
    required(&["MOD"]),
    required(&["EFFDATE"]),
    required(&["INDICATOR"]),
    required(&["RATE"]),
];

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut metadata = FileMetadata::default();
    read_rows(input, &COLUMNS, sink, |row| {
        let year = row.parse(0, "a year", "four digits")?;
        if !(1984..=2199).contains(&year) {
            return Err(row.error(0, "a year", "four digits"));
        }
        if let Some(first) = metadata.year.filter(|first| *first != year) {
            let expected = format!("{first}, as in the rows above");
            return Err(row.error(0, "the year of this schedule", &expected));
        }
        let code = row.procedure_code(1)?;
        let modifier = match row.text(2) {
            "" => None,
            text => Some(
                ModifierCode::new(text)
                    .map_err(|_| row.error(2, "a modifier", "two letters or digits"))?,
            ),
        };
        let effective = row.date(3)?;
        let rate = Cents::parse(row.text(5))
            .ok_or_else(|| row.error(5, "a rate", "dollars and cents, such as 00064.41"))?;
        metadata.year = Some(year);
        metadata.latest_effective = metadata.latest_effective.max(Some(effective));
        Ok(Some(SetRow::Clfs(ClfsRow {
            code,
            modifier: modifier.map(|modifier| modifier.as_str().to_owned()),
            rate,
            effective,
            indicator: row.string(4),
            year,
        })))
    })?;
    Ok(metadata)
}
