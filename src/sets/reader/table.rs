//! Reads separated files: records with quoted fields over several lines, and columns by header.

use super::{clean, date, quote};
use crate::content::Date;
use crate::sets::Fault;

/// How many records may stand before the header.
const PREAMBLE: usize = 12;

/// Returns the name of a column without anything that editions write differently: case, spaces,
/// line ends, signs.
pub(in crate::sets) fn normal(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// One record of a separated file.
pub(in crate::sets) struct Record {
    /// The line it begins on, from 1.
    line: u64,
    pub(in crate::sets) fields: Vec<String>,
    /// Where it ends, in bytes.
    end: usize,
    /// Whether a quoted field of it is never closed.
    is_open: bool,
}

/// The records of a separated file.
pub(in crate::sets) struct Records<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// How far lines were counted, and how many line ends were met.
    counted: usize,
    lines: u64,
}

impl<'t> Records<'t> {
    pub(in crate::sets) fn of(text: &'t str) -> Self {
        Self {
            text,
            reader: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes()),
            record: csv::StringRecord::new(),
            counted: 0,
            lines: 0,
        }
    }

    /// Returns the next record that has anything in it.
    pub(in crate::sets) fn next(&mut self) -> Option<Record> {
        loop {
            let from = byte(self.reader.position());
            // Text in memory neither fails to be read nor to be UTF-8.
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return None;
            }
            if self.record.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            let end = byte(self.reader.position());
            let raw = self.text.get(from..end).unwrap_or_default();
            let start = from + raw.len() - raw.trim_start_matches(['\r', '\n']).len();
            let passed = self.text.get(self.counted..start).unwrap_or_default();
            self.lines += passed.bytes().filter(|b| *b == b'\n').count() as u64;
            self.counted = start;
            return Some(Record {
                line: self.lines + 1,
                fields: self.record.iter().map(str::to_owned).collect(),
                end,
                is_open: end == self.text.len() && raw.matches('"').count() % 2 == 1,
            });
        }
    }
}

fn byte(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// A separated file with a header: its rows, by column.
pub(super) struct Table<'t> {
    records: Records<'t>,
    /// Where each wanted column stands.
    at: Vec<Option<usize>>,
    header: Vec<String>,
    pub(super) line: u64,
    end: usize,
}

/// A column that a reader wants: the names it goes by, and whether it may be missing.
pub(super) struct Wanted {
    names: &'static [&'static str],
    is_required: bool,
}

/// A column that must be there.
pub(super) const fn required(names: &'static [&'static str]) -> Wanted {
    Wanted {
        names,
        is_required: true,
    }
}

/// A column that may be missing.
pub(super) const fn optional(names: &'static [&'static str]) -> Wanted {
    Wanted {
        names,
        is_required: false,
    }
}

impl<'t> Table<'t> {
    /// Finds the header among the first records.
    pub(super) fn open(text: &'t str, wanted: &[Wanted]) -> Result<Self, Fault> {
        let mut records = Records::of(text);
        let finds = |record: &Record| -> Vec<Option<usize>> {
            let names: Vec<String> = record.fields.iter().map(|f| normal(f)).collect();
            let find = |w: &Wanted| names.iter().position(|name| w.names.contains(&&**name));
            wanted.iter().map(find).collect()
        };
        let list = || {
            let names = wanted.iter().filter(|w| w.is_required);
            names.map(|w| w.names[0]).collect::<Vec<_>>().join(", ")
        };
        for _ in 0..PREAMBLE {
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
                return Err(Fault::line(
                    record.line,
                    format!("this header has no column {}", missing.names[0]),
                    format!("expected columns {}", list()),
                ));
            }
            return Ok(Self {
                records,
                at,
                header: record.fields.iter().map(|name| normal(name)).collect(),
                line: record.line,
                end: record.end,
            });
        }
        Err(Fault::whole(
            "there is no header among the first lines",
            format!("expected columns {}", list()),
        ))
    }

    /// Returns the name that a wanted column goes by in this file.
    pub(super) fn name(&self, index: usize) -> Option<&str> {
        let at = self.at.get(index).copied().flatten()?;
        self.header.get(at).map(String::as_str)
    }

    /// Returns the next row.
    pub(super) fn next(&mut self) -> Result<Option<Cells>, Fault> {
        let Some(record) = self.records.next() else {
            return Ok(None);
        };
        let passed = record.end.saturating_sub(self.end);
        (self.line, self.end) = (record.line, record.end);
        if record.is_open {
            return Err(Fault::line(
                record.line,
                "a quoted field of this row is never closed",
                "the file was cut short; fetch it again",
            ));
        }
        if record.fields.len() != self.header.len() {
            let (has, wants) = (record.fields.len(), self.header.len());
            return Err(Fault::line(
                record.line,
                format!("this row has {has} columns"),
                format!("the header has {wants}: the row is damaged, or the file was cut short"),
            ));
        }
        let cells = self.at.iter().map(|at| {
            let field = at.and_then(|at| record.fields.get(at));
            (
                field.map(|f| clean(f)).unwrap_or_default(),
                at.map_or(0, |at| at + 1),
            )
        });
        Ok(Some(Cells {
            line: record.line,
            fields: cells.collect(),
            passed,
        }))
    }
}

/// The wanted fields of one row, in the order in which they were wanted.
pub(super) struct Cells {
    pub(super) line: u64,
    /// Each with its column in the file, from 1.
    pub(super) fields: Vec<(String, usize)>,
    /// How many bytes of the file were passed.
    pub(super) passed: usize,
}

impl Cells {
    pub(super) fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |(text, _)| text)
    }

    /// Makes a fault of a field.
    pub(super) fn fault(&self, index: usize, what: &str, expected: &str) -> Fault {
        let (text, column) = self.fields.get(index).cloned().unwrap_or_default();
        let message = format!("{} is no {what}", quote(&text));
        Fault::line(self.line, message, format!("expected {expected}")).at(column)
    }

    pub(super) fn date(&self, index: usize) -> Result<Option<Date>, Fault> {
        date(self.text(index)).map_err(|()| self.fault(index, "date", "yyyymmdd, such as 20250401"))
    }
}
