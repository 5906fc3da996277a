//! Parses TOML text into the tables of [`crate::content::toml::schema`], past every error.
//!
//! Derived serde code stops at the first error. So each table and row is deserialized by itself;
//! after an error the invalid entry is removed and the rest is deserialized again, until it is
//! valid. This needs a copy of every table. Nearly every file is valid, so a first pass makes no
//! copies, and is discarded at an error.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::content::toml::field_errors::report_type_error;
use crate::content::toml::invalid_entry::InvalidEntry;
use crate::content::toml::row_limit::check_row_limit;
use crate::content::toml::schema::{DocumentFile, GUIDANCE, SCHEMA, Text};
use crate::content::toml::syntax::report_syntax_error;
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};
use crate::diagnostics::wording::{join_with_and, nearest, unknown_message};

/// The largest file, in bytes, whose syntax errors are all reported. For a larger file only the first
/// is: a file of another type has millions, at hundreds of bytes each.
const MAX_RECOVERABLE_BYTES: usize = 256 * 1024;

/// Parses the tables of a file. Reports invalid entries and leaves them out. `None` for a newer
/// schema, for too many rows, or for a large file with a syntax error.
pub(crate) fn parse_tables<'t>(
    text: &'t str,
    diagnostics: &mut Diagnostics<'t>,
) -> Option<DocumentFile> {
    if !check_row_limit(text, diagnostics) {
        return None;
    }
    let root = match DeTable::parse(text) {
        Ok(root) => {
            let mut trial = Diagnostics::new(text);
            let mut tables = TableParser::new(root, ErrorMode::FailFast, &mut trial);
            let file = tables.parse_file();
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
    TableParser::new(root, ErrorMode::Recover, diagnostics).parse_file()
}

/// A table of the schema; its default has no fields.
trait Table: DeserializeOwned + Default {}

impl<T: DeserializeOwned + Default> Table for T {}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ErrorMode {
    /// Set [`TableParser::has_failed`] at an error.
    FailFast,
    /// Copy tables, and remove invalid entries.
    Recover,
}

struct TableParser<'d, 't> {
    /// The tables that have not been taken yet.
    remaining: DeTable<'t>,
    known: Vec<&'static str>,
    error_mode: ErrorMode,
    has_failed: bool,
    diagnostics: &'d mut Diagnostics<'t>,
}

impl<'d, 't> TableParser<'d, 't> {
    fn new(
        root: Spanned<DeTable<'t>>,
        error_mode: ErrorMode,
        diagnostics: &'d mut Diagnostics<'t>,
    ) -> Self {
        Self {
            remaining: root.into_inner(),
            known: Vec::new(),
            error_mode,
            has_failed: false,
            diagnostics,
        }
    }

    fn parse_file(&mut self) -> Option<DocumentFile> {
        if !self.check_schema() {
            return None;
        }
        let file = DocumentFile {
            code: self.parse_table("code"),
            document: self.parse_table("document"),
            sources: self.parse_keyed_tables("sources"),
            summary: self.parse_table("summary"),
            overview: self.parse_table("overview"),
            clinical: self.parse_table("clinical"),
            coding: self.parse_table("coding"),
            payers: self.parse_table("payers"),
            modifier: self.parse_rows("modifier"),
            payer: self.parse_rows("payer"),
            diagnosis: self.parse_rows("diagnosis"),
            related: self.parse_rows("related"),
            taxonomy: self.parse_rows("taxonomy"),
            place: self.parse_rows("place"),
            synonym: self.parse_rows("synonym"),
            not_this: self.parse_rows("not_this"),
            guidance: GUIDANCE.map(|name| self.parse_rows(name)),
            absent: self.parse_rows("absent"),
            section: self.parse_rows("section"),
            notices: self.parse_table("notices"),
        };
        self.reject_remaining();
        Some(file)
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.known.push(name);
        self.remaining.remove(name)
    }

    /// Checks the schema; returns false if it is newer than [`SCHEMA`].
    fn check_schema(&mut self) -> bool {
        let Some(schema) = self.take("schema") else {
            let hint = format!("write schema = {SCHEMA} in the first line");
            self.diagnostics
                .missing(0..0, "missing field `schema`", hint);
            return true;
        };
        let number = match schema.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let (message, hint) = match number {
            Some(SCHEMA) => return true,
            Some(newer) if newer > SCHEMA => (
                format!("this file is of schema {newer}; this codeleaf reads {SCHEMA}"),
                "install a newer codeleaf to read it".to_owned(),
            ),
            _ => (
                format!("`schema` must be the number {SCHEMA}"),
                format!("write schema = {SCHEMA}"),
            ),
        };
        self.diagnostics.invalid(schema.span(), message, hint);
        number.is_none_or(|number| number < SCHEMA)
    }

    /// Parses `[name]`.
    fn parse_table<T: Table>(&mut self, name: &'static str) -> Option<Spanned<T>> {
        let value = self.take(name)?;
        if !value.get_ref().is_table() {
            self.diagnostics.suppress_missing(WHOLE_FILE, name);
        }
        let message = format!("`{name}` must be a table");
        let hint = format!("write [{name}] in a line of its own, with single brackets");
        self.deserialize_table(value, &message, &hint)
    }

    /// Parses every `[[name]]`.
    fn parse_rows<T: Table>(&mut self, name: &'static str) -> Vec<Spanned<T>> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let message = format!("`{name}` must be a list of tables");
        let hint = format!("write [[{name}]] in a line of its own, with double brackets");
        let span = value.span();
        let DeValue::Array(rows) = value.into_inner() else {
            self.diagnostics.invalid(span, message, hint);
            return Vec::new();
        };
        rows.into_iter()
            .filter_map(|row| self.deserialize_table(row, &message, &hint))
            .collect()
    }

    /// Parses every `[name.KEY]`, in the order of the file.
    fn parse_keyed_tables<T: Table>(&mut self, name: &'static str) -> Vec<(Text, Spanned<T>)> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let message = format!("`{name}` must be a table of tables");
        let hint = format!("write [{name}.ID] in a line of its own, with an ID that rows refer to");
        let span = value.span();
        let DeValue::Table(entries) = value.into_inner() else {
            self.diagnostics.invalid(span, message, hint);
            return Vec::new();
        };
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let tables = entries.into_iter().filter_map(|(key, value)| {
            let table = self.deserialize_table(value, &message, &hint)?;
            let key = Spanned::new(key.span(), key.into_inner().into_owned());
            Some((key, table))
        });
        tables.collect()
    }

    /// Reports every table that was not taken.
    fn reject_remaining(&mut self) {
        for (key, value) in std::mem::take(&mut self.remaining) {
            let name = key.get_ref();
            let near = nearest(name, &self.known);
            if let Some(near) = near {
                self.diagnostics.suppress_missing(WHOLE_FILE, near);
            }
            let message = unknown_message("field", name, near);
            let hint = match value.get_ref() {
                DeValue::Table(_) | DeValue::Array(_) => {
                    format!("a file may have {}", join_with_and(&self.known))
                }
                _ => "a field belongs under its [table]".to_owned(),
            };
            self.diagnostics.invalid(key.span(), message, hint);
        }
    }

    /// Deserializes a table; reports a value of another type.
    fn deserialize_table<T: Table>(
        &mut self,
        value: Spanned<DeValue<'_>>,
        message: &str,
        hint: &str,
    ) -> Option<Spanned<T>> {
        let span = value.span();
        if !value.get_ref().is_table() {
            self.diagnostics.invalid(span, message, hint);
            return None;
        }
        if self.error_mode == ErrorMode::Recover {
            return Some(deserialize_tolerant(value, self.diagnostics));
        }
        let table = T::deserialize(ValueDeserializer::from(value));
        self.has_failed |= table.is_err();
        Some(Spanned::new(span, table.unwrap_or_default()))
    }
}

/// Deserializes a table. Reports invalid entries and leaves them out.
fn deserialize_tolerant<T: Table>(
    mut value: Spanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics<'_>,
) -> Spanned<T> {
    let span = value.span();
    loop {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(table) => return Spanned::new(span, table),
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
