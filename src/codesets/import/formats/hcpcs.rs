//! CMS's HCPCS Level II file ("ANWEB"): fixed width of 320 (2019) or 293 columns (2026), or
//! delimited with a header.
//!
//! The record layout (2019): 1–5 code, or a modifier in 4–5; 6–10 sequence number; 11 record kind
//! (3 a code, 4 its continuation, 7 a modifier, 8 its continuation); 12–91 long description; 92–119
//! short description; 230 coverage; 269–276 added; 277–284 effective; 285–292 terminated; 293
//! action. Disclaimers precede the rows. ISO-8859-1 or UTF-8, CRLF.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, optional, required};
use crate::codesets::import::field::{DateStyle, clean, columns, parse_date, quote};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{Coverage, HcpcsCode, HcpcsRow, SetRow};
use crate::content::{CodeId, CodeSystem, Date, ModifierCode};

/// The widths that CMS has used.
const WIDTHS: [usize; 2] = [320, 293];

const FIELD_COUNT: usize = 10;
const CODE: usize = 0;
const SEQUENCE: usize = 1;
const RECORD_KIND: usize = 2;
const LONG: usize = 3;
const SHORT: usize = 4;
const COVERAGE: usize = 5;
const ADDED: usize = 6;
const EFFECTIVE: usize = 7;
const TERMINATED: usize = 8;
const ACTION: usize = 9;

/// The fields in the delimited form.
const COLUMNS: [ColumnSpec; FIELD_COUNT] = [
    required(&["HCPC"]),
    required(&["SEQNUM"]),
    required(&["RECID"]),
    required(&["LONGDESCRIPTION"]),
    optional(&["SHORTDESCRIPTION"]),
    optional(&["COV", "COVERAGE", "COVERAGECODE"]),
    optional(&["ADDDT", "ADDDATE", "ADDED"]),
    optional(&["ACTEFFDT", "ACTEFFDATE", "EFFECTIVE"]),
    optional(&["TERMDT", "TERMDATE", "TERMINATED"]),
    optional(&["ACTIONCD", "ACTIONCODE", "ACTION"]),
];

/// The first and last column of each field in the fixed form.
const FIRST_COLUMNS: [usize; FIELD_COUNT] = [1, 6, 11, 12, 92, 230, 269, 277, 285, 293];
const LAST_COLUMNS: [usize; FIELD_COUNT] = [5, 10, 11, 91, 119, 230, 276, 284, 292, 293];

/// Returns true if a line is a row of the fixed layout.
pub(crate) fn is_row(line: &str) -> bool {
    row_width(line).is_some()
}

/// Returns the width of the layout that a line is a row of.
fn row_width(line: &str) -> Option<usize> {
    let sequence = columns(line, 6, 10);
    let is_row = sequence.len() == 5
        && sequence.bytes().all(|b| b.is_ascii_digit())
        && matches!(columns(line, 11, 11), "3" | "4" | "7" | "8");
    // A UTF-8 edition may count its columns in characters or, as its tools do, in bytes.
    let lengths = [line.chars().count(), line.len()];
    let width = WIDTHS.into_iter().find(|width| lengths.contains(width));
    width.filter(|_| is_row)
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    if input.any_head_line(is_row) {
        read_fixed_width(input, sink)
    } else {
        read_delimited(input, sink)
    }
}

fn read_fixed_width(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut lines = input.lines()?;
    let mut joiner = ContinuationJoiner::default();
    let mut width = None;
    let mut last_line = 0;
    let mut short_count = 0_u32;
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        last_line = line.number;
        width = width.or_else(|| row_width(&line.text));
        // Disclaimers precede the first row.
        let Some(width) = width else { continue };
        if line.text.trim().is_empty() {
            continue;
        }
        let actual = line.text.chars().count();
        let counts_bytes = actual != width && line.text.len() == width;
        if actual != width && !counts_bytes {
            if actual > width || actual < used_width(&line.text) {
                let message = format!("this row has {actual} columns");
                let reason = "the row is damaged, or the file was cut short";
                let expected = format!("the layout has {width}: {reason}");
                return Err(ParseError::at_line(line.number, message, expected).into());
            }
            short_count += 1;
        }
        let record = HcpcsRecord {
            line: line.number,
            fields: std::array::from_fn(|index| fixed_field(&line.text, index, counts_bytes)),
            columns: FIRST_COLUMNS,
            dates: DateStyle::default(),
        };
        joiner.push(sink, &record)?;
    }
    input.check_complete(last_line)?;
    joiner.finish(sink, last_line)?;
    let mut metadata = FileMetadata::default();
    if short_count > 0 {
        let note = "of its lines lack columns of the layout, none of which is used";
        metadata.notes.push(format!("{short_count} {note}"));
    }
    Ok(metadata)
}

fn fixed_field(line: &str, index: usize, counts_bytes: bool) -> String {
    let (from, to) = (FIRST_COLUMNS[index], LAST_COLUMNS[index]);
    if counts_bytes {
        let bytes = line.as_bytes();
        let bytes = bytes.get(from - 1..to.min(bytes.len())).unwrap_or_default();
        clean(&String::from_utf8_lossy(bytes))
    } else {
        clean(columns(line, from, to))
    }
}

/// Returns how many columns of a row are used. CMS's own file of 2019 has a continuation record
/// whose filler is four columns short.
fn used_width(line: &str) -> usize {
    match columns(line, 11, 11) {
        "4" | "8" => LAST_COLUMNS[LONG],
        _ => LAST_COLUMNS[ACTION],
    }
}

