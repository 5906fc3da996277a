//! Reads separated files: records with quoted fields over several lines, and columns by header.

use crate::codesets::error::ParseError;
use crate::codesets::import::{clean, parse_date, quote};
use crate::content::Date;

/// How many records may stand before the header.
const MAX_PREAMBLE_RECORDS: usize = 12;

/// Returns the name of a column without anything that editions write differently: case, spaces,
/// line ends, signs.
pub(crate) fn normalize_column_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// One record of a separated file.
pub(crate) struct CsvRecord {
    /// The line it begins on, from 1.
    line: u64,
    pub(crate) fields: Vec<String>,
    /// Where it ends, in bytes.
    end: usize,
    /// Whether a quoted field of it is never closed.
    has_unclosed_quote: bool,
}

/// The records of a separated file.
pub(crate) struct CsvRecords<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// How far lines were counted, and how many line ends were met.
    counted_to: usize,
    newlines: u64,
}

impl<'t> CsvRecords<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            reader: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes()),
            record: csv::StringRecord::new(),
            counted_to: 0,
            newlines: 0,
        }
    }

    /// Returns the next record that has anything in it.
    pub(crate) fn next(&mut self) -> Option<CsvRecord> {
        loop {
            let from = byte_offset(self.reader.position());
            // Text in memory neither fails to be read nor to be UTF-8.
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return None;
            }
            if self.record.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            let end = byte_offset(self.reader.position());
            let raw = self.text.get(from..end).unwrap_or_default();
            let start = from + raw.len() - raw.trim_start_matches(['\r', '\n']).len();
            let passed = self.text.get(self.counted_to..start).unwrap_or_default();
            self.newlines += passed.bytes().filter(|b| *b == b'\n').count() as u64;
            self.counted_to = start;
            return Some(CsvRecord {
                line: self.newlines + 1,
                fields: self.record.iter().map(str::to_owned).collect(),
                end,
                has_unclosed_quote: end == self.text.len() && raw.matches('"').count() % 2 == 1,
            });
        }
    }
}

fn byte_offset(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// A separated file with a header: its rows, by column.
pub(crate) struct CsvTable<'t> {
    records: CsvRecords<'t>,
    /// Where each wanted column stands.
    column_indices: Vec<Option<usize>>,
    header: Vec<String>,
    pub(crate) line: u64,
    end: usize,
}

/// A column that a reader wants: the names it goes by, and whether it may be missing.
pub(crate) struct ColumnSpec {
    names: &'static [&'static str],
    is_required: bool,
}

/// A column that must be there.
pub(crate) const fn required(names: &'static [&'static str]) -> ColumnSpec {
    ColumnSpec {
        names,
        is_required: true,
    }
}

/// A column that may be missing.
pub(crate) const fn optional(names: &'static [&'static str]) -> ColumnSpec {
    ColumnSpec {
        names,
        is_required: false,
    }
}

impl<'t> CsvTable<'t> {
    /// Finds the header among the first records.
    pub(crate) fn from_text(text: &'t str, wanted: &[ColumnSpec]) -> Result<Self, ParseError> {
        let mut records = CsvRecords::new(text);
        let finds = |record: &CsvRecord| -> Vec<Option<usize>> {
            let names: Vec<String> = record
                .fields
                .iter()
                .map(|f| normalize_column_name(f))
                .collect();
            let find = |w: &ColumnSpec| names.iter().position(|name| w.names.contains(&&**name));
            wanted.iter().map(find).collect()
        };
        let list = || {
            let names = wanted.iter().filter(|w| w.is_required);
            names.map(|w| w.names[0]).collect::<Vec<_>>().join(", ")
        };
        for _ in 0..MAX_PREAMBLE_RECORDS {
            let Some(record) = records.next() else { break };
            let at = finds(&record);
            let found = at.iter().zip(wanted);
            let count = found
                .filter(|(at, w)| w.is_required && at.is_some())
                .count();
            if count < 2 {
                continue;
            }
            let missing = at
                .iter()
                .zip(wanted)
                .find(|(at, w)| at.is_none() && w.is_required);
            if let Some((_, missing)) = missing {
                return Err(ParseError::at_line(
                    record.line,
                    format!("this header has no column {}", missing.names[0]),
                    format!("expected columns {}", list()),
                ));
            }
            return Ok(Self {
                records,
                column_indices: at,
                header: record
                    .fields
                    .iter()
                    .map(|name| normalize_column_name(name))
                    .collect(),
                line: record.line,
                end: record.end,
            });
        }
        Err(ParseError::for_file(
            "there is no header among the first lines",
            format!("expected columns {}", list()),
        ))
    }

    /// Returns the name that a wanted column goes by in this file.
    pub(crate) fn column_name(&self, index: usize) -> Option<&str> {
        let at = self.column_indices.get(index).copied().flatten()?;
        self.header.get(at).map(String::as_str)
    }

    /// Returns the next row.
    pub(crate) fn next(&mut self) -> Result<Option<CsvRow>, ParseError> {
        let Some(record) = self.records.next() else {
            return Ok(None);
        };
        let passed = record.end.saturating_sub(self.end);
        (self.line, self.end) = (record.line, record.end);
        if record.has_unclosed_quote {
            return Err(ParseError::at_line(
                record.line,
                "a quoted field of this row is never closed",
                "the file was cut short; fetch it again",
            ));
        }
        if record.fields.len() != self.header.len() {
            let (has, wants) = (record.fields.len(), self.header.len());
            return Err(ParseError::at_line(
                record.line,
                format!("this row has {has} columns"),
                format!("the header has {wants}: the row is damaged, or the file was cut short"),
            ));
        }
        let cells = self.column_indices.iter().map(|at| {
            let field = at.and_then(|at| record.fields.get(at));
            (
                field.map(|f| clean(f)).unwrap_or_default(),
                at.map_or(0, |at| at + 1),
            )
        });
        Ok(Some(CsvRow {
            line: record.line,
            fields: cells.collect(),
            byte_len: passed,
        }))
    }
}

/// The wanted fields of one row, in the order in which they were wanted.
pub(crate) struct CsvRow {
    pub(crate) line: u64,
    /// Each with its column in the file, from 1.
    pub(crate) fields: Vec<(String, usize)>,
    /// How many bytes of the file were passed.
    pub(crate) byte_len: usize,
}

impl CsvRow {
    pub(crate) fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |(text, _)| text)
    }

    /// Makes a fault of a field.
    pub(crate) fn field_error(&self, index: usize, what: &str, expected: &str) -> ParseError {
        let (text, column) = self.fields.get(index).cloned().unwrap_or_default();
        let message = format!("{} is no {what}", quote(&text));
        ParseError::at_line(self.line, message, format!("expected {expected}")).with_column(column)
    }

    pub(crate) fn date(&self, index: usize) -> Result<Option<Date>, ParseError> {
        parse_date(self.text(index))
            .map_err(|()| self.field_error(index, "date", "yyyymmdd, such as 20250401"))
    }
}
