//! Finds the line of a row in its file, for an editor.

use std::path::Path;

use crate::content::document::{Document, RowPath, Shape};
use crate::content::row::Row;
use crate::content::toml::compile::name::typed_block_table;
use crate::content::toml::compile::section::is_typed_section;
use crate::content::toml::outline::{Heading, Outline};
use crate::content::toml::read::{decode, parse_document_with, read_bytes, shared_entries_beside};
use crate::diagnostics::Report;

/// Returns the line of a row of a file, from 1; without a row, or if the file does not have it, the
/// first line. In a file with errors, returns the line of the first error.
///
/// Fails if the file cannot be read.
pub fn locate_row(file: &Path, path: Option<&RowPath>) -> Result<usize, Report> {
    let name = file.to_string_lossy();
    let bytes = read_bytes(file)?;
    let shared = shared_entries_beside(file);
    let document = match parse_document_with(&name, &bytes, &shared) {
        Ok(document) => document,
        Err(report) => return Ok(report.diagnostics.first().map_or(1, |it| it.line.max(1))),
    };
    let text = decode(&name, &bytes)?;
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let start = path.and_then(|path| row_start(text, &document, path));
    Ok(start.map_or(1, line))
}

/// Typed rows have the order of their headings. Other rows are found by their first words in their
/// section, because a list or table is a single value.
fn row_start(text: &str, document: &Document, path: &RowPath) -> Option<usize> {
    let (section, block, row) = document.row(path)?;
    let outline = Outline::new(text);
    let headings = &outline.headings;
    let heading = |name: &str, n: usize| {
        let named = |at: &usize| headings[*at].path == name;
        (0..headings.len()).filter(named).nth(n)
    };
    if let Some(table) = typed_block_table(&block.id.0) {
        let n = block.rows.iter().position(|other| other.key == row.key)?;
        return Some(headings[heading(table, n)?].span.start);
    }
    let id = section.id.0.as_str();
    let (name, first) = if is_typed_section(id) {
        let mut headings = headings.iter();
        (
            id,
            headings.position(|it| it.path == id || is_below(it, id))?,
        )
    } else {
        let sections = document.sections.iter();
        let mut own = sections.filter(|section| !is_typed_section(&section.id.0));
        let n = own.position(|other| other.id == section.id)?;
        ("section", heading("section", n)?)
    };
    let mut after = headings[first + 1..].iter();
    let end = after.find(|heading| !is_below(heading, name));
    let end = end.map_or(text.len(), |heading| heading.span.start);
    let start = headings[first].span.start;
    let words = first_words(row, block.shape);
    let found = (1..=words.len()).rev().find_map(|count| {
        let words = words[..count].join(" ");
        text.get(start..end)?.find(&words)
    });
    Some(start + found.unwrap_or(0))
}

/// Returns true for a heading of a table in a section.
fn is_below(heading: &Heading<'_>, section: &str) -> bool {
    let parent = heading.path.split_once('.').map(|(parent, _)| parent);
    parent == Some(section)
}

/// The first words of a row: enough to tell rows apart, and few enough to be in one line.
fn first_words(row: &Row, shape: Shape) -> Vec<&str> {
    let cell = row.cells.first();
    let text = cell.and_then(|cell| match shape {
        Shape::Facts => Some(&*cell.label),
        Shape::Prose | Shape::List | Shape::Table => cell.value.as_text(),
    });
    let words = text.unwrap_or_default().split_whitespace();
    words.take(6).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::content::parse_document;

    const TEXT: &str = r#"schema = 1
[code]
system = "cpt"
value = "83950"
title = "A"
status = "active"

[sources.lab]
title = "Lab"
kind = "secondary"
as_of = 2026

[[overview.fact]]
label = "Place"
value = "Office"

[summary]
text = """
First paragraph.

Second paragraph,
of two lines.
"""
[[summary.fact]]
label = "Sample"
value = "Serum"
[[summary.list]]
items = [
  "One",
  "Two",
]
[[summary.remark]]
text = "A remark."
source = "lab"

[[payer]]
id = "one"
name = "One"
plan = "All"
policy = "A"
rate = "B"
[[payer.modifier]]
code = "26"
says = "Yes"
standing = "usual"
source = "lab"

[[payer]]
id = "two"
name = "Two"
plan = "All"
policy = "A"
rate = "B"
[[payer.modifier]]
code = "26"
says = "No"
standing = "usual"
source = "lab"

[[section]]
id = "own"
title = "Own"
text = "One"

[[section]]
id = "other"
title = "Other"
[[section.table]]
columns = ["A", "B"]
rows = [
  ["One", "1"],
  ["Two", "2"],
]
"#;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn every_row_is_found_where_it_is_written() {
        let document = parse_document("", TEXT.as_bytes()).unwrap();
        let (_folder, file) = file(TEXT);
        let found = document.rows().map(|(section, block, row)| {
            let path = RowPath::new(section, block, row);
            let line = locate_row(&file, Some(&path)).unwrap();
            let text = TEXT.lines().nth(line - 1).unwrap();
            format!(
                "{}/{}/{}: {line} {text}",
                path.section.0, path.block.0, path.row.0
            )
        });
        let found: Vec<String> = found.collect();
        let expected = [
            "summary/text/1: 19 First paragraph.",
            "summary/text/2: 21 Second paragraph,",
            "summary/facts/sample: 25 label = \"Sample\"",
            "summary/list/1: 29   \"One\",",
            "summary/list/2: 30   \"Two\",",
            "summary/remarks/1: 33 text = \"A remark.\"",
            "overview/facts/place: 14 label = \"Place\"",
            "payers/payers/one: 36 [[payer]]",
            "payers/payers/two: 48 [[payer]]",
            "payers/payer-modifiers/one-26: 42 [[payer.modifier]]",
            "payers/payer-modifiers/two-26: 54 [[payer.modifier]]",
            "own/text/1: 63 text = \"One\"",
            "other/table/1: 71   [\"One\", \"1\"],",
            "other/table/2: 72   [\"Two\", \"2\"],",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn file_with_errors_is_opened_at_the_first() {
        let text = TEXT.replace("kind = \"secondary\"", "kind = \"book\"");
        let (_folder, file) = file(&text);
        assert_eq!(locate_row(&file, None).unwrap(), 10);
    }
}
