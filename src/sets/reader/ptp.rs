//! Reads NCCI's procedure-to-procedure edits: tab-separated, six header lines, then column 1,
//! column 2, whether the pair is from before 1996, effective date, deletion date (`*` in force),
//! modifier indicator (0 never, 1 allowed, 9 not applicable), rationale. Millions of rows, in
//! several files of one version, read line by line.

use super::{Facts, Intake, clean, date, is_procedure, quote};
use crate::sets::error::Stop;
use crate::sets::source::Source;
use crate::sets::{Fault, PtpRow, SetRow};

const COLUMNS: usize = 7;

/// Says whether a line is one of the header.
pub(in crate::sets) fn is_header(line: &str) -> bool {
    line.starts_with("Column 1\tColumn 2\t") || line.starts_with("Column1/Column2 Edits\t")
}

pub(super) fn read(source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let mut lines = source.lines()?;
    let mut last = 0;
    let mut is_below_header = false;
    let mut has_rows = false;
    while let Some(line) = lines.next()? {
        intake.passed(line.bytes);
        last = line.number;
        if line.text.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.text.split('\t').collect();
        if !has_rows && (!is_below_header || !is_procedure(fields[0].trim())) {
            // The header says what stands below it over several lines, and has blank first fields.
            is_below_header |= is_header(&line.text) && fields.len() == COLUMNS;
            if is_below_header && line.number > 12 {
                return Err(fault(
                    line.number,
                    &fields,
                    0,
                    "CPT or HCPCS code",
                    "five characters",
                )
                .into());
            }
            if !is_below_header && line.number > 12 {
                let expected = "expected `Column 1`, `Column 2`, … separated by tabs";
                let message = "there is no header among the first twelve lines";
                return Err(Fault::whole(message, expected).into());
            }
            continue;
        }
        has_rows = true;
        let row = row(line.number, &fields)?;
        intake.take(line.number, &SetRow::NcciPtp(row))?;
    }
    source.cut(last)?;
    Ok(Facts::default())
}

fn fault(line: u64, fields: &[&str], index: usize, what: &str, expected: &str) -> Fault {
    let text = quote(fields.get(index).copied().unwrap_or_default());
    Fault::line(
        line,
        format!("{text} is no {what}"),
        format!("expected {expected}"),
    )
    .at(index + 1)
}

fn row(line: u64, fields: &[&str]) -> Result<PtpRow, Fault> {
    if fields.len() != COLUMNS {
        let has = fields.len();
        return Err(Fault::line(
            line,
            format!("this row has {has} columns"),
            format!("the header has {COLUMNS}: the row is damaged, or the file was cut short"),
        ));
    }
    let wrong = |index, what, expected| fault(line, fields, index, what, expected);
    let code = |index: usize| {
        let code = fields[index].trim();
        if is_procedure(code) {
            Ok(code.to_owned())
        } else {
            Err(wrong(index, "CPT or HCPCS code", "five characters"))
        }
    };
    let day = |index: usize| {
        date(fields[index]).map_err(|()| wrong(index, "date", "yyyymmdd, such as 20180701"))
    };
    let modifier = fields[5].trim();
    if !matches!(modifier, "0" | "1" | "9") {
        return Err(wrong(5, "modifier indicator", "0, 1 or 9"));
    }
    let deleted = match fields[4].trim() {
        "*" => None,
        _ => Some(day(4)?.ok_or_else(|| wrong(4, "date", "yyyymmdd, or * where it is in force"))?),
    };
    Ok(PtpRow {
        column1: code(0)?,
        column2: code(1)?,
        effective: day(3)?.ok_or_else(|| wrong(3, "date", "yyyymmdd, such as 20180701"))?,
        deleted,
        modifier: modifier.to_owned(),
        rationale: clean(fields[6]),
    })
}
