//! Defines the intake: TOML text to the tables of [`crate::content::toml::schema`], past every error.
//!
//! Derived serde stops at the first error of what it reads. So each table and row is read by
//! itself; where one fails, the error is noted, the offending entry is taken out, and the rest is
//! read again, until what is left is sound. That takes a copy of every table, and nearly every file
//! is in order: the first reading makes none, and is thrown away where it meets an error.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::content::toml::invalid_entry::{EntryPart, InvalidEntry};
use crate::content::toml::schema::{DocumentFile, SCHEMA};
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};
use crate::diagnostics::wording::{DATE_HINT, join_with_and, nearest, quote, unknown_message};

/// How large a broken file may be, in bytes, for all of its syntax errors to be listed. Beyond it
/// the first one is: a large file of the wrong kind has millions, at hundreds of bytes each.
const MAX_RECOVERABLE_BYTES: usize = 256 * 1024;

/// The fields that are written as tables of their own, with double brackets.
const TABLE_ARRAYS: [&str; 6] = ["prose", "fact", "list", "table", "remark", "modifier"];

/// Reads the tables of a file. What is wrong is noted, and left out of what is returned; nothing
/// is returned for a file of another schema.
pub(crate) fn parse_tables<'t>(
    text: &'t str,
    problems: &mut Diagnostics<'t>,
) -> Option<DocumentFile> {
    let root = match DeTable::parse(text) {
        Ok(root) => {
            let mut trial = Diagnostics::new(text);
            let mut tables = TableParser::new(root.into_inner(), ErrorMode::FailFast);
            let file = tables.parse_file(&mut trial);
            if !tables.has_failed {
                *problems = trial;
                return file;
            }
            // It parsed a moment ago.
            DeTable::parse(text).ok()?
        }
        Err(error) if text.len() > MAX_RECOVERABLE_BYTES => {
            crate::content::toml::syntax::report_syntax_error(text, &error, problems);
            return None;
        }
        Err(_) => {
            let (root, errors) = DeTable::parse_recoverable(text);
            for error in &errors {
                crate::content::toml::syntax::report_syntax_error(text, error, problems);
            }
            root
        }
    };
    TableParser::new(root.into_inner(), ErrorMode::Recover).parse_file(problems)
}

/// Whether tables are copied before they are read, so that what is wrong can be taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ErrorMode {
    FailFast,
    Recover,
}

/// The tables of a file that nobody has asked for yet.
struct TableParser<'i> {
    remaining: DeTable<'i>,
    known: Vec<&'static str>,
    error_mode: ErrorMode,
    /// Whether a table was not copied, and could not be read.
    has_failed: bool,
}

impl<'i> TableParser<'i> {
    fn new(root: DeTable<'i>, care: ErrorMode) -> Self {
        Self {
            remaining: root,
            known: Vec::new(),
            error_mode: care,
            has_failed: false,
        }
    }

    /// Reads every table.
    fn parse_file(&mut self, problems: &mut Diagnostics<'_>) -> Option<DocumentFile> {
        if !self.check_schema(problems) {
            return None;
        }
        let file = DocumentFile {
            code: self.parse_table("code", problems),
            document: self.parse_table("document", problems),
            sources: self.parse_keyed_tables("sources", problems),
            summary: self.parse_table("summary", problems),
            overview: self.parse_table("overview", problems),
            clinical: self.parse_table("clinical", problems),
            coding: self.parse_table("coding", problems),
            payers: self.parse_table("payers", problems),
            modifier: self.parse_rows("modifier", problems),
            payer: self.parse_rows("payer", problems),
            diagnosis: self.parse_rows("diagnosis", problems),
            related: self.parse_rows("related", problems),
            taxonomy: self.parse_rows("taxonomy", problems),
            place: self.parse_rows("place", problems),
            synonym: self.parse_rows("synonym", problems),
            not_this: self.parse_rows("not_this", problems),
            absent: self.parse_rows("absent", problems),
            section: self.parse_rows("section", problems),
            notices: self.parse_table("notices", problems),
        };
        self.reject_remaining(problems);
        Some(file)
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<DeValue<'i>>> {
        self.known.push(name);
        self.remaining.remove(name)
    }

