//! Delimited files: records with quoted fields that may span lines, and columns found by header.

use std::str::FromStr;

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::field::{
    DateStyle, clean, expected_code, is_procedure_code, parse_date, quote,
};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::RowSink;
use crate::codesets::row::SetRow;
use crate::content::Date;

/// What separates fields: commas as published, semicolons or tabs as spreadsheets save them.
pub(crate) const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// How many records may precede the header.
pub(crate) const MAX_PREAMBLE_RECORDS: usize = 12;

/// Returns a column's name without what editions write differently: case, spaces, line ends and
/// punctuation.
pub fn normalize_column_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_uppercase()).collect()
}

/// One record of a delimited file.
pub(crate) struct CsvRecord {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) fields: Vec<String>,
    /// The offset of its end in the text, in bytes.
    end: usize,
    has_unclosed_quote: bool,
}

pub(crate) struct CsvRecords<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// The offset up to which line ends were counted, and their number.
    counted_to: usize,
    newlines: u64,
}

impl<'t> CsvRecords<'t> {
    pub(crate) fn new(text: &'t str, delimiter: u8) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter);
        Self {
            text,
            reader: builder.from_reader(text.as_bytes()),
            record: csv::StringRecord::new(),
            counted_to: 0,
            newlines: 0,
        }
    }

    /// Returns the next record that is not blank.
    pub(crate) fn next(&mut self) -> Option<CsvRecord> {
        loop {
            let from = byte_offset(self.reader.position());
            // Reading a `str` in memory fails neither on I/O nor on its encoding.
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

/// A column that a reader needs: its possible names, and whether it may be missing.
pub(crate) struct ColumnSpec {
    names: &'static [&'static str],
    is_required: bool,
}

impl ColumnSpec {
    /// Returns true for a normalized name, to which some editions append the year: `RATE2018`.
    fn is_named(&self, name: &str) -> bool {
        let without_year = name.split_at_checked(name.len().saturating_sub(4));
        let without_year = without_year.filter(|(_, year)| year.parse::<u16>().is_ok());
        let without_year = without_year.map_or(name, |(name, _)| name);
        [name, without_year]
            .iter()
            .any(|name| self.names.contains(name))
    }
}

pub(crate) const fn required(names: &'static [&'static str]) -> ColumnSpec {
    ColumnSpec {
        names,
        is_required: true,
    }
}

pub(crate) const fn optional(names: &'static [&'static str]) -> ColumnSpec {
    ColumnSpec {
        names,
        is_required: false,
    }
}

/// Reads a delimited file and adds the row, if any, that `parse` makes of each record. Returns the
/// number of the last line.
pub(crate) fn read_rows(
    input: &InputFile,
    columns: &[ColumnSpec],
    sink: &mut RowSink<'_>,
    mut parse: impl FnMut(&CsvRow<'_>) -> Result<Option<SetRow>, ParseError>,
) -> Result<u64, ReadError> {
    let text = input.read_text()?;
    let mut table = CsvTable::new(&text, columns)?;
    while let Some(row) = table.next()? {
        sink.advance(row.byte_len);
        if let Some(parsed) = parse(&row)? {
            sink.push(row.line, &parsed)?;
        }
    }
    input.check_complete(table.line)?;
    Ok(table.line)
}

/// A delimited file with a header.
pub(crate) struct CsvTable<'t> {
    records: CsvRecords<'t>,
    /// The normalized names of all columns.
    header: Vec<String>,
    /// The position of each specified column in the file, from 0.
    positions: Vec<Option<usize>>,
    /// The line of the last record.
    pub(crate) line: u64,
    /// The offset of its end.
    end: usize,
    dates: DateStyle,
}

impl<'t> CsvTable<'t> {
    /// Finds the header among the first records.
    pub(crate) fn new(text: &'t str, columns: &[ColumnSpec]) -> Result<Self, ParseError> {
        for delimiter in DELIMITERS {
            if let Some(table) = Self::with_delimiter(text, columns, delimiter)? {
                return Ok(table);
            }
        }
        let message = "there is no header among the first lines";
        Err(ParseError::for_file(message, expected_columns(columns)))
    }

    /// Finds the header; `None` if another delimiter may have one.
    fn with_delimiter(
        text: &'t str,
        columns: &[ColumnSpec],
        delimiter: u8,
    ) -> Result<Option<Self>, ParseError> {
        let required = || columns.iter().filter(|column| column.is_required);
        let mut records = CsvRecords::new(text, delimiter);
        // The names of columns whose words are in several records, one above the other.
        let mut stacked: Vec<String> = Vec::new();
        for _ in 0..MAX_PREAMBLE_RECORDS {
            let Some(record) = records.next() else { break };
            let names = record.fields.iter().map(|name| normalize_column_name(name));
            let header: Vec<String> = names.collect();
            stacked.resize(stacked.len().max(header.len()), String::new());
            for (stacked, name) in stacked.iter_mut().zip(&header) {
                stacked.push_str(name);
            }
            let position = |column: &ColumnSpec| {
                let mut names = header.iter().zip(&stacked);
                names.position(|(name, stacked)| column.is_named(name) || column.is_named(stacked))
            };
            if required().filter_map(position).count() < 2 {
                continue;
            }
            if let Some(missing) = required().find(|column| position(column).is_none()) {
                let message = format!("this header has no column {}", missing.names[0]);
                return Err(ParseError::at_line(
                    record.line,
                    message,
                    expected_columns(columns),
                ));
            }
            return Ok(Some(Self {
                records,
                positions: columns.iter().map(position).collect(),
                header,
                line: record.line,
                end: record.end,
                dates: DateStyle::with_delimiter(delimiter),
            }));
        }
        Ok(None)
    }

