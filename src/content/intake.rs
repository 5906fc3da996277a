//! Defines the intake: TOML text to the tables of [`super::format`], past every error.
//!
//! Derived serde stops at the first error of what it reads. So each table and row is read by
//! itself; where one fails, the error is noted, the offending entry is taken out, and the rest is
//! read again, until what is left is sound.

mod offender;

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use super::format::{File, SCHEMA};
use super::report::{FILE, Problems};
use super::words::{DATES, join, nearest, quote, unknown};
use offender::{Offender, Part};

/// How large a broken file may be, in bytes, for all of its syntax errors to be listed. Beyond it
/// the first one is: a large file of the wrong kind has millions, at hundreds of bytes each.
const RECOVERABLE: usize = 256 * 1024;

/// The fields that are written as tables of their own, with double brackets.
const MANY: [&str; 6] = ["prose", "fact", "list", "table", "remark", "modifier"];

/// Reads the tables of a file. What is wrong is noted, and left out of what is returned; nothing
/// is returned for a file of another schema.
pub(super) fn take_in(text: &str, problems: &mut Problems<'_>) -> Option<File> {
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) if text.len() > RECOVERABLE => {
            super::syntax::note(text, &error, problems);
            return None;
        }
        Err(_) => {
            let (root, errors) = DeTable::parse_recoverable(text);
            for error in &errors {
                super::syntax::note(text, error, problems);
            }
            root
        }
    };
    let mut tables = Tables::new(root.into_inner());
    if !tables.schema_is_known(problems) {
        return None;
    }
    let file = File {
        code: tables.table("code", problems),
        document: tables.table("document", problems),
        sources: tables.named("sources", problems),
        summary: tables.table("summary", problems),
        overview: tables.table("overview", problems),
        clinical: tables.table("clinical", problems),
        coding: tables.table("coding", problems),
        payers: tables.table("payers", problems),
        modifier: tables.rows("modifier", problems),
        payer: tables.rows("payer", problems),
        diagnosis: tables.rows("diagnosis", problems),
        related: tables.rows("related", problems),
        taxonomy: tables.rows("taxonomy", problems),
        place: tables.rows("place", problems),
        synonym: tables.rows("synonym", problems),
        not_this: tables.rows("not_this", problems),
        absent: tables.rows("absent", problems),
        section: tables.rows("section", problems),
        notices: tables.table("notices", problems),
    };
    tables.refuse_rest(problems);
    Some(file)
}

/// The tables of a file that nobody has asked for yet.
struct Tables<'i> {
    rest: DeTable<'i>,
    known: Vec<&'static str>,
}

impl<'i> Tables<'i> {
    fn new(root: DeTable<'i>) -> Self {
        Self {
            rest: root,
            known: Vec::new(),
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<DeValue<'i>>> {
        self.known.push(name);
        self.rest.remove(name)
    }

    fn schema_is_known(&mut self, problems: &mut Problems<'_>) -> bool {
        let Some(schema) = self.take("schema") else {
            problems.lack(
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
            problems.fault(
                schema.span(),
                format!("this file is of schema {newer}; this codeleaf reads {SCHEMA}"),
                "install a newer codeleaf to read it",
            );
            return false;
        }
        if number != Some(SCHEMA) {
            problems.fault(
                schema.span(),
                format!("`schema` must be the number {SCHEMA}"),
                format!("write schema = {SCHEMA}"),
            );
        }
        true
    }

    /// Takes `[name]`.
    fn table<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.take(name)?;
        if matches!(value.get_ref(), DeValue::Table(_)) {
            return Some(settle(value, problems));
        }
        problems.excuse(FILE, name);
        problems.fault(
            value.span(),
            format!("`{name}` must be a table"),
            format!("write [{name}] in a line of its own, with single brackets"),
        );
        None
    }

    /// Takes every `[[name]]`.
    fn rows<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<Spanned<T>> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut refuse = |span| {
            problems.fault(
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
            .map(|row| settle(row, problems))
            .collect()
    }

    /// Takes every `[name.KEY]`, in the order of the file.
    fn named<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<(Spanned<String>, Spanned<T>)> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut refuse = |span| {
            problems.fault(
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
                (key, settle(value, problems))
            })
            .collect()
    }

    /// Notes every table that nobody asked for.
    fn refuse_rest(self, problems: &mut Problems<'_>) {
        for (key, value) in self.rest {
            let name = key.get_ref();
            let near = nearest(name, &self.known);
            if let Some(near) = near {
                problems.excuse(FILE, near);
            }
            let message = unknown("field", name, near);
            let hint = match value.get_ref() {
                DeValue::Table(_) | DeValue::Array(_) => {
                    format!("a file may have {}", join(&self.known))
                }
                _ => "a field stands under the [table] it belongs to".to_owned(),
            };
            problems.fault(key.span(), message, hint);
        }
    }
}

/// Reads one table or row: what is wrong is noted and left out, the rest is returned.
fn settle<T: DeserializeOwned + Default>(
    mut value: Spanned<DeValue<'_>>,
    problems: &mut Problems<'_>,
) -> Spanned<T> {
    let span = value.span();
    loop {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return Spanned::new(span, read),
            Err(error) => error,
        };
        let at = error.span().unwrap_or(span.clone());
        let offender = Offender::take_out(&mut value, &at);
        note(&error, at, offender.as_ref(), problems);
        if offender.is_none() || problems.is_full() {
            return Spanned::new(span, T::default());
        }
    }
}

