//! Parses TOML text into the tables of [`crate::content::toml::schema`], past every error.
//!
//! Derived serde code stops at the first error. So each table and row is deserialized by itself;
//! after an error the invalid entry is removed and the rest is deserialized again, until it is
//! valid. This needs a copy of every table. Nearly every file is valid, so a first pass makes no
//! copies, and is discarded at an error.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use crate::content::toml::field_errors::report_type_error;
use crate::content::toml::invalid_entry::InvalidEntry;
use crate::content::toml::outline::Outline;
use crate::content::toml::row_limit::check_row_limit;
use crate::content::toml::schema::{DocumentFile, GUIDANCE, SCHEMA, SharedFile, Text, fields_of};
use crate::content::toml::syntax::{report_syntax_errors, report_unclosed};
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};
use crate::diagnostics::wording::{join_with_and, nearest, nearest_within, unknown_message};

/// The largest file, in bytes, whose syntax errors are all reported. For a larger file only the first
/// is: a file of another type has millions, at hundreds of bytes each.
const MAX_RECOVERABLE_BYTES: usize = 256 * 1024;

/// Parses the tables of a file. Reports invalid entries and leaves them out. `None` for a newer
/// schema, for too many rows, or for a large file with a syntax error.
pub(crate) fn parse_tables<'t>(
    text: &'t str,
    diagnostics: &mut Diagnostics<'t>,
) -> Option<DocumentFile> {
    parse(text, diagnostics)
}

/// Parses the tables of a file with shared entries, as [`parse_tables`] does.
pub(crate) fn parse_shared_tables<'t>(
    text: &'t str,
    diagnostics: &mut Diagnostics<'t>,
) -> Option<SharedFile> {
    parse(text, diagnostics)
}

/// The tables of a file of one kind.
trait FileTables: Sized {
    fn parse(tables: &mut TableParser<'_, '_>) -> Option<Self>;
}

impl FileTables for DocumentFile {
    fn parse(tables: &mut TableParser<'_, '_>) -> Option<Self> {
        tables.parse_file()
    }
}

impl FileTables for SharedFile {
    fn parse(tables: &mut TableParser<'_, '_>) -> Option<Self> {
        tables.parse_shared_file()
    }
}

fn parse<'t, F: FileTables>(text: &'t str, diagnostics: &mut Diagnostics<'t>) -> Option<F> {
    if !check_row_limit(text, diagnostics) {
        return None;
    }
    let syntax_error = match DeTable::parse(text) {
        Ok(root) => {
            let mut trial = Diagnostics::new(text);
            let mut tables = TableParser::new(root, None, &mut trial);
            let file = F::parse(&mut tables);
            if !tables.has_failed {
                *diagnostics = trial;
                return file;
            }
            None
        }
        Err(error) => Some(error),
    };
    let outline = Outline::new(text);
    let root = match syntax_error {
        // This succeeds, as it did above.
        None => DeTable::parse(text).ok()?,
        Some(error) if text.len() > MAX_RECOVERABLE_BYTES => {
            if report_unclosed(text, &outline, diagnostics).is_none() {
                report_syntax_errors(text, &[error], &outline, diagnostics);
            }
            return None;
        }
        Some(_) => {
            let text = report_unclosed(text, &outline, diagnostics).unwrap_or(text);
            let (root, errors) = DeTable::parse_recoverable(text);
            report_syntax_errors(text, &errors, &outline, diagnostics);
            root
        }
    };
    F::parse(&mut TableParser::new(root, Some(&outline), diagnostics))
}

/// A table of the schema; its default has no fields.
trait Table: DeserializeOwned + Default {}

impl<T: DeserializeOwned + Default> Table for T {}

struct TableParser<'d, 't> {
    /// The tables that have not been taken yet.
    remaining: DeTable<'t>,
    known: Vec<&'static str>,
    /// The outline of a file with errors. Its tables are copied, and invalid entries are removed;
    /// without it, an error sets `has_failed`.
    outline: Option<&'d Outline<'t>>,
    has_failed: bool,
    diagnostics: &'d mut Diagnostics<'t>,
}

