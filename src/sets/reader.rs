//! Defines what the readers of all kinds share: fields, columns of fixed width, and where rows go.
//!
//! The formats were checked against CMS's and the NUCC's own files; each reader says which.

mod clfs;
pub(super) mod hcpcs;
pub(super) mod icd10cm;
mod mue;
mod nucc;
mod places;
pub(super) mod ptp;
pub(super) mod table;

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
    source.changed()?;
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
    (SetKind::Clfs, &[&["HCPCS"], &["MOD"], &["EFFDATE"]]),
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