    fn check_schema(&mut self, problems: &mut Diagnostics<'_>) -> bool {
        let Some(schema) = self.take("schema") else {
            problems.missing(
                0..0,
                "missing field `schema`",
                format!("write schema = {SCHEMA} in the first line"),
            );
            return true;
        };
        let number = match schema.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if let Some(newer) = number.filter(|n| *n > SCHEMA) {
            problems.invalid(
                schema.span(),
                format!("this file is of schema {newer}; this codeleaf reads {SCHEMA}"),
                "install a newer codeleaf to read it",
            );
            return false;
        }
        if number != Some(SCHEMA) {
            problems.invalid(
                schema.span(),
                format!("`schema` must be the number {SCHEMA}"),
                format!("write schema = {SCHEMA}"),
            );
        }
        true
    }

    /// Takes `[name]`.
    fn parse_table<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Diagnostics<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.take(name)?;
        if matches!(value.get_ref(), DeValue::Table(_)) {
            return Some(self.deserialize(value, problems));
        }
        problems.suppress_missing(WHOLE_FILE, name);
        problems.invalid(
            value.span(),
            format!("`{name}` must be a table"),
            format!("write [{name}] in a line of its own, with single brackets"),
        );
        None
    }

    /// Takes every `[[name]]`.
    fn parse_rows<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Diagnostics<'_>,
    ) -> Vec<Spanned<T>> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut refuse = |span| {
            problems.invalid(
                span,
                format!("`{name}` must be a list of tables"),
                format!("write [[{name}]] in a line of its own, with double brackets"),
            );
        };
        let DeValue::Array(rows) = value.into_inner() else {
            refuse(span);
            return Vec::new();
        };
        let (tables, others): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| matches!(row.get_ref(), DeValue::Table(_)));
        for row in &others {
            refuse(row.span());
        }
        tables
            .into_iter()
            .map(|row| self.deserialize(row, problems))
            .collect()
    }

    /// Takes every `[name.KEY]`, in the order of the file.
    fn parse_keyed_tables<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Diagnostics<'_>,
    ) -> Vec<(Spanned<String>, Spanned<T>)> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut refuse = |span| {
            problems.invalid(
                span,
                format!("`{name}` must be a table of tables"),
                format!("write [{name}.ID] in a line of its own, with an ID that rows refer to"),
            );
        };
        let DeValue::Table(entries) = value.into_inner() else {
            refuse(span);
            return Vec::new();
        };
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let (tables, others): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|(_, value)| matches!(value.get_ref(), DeValue::Table(_)));
        for (_, value) in &others {
            refuse(value.span());
        }
        tables
            .into_iter()
            .map(|(key, value)| {
                let key = Spanned::new(key.span(), key.into_inner().into_owned());
                (key, self.deserialize(value, problems))
            })
            .collect()
    }

    /// Notes every table that nobody asked for.
    fn reject_remaining(&mut self, problems: &mut Diagnostics<'_>) {
        for (key, value) in std::mem::take(&mut self.remaining) {
            let name = key.get_ref();
            let near = nearest(name, &self.known);
            if let Some(near) = near {
                problems.suppress_missing(WHOLE_FILE, near);
            }
            let message = unknown_message("field", name, near);
            let hint = match value.get_ref() {
                DeValue::Table(_) | DeValue::Array(_) => {
                    format!("a file may have {}", join_with_and(&self.known))
                }
                _ => "a field stands under the [table] it belongs to".to_owned(),
            };
            problems.invalid(key.span(), message, hint);
        }
    }

    /// Reads one table or row.
    fn deserialize<T: DeserializeOwned + Default>(
        &mut self,
        value: Spanned<DeValue<'_>>,
        problems: &mut Diagnostics<'_>,
    ) -> Spanned<T> {
        if self.error_mode == ErrorMode::Recover {
            return deserialize_tolerant(value, problems);
        }
        let span = value.span();
        let read = T::deserialize(ValueDeserializer::from(value));
        self.has_failed |= read.is_err();
        Spanned::new(span, read.unwrap_or_default())
    }
}