impl<'d, 't> TableParser<'d, 't> {
    fn new(
        root: Spanned<DeTable<'t>>,
        outline: Option<&'d Outline<'t>>,
        diagnostics: &'d mut Diagnostics<'t>,
    ) -> Self {
        Self {
            remaining: root.into_inner(),
            known: Vec::new(),
            outline,
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

    fn parse_shared_file(&mut self) -> Option<SharedFile> {
        if !self.check_schema() {
            return None;
        }
        let file = SharedFile {
            sources: self.parse_keyed_tables("sources"),
            payers: self.parse_keyed_tables("payers"),
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
        let rows = match value.into_inner() {
            DeValue::Array(rows) => rows,
            _ if self.outline.is_none() => {
                self.has_failed = true;
                return Vec::new();
            }
            table @ DeValue::Table(_) if self.reject_single_brackets(name) => {
                DeArray::from_iter([Spanned::new(span, table)])
            }
            _ => {
                self.diagnostics.invalid(span, message, hint);
                return Vec::new();
            }
        };
        rows.into_iter()
            .filter_map(|row| self.deserialize_table(row, &message, &hint))
            .collect()
    }

    /// Reports every `[name]` that must have double brackets; returns false if there is none.
    fn reject_single_brackets(&mut self, name: &str) -> bool {
        let headings = self.outline.iter().flat_map(|outline| &outline.headings);
        let mut found = false;
        for heading in headings.filter(|it| it.path == name && it.lacks_brackets()) {
            let line = self.diagnostics.line_number(heading.span.start);
            self.diagnostics.invalid(
                heading.span.clone(),
                format!("[{name}] needs double brackets"),
                format!("write [[{name}]] in line {line}"),
            );
            found = true;
        }
        found
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
            let near = self.nearest_table(name, value.get_ref());
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

    /// Returns the table with the nearest name that has all the fields of an unknown one, or else
    /// the one with the nearest name.
    fn nearest_table(&self, name: &str, value: &DeValue<'_>) -> Option<&'static str> {
        let first = value.as_array().and_then(|rows| rows.first());
        let table = first.map_or(value, Spanned::get_ref).as_table();
        let fields = || table.into_iter().flatten().map(|(key, _)| key.get_ref());
        let has_all = |known: &&&str| fields().all(|key| fields_of(known).contains(&key.as_ref()));
        let fitting: Vec<&str> = self.known.iter().filter(has_all).copied().collect();
        let fitting = nearest_within(name, &fitting, 2).filter(|_| fields().next().is_some());
        fitting.or_else(|| nearest(name, &self.known))
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
        if let Some(outline) = self.outline {
            return Some(deserialize_tolerant(value, outline, self.diagnostics));
        }
        let table = T::deserialize(ValueDeserializer::from(value));
        self.has_failed |= table.is_err();
        Some(Spanned::new(span, table.unwrap_or_default()))
    }
}

/// Deserializes a table. Reports invalid entries and leaves them out.
fn deserialize_tolerant<T: Table>(
    mut value: Spanned<DeValue<'_>>,
    outline: &Outline<'_>,
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
        report_type_error(&error, at, invalid.as_ref(), outline, diagnostics);
        if invalid.is_none() || diagnostics.is_full() {
            return Spanned::new(span, T::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::toml::schema::{is_row_table, table_names};

    #[test]
    fn table_names_are_those_that_are_parsed() {
        let mut diagnostics = Diagnostics::new("");
        let mut tables = TableParser::new(DeTable::parse("").unwrap(), None, &mut diagnostics);
        tables.parse_file();
        let mut known = tables.known;
        known.retain(|name| *name != "schema");
        known.sort_unstable();
        let mut names: Vec<&str> = table_names().collect();
        names.sort_unstable();
        assert_eq!(names, known);
        let without_fields = names.iter().filter(|name| fields_of(name).is_empty());
        assert_eq!(without_fields.collect::<Vec<_>>(), [&"sources"]);
        assert!(is_row_table("payer.modifier") && !is_row_table("coding"));
    }
}
