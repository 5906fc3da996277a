//! Parses TOML text into the tables of [`crate::content::toml::schema`], past every error.

use std::cell::OnceCell;

use toml::Spanned;

use crate::content::toml::field_errors::report_field_error;
use crate::content::toml::from_toml::{FieldError, Table};
use crate::content::toml::outline::Outline;
use crate::content::toml::row_limit::check_row_limit;
use crate::content::toml::schema::{DocumentFile, GUIDANCE, SCHEMA, SharedFile, fields_of};
use crate::content::toml::syntax::{report_syntax_errors, report_unclosed};
use crate::content::toml::tree::{Text, TomlTable, TomlValue, parse_recoverable, parse_toml};
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
) -> Option<DocumentFile<'t>> {
    TableParser::new(text, diagnostics)?.parse_file()
}

/// Parses the tables of a file with shared entries, as [`parse_tables`] does.
pub(crate) fn parse_shared_tables<'t>(
    text: &'t str,
    diagnostics: &mut Diagnostics<'t>,
) -> Option<SharedFile<'t>> {
    TableParser::new(text, diagnostics)?.parse_shared_file()
}

struct TableParser<'d, 't> {
    /// The tables that have not been taken yet.
    remaining: TomlTable<'t>,
    known: Vec<&'static str>,
    /// The entries that were left out.
    errors: Vec<FieldError>,
    text: &'t str,
    /// The outline of a file with errors.
    outline: OnceCell<Outline<'t>>,
    diagnostics: &'d mut Diagnostics<'t>,
}

impl<'d, 't> TableParser<'d, 't> {
    /// Parses the syntax of a file. `None` for too many rows, and for a large file with an error.
    fn new(text: &'t str, diagnostics: &'d mut Diagnostics<'t>) -> Option<Self> {
        if !check_row_limit(text, diagnostics) {
            return None;
        }
        let outline = OnceCell::new();
        let root = match parse_toml(text) {
            Ok(root) => root,
            Err(error) => {
                let outline = outline.get_or_init(|| Outline::new(text));
                let above_unclosed = report_unclosed(text, outline, diagnostics);
                if text.len() > MAX_RECOVERABLE_BYTES {
                    if above_unclosed.is_none() {
                        report_syntax_errors(text, &[error], outline, diagnostics);
                    }
                    return None;
                }
                let text = above_unclosed.unwrap_or(text);
                let (root, errors) = parse_recoverable(text);
                report_syntax_errors(text, &errors, outline, diagnostics);
                root
            }
        };
        Some(Self {
            remaining: root,
            known: Vec::new(),
            errors: Vec::new(),
            text,
            outline,
            diagnostics,
        })
    }

    fn parse_file(&mut self) -> Option<DocumentFile<'t>> {
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
        self.report_errors();
        Some(file)
    }

    fn parse_shared_file(&mut self) -> Option<SharedFile<'t>> {
        if !self.check_schema() {
            return None;
        }
        let file = SharedFile {
            sources: self.parse_keyed_tables("sources"),
            payers: self.parse_keyed_tables("payers"),
        };
        self.reject_remaining();
        self.report_errors();
        Some(file)
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<TomlValue<'t>>> {
        self.known.push(name);
        let mut entries = self.remaining.iter();
        let at = entries.position(|(key, _)| key.get_ref() == name)?;
        Some(self.remaining.swap_remove(at).1)
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
            TomlValue::Integer(number) => number.parse().ok(),
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
    fn parse_table<T: Table<'t>>(&mut self, name: &'static str) -> Option<Spanned<T>> {
        let value = self.take(name)?;
        if !value.get_ref().is_table() {
            self.diagnostics.suppress_missing(WHOLE_FILE, name);
        }
        let message = format!("`{name}` must be a table");
        let hint = format!("write [{name}] in a line of its own, with single brackets");
        self.convert_table(value, &message, &hint)
    }

    /// Parses every `[[name]]`.
    fn parse_rows<T: Table<'t>>(&mut self, name: &'static str) -> Vec<Spanned<T>> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let message = format!("`{name}` must be a list of tables");
        let hint = format!("write [[{name}]] in a line of its own, with double brackets");
        let span = value.span();
        let rows = match value.into_inner() {
            TomlValue::List(rows) => rows,
            table @ TomlValue::Table(_) if self.reject_single_brackets(name) => {
                vec![Spanned::new(span, table)]
            }
            _ => {
                self.diagnostics.invalid(span, message, hint);
                return Vec::new();
            }
        };
        rows.into_iter()
            .filter_map(|row| self.convert_table(row, &message, &hint))
            .collect()
    }

    /// Reports every `[name]` that must have double brackets; returns false if there is none.
    fn reject_single_brackets(&mut self, name: &str) -> bool {
        let outline = self.outline.get_or_init(|| Outline::new(self.text));
        let mut found = false;
        for heading in outline
            .headings
            .iter()
            .filter(|it| it.path == name && it.lacks_brackets())
        {
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
    fn parse_keyed_tables<T: Table<'t>>(
        &mut self,
        name: &'static str,
    ) -> Vec<(Text<'t>, Spanned<T>)> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let message = format!("`{name}` must be a table of tables");
        let hint = format!("write [{name}.ID] in a line of its own, with an ID that rows refer to");
        let span = value.span();
        let TomlValue::Table(mut entries) = value.into_inner() else {
            self.diagnostics.invalid(span, message, hint);
            return Vec::new();
        };
        entries.sort_by_key(|(key, _)| key.span().start);
        let tables = entries.into_iter().filter_map(|(key, value)| {
            let table = self.convert_table(value, &message, &hint)?;
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
                TomlValue::Table(_) | TomlValue::List(_) => {
                    format!("a file may have {}", join_with_and(&self.known))
                }
                _ => "a field belongs under its [table]".to_owned(),
            };
            self.diagnostics.invalid(key.span(), message, hint);
        }
    }

    /// Returns the table with the nearest name that has all the fields of an unknown one, or else
    /// the one with the nearest name.
    fn nearest_table(&self, name: &str, value: &TomlValue<'_>) -> Option<&'static str> {
        let table = match value {
            TomlValue::List(rows) => rows.first().map(Spanned::get_ref),
            value => Some(value),
        };
        let fields = || match table {
            Some(TomlValue::Table(entries)) => entries.as_slice(),
            _ => &[],
        };
        let fields = || fields().iter().map(|(key, _)| key.get_ref());
        let has_all = |known: &&&str| fields().all(|key| fields_of(known).contains(&key.as_ref()));
        let fitting: Vec<&str> = self.known.iter().filter(has_all).copied().collect();
        let fitting = nearest_within(name, &fitting, 2).filter(|_| fields().next().is_some());
        fitting.or_else(|| nearest(name, &self.known))
    }

    /// Converts a table; reports a value of another type.
    fn convert_table<T: Table<'t>>(
        &mut self,
        value: Spanned<TomlValue<'t>>,
        message: &str,
        hint: &str,
    ) -> Option<Spanned<T>> {
        let span = value.span();
        let TomlValue::Table(table) = value.into_inner() else {
            self.diagnostics.invalid(span, message, hint);
            return None;
        };
        let table = T::from_table(table, span.start, &mut self.errors);
        Some(Spanned::new(span, table))
    }

    fn report_errors(&mut self) {
        for error in std::mem::take(&mut self.errors) {
            let outline = self.outline.get_or_init(|| Outline::new(self.text));
            report_field_error(&error, outline, self.diagnostics);
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
        let mut tables = TableParser::new("", &mut diagnostics).unwrap();
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
