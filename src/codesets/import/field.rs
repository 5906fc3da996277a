//! Parsing of fields: columns of fixed width, dates, procedure codes, and text.

use crate::content::Date;
use crate::content::code::CodeId;
use crate::diagnostics::wording;
use crate::text::sanitize;

/// Returns a field as it is stored: sanitized, trimmed, each run of spaces as one space.
pub(crate) fn clean(text: &str) -> String {
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

/// Returns a field as error messages show it: cleaned, in backquotes, and cut if it is long.
pub(crate) fn quote(text: &str) -> String {
    wording::quote(&clean(text))
}

/// A field that is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidDate;

/// What dates with slashes mean in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `4/1/2026` is April 1, as an American spreadsheet writes it.
    #[default]
    American,
    /// Day and month cannot be told apart: with semicolons, the file is from another region.
    Ambiguous,
}

impl DateStyle {
    pub(crate) const fn with_delimiter(delimiter: u8) -> Self {
        match delimiter {
            b';' => Self::Ambiguous,
            _ => Self::American,
        }
    }

    /// The expected form of a date, for error messages.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::American => "yyyymmdd, such as 20250401",
            Self::Ambiguous => {
                "yyyymmdd, such as 20250401: in a file with semicolons, day and month of other \
                 forms cannot be told apart"
            }
        }
    }
}

/// Parses a date as CMS writes it, `20250401`, or as a spreadsheet saves it; `None` if the field is
/// blank.
pub(crate) fn parse_date(text: &str, style: DateStyle) -> Result<Option<Date>, InvalidDate> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(date) = text.parse::<Date>() {
        let is_clear = !text.contains('/') || date.day() == date.month();
        return match style {
            DateStyle::Ambiguous if !is_clear => Err(InvalidDate),
            _ => Ok(Some(date)),
        };
    }
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidDate);
    }
    let date = || {
        let (month, day) = (text[4..6].parse().ok()?, text[6..].parse().ok()?);
        Date::new(text[..4].parse().ok()?, month, day)
    };
    date().map(Some).ok_or(InvalidDate)
}

/// Returns true if a text has the shape of a CPT or HCPCS Level II code.
pub(crate) fn is_procedure_code(code: &str) -> bool {
    let mut candidates = CodeId::candidates(code).into_iter();
    candidates.any(|code| code.system().takes_modifiers())
}

/// The expected form of a text that is not a procedure code, for error messages.
pub(crate) fn expected_code(text: &str) -> &'static str {
    match text.len() {
        1..5 if text.bytes().all(|b| b.is_ascii_digit()) => {
            "five characters: a spreadsheet removed the zeros in front"
        }
        _ => "five characters",
    }
}

/// Returns columns `from` to `to` of a fixed-width line, counted in characters from 1.
pub(crate) fn columns(line: &str, from: usize, to: usize) -> &str {
    if line.is_ascii() {
        let to = to.min(line.len());
        return line.get(from - 1..to).unwrap_or_default();
    }
    let mut starts = line.char_indices().map(|(at, _)| at);
    let start = starts.nth(from - 1).unwrap_or(line.len());
    let end = starts.nth(to - from).unwrap_or(line.len());
    &line[start..end]
}