    pub(crate) fn next(&mut self) -> Result<Option<CsvRow<'_>>, ParseError> {
        let Some(record) = self.next_record() else {
            return Ok(None);
        };
        let byte_len = record.end.saturating_sub(self.end);
        (self.line, self.end) = (record.line, record.end);
        if record.has_unclosed_quote {
            let message = "a quoted field of this row is never closed";
            let expected = "the file was cut short; download it again";
            return Err(ParseError::at_line(record.line, message, expected));
        }
        check_column_count(record.line, record.fields.len(), self.header.len())?;
        let field = |position: &Option<usize>| {
            let text = position.and_then(|position| record.fields.get(position));
            text.map(|text| clean(text)).unwrap_or_default()
        };
        Ok(Some(CsvRow {
            line: record.line,
            byte_len,
            fields: self.positions.iter().map(field).collect(),
            table: self,
        }))
    }
}

impl CsvTable<'_> {
    /// Returns the next record; skips the copyright notice, which some editions have as a row.
    fn next_record(&mut self) -> Option<CsvRecord> {
        loop {
            let record = self.records.next()?;
            let mut texts = record
                .fields
                .iter()
                .filter(|field| !field.trim().is_empty());
            let notice = texts.next().filter(|_| texts.next().is_none());
            let is_notice = |text: &String| text.to_ascii_lowercase().contains("copyright");
            if !notice.is_some_and(is_notice) {
                return Some(record);
            }
        }
    }
}

fn expected_columns(columns: &[ColumnSpec]) -> String {
    let required = columns.iter().filter(|column| column.is_required);
    let names: Vec<&str> = required.map(|column| column.names[0]).collect();
    format!("expected columns {}", names.join(", "))
}

/// Returns an error if a row has more or fewer columns than the header.
pub(crate) fn check_column_count(line: u64, count: usize, header: usize) -> Result<(), ParseError> {
    if count == header {
        return Ok(());
    }
    let message = format!("this row has {count} columns");
    let expected =
        format!("the header has {header}: the row is damaged, or the file was cut short");
    Err(ParseError::at_line(line, message, expected))
}

/// The specified fields of one row. An index counts the specified columns, not those of the file.
pub(crate) struct CsvRow<'t> {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// Its length in the file, in bytes.
    pub(crate) byte_len: usize,
    fields: Vec<String>,
    table: &'t CsvTable<'t>,
}

impl CsvRow<'_> {
    /// Returns a field, cleaned; empty if the file lacks the column.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", String::as_str)
    }

    pub(crate) fn string(&self, index: usize) -> String {
        self.text(index).to_owned()
    }

    fn position(&self, index: usize) -> Option<usize> {
        self.table.positions.get(index).copied().flatten()
    }

    /// Returns the number of a column in the file, from 1; 0 if the file lacks it.
    pub(crate) fn column_number(&self, index: usize) -> usize {
        self.position(index).map_or(0, |position| position + 1)
    }

    /// Returns the name of a column in the file; empty if the file lacks it.
    pub(crate) fn column_name(&self, index: usize) -> &str {
        let position = self.position(index);
        position.map_or("", |position| &self.table.header[position])
    }

    /// Returns the error of a field that is not, say, "a date".
    pub(crate) fn error(&self, index: usize, what: &str, expected: &str) -> ParseError {
        ParseError::field(self.line, &quote(self.text(index)), what, expected)
            .with_column(self.column_number(index))
    }

    pub(crate) fn parse<T: FromStr>(
        &self,
        index: usize,
        what: &str,
        expected: &str,
    ) -> Result<T, ParseError> {
        let parsed = self.text(index).parse();
        parsed.map_err(|_| self.error(index, what, expected))
    }

    pub(crate) fn procedure_code(&self, index: usize) -> Result<String, ParseError> {
        if is_procedure_code(self.text(index)) {
            Ok(self.string(index))
        } else {
            let expected = expected_code(self.text(index));
            Err(self.error(index, "a CPT or HCPCS code", expected))
        }
    }

    pub(crate) fn date(&self, index: usize) -> Result<Date, ParseError> {
        let date = parse_date(self.text(index), self.dates()).ok().flatten();
        date.ok_or_else(|| self.error(index, "a date", self.dates().expected()))
    }

    pub(crate) const fn dates(&self) -> DateStyle {
        self.table.dates
    }
}