/// Notes what serde says about an entry, in the words of the file's author.
fn note(error: &Error, at: Range<usize>, offender: Option<&Offender>, problems: &mut Problems<'_>) {
    let message = error.message();
    let Some(offender) = offender else {
        problems.fault(at, message, "see the format in content/README.md");
        return;
    };
    problems.excuse(offender.table, &offender.key);
    if offender.part == Part::Name && message.starts_with("unknown field") {
        // serde lists what it knows in backquotes after the last "expected".
        let known: Vec<&str> = message
            .rsplit_once(", expected ")
            .map(|(_, known)| known.split('`').skip(1).step_by(2).collect())
            .unwrap_or_default();
        let near = nearest(&offender.key, &known);
        if let Some(near) = near {
            problems.excuse(offender.table, near);
        }
        let message = unknown("field", &offender.key, near);
        problems.fault(at, message, format!("known here are {}", join(&known)));
        return;
    }
    let Some(expected) = Expected::by(message) else {
        problems.fault(at, message, "see the format in content/README.md");
        return;
    };
    let subject = match offender.part {
        Part::Name | Part::Value => quote(&offender.key),
        Part::Element => format!("each part of {}", quote(&offender.key)),
    };
    let (words, found) = (expected.words(), offender.kind);
    let message = format!("{subject} must be {words}, not {found}");
    problems.fault(at, message, expected.hint(offender));
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
    fn by(message: &str) -> Option<Self> {
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

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Field => "a text or { reason = ... }",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Table => "a table",
        }
    }

    fn hint(self, offender: &Offender) -> String {
        let key = &offender.key;
        let is_element = offender.part == Part::Element;
        match (self, &offender.number) {
            (Self::Date, _) => DATES.to_owned(),
            (Self::Text | Self::Field, Some(number)) if key == "value" || key == "code" => format!(
                "write {key} = \"{number}\" with every character of the code: \
                 a number loses its leading zeros, a text in quotes keeps them"
            ),
            (Self::Text | Self::Field, Some(number)) => format!("put it in quotes: \"{number}\""),
            (Self::Text | Self::Field, None) if is_element => {
                "write it in quotes: \"...\"".to_owned()
            }
            (Self::Text | Self::Field, None) => format!("write {key} = \"...\""),
            (Self::List | Self::Table, _) if MANY.contains(&key.as_str()) => {
                "write its name in double brackets, [[ ]], and its fields below it".to_owned()
            }
            (Self::List, _) if is_element => "write it in brackets: [\"...\", \"...\"]".to_owned(),
            (Self::List, _) => format!("write {key} = [\"...\", \"...\"]"),
            (Self::Table, _) => format!("write [{key}] in a line of its own"),
        }
    }
}
