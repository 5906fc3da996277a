//! The export formats.

use crate::content::{Document, notices};
use crate::export::scope::{ExportScope, PrintOptions};
use crate::export::{csv, json, markdown, text};
use crate::library::Library;
use crate::search::{Query, Results};
use crate::text::{Charset, sanitize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportFormat {
    /// Plain text, laid out as on screen.
    #[default]
    Text,
    Markdown,
    /// JSON, whose shape is stable and documented in the README.
    Json,
    /// The rows of tables, for spreadsheets.
    Csv,
}

/// Exports a document, or a part of it. A part that does not exist leaves only title, history and
/// notices.
pub fn document(
    document: &Document,
    scope: &ExportScope,
    format: ExportFormat,
    print: PrintOptions,
) -> String {
    match format {
        ExportFormat::Text => text::document(document, scope, print),
        ExportFormat::Markdown => in_charset(&markdown::document(document, scope), print.charset),
        ExportFormat::Json => json::document(document, scope),
        ExportFormat::Csv => csv::document(document, scope),
    }
}

/// Exports the catalog: one document per line, then the files that could not be read.
pub fn list(library: &Library, format: ExportFormat, charset: Charset) -> String {
    let notices = notices(library.entries().iter().map(|entry| entry.code.system()));
    match format {
        ExportFormat::Text => text::list(library, &notices, charset),
        ExportFormat::Markdown => in_charset(&markdown::list(library, &notices), charset),
        ExportFormat::Json => json::list(library, &notices),
        ExportFormat::Csv => csv::list(library, &notices),
    }
}

pub fn results(
    query: &Query,
    results: &Results,
    notices: &[String],
    format: ExportFormat,
    print: PrintOptions,
) -> String {
    match format {
        ExportFormat::Text => text::results(query, results, notices, print),
        ExportFormat::Markdown => {
            in_charset(&markdown::results(query, results, notices), print.charset)
        }
        ExportFormat::Json => json::results(query, results, notices),
        ExportFormat::Csv => csv::results(results, notices),
    }
}

/// Replaces the characters that the terminal cannot show: a query may contain any. JSON and
/// CSV are always UTF-8.
fn in_charset(text: &str, charset: Charset) -> String {
    let line = |line| charset.transliterate(&sanitize(line)).into_owned() + "\n";
    text.lines().map(line).collect()
}
