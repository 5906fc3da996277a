//! Reads Medicare's Clinical Laboratory Fee Schedule: separated, four preamble lines, then
//! `YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,…`, columns by header; rates `00064.41`, dates
//! `20250401`; Windows-1252 (2025) or ASCII (2026). The descriptors are the AMA's and not kept.
//! Checked against the file of 2025, second quarter.

use super::table::{Table, Wanted, required};
use super::{Facts, Intake, is_procedure};
use crate::content::ModifierCode;
use crate::sets::error::Stop;
use crate::sets::source::Source;
use crate::sets::{Cents, ClfsRow, SetRow};

const COLUMNS: [Wanted; 6] = [
    required(&["YEAR"]),
    required(&["HCPCS"]),
    required(&["MOD"]),
    required(&["EFFDATE"]),
    required(&["INDICATOR"]),
    required(&["RATE"]),
];

pub(super) fn read(source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let text = source.text()?;
    let mut table = Table::open(&text, &COLUMNS)?;
    let mut facts = Facts::default();
    while let Some(cells) = table.next()? {
        intake.passed(cells.passed);
        let year: u16 = cells
            .text(0)
            .parse()
            .ok()
            .filter(|year| (1984..=2199).contains(year))
            .ok_or_else(|| cells.fault(0, "year", "four digits"))?;
        if facts.year.is_some_and(|first| first != year) {
            let first = facts.year.unwrap_or_default();
            let expected = format!("{first}, as in the rows above");
            return Err(cells.fault(0, "year of this schedule", &expected).into());
        }
        let code = cells.text(1).to_owned();
        if !is_procedure(&code) {
            return Err(cells
                .fault(1, "CPT or HCPCS code", "five characters")
                .into());
        }
        let modifier = match cells.text(2) {
            "" => None,
            text => Some(
                ModifierCode::new(text)
                    .map_err(|_| cells.fault(2, "modifier", "two letters or digits"))?,
            ),
        };
        let effective = cells
            .date(3)?
            .ok_or_else(|| cells.fault(3, "date", "yyyymmdd, such as 20250401"))?;
        let rate = Cents::read(cells.text(5))
            .ok_or_else(|| cells.fault(5, "rate", "dollars and cents, such as 00064.41"))?;
        facts.year = Some(year);
        facts.latest = facts.latest.max(Some(effective));
        let row = ClfsRow {
            code,
            modifier: modifier.map(|modifier| modifier.as_str().to_owned()),
            rate,
            effective,
            indicator: cells.text(4).to_owned(),
            year,
        };
        intake.take(cells.line, &SetRow::Clfs(row))?;
    }
    source.cut(table.line)?;
    Ok(facts)
}
