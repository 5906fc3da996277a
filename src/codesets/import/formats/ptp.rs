//! NCCI's procedure-to-procedure edits (PTP).
//!
//! Tab-separated, or with commas or semicolons if a spreadsheet saved it: six header lines, then
//! column 1, column 2, whether the edit was in existence before 1996, effective date, deletion date
//! (`*` while in force), modifier indicator (0 not allowed, 1 allowed, 9 not applicable) and
//! rationale. One version has millions of rows in several files, so they are read line by line.

use std::borrow::Cow;

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{CsvRecords, DELIMITERS, check_column_count};
use crate::codesets::import::field::{
    DateStyle, clean, expected_code, is_procedure_code, parse_date, quote,
};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{PtpRow, SetRow};
use crate::content::Date;

const COLUMN_COUNT: usize = 7;
/// The last line that may belong to the header.
const MAX_HEADER_LINES: u64 = 12;

pub(crate) fn is_header(line: &str) -> bool {
    delimiter_of(line).is_some()
}

/// Returns the delimiter of a header line; `None` for other lines.
fn delimiter_of(line: &str) -> Option<u8> {
    DELIMITERS.into_iter().find(|delimiter| {
        let names = split(line, *delimiter);
        matches!(names.as_slice(), [first, second, ..] if first == "Column 1" && second == "Column 2")
            || (names.len() == COLUMN_COUNT && names[0] == "Column1/Column2 Edits")
    })
}

fn split(line: &str, delimiter: u8) -> Vec<Cow<'_, str>> {
    // The files as published have millions of lines with tabs and without quotes.
    if delimiter == b'\t' && !line.contains('"') {
        return line.split('\t').map(Cow::Borrowed).collect();
    }
    let mut records = CsvRecords::new(line, delimiter);
    let fields = records.next().map(|record| record.fields);
    fields
        .unwrap_or_default()
        .into_iter()
        .map(Cow::Owned)
        .collect()
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut lines = input.lines()?;
    let mut last_line = 0;
    let mut delimiter = None;
    let mut has_rows = false;
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        last_line = line.number;
        if line.text.trim().is_empty() {
            continue;
        }
        delimiter = delimiter.or_else(|| delimiter_of(&line.text));
        let separator = delimiter.unwrap_or(b'\t');
        let row = PtpRecord {
            line: line.number,
            fields: split(&line.text, separator),
            dates: DateStyle::with_delimiter(separator),
        };
        // The column names take several lines, none of which begins with a code or number.
        let first = row.fields.first().map_or("", |first| first.trim());
        let is_number = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
        has_rows |= delimiter.is_some() && (is_number || is_procedure_code(first));
        if has_rows {
            sink.push(line.number, &SetRow::NcciPtp(row.parse()?))?;
            continue;
        }
        if line.number > MAX_HEADER_LINES {
            return Err(if delimiter.is_some() {
                row.code_error(0)
            } else {
                let message = "there is no header among the first twelve lines";
                let expected = "expected `Column 1`, `Column 2`, … separated by tabs or commas";
                ParseError::for_file(message, expected)
            }
            .into());
        }
    }
    input.check_complete(last_line)?;
    Ok(FileMetadata::default())
}

/// The fields of one line.
struct PtpRecord<'l> {
    line: u64,
    fields: Vec<Cow<'l, str>>,
    dates: DateStyle,
}

impl PtpRecord<'_> {
    fn error(&self, index: usize, what: &str, expected: &str) -> ParseError {
        let text = self.fields.get(index).map_or("", AsRef::as_ref);
        ParseError::field(self.line, &quote(text), what, expected).with_column(index + 1)
    }

    fn parse(&self) -> Result<PtpRow, ParseError> {
        check_column_count(self.line, self.fields.len(), COLUMN_COUNT)?;
        let modifier = self.fields[5].trim();
        if !matches!(modifier, "0" | "1" | "9") {
            return Err(self.error(5, "a modifier indicator", "0, 1 or 9"));
        }
        let deleted = match self.fields[4].trim() {
            "*" => None,
            _ => Some(self.date(4, "yyyymmdd, or * while it is in force")?),
        };
        Ok(PtpRow {
            column1: self.code(0)?,
            column2: self.code(1)?,
            effective: self.date(3, "yyyymmdd, such as 20180701")?,
            deleted,
            modifier_indicator: modifier.to_owned(),
            rationale: clean(&self.fields[6]),
        })
    }

    fn code(&self, index: usize) -> Result<String, ParseError> {
        let code = self.fields[index].trim();
        if is_procedure_code(code) {
            Ok(code.to_owned())
        } else {
            Err(self.code_error(index))
        }
    }

    fn code_error(&self, index: usize) -> ParseError {
        let text = self.fields.get(index).map_or("", AsRef::as_ref);
        self.error(index, "a CPT or HCPCS code", expected_code(text.trim()))
    }

    fn date(&self, index: usize, expected: &str) -> Result<Date, ParseError> {
        let date = parse_date(&self.fields[index], self.dates);
        let date = date.ok().flatten();
        date.ok_or_else(|| self.error(index, "a date", expected))
    }
}
