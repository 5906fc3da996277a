//! CMS's ICD-10-CM order file.
//!
//! Fixed width: 1–5 order number, 7–13 code without dot, 15 flag (0 header, 1 billable), 17–76
//! short description, from 78 long description; CRLF. The rows follow the tabular list, in which
//! chapter 22 (U00-U85) comes last; files before fiscal year 2021 end with chapter 21 (Z00-Z99).
//! Checked against the file of fiscal year 2025.
//!
//! A truncated file is detected by what is true of every published one: order numbers count from 1
//! without a gap, a header is followed by its subcodes, and the last chapter is there.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::field::{clean, columns, quote};
use crate::codesets::import::input::{InputFile, NumberedLine};
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{IcdRow, SetRow};
use crate::content::{CodeId, CodeSystem};

const LAYOUT: &str = "expected an ICD-10-CM order file: columns 1-5 order, 7-13 code, 15 flag 0 or 1, \
                      17-76 short description, from 78 long description";

pub(crate) fn is_row(line: &str) -> bool {
    is_order_row(line) && columns(line, 7, 7).bytes().all(|b| b.is_ascii_uppercase())
}

/// Returns true for a row of the layout, which ICD-10-PCS has, too.
fn is_order_row(line: &str) -> bool {
    let order = columns(line, 1, 5);
    order.len() == 5
        && order.bytes().all(|b| b.is_ascii_digit())
        && columns(line, 6, 6) == " "
        && matches!(columns(line, 14, 16), " 0 " | " 1 ")
}

/// Returns the name of a related file that is not imported, by its first line.
pub(crate) fn known_file(first_line: &str) -> Option<&'static str> {
    let code = columns(first_line, 1, 7).trim();
    let has_text = columns(first_line, 8, 8) == " " && !columns(first_line, 9, 9).is_empty();
    if is_order_row(first_line) {
        Some("ICD-10-PCS, the procedure codes of hospitals")
    } else if has_text && CodeId::new(CodeSystem::Icd10cm, code).is_ok() {
        Some("the list of billable ICD-10-CM codes; import the order file (icd10cm-order) instead")
    } else {
        None
    }
}

struct OrderRow {
    line: u64,
    order: u32,
    row: IcdRow,
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut lines = input.lines()?;
    let mut previous: Option<OrderRow> = None;
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        if line.text.trim().is_empty() {
            continue;
        }
        let is_last = sink.bytes_in_file() >= input.size;
        let current = parse_row(&line).map_err(|error| {
            // A last row without a line end was cut short, whatever else is wrong with it.
            let truncated = input.check_complete(line.number).err();
            truncated.filter(|_| is_last).unwrap_or(error)
        })?;
        check_order(previous.as_ref(), &current)?;
        if let Some(previous) = &previous {
            check_has_children(previous, Some(&current))?;
        }
        sink.push(line.number, &SetRow::Icd10cm(current.row.clone()))?;
        previous = Some(current);
    }
    if let Some(last) = &previous {
        input.check_complete(last.line)?;
        check_has_children(last, None)?;
        check_last(last)?;
    }
    Ok(FileMetadata::default())
}

/// Returns an error if a row's order number is not one more than that of the row before it.
fn check_order(previous: Option<&OrderRow>, current: &OrderRow) -> Result<(), ParseError> {
    let expected = previous.map_or(0, |previous| previous.order) + 1;
    if current.order == expected {
        return Ok(());
    }
    let message = format!("this row has order number {:05}", current.order);
    let expected = format!("expected {expected:05}: lines are missing, duplicated or moved");
    Err(ParseError::at_line(current.line, message, expected).with_column(1))
}

/// Returns an error if a header is not followed by one of its subcodes.
fn check_has_children(header: &OrderRow, next: Option<&OrderRow>) -> Result<(), ParseError> {
    let code = &header.row.code;
    if header.row.billable || next.is_some_and(|next| next.row.code.starts_with(code.as_str())) {
        return Ok(());
    }
    let message = format!("{code} is a header, and no code below it follows");
    let expected = "lines are missing: the file was cut short";
    Err(ParseError::at_line(header.line, message, expected))
}

/// Returns an error unless the file ends with the last category of chapter 21, or in chapter 22.
fn check_last(last: &OrderRow) -> Result<(), ParseError> {
    if last.row.code.starts_with("Z99") || last.row.code.starts_with('U') {
        return Ok(());
    }
    let message = format!("the last code is {}", last.row.code);
    let expected = "expected one of Z99 or U00-U85, where ICD-10-CM ends: the file was cut short";
    Err(ParseError::at_line(last.line, message, expected))
}

fn parse_row(line: &NumberedLine) -> Result<OrderRow, ParseError> {
    let error = |message: String, column| {
        ParseError::at_line(line.number, message, LAYOUT).with_column(column)
    };
    let text = &line.text;
    if !is_order_row(text) {
        let message = format!("{} is not a row of this layout", quote(text));
        return Err(error(message, 0));
    }
    let code = clean(columns(text, 7, 13));
    if code.contains('.') || CodeId::new(CodeSystem::Icd10cm, &code).is_err() {
        let message = format!("{} is not an ICD-10-CM code", quote(&code));
        return Err(error(message, 7));
    }
    let row = IcdRow {
        code,
        billable: columns(text, 15, 15) == "1",
        short: clean(columns(text, 17, 76)),
        long: clean(columns(text, 78, usize::MAX)),
    };
    if row.short.is_empty() || row.long.is_empty() {
        let column = if row.short.is_empty() { 17 } else { 78 };
        return Err(error("the description is missing".to_owned(), column));
    }
    Ok(OrderRow {
        line: line.number,
        order: columns(text, 1, 5).parse().unwrap_or_default(),
        row,
    })
}
