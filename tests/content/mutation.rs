//! Properties: any file is parsed into a valid document or gives a valid report.

use std::collections::HashSet;
use std::fs;
use std::sync::LazyLock;

use codeleaf::authoring::format_document;
use codeleaf::content::{Document, Shape, Subject, Value, parse_document};
use codeleaf::diagnostics::Report;
use codeleaf::text::sanitize;
use proptest::prelude::*;

use super::{document, fixtures, stem, toml_files};

/// Asserts the invariants that other rooms rely on.
fn assert_valid_document(document: &Document) {
    assert!(!document.sections.is_empty());
    let mut paths = HashSet::new();
    for section in &document.sections {
        assert!(paths.insert(section.id.0.clone()));
        assert!(!section.blocks.is_empty());
        assert!(!section.title.is_empty() && !section.short.is_empty());
        for block in &section.blocks {
            assert!(paths.insert(format!("{}/{}", section.id.0, block.id.0)));
            assert!(!block.rows.is_empty());
            for row in &block.rows {
                let path = format!("{}/{}/{}", section.id.0, block.id.0, row.key.0);
                assert!(!row.key.0.is_empty() && !path.contains("//"), "{path}");
                assert!(!row.cells.is_empty(), "{path}");
                let source = row.source.iter().chain(&row.disputed_by);
                let named = source.chain(row.remarks.iter().map(|remark| &remark.source));
                for id in named {
                    assert!(document.source(id).is_some(), "{path}: {}", id.0);
                }
                for cell in &row.cells {
                    match &cell.value {
                        Value::Text(text) => assert!(!text.trim().is_empty(), "{path}"),
                        Value::Unavailable(_) => {}
                    }
                    let has_label = matches!(block.shape, Shape::Facts | Shape::Table);
                    assert!(!has_label || !cell.label.is_empty(), "{path}");
                }
                if row.subject == Subject::Absence {
                    assert!(matches!(row.cells[..], [ref cell] if cell.value.as_text().is_none()));
                }
                assert!(paths.insert(path));
            }
            if block.shape == Shape::Table {
                let columns = |row: &codeleaf::content::Row| {
                    let columns = row.cells.iter().filter(|cell| {
                        matches!(cell.visibility, codeleaf::content::Visibility::Column)
                    });
                    columns.map(|cell| cell.label.clone()).collect::<Vec<_>>()
                };
                assert!(
                    block
                        .rows
                        .windows(2)
                        .all(|pair| columns(&pair[0]) == columns(&pair[1]))
                );
            }
        }
    }
    let shown = format!("{document:?}");
    assert_eq!(sanitize(&shown), shown);
}

fn assert_valid_report(report: &Report, text: &str) {
    assert!(!report.diagnostics.is_empty());
    for diagnostic in &report.diagnostics {
        assert!(diagnostic.line <= text.lines().count() + 1);
        assert!(!diagnostic.message.is_empty());
    }
    for line in report.to_string().lines() {
        assert_eq!(sanitize(line), line);
    }
}

fn assert_parsed_or_reported(text: &str) {
    match parse_document("a.toml", text.as_bytes()) {
        Ok(document) => {
            assert_valid_document(&document);
            let formatted = format_document(text).unwrap();
            let again = parse_document("a.toml", formatted.as_bytes()).unwrap();
            assert_eq!(again, document, "{formatted}");
            assert_eq!(format_document(&formatted).unwrap(), formatted);
        }
        Err(report) => assert_valid_report(&report, text),
    }
}

#[test]
fn every_valid_file_makes_a_valid_document() {
    for path in toml_files("valid") {
        assert_valid_document(&document(&format!("valid/{}.toml", stem(&path))));
    }
}

static EVERYTHING: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(fixtures().join("valid/everything.toml")).unwrap());

const STRAY_FRAGMENTS: [&str; 24] = [
    "",
    "\n",
    "\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "= 1\n",
    "#",
    "'''",
    "\"\"\"",
    "0",
    "x",
    "\u{1b}",
    "\u{202e}",
    "\u{301}",
    "—",
    "\"\"",
    "code",
    "[summary]\n",
    "text = 1\n",
];

proptest! {
    #[test]
    fn file_with_stray_fragments_is_parsed_or_reported(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, 0..STRAY_FRAGMENTS.len()), 1..6)
    ) {
        let mut text: Vec<char> = EVERYTHING.chars().collect();
        for (at, cut, stray) in edits {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, STRAY_FRAGMENTS[stray].chars());
        }
        assert_parsed_or_reported(&text.into_iter().collect::<String>());
    }

    #[test]
    fn file_with_lost_or_moved_lines_is_parsed_or_reported(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6)
    ) {
        let mut lines: Vec<&str> = EVERYTHING.lines().collect();
        for (from, to) in edits {
            let line = lines.remove(from.index(lines.len()));
            if to.index(3) > 0 {
                lines.insert(to.index(lines.len()), line);
            }
        }
        assert_parsed_or_reported(&lines.join("\n"));
    }

    #[test]
    fn arbitrary_bytes_are_parsed_or_reported(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(report) = parse_document("a.toml", &bytes) {
            assert_valid_report(&report, &text);
        }
    }
}