fn read_delimited(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let text = input.read_text()?;
    let mut table = CsvTable::new(&text, &COLUMNS)?;
    let mut joiner = ContinuationJoiner::default();
    while let Some(row) = table.next()? {
        sink.advance(row.byte_len);
        let record = HcpcsRecord {
            line: row.line,
            fields: std::array::from_fn(|index| row.string(index)),
            columns: std::array::from_fn(|index| row.column_number(index)),
            dates: row.dates(),
        };
        joiner.push(sink, &record)?;
    }
    input.check_complete(table.line)?;
    joiner.finish(sink, table.line)?;
    Ok(FileMetadata::default())
}

/// One record of either form.
struct HcpcsRecord {
    line: u64,
    /// Cleaned.
    fields: [String; FIELD_COUNT],
    /// The column of each field in the file, from 1.
    columns: [usize; FIELD_COUNT],
    dates: DateStyle,
}

impl HcpcsRecord {
    fn error(&self, index: usize, what: &str, expected: &str) -> ParseError {
        ParseError::field(self.line, &quote(&self.fields[index]), what, expected)
            .with_column(self.columns[index])
    }

    fn is_continuation(&self) -> bool {
        matches!(self.fields[RECORD_KIND].as_str(), "4" | "8")
    }

    fn sequence(&self) -> Result<u32, ParseError> {
        let sequence = self.fields[SEQUENCE].parse();
        sequence.map_err(|_| self.error(SEQUENCE, "a sequence number", "a number such as 00100"))
    }

    fn code(&self) -> Result<HcpcsCode, ParseError> {
        let code = &self.fields[CODE];
        match self.fields[RECORD_KIND].as_str() {
            "3" | "4" => CodeId::new(CodeSystem::Hcpcs, code)
                .map(|code| HcpcsCode::Code(code.value().to_owned()))
                .map_err(|_| self.error(CODE, "a HCPCS code", CodeSystem::Hcpcs.shape())),
            "7" | "8" => ModifierCode::new(code)
                .map(|code| HcpcsCode::Modifier(code.as_str().to_owned()))
                .map_err(|_| self.error(CODE, "a modifier", "two letters or digits")),
            _ => Err(self.error(RECORD_KIND, "a record kind", "3, 4, 7 or 8")),
        }
    }

    fn date(&self, index: usize) -> Result<Option<Date>, ParseError> {
        parse_date(&self.fields[index], self.dates)
            .map_err(|_| self.error(index, "a date", self.dates.expected()))
    }

    fn row(&self, code: HcpcsCode) -> Result<HcpcsRow, ParseError> {
        let coverage = match self.fields[COVERAGE].as_str() {
            "" => None,
            letter => Some(Coverage::from_letter(letter).ok_or_else(|| {
                self.error(COVERAGE, "a coverage code", "C, D, I, M, S or nothing")
            })?),
        };
        if self.fields[LONG].is_empty() {
            return Err(self.error(LONG, "a description", "a text"));
        }
        Ok(HcpcsRow {
            code,
            long: self.fields[LONG].clone(),
            short: self.fields[SHORT].clone(),
            coverage,
            added: self.date(ADDED)?,
            effective: self.date(EFFECTIVE)?,
            terminated: self.date(TERMINATED)?,
            action: self.fields[ACTION].clone(),
        })
    }
}

/// Joins continuation records to the row that they continue.
#[derive(Default)]
struct ContinuationJoiner {
    pending: Option<PendingRow>,
    has_v_codes: bool,
}

/// A row that continuation records may follow.
struct PendingRow {
    line: u64,
    /// The sequence number of its last record.
    sequence: u32,
    row: HcpcsRow,
}

impl ContinuationJoiner {
    fn push(&mut self, sink: &mut RowSink<'_>, record: &HcpcsRecord) -> Result<(), ReadError> {
        let sequence = record.sequence()?;
        let code = record.code()?;
        if record.is_continuation() {
            return Ok(self.continue_row(record, sequence, &code)?);
        }
        self.flush(sink)?;
        self.has_v_codes |= matches!(&code, HcpcsCode::Code(code) if code.starts_with('V'));
        self.pending = Some(PendingRow {
            line: record.line,
            sequence,
            row: record.row(code)?,
        });
        Ok(())
    }

    fn continue_row(
        &mut self,
        record: &HcpcsRecord,
        sequence: u32,
        code: &HcpcsCode,
    ) -> Result<(), ParseError> {
        let pending = self.pending.as_mut();
        let Some(pending) = pending.filter(|p| p.row.code == *code && p.sequence < sequence) else {
            let message = format!("this record continues {}", record.fields[CODE]);
            let expected = "the record before it has another code: lines are missing or moved";
            return Err(ParseError::at_line(record.line, message, expected));
        };
        pending.sequence = sequence;
        if !record.fields[LONG].is_empty() {
            pending.row.long.push(' ');
            pending.row.long.push_str(&record.fields[LONG]);
        }
        Ok(())
    }

    fn flush(&mut self, sink: &mut RowSink<'_>) -> Result<(), ReadError> {
        match self.pending.take() {
            Some(PendingRow { line, row, .. }) => sink.push(line, &SetRow::Hcpcs(row)),
            None => Ok(()),
        }
    }

    /// Ends the file; returns an error if V codes, the last ones of HCPCS Level II, are missing.
    fn finish(mut self, sink: &mut RowSink<'_>, last_line: u64) -> Result<(), ReadError> {
        let has_rows = self.pending.is_some();
        self.flush(sink)?;
        if has_rows && !self.has_v_codes {
            let message = "the file ends here, and has no V codes";
            let expected = "HCPCS Level II ends with them: the file was cut short";
            return Err(ParseError::at_line(last_line, message, expected).into());
        }
        Ok(())
    }
}
