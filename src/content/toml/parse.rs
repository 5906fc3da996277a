//! Parses TOML text into the tables of [`crate::content::toml::schema`], past every error.
//!
//! Derived serde code stops at the first error. So each table and row is deserialized by itself;
//! after an error the invalid entry is removed and the rest is deserialized again, until it is
//! valid. This needs a copy of every table. Nearly every file is valid, so a first pass makes no
//! copies, and is discarded at an error.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::content::toml::invalid_entry::InvalidEntry;
use crate::content::toml::schema::{DocumentFile, SCHEMA};
use crate::content::toml::syntax::report_syntax_error;
use crate::content::toml::type_error::report_type_error;
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};
use crate::diagnostics::wording::{join_with_and, nearest, unknown_message};

/// The largest file, in bytes, whose syntax errors are all reported. For larger files it is only the
/// first: a file of another type has millions, at hundreds of bytes each.
const MAX_RECOVERABLE_BYTES: usize = 256 * 1024;

/// Parses the tables of a file. Reports what is invalid and leaves it out. Returns `None` for a newer
/// schema, or a large file with a syntax error.
pub(crate) fn parse_tables<'t>(
    text: &'t str,
    diagnostics: &mut Diagnostics<'t>,
) -> Option<DocumentFile> {
    let root = match DeTable::parse(text) {
        Ok(root) => {
            let mut trial = Diagnostics::new(text);
            let mut tables = TableParser::new(root.into_inner(), ErrorMode::FailFast);
            let file = tables.parse_file(&mut trial);
            if !tables.has_failed {
                *diagnostics = trial;
                return file;
            }
            // This succeeds, as it did above.
            DeTable::parse(text).ok()?
        }
        Err(error) if text.len() > MAX_RECOVERABLE_BYTES => {
            report_syntax_error(text, &error, diagnostics);
            return None;
        }
        Err(_) => {
            let (root, errors) = DeTable::parse_recoverable(text);
            for error in &errors {
                report_syntax_error(text, error, diagnostics);
            }
            root
        }
    };
    TableParser::new(root.into_inner(), ErrorMode::Recover).parse_file(diagnostics)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ErrorMode {
    /// Set [`TableParser::has_failed`] at an error.
    FailFast,
    /// Copy tables, and remove invalid entries.
    Recover,
}

struct TableParser<'i> {
    /// The tables that have not been taken yet.
    remaining: DeTable<'i>,
    known: Vec<&'static str>,
    error_mode: ErrorMode,
    has_failed: bool,
}

impl<'i> TableParser<'i> {
    fn new(root: DeTable<'i>, error_mode: ErrorMode) -> Self {
        Self {
            remaining: root,
            known: Vec::new(),
            error_mode,
            has_failed: false,
        }
    }

    fn parse_file(&mut self, diagnostics: &mut Diagnostics<'_>) -> Option<DocumentFile> {
        if !self.check_schema(diagnostics) {
            return None;
        }
        let file = DocumentFile {
            code: self.parse_table("code", diagnostics),
            document: self.parse_table("document", diagnostics),
            sources: self.parse_keyed_tables("sources", diagnostics),
            summary: self.parse_table("summary", diagnostics),
            overview: self.parse_table("overview", diagnostics),
            clinical: self.parse_table("clinical", diagnostics),
            coding: self.parse_table("coding", diagnostics),
            payers: self.parse_table("payers", diagnostics),
            modifier: self.parse_rows("modifier", diagnostics),
            payer: self.parse_rows("payer", diagnostics),
            diagnosis: self.parse_rows("diagnosis", diagnostics),
            related: self.parse_rows("related", diagnostics),
            taxonomy: self.parse_rows("taxonomy", diagnostics),
            place: self.parse_rows("place", diagnostics),
            synonym: self.parse_rows("synonym", diagnostics),
            not_this: self.parse_rows("not_this", diagnostics),
            absent: self.parse_rows("absent", diagnostics),
            section: self.parse_rows("section", diagnostics),
            notices: self.parse_table("notices", diagnostics),
        };
        self.reject_remaining(diagnostics);
        Some(file)
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<DeValue<'i>>> {
        self.known.push(name);
        self.remaining.remove(name)
    }

