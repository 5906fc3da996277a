//! Defines what the readers of all kinds share: fields, columns, separated records, and where rows
//! go.
//!
//! The formats were checked against CMS's and the NUCC's own files; each reader says which.

mod clfs;
pub(super) mod hcpcs;
pub(super) mod icd10cm;
mod mue;
mod nucc;
mod places;
pub(super) mod ptp;

use super::error::Stop;
use super::sort::Sorter;
use super::source::Source;
use super::{Fault, Progress, SetKind, SetRow};
use crate::content::{Date, sanitize};

/// How many rows are read between two reports of progress.
const REPORT: u64 = 2048;

/// What a file says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its year, where a column states it.
    pub(super) year: Option<u16>,
    /// The latest of its effective dates, where these tell the edition.
    pub(super) latest: Option<Date>,
    /// Which of several tables of one edition it is: `practitioner`.
    pub(super) table: Option<&'static str>,
    /// What the user should know, although it is no error.
    pub(super) notes: Vec<String>,
}

/// Where rows go while a file is read.
pub(super) struct Intake<'i> {
    sorter: &'i mut Sorter,
    file: u8,
    progress: &'i mut dyn FnMut(Progress),
    seen: Progress,
}

impl<'i> Intake<'i> {
    pub(super) fn new(
        sorter: &'i mut Sorter,
        file: u8,
        progress: &'i mut dyn FnMut(Progress),
        seen: Progress,
    ) -> Self {
        Self {
            sorter,
            file,
            progress,
            seen,
        }
    }

    /// Takes a row that stands on a line.
    fn take(&mut self, line: u64, row: &SetRow) -> Result<(), Stop> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let add = |sorter: &mut Sorter, key: &str, text: &str| {
            sorter.add(key, self.file, line, text).map_err(Stop::Spill)
        };
        add(self.sorter, &row.key(), &row.encode())?;
        if let Some(second) = row.second_key() {
            add(self.sorter, &second, "")?;
        }
        self.seen.rows += 1;
        if self.seen.rows.is_multiple_of(REPORT) {
            (self.progress)(self.seen);
        }
        Ok(())
    }

    /// Notes how far into the file reading has come.
    fn passed(&mut self, bytes: usize) {
        self.seen.bytes += bytes as u64;
    }

    /// Returns how far reading has come.
    pub(super) fn seen(&self) -> Progress {
        self.seen
    }
}

/// Reads a file of a kind.
pub(super) fn read(kind: SetKind, source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let before = intake.seen;
    let facts = match kind {
        SetKind::Icd10cm => icd10cm::read(source, intake),
        SetKind::Hcpcs => hcpcs::read(source, intake),
        SetKind::Clfs => clfs::read(source, intake),
        SetKind::Nucc => nucc::read(source, intake),
        SetKind::NcciMue => mue::read(source, intake),
        SetKind::NcciPtp => ptp::read(source, intake),
        SetKind::PlaceOfService => places::read(source, intake),
    }?;
    if intake.seen.rows == before.rows {
        let expected = "the file was cut short, or is of another kind";
        return Err(Fault::whole("there are no rows in this file", expected).into());
    }
    intake.seen.bytes = before.bytes + source.size;
    (intake.progress)(intake.seen);
    Ok(facts)
}

/// Returns a field as readers may see it: sanitised, without spaces around it, each run of spaces
/// one space.
fn clean(text: &str) -> String {
    let text = sanitize(text);
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Returns a text as a message repeats it: sanitised, in backquotes, at most 40 characters.
fn quote(text: &str) -> String {
    let text = clean(text);
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Reads a date as CMS writes it: `20250401`; nothing where the field is blank.
fn date(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(());
    }
    let number = |part: &str| part.parse::<u16>().map_err(|_| ());
    let (year, month, day) = (
        number(&text[..4])?,
        number(&text[4..6])?,
        number(&text[6..])?,
    );
    let narrow = |n: u16| u8::try_from(n).map_err(|_| ());
    match Date::new(year, narrow(month)?, narrow(day)?) {
        Some(date) => Ok(Some(date)),
        None => Err(()),
    }
}

/// Says whether a text has the shape of a CPT or HCPCS Level II code.
fn is_procedure(code: &str) -> bool {
    crate::content::CodeId::readings(code)
        .iter()
        .any(|code| code.system() != crate::content::System::Icd10cm)
        || is_other_cpt(code)
}

/// Says whether a code is one of the CPT's newer alphabets (`0001A`, `0012X`), which fee schedules
/// and edits list already.
fn is_other_cpt(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 5 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4].is_ascii_uppercase()
}

