//! Plain text: the lines that the reader shows on screen.

use std::fmt::Display;

use crate::content::{Document, SectionId};
use crate::export::scope::{ExportScope, more_results_note};
use crate::layout::{LayoutOptions, Notices, Page, TableMode};
use crate::library::Library;
use crate::search::Results;
use crate::text::{Charset, sanitize, width};

/// The width of the layout in columns.
const TEXT_WIDTH: u16 = 84;

/// Lines of text without trailing spaces.
struct Lines {
    text: String,
    charset: Charset,
}

impl Lines {
    const fn new(charset: Charset) -> Self {
        let text = String::new();
        Self { text, charset }
    }

    fn push(&mut self, line: &str) {
        let line = self.charset.transliterate(line);
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn push_all<T: Display>(&mut self, lines: &[T]) {
        for line in lines {
            self.push(&line.to_string());
        }
    }
}

pub(crate) fn document(document: &Document, scope: &ExportScope, charset: Charset) -> String {
    let options = LayoutOptions {
        columns: TEXT_WIDTH,
        charset,
        table_mode: TableMode::Columns,
    };
    let mut out = Lines::new(charset);
    if let ExportScope::Row(path) = scope {
        out.push_all(&Page::from_row(document, path, options, Notices::Omit).lines);
        out.push("");
    } else {
        let code = document.code.value();
        out.push(&format!("{code}  {}", document.title));
        out.push("");
        let is_selected = |id: &SectionId| match scope {
            ExportScope::Section(selected) => id == selected,
            _ => true,
        };
        for (index, section) in document.sections.iter().enumerate() {
            if is_selected(&section.id) {
                let title = charset.transliterate(&section.title);
                out.push(&title);
                out.push(&"=".repeat(width(&title)));
                out.push_all(&Page::from_section(document, index, options, Notices::Omit).lines);
                out.push("");
            }
        }
    }
    out.push_all(&Page::from_notices(document, options).lines);
    out.text
}

pub(crate) fn list(library: &Library, notices: &[&str], charset: Charset) -> String {
    let mut out = Lines::new(charset);
    for entry in library.entries() {
        let (value, system, origin) = (entry.code.value(), entry.code.system(), &entry.origin);
        let (title, status) = (&entry.title, entry.status.id());
        let line = format!("{value}  {system}  {title} ({status}; {origin})");
        out.push(&sanitize(&line));
    }
    for broken in library.broken() {
        let path = broken.path.display().to_string();
        out.push(&format!("! {}  could not be read", sanitize(&path)));
    }
    out.push("");
    out.push_all(notices);
    out.text
}

pub(crate) fn results(results: &Results, notices: &[String], charset: Charset) -> String {
    let mut out = Lines::new(charset);
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            let count = results.hits.iter().filter(|h| h.group == hit.group).count();
            if !out.text.is_empty() {
                out.push("");
            }
            out.push(&format!("{} ({count})", hit.group.title()));
        }
        let mut trail = vec![hit.code.value()];
        trail.extend(hit.trail.iter().map(String::as_str));
        out.push(&trail.join(" > "));
        out.push(&format!("    {}", hit.snippet.text));
    }
    if let Some(note) = more_results_note(results) {
        out.push(&note);
    }
    let values = results.suggestions.iter();
    for value in values.filter(|_| results.has_scope_values) {
        out.push(value);
    }
    for missing in &results.missing {
        out.push(missing);
    }
    if !results.hits.is_empty() {
        out.push("");
        out.push_all(notices);
    }
    out.text
}
