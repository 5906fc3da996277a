//! Plain text: the lines that the reader shows on screen, and those of each row's details.

use std::fmt::Display;

use crate::content::Document;
use crate::export::scope::{ExportScope, PrintOptions, more_results_note};
use crate::layout::{LayoutOptions, Medium, Page, PageEnd, TableMode};
use crate::library::Library;
use crate::search::{Query, Results};
use crate::text::wrap::wrap;
use crate::text::{Charset, sanitize, width};

/// The indent of the text of a search result.
const SNIPPET_INDENT: &str = "    ";

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

    /// Appends a paragraph, and returns its lines.
    fn push_wrapped(&mut self, text: &str, columns: u16) -> Vec<String> {
        let text = self.charset.transliterate(text);
        let lines = wrap(&text, columns.into());
        self.push_all(&lines);
        lines
    }

    fn push_all<T: Display>(&mut self, lines: &[T]) {
        for line in lines {
            self.push(&line.to_string());
        }
    }
}

pub(crate) fn document(document: &Document, scope: &ExportScope, print: PrintOptions) -> String {
    let options = LayoutOptions {
        columns: print.columns,
        charset: print.charset,
        table_mode: TableMode::Columns,
        medium: Medium::Print,
    };
    let mut out = Lines::new(print.charset);
    out.push_wrapped(
        &format!("{}  {}", document.code.value(), document.title),
        print.columns,
    );
    out.push("");
    for (section, blocks) in scope.sections(document) {
        let lines = out.push_wrapped(&section.title, print.columns);
        out.push(&"=".repeat(lines.iter().map(|line| width(line)).max().unwrap_or(0)));
        if let ExportScope::Row(path) = scope {
            let titles = blocks.iter().filter_map(|(block, _)| block.title.as_ref());
            for text in section.headings.iter().chain(titles) {
                out.push_wrapped(text, print.columns);
            }
            out.push("");
            out.push_all(&Page::from_row(document, path, options).lines);
        } else if let Some((index, _)) = document.section(&section.id) {
            let page = Page::from_section(document, index, options, PageEnd::Nothing);
            out.push_all(&page.lines);
        }
        out.push("");
    }
    let sources = scope.sources(document);
    out.push_all(&Page::from_document(document, &sources, options).lines);
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
        let reason = match &broken.duplicate_of {
            Some(first) => format!("duplicate of {}", first.display()),
            None => "could not be read".to_owned(),
        };
        out.push(&format!("! {}  {}", sanitize(&path), sanitize(&reason)));
    }
    out.push("");
    out.push_all(notices);
    out.text
}

pub(crate) fn results(
    query: &Query,
    results: &Results,
    notices: &[String],
    print: PrintOptions,
) -> String {
    let mut out = Lines::new(print.charset);
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            let count = results.hits.iter().filter(|h| h.group == hit.group).count();
            if !out.text.is_empty() {
                out.push("");
            }
            let heading = results.heading(hit.group, &sanitize(query.text()));
            out.push_wrapped(&format!("{heading} ({count})"), print.columns);
        }
        let mut trail = vec![hit.code.value()];
        trail.extend(hit.trail.iter().map(String::as_str));
        let location = format!(
            "{} ({})",
            trail.join(" > "),
            sanitize(&hit.reason.to_string())
        );
        out.push_wrapped(&location, print.columns);
        let snippet = print.charset.transliterate(&hit.snippet.text);
        for line in wrap(&snippet, usize::from(print.columns) - SNIPPET_INDENT.len()) {
            out.push(&format!("{SNIPPET_INDENT}{line}"));
        }
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
        for notice in notices {
            out.push_wrapped(notice, print.columns);
        }
    }
    out.text
}
