//! Reads CMS's ICD-10-CM order file: fixed width, 1–5 order, 7–13 code without dot, 15 flag (0
//! header, 1 billable), 17–76 short description, from 78 the long one; CRLF. Checked against the
//! file of fiscal year 2025.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::input::{InputFile, NumberedLine};
use crate::codesets::import::{FileMetadata, RowSink, clean, columns, quote};
use crate::codesets::row::{IcdRow, SetRow};
use crate::content::{CodeId, CodeSystem};

const LAYOUT: &str = "expected an ICD-10-CM order file: columns 1-5 order, 7-13 code, 15 flag 0 or 1, \
                      17-76 short description, from 78 long description";

/// Says whether a line is in the layout.
pub(crate) fn is_row(line: &str) -> bool {
    let order = columns(line, 1, 5);
    order.len() == 5
        && order.bytes().all(|b| b.is_ascii_digit())
        && columns(line, 6, 6) == " "
        && matches!(columns(line, 14, 16), " 0 " | " 1 ")
}

/// What the line before said.
struct PreviousRow {
    order: u32,
    row: IcdRow,
    line: u64,
}

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let mut lines = source.lines()?;
    let mut before: Option<PreviousRow> = None;
    let mut facts = FileMetadata::default();
    let mut gaps = 0_u32;
    while let Some(line) = lines.next()? {
        intake.advance(line.byte_len);
        if line.text.trim().is_empty() {
            continue;
        }
        let is_last = intake.current.bytes >= source.size;
        let (order, row) = parse_row(&line).map_err(|fault| {
            // A last row without its line end is not wrong, but cut short.
            let cut = source.check_complete(line.number).err().filter(|_| is_last);
            cut.unwrap_or(fault)
        })?;
        match &before {
            None if row.code != "A00" => {
                let message = format!("the first code is {}", row.code);
                let expected = "expected A00: the head of the file is missing";
                return Err(ParseError::at_line(line.number, message, expected).into());
            }
            None => {}
            Some(before) => {
                if order <= before.order {
                    let message = format!("order number {order:05} follows {:05}", before.order);
                    let expected = "expected them to rise: lines are missing, doubled or moved";
                    return Err(ParseError::at_line(line.number, message, expected)
                        .with_column(1)
                        .into());
                }
                gaps += u32::from(order != before.order + 1);
                check_has_children(before, Some(&row))?;
            }
        }
        intake.push(line.number, &SetRow::Icd10cm(row.clone()))?;
        before = Some(PreviousRow {
            order,
            row,
            line: line.number,
        });
    }
    if let Some(before) = &before {
        source.check_complete(before.line)?;
        check_has_children(before, None)?;
        if !before.row.code.starts_with("Z99") {
            let message = format!("the last code is {}", before.row.code);
            let expected = "expected one of Z99, where ICD-10-CM ends: the file was cut short";
            return Err(ParseError::at_line(before.line, message, expected).into());
        }
    }
    if gaps > 0 {
        facts.notes.push(format!(
            "order numbers leave {gaps} gaps: rows may be missing"
        ));
    }
    Ok(facts)
}

/// Returns the fault of a header with no code below it.
fn check_has_children(before: &PreviousRow, next: Option<&IcdRow>) -> Result<(), ParseError> {
    let code = &before.row.code;
    if before.row.billable || next.is_some_and(|next| next.code.starts_with(code.as_str())) {
        return Ok(());
    }
    Err(ParseError::at_line(
        before.line,
        format!("{code} is a header, and no code below it follows"),
        "lines are missing: the file was cut short",
    ))
}

fn parse_row(line: &NumberedLine) -> Result<(u32, IcdRow), ParseError> {
    let fault = |message: String, column| {
        ParseError::at_line(line.number, message, LAYOUT).with_column(column)
    };
    let text = &line.text;
    if !is_row(text) {
        return Err(fault(
            format!("{} is no row of this layout", quote(text)),
            0,
        ));
    }
    let code = clean(columns(text, 7, 13));
    if code.contains('.') || CodeId::new(CodeSystem::Icd10cm, &code).is_err() {
        return Err(fault(format!("{} is no ICD-10-CM code", quote(&code)), 7));
    }
    let row = IcdRow {
        code,
        billable: columns(text, 15, 15) == "1",
        short: clean(columns(text, 17, 76)),
        long: clean(columns(text, 78, usize::MAX)),
    };
    if row.short.is_empty() || row.long.is_empty() {
        let column = if row.short.is_empty() { 17 } else { 78 };
        return Err(fault("the description is missing".to_owned(), column));
    }
    let order = columns(text, 1, 5).parse().unwrap_or_default();
    Ok((order, row))
}