    fn check_schema(&mut self, diagnostics: &mut Diagnostics<'_>) -> bool {
        let Some(schema) = self.take("schema") else {
            diagnostics.missing(
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
            diagnostics.invalid(
                schema.span(),
                format!("this file is of schema {newer}; this codeleaf reads {SCHEMA}"),
                "install a newer codeleaf to read it",
            );
            return false;
        }
        if number != Some(SCHEMA) {
            diagnostics.invalid(
                schema.span(),
                format!("`schema` must be the number {SCHEMA}"),
                format!("write schema = {SCHEMA}"),
            );
        }
        true
    }

    /// Parses `[name]`.
    fn parse_table<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.take(name)?;
        if matches!(value.get_ref(), DeValue::Table(_)) {
            return Some(self.deserialize(value, diagnostics));
        }
        diagnostics.suppress_missing(WHOLE_FILE, name);
        diagnostics.invalid(
            value.span(),
            format!("`{name}` must be a table"),
            format!("write [{name}] in a line of its own, with single brackets"),
        );
        None
    }

    /// Parses every `[[name]]`.
    fn parse_rows<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Vec<Spanned<T>> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut reject = |span| {
            diagnostics.invalid(
                span,
                format!("`{name}` must be a list of tables"),
                format!("write [[{name}]] in a line of its own, with double brackets"),
            );
        };
        let DeValue::Array(rows) = value.into_inner() else {
            reject(span);
            return Vec::new();
        };
        let (tables, others): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| matches!(row.get_ref(), DeValue::Table(_)));
        for row in &others {
            reject(row.span());
        }
        tables
            .into_iter()
            .map(|row| self.deserialize(row, diagnostics))
            .collect()
    }

    /// Parses every `[name.KEY]`, in the order of the file.
    fn parse_keyed_tables<T: DeserializeOwned + Default>(
        &mut self,
        name: &'static str,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Vec<(Spanned<String>, Spanned<T>)> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let span = value.span();
        let mut reject = |span| {
            diagnostics.invalid(
                span,
                format!("`{name}` must be a table of tables"),
                format!("write [{name}.ID] in a line of its own, with an ID that rows refer to"),
            );
        };
        let DeValue::Table(entries) = value.into_inner() else {
            reject(span);
            return Vec::new();
        };
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let (tables, others): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|(_, value)| matches!(value.get_ref(), DeValue::Table(_)));
        for (_, value) in &others {
            reject(value.span());
        }
        tables
            .into_iter()
            .map(|(key, value)| {
                let key = Spanned::new(key.span(), key.into_inner().into_owned());
                (key, self.deserialize(value, diagnostics))
            })
            .collect()
    }

    /// Reports every table that was not taken.
    fn reject_remaining(&mut self, diagnostics: &mut Diagnostics<'_>) {
        for (key, value) in std::mem::take(&mut self.remaining) {
            let name = key.get_ref();
            let near = nearest(name, &self.known);
            if let Some(near) = near {
                diagnostics.suppress_missing(WHOLE_FILE, near);
            }
            let message = unknown_message("field", name, near);
            let hint = match value.get_ref() {
                DeValue::Table(_) | DeValue::Array(_) => {
                    format!("a file may have {}", join_with_and(&self.known))
                }
                _ => "a field belongs under its [table]".to_owned(),
            };
            diagnostics.invalid(key.span(), message, hint);
        }
    }

    fn deserialize<T: DeserializeOwned + Default>(
        &mut self,
        value: Spanned<DeValue<'_>>,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Spanned<T> {
        if self.error_mode == ErrorMode::Recover {
            return deserialize_tolerant(value, diagnostics);
        }
        let span = value.span();
        let read = T::deserialize(ValueDeserializer::from(value));
        self.has_failed |= read.is_err();
        Spanned::new(span, read.unwrap_or_default())
    }
}

/// Deserializes a table. Reports invalid entries and leaves them out.
fn deserialize_tolerant<T: DeserializeOwned + Default>(
    mut value: Spanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics<'_>,
) -> Spanned<T> {
    let span = value.span();
    loop {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return Spanned::new(span, read),
            Err(error) => error,
        };
        let at = error.span().unwrap_or(span.clone());
        let invalid = InvalidEntry::extract(&mut value, &at);
        report_type_error(&error, at, invalid.as_ref(), diagnostics);
        if invalid.is_none() || diagnostics.is_full() {
            return Spanned::new(span, T::default());
        }
    }
}
