//! Reads Medicare's Clinical Laboratory Fee Schedule: separated, four preamble lines, then
//! `YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,…`, columns by header; rates `00064.41`, dates
//! `20250401`; Windows-1252 (2025) or ASCII (2026). The descriptors are the AMA's and not kept.
//! Checked against the file of 2025, second quarter.

use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink, is_procedure_code};
use crate::codesets::row::{Cents, ClfsRow, SetRow};
use crate::content::ModifierCode;

const COLUMNS: [ColumnSpec; 6] = [
    required(&["YEAR"]),
    required(&["HCPCS"]),
    required(&["MOD"]),
    required(&["EFFDATE"]),
    required(&["INDICATOR"]),
    required(&["RATE"]),
];

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let text = source.read_text()?;
    let mut table = CsvTable::from_text(&text, &COLUMNS)?;
    let mut facts = FileMetadata::default();
    while let Some(cells) = table.next()? {
        intake.advance(cells.byte_len);
        let year: u16 = cells
            .text(0)
            .parse()
            .ok()
            .filter(|year| (1984..=2199).contains(year))
            .ok_or_else(|| cells.field_error(0, "year", "four digits"))?;
        if facts.year.is_some_and(|first| first != year) {
            let first = facts.year.unwrap_or_default();
            let expected = format!("{first}, as in the rows above");
            return Err(cells
                .field_error(0, "year of this schedule", &expected)
                .into());
        }
        let code = cells.text(1).to_owned();
        if !is_procedure_code(&code) {
            return Err(cells
                .field_error(1, "CPT or HCPCS code", "five characters")
                .into());
        }
        let modifier = match cells.text(2) {
            "" => None,
            text => Some(
                ModifierCode::new(text)
                    .map_err(|_| cells.field_error(2, "modifier", "two letters or digits"))?,
            ),
        };
        let effective = cells
            .date(3)?
            .ok_or_else(|| cells.field_error(3, "date", "yyyymmdd, such as 20250401"))?;
        let rate = Cents::parse(cells.text(5))
            .ok_or_else(|| cells.field_error(5, "rate", "dollars and cents, such as 00064.41"))?;
        facts.year = Some(year);
        facts.latest_effective = facts.latest_effective.max(Some(effective));
        let row = ClfsRow {
            code,
            modifier: modifier.map(|modifier| modifier.as_str().to_owned()),
            rate,
            effective,
            indicator: cells.text(4).to_owned(),
            year,
        };
        intake.push(cells.line, &SetRow::Clfs(row))?;
    }
    source.check_complete(table.line)?;
    Ok(facts)
}
