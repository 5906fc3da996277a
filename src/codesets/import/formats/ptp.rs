//! NCCI's procedure-to-procedure edits (PTP).
//!
//! Tab-separated: six header lines, then column 1, column 2, whether the edit was in existence
//! before 1996, effective date, deletion date (`*` while in force), modifier indicator (0 not
//! allowed, 1 allowed, 9 not applicable) and rationale. One version has millions of rows in several
//! files, so they are read line by line.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::check_column_count;
use crate::codesets::import::field::{DateStyle, clean, is_procedure_code, parse_date, quote};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{PtpRow, SetRow};
use crate::content::Date;

const COLUMN_COUNT: usize = 7;
/// The last line that may belong to the header.
const MAX_HEADER_LINES: u64 = 12;

pub(crate) fn is_header(line: &str) -> bool {
    line.starts_with("Column 1\tColumn 2\t") || line.starts_with("Column1/Column2 Edits\t")
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut lines = input.lines()?;
    let mut last_line = 0;
    let mut has_header = false;
    let mut has_rows = false;
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        last_line = line.number;
        if line.text.trim().is_empty() {
            continue;
        }
        let row = PtpRecord {
            line: line.number,
            fields: line.text.split('\t').collect(),
        };
        // The column names take several lines, on which the first field is blank.
        has_rows |= has_header && is_procedure_code(row.fields[0].trim());
        if has_rows {
            sink.push(line.number, &SetRow::NcciPtp(row.parse()?))?;
            continue;
        }
        has_header |= is_header(&line.text) && row.fields.len() == COLUMN_COUNT;
        if line.number > MAX_HEADER_LINES {
            return Err(if has_header {
                row.error(0, "a CPT or HCPCS code", "five characters")
            } else {
                let message = "there is no header among the first twelve lines";
                let expected = "expected `Column 1`, `Column 2`, … separated by tabs";
                ParseError::for_file(message, expected)
            }
            .into());
        }
    }
    input.check_complete(last_line)?;
    Ok(FileMetadata::default())
}

/// One line, split at its tabs.
struct PtpRecord<'l> {
    line: u64,
    fields: Vec<&'l str>,
}

impl PtpRecord<'_> {
    fn error(&self, index: usize, what: &str, expected: &str) -> ParseError {
        let text = self.fields.get(index).copied().unwrap_or_default();
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
            rationale: clean(self.fields[6]),
        })
    }

    fn code(&self, index: usize) -> Result<String, ParseError> {
        let code = self.fields[index].trim();
        if is_procedure_code(code) {
            Ok(code.to_owned())
        } else {
            Err(self.error(index, "a CPT or HCPCS code", "five characters"))
        }
    }

    fn date(&self, index: usize, expected: &str) -> Result<Date, ParseError> {
        let date = parse_date(self.fields[index], DateStyle::default());
        let date = date.ok().flatten();
        date.ok_or_else(|| self.error(index, "a date", expected))
    }
}
