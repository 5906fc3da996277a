//! Reads NCCI's procedure-to-procedure edits: tab-separated, six header lines, then column 1,
//! column 2, whether the pair is from before 1996, effective date, deletion date (`*` in force),
//! modifier indicator (0 never, 1 allowed, 9 not applicable), rationale. Millions of rows, in
//! several files of one version, read line by line.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink, clean, is_procedure_code, parse_date, quote};
use crate::codesets::row::{PtpRow, SetRow};

const COLUMN_COUNT: usize = 7;

/// Says whether a line is one of the header.
pub(crate) fn is_header(line: &str) -> bool {
    line.starts_with("Column 1\tColumn 2\t") || line.starts_with("Column1/Column2 Edits\t")
}

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let mut lines = source.lines()?;
    let mut last = 0;
    let mut is_below_header = false;
    let mut has_rows = false;
    while let Some(line) = lines.next()? {
        intake.advance(line.byte_len);
        last = line.number;
        if line.text.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.text.split('\t').collect();
        if !has_rows && (!is_below_header || !is_procedure_code(fields[0].trim())) {
            // The header says what stands below it over several lines, and has blank first fields.
            is_below_header |= is_header(&line.text) && fields.len() == COLUMN_COUNT;
            if is_below_header && line.number > 12 {
                return Err(field_error(
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
                return Err(ParseError::for_file(message, expected).into());
            }
            continue;
        }
        has_rows = true;
        let row = parse_row(line.number, &fields)?;
        intake.push(line.number, &SetRow::NcciPtp(row))?;
    }
    source.check_complete(last)?;
    Ok(FileMetadata::default())
}

fn field_error(line: u64, fields: &[&str], index: usize, what: &str, expected: &str) -> ParseError {
    let text = quote(fields.get(index).copied().unwrap_or_default());
    ParseError::at_line(
        line,
        format!("{text} is no {what}"),
        format!("expected {expected}"),
    )
    .with_column(index + 1)
}

fn parse_row(line: u64, fields: &[&str]) -> Result<PtpRow, ParseError> {
    if fields.len() != COLUMN_COUNT {
        let has = fields.len();
        return Err(ParseError::at_line(
            line,
            format!("this row has {has} columns"),
            format!("the header has {COLUMN_COUNT}: the row is damaged, or the file was cut short"),
        ));
    }
    let wrong = |index, what, expected| field_error(line, fields, index, what, expected);
    let code = |index: usize| {
        let code = fields[index].trim();
        if is_procedure_code(code) {
            Ok(code.to_owned())
        } else {
            Err(wrong(index, "CPT or HCPCS code", "five characters"))
        }
    };
    let day = |index: usize| {
        parse_date(fields[index]).map_err(|()| wrong(index, "date", "yyyymmdd, such as 20180701"))
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
        modifier_indicator: modifier.to_owned(),
        rationale: clean(fields[6]),
    })
}
