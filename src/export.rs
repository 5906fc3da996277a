//! Defines how a document leaves: as plain text, Markdown or JSON, whole, a section, or one row.
//!
//! None of them holds an escape sequence, and each ends with the notices.

mod json;
mod markdown;
mod text;

use crate::content::{Block, Document, Row, RowPath, Section, SectionId, notices};
use crate::library::Library;
use crate::search::{Query, Results};
use crate::text::{Charset, sanitize};

pub use crate::export::json::SCHEMA_VERSION;

/// The columns that plain text is set in.
const TEXT_WIDTH: u16 = 84;

/// What of a document leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportScope {
    /// All of it.
    Whole,
    /// One section.
    Section(SectionId),
    /// One row, with every field, remark and source.
    Row(RowPath),
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// Plain text, set as on screen.
    #[default]
    Text,
    /// Markdown, with tables.
    Markdown,
    /// JSON, stable and documented in the README.
    Json,
}

/// Writes a document, or a part of it. A part that is not there leaves the notices alone.
pub fn document(
    document: &Document,
    extent: &ExportScope,
    format: ExportFormat,
    charset: Charset,
) -> String {
    match format {
        ExportFormat::Text => text::document(document, extent, charset),
        ExportFormat::Markdown => in_charset(&markdown::document(document, extent), charset),
        ExportFormat::Json => json::document(document, extent),
    }
}

/// Writes the catalogue: a document a line, then the files that could not be read.
pub fn list(library: &Library, format: ExportFormat, charset: Charset) -> String {
    let notices = notices(library.entries().iter().map(|entry| entry.code.system()));
    match format {
        ExportFormat::Text => text::list(library, &notices, charset),
        ExportFormat::Markdown => in_charset(&markdown::list(library, &notices), charset),
        ExportFormat::Json => json::list(library, &notices),
    }
}

/// Writes the answer to a query.
pub fn results(
    query: &Query,
    results: &Results,
    notices: &[String],
    format: ExportFormat,
    charset: Charset,
) -> String {
    match format {
        ExportFormat::Text => text::results(results, notices, charset),
        ExportFormat::Markdown => in_charset(&markdown::results(query, results, notices), charset),
        ExportFormat::Json => json::results(query, results, notices),
    }
}

/// Returns lines in characters that the reader can see, as a query may have others. JSON needs none of this: it is UTF-8
/// wherever it is written.
fn in_charset(lines: &str, charset: Charset) -> String {
    let lines = lines
        .lines()
        .map(|line| charset.transliterate(&sanitize(line)).into_owned() + "\n");
    lines.collect()
}

/// Returns the blocks that leave, with the rows that leave of each.
fn selected_sections<'a>(
    document: &'a Document,
    extent: &'a ExportScope,
) -> impl Iterator<Item = (&'a Section, Vec<(&'a Block, Vec<&'a Row>)>)> {
    document
        .sections
        .iter()
        .map(|section| {
            let blocks = section.blocks.iter().map(|block| {
                let rows = block
                    .rows
                    .iter()
                    .filter(|row| is_selected(section, block, row, extent))
                    .collect();
                (block, rows)
            });
            (
                section,
                blocks
                    .filter(|(_, rows): &(_, Vec<&Row>)| !rows.is_empty())
                    .collect(),
            )
        })
        .filter(|(_, blocks): &(_, Vec<_>)| !blocks.is_empty())
}

fn is_selected(section: &Section, block: &Block, row: &Row, extent: &ExportScope) -> bool {
    match extent {
        ExportScope::Whole => true,
        ExportScope::Section(id) => section.id == *id,
        ExportScope::Row(place) => RowPath::new(section, block, row) == *place,
    }
}

/// Says how many places more there are than are written.
fn more_results_note(results: &Results) -> Option<String> {
    let more = results.total.saturating_sub(results.hits.len());
    Some(match (more, results.unverified) {
        (0, 0) => return None,
        (0, _) => "and perhaps more places".to_owned(),
        (_, 0) => format!("and {more} more places"),
        (..) => format!("and at least {more} more places"),
    })
}