/// Returns the characters of some columns of a fixed-width line, from 1, both included.
fn columns(line: &str, from: usize, to: usize) -> &str {
    if line.is_ascii() {
        let to = to.min(line.len());
        return line.get(from - 1..to).unwrap_or_default();
    }
    let mut starts = line.char_indices().map(|(at, _)| at);
    let start = starts.nth(from - 1).unwrap_or(line.len());
    let end = starts.nth(to - from).unwrap_or(line.len());
    &line[start..end]
}

/// The columns by which a separated file's kind is told, each by the names it goes by.
pub(super) const CSV_HEADERS: [(SetKind, &[&[&str]]); 5] = [
    (SetKind::Hcpcs, &[&["HCPC"], &["SEQNUM"], &["RECID"]]),
    (
        SetKind::Clfs,
        &[&["HCPCS"], &["MOD"], &["RATE"], &["EFFDATE"]],
    ),
    (
        SetKind::Nucc,
        &[&["CODE"], &["GROUPING"], &["CLASSIFICATION"]],
    ),
    (
        SetKind::NcciMue,
        &[&["HCPCSCPTCODE"], &["MUEADJUDICATIONINDICATOR"]],
    ),
    (SetKind::PlaceOfService, &[places::CODE, places::NAME]),
];

/// Returns the name of a column without anything that editions write differently: case, spaces,
/// line ends, signs.
pub(super) fn normal(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// One record of a separated file.
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    pub(super) fields: Vec<String>,
    /// Where it ends, in bytes.
    end: usize,
    /// Whether a quoted field of it is never closed.
    is_open: bool,
}

/// The records of a separated file.
pub(super) struct Records<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// How far lines were counted, and how many line ends were met.
    counted: usize,
    lines: u64,
}

impl<'t> Records<'t> {
    pub(super) fn of(text: &'t str) -> Self {
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
    pub(super) fn next(&mut self) -> Option<Record> {
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
    line: u64,
    end: usize,
}

/// A column that a reader wants: the names it goes by, and whether it may be missing.
pub(super) struct Wanted {
    names: &'static [&'static str],
    is_required: bool,
}

/// A column that must be there.
const fn required(names: &'static [&'static str]) -> Wanted {
    Wanted {
        names,
        is_required: true,
    }
}

/// A column that may be missing.
const fn optional(names: &'static [&'static str]) -> Wanted {
    Wanted {
        names,
        is_required: false,
    }
}

impl<'t> Table<'t> {
    /// Finds the header among the first records. The records before it are given to `preamble`.
    fn open(
        text: &'t str,
        wanted: &[Wanted],
        mut preamble: impl FnMut(&Record),
    ) -> Result<Self, Fault> {
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
        for _ in 0..12 {
            let Some(record) = records.next() else { break };
            let at = finds(&record);
            let found = at.iter().zip(wanted);
            let count = found
                .filter(|(at, w)| w.is_required && at.is_some())
                .count();
            if count < 2 {
                preamble(&record);
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
    fn name(&self, index: usize) -> Option<&str> {
        let at = self.at.get(index).copied().flatten()?;
        self.header.get(at).map(String::as_str)
    }

    /// Returns the next row.
    fn next(&mut self) -> Result<Option<Cells>, Fault> {
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
            cells: cells.collect(),
            passed,
        }))
    }
}

/// The wanted fields of one row, in the order in which they were wanted.
pub(super) struct Cells {
    line: u64,
    /// Each with its column in the file, from 1.
    cells: Vec<(String, usize)>,
    /// How many bytes of the file were passed.
    passed: usize,
}

impl Cells {
    fn text(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |(text, _)| text)
    }

    /// Makes a fault of a field.
    fn fault(&self, index: usize, what: &str, expected: &str) -> Fault {
        let (text, column) = self.cells.get(index).cloned().unwrap_or_default();
        let message = format!("{} is no {what}", quote(&text));
        Fault::line(self.line, message, format!("expected {expected}")).at(column)
    }

    fn date(&self, index: usize) -> Result<Option<Date>, Fault> {
        date(self.text(index)).map_err(|()| self.fault(index, "date", "yyyymmdd, such as 20250401"))
    }
}
