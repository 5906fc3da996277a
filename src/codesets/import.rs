//! Defines what the readers of all kinds share: fields, columns of fixed width, and where rows go.
//!
//! The formats were checked against CMS's and the NUCC's own files; each reader says which.

pub(crate) mod delimited;
pub(crate) mod formats;
pub(crate) mod input;
pub(crate) mod sort;

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::formats::{clfs, hcpcs, icd10cm, mue, nucc, place_of_service, ptp};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sort::ExternalSorter;
use crate::codesets::kind::SetKind;
use crate::codesets::row::SetRow;
use crate::codesets::store::ImportProgress;
use crate::content::Date;
use crate::text::sanitize;

/// How many rows are read between two reports of progress.
const PROGRESS_INTERVAL: u64 = 2048;

/// What a file says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileMetadata {
    /// Its year, where a column states it.
    pub(crate) year: Option<u16>,
    /// The latest of its effective dates, where these tell the edition.
    pub(crate) latest_effective: Option<Date>,
    /// Which of several tables of one edition it is: `practitioner`.
    pub(crate) table: Option<&'static str>,
    /// What the user should know, although it is no error.
    pub(crate) notes: Vec<String>,
}

/// Where rows go while a file is read.
pub(crate) struct RowSink<'i> {
    sorter: &'i mut ExternalSorter,
    file_index: u8,
    on_progress: &'i mut dyn FnMut(ImportProgress),
    current: ImportProgress,
}

impl<'i> RowSink<'i> {
    pub(crate) fn new(
        sorter: &'i mut ExternalSorter,
        file: u8,
        progress: &'i mut dyn FnMut(ImportProgress),
        seen: ImportProgress,
    ) -> Self {
        Self {
            sorter,
            file_index: file,
            on_progress: progress,
            current: seen,
        }
    }

    /// Takes a row that stands on a line.
    fn push(&mut self, line: u64, row: &SetRow) -> Result<(), ReadError> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let add = |sorter: &mut ExternalSorter, key: &str, text: &str| {
            sorter
                .add(key, self.file_index, line, text)
                .map_err(ReadError::Spill)
        };
        add(self.sorter, &row.key(), &row.encode())?;
        if let Some(second) = row.secondary_key() {
            add(self.sorter, &second, "")?;
        }
        self.current.rows += 1;
        if self.current.rows.is_multiple_of(PROGRESS_INTERVAL) {
            (self.on_progress)(self.current);
        }
        Ok(())
    }

    /// Notes how far into the file reading has come.
    fn advance(&mut self, bytes: usize) {
        self.current.bytes += bytes as u64;
    }

    /// Returns how far reading has come.
    pub(crate) fn progress(&self) -> ImportProgress {
        self.current
    }
}

/// Reads a file of a kind.
pub(crate) fn read(
    kind: SetKind,
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let before = intake.current;
    let facts = match kind {
        SetKind::Icd10cm => icd10cm::read(source, intake),
        SetKind::Hcpcs => hcpcs::read(source, intake),
        SetKind::Clfs => clfs::read(source, intake),
        SetKind::Nucc => nucc::read(source, intake),
        SetKind::NcciMue => mue::read(source, intake),
        SetKind::NcciPtp => ptp::read(source, intake),
        SetKind::PlaceOfService => place_of_service::read(source, intake),
    }?;
    source.check_unchanged()?;
    if intake.current.rows == before.rows {
        let expected = "the file was cut short, or is of another kind";
        return Err(ParseError::for_file("there are no rows in this file", expected).into());
    }
    intake.current.bytes = before.bytes + source.size;
    (intake.on_progress)(intake.current);
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

/// Quotes a text for a message, on one line and at most 40 characters long.
fn quote(text: &str) -> String {
    crate::diagnostics::wording::quote(&clean(text))
}

/// Reads a date as CMS writes it: `20250401`; nothing where the field is blank.
fn parse_date(text: &str) -> Result<Option<Date>, ()> {
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
fn is_procedure_code(code: &str) -> bool {
    crate::content::code::CodeId::candidates(code)
        .iter()
        .any(|code| code.system() != crate::content::code::CodeSystem::Icd10cm)
        || is_alphanumeric_cpt(code)
}

/// Says whether a code is one of the CPT's newer alphabets (`0001A`, `0012X`), which fee schedules
/// and edits list already.
fn is_alphanumeric_cpt(code: &str) -> bool {
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
pub(crate) const CSV_HEADERS: [(SetKind, &[&[&str]]); 5] = [
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
    (
        SetKind::PlaceOfService,
        &[place_of_service::CODE_COLUMN, place_of_service::NAME_COLUMN],
    ),
];