/// Reads one table or row: what is wrong is noted and left out, the rest is returned.
fn deserialize_tolerant<T: DeserializeOwned + Default>(
    mut value: Spanned<DeValue<'_>>,
    problems: &mut Diagnostics<'_>,
) -> Spanned<T> {
    let span = value.span();
    loop {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return Spanned::new(span, read),
            Err(error) => error,
        };
        let at = error.span().unwrap_or(span.clone());
        let offender = InvalidEntry::extract(&mut value, &at);
        report_serde_error(&error, at, offender.as_ref(), problems);
        if offender.is_none() || problems.is_full() {
            return Spanned::new(span, T::default());
        }
    }
}

/// Notes what serde says about an entry, in the words of the file's author.
fn report_serde_error(
    error: &Error,
    at: Range<usize>,
    offender: Option<&InvalidEntry>,
    problems: &mut Diagnostics<'_>,
) {
    let message = error.message();
    let Some(offender) = offender else {
        problems.invalid(at, message, "see the format in content/README.md");
        return;
    };
    problems.suppress_missing(offender.table_start, &offender.key);
    if offender.part == EntryPart::Key && message.starts_with("unknown field") {
        // serde lists what it knows in backquotes after the last "expected".
        let known: Vec<&str> = message
            .rsplit_once(", expected ")
            .map(|(_, known)| known.split('`').skip(1).step_by(2).collect())
            .unwrap_or_default();
        let near = nearest(&offender.key, &known);
        if let Some(near) = near {
            problems.suppress_missing(offender.table_start, near);
        }
        let message = unknown_message("field", &offender.key, near);
        problems.invalid(
            at,
            message,
            format!("known here are {}", join_with_and(&known)),
        );
        return;
    }
    let Some(expected) = Expected::from_message(message) else {
        problems.invalid(at, message, "see the format in content/README.md");
        return;
    };
    let subject = match offender.part {
        EntryPart::Key | EntryPart::Value => quote(&offender.key),
        EntryPart::Element => format!("each part of {}", quote(&offender.key)),
    };
    let (words, found) = (expected.description(), offender.kind);
    let message = format!("{subject} must be {words}, not {found}");
    problems.invalid(at, message, expected.hint(offender));
}

/// What a field must hold.
#[derive(Clone, Copy)]
enum Expected {
    Text,
    Field,
    Date,
    List,
    Table,
}

impl Expected {
    /// Reads what serde expected from its message.
    fn from_message(message: &str) -> Option<Self> {
        // To serde a date is a map with a private key, which no field knows.
        if message.starts_with("unknown field") {
            return Some(Self::Field);
        }
        match message.rsplit_once("expected ")?.1 {
            "a string" => Some(Self::Text),
            "a field" => Some(Self::Field),
            "a date" => Some(Self::Date),
            "a sequence" => Some(Self::List),
            other => other.starts_with("struct ").then_some(Self::Table),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Field => "a text or { reason = ... }",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Table => "a table",
        }
    }

    fn hint(self, offender: &InvalidEntry) -> String {
        let key = &offender.key;
        let is_element = offender.part == EntryPart::Element;
        match (self, &offender.number) {
            (Self::Date, _) => DATE_HINT.to_owned(),
            (Self::Text | Self::Field, Some(number)) if key == "value" || key == "code" => format!(
                "write {key} = \"{number}\" with every character of the code: \
                 a number loses its leading zeros, a text in quotes keeps them"
            ),
            (Self::Text | Self::Field, Some(number)) => format!("put it in quotes: \"{number}\""),
            (Self::Text | Self::Field, None) if is_element => {
                "write it in quotes: \"...\"".to_owned()
            }
            (Self::Text | Self::Field, None) => format!("write {key} = \"...\""),
            (Self::List | Self::Table, _) if TABLE_ARRAYS.contains(&key.as_str()) => {
                "write its name in double brackets, [[ ]], and its fields below it".to_owned()
            }
            (Self::List, _) if is_element => "write it in brackets: [\"...\", \"...\"]".to_owned(),
            (Self::List, _) => format!("write {key} = [\"...\", \"...\"]"),
            (Self::Table, _) => format!("write [{key}] in a line of its own"),
        }
    }
}
