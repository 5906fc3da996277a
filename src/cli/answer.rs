//! The commands `show`, `list`, `search` and `check`. They return their output and print nothing.

use std::sync::Arc;

use crate::app::Bookmarks;
use crate::check::{self, CheckRequest};
use crate::cli::arguments::{CheckArgs, DeniedLevel, SearchArgs};
use crate::cli::output::{CommandOutput, DENIED, INVALID_INPUT, NOT_FOUND};
use crate::cli::target::{Target, TargetError};
use crate::content::{Document, SectionId};
use crate::diagnostics::Level;
use crate::export::{self, ExportFormat, ExportScope, PrintOptions};
use crate::library::Library;
use crate::search::{Index, Query, Results};
use crate::text::{Charset, sanitize};

impl From<TargetError> for CommandOutput {
    fn from(error: TargetError) -> Self {
        let status = match error {
            TargetError::NotFound(_) => NOT_FOUND,
            TargetError::Broken(_) => INVALID_INPUT,
        };
        Self::error(error.to_string(), status)
    }
}

/// Exports the target, or one section of it.
pub fn show(
    target: &Target,
    section: Option<&str>,
    format: ExportFormat,
    print: PrintOptions,
) -> CommandOutput {
    let mut out = String::new();
    for (document, row_path) in &target.documents {
        let scope = match (row_path, section) {
            (Some(row_path), _) => ExportScope::Row(row_path.clone()),
            (None, None) => ExportScope::Whole,
            (None, Some(name)) => {
                let Some(section) = find_section(document, name) else {
                    return unknown_section(document, name);
                };
                ExportScope::Section(section)
            }
        };
        if !out.is_empty() {
            out.push('\n');
        }
        out += &export::document(document, &scope, format, print);
    }
    CommandOutput {
        err: target.missing.join("\n"),
        ..CommandOutput::success(out)
    }
}

fn unknown_section(document: &Document, name: &str) -> CommandOutput {
    let sections = document.sections.iter();
    let known: Vec<&str> = sections.map(|section| section.id.0.as_str()).collect();
    let name = sanitize(name);
    let message = format!("no section `{name}`; sections: {}", known.join(", "));
    CommandOutput::error(message, NOT_FOUND)
}

fn find_section(document: &Document, name: &str) -> Option<SectionId> {
    let matches = |text: &str| text.eq_ignore_ascii_case(name);
    let mut sections = document.sections.iter();
    let found = sections.find(|section| {
        matches(&section.id.0) || matches(&section.short) || matches(&section.title)
    });
    found.map(|section| section.id.clone())
}

pub fn list(library: &Library, format: ExportFormat, charset: Charset) -> CommandOutput {
    CommandOutput::success(export::list(library, format, charset))
}

pub fn search(
    library: &Arc<Library>,
    index: &Index,
    bookmarks: &Bookmarks,
    search: &SearchArgs,
    print: PrintOptions,
) -> CommandOutput {
    let query = Query::parse(&search.words.join(" "));
    let mut results = index.search(&query, None, search.limit);
    results.add_notes(bookmarks.search(&query), search.limit);
    let mut notices: Vec<String> = Vec::new();
    let hits = results.hits.iter();
    for document in hits.filter_map(|hit| library.document(&hit.code).ok()) {
        for notice in &document.notices {
            if !notices.contains(notice) {
                notices.push(notice.clone());
            }
        }
    }
    let out = export::results(&query, &results, &notices, search.format.into(), print);
    if !results.hits.is_empty() || results.has_scope_values {
        return CommandOutput::success(out);
    }
    CommandOutput {
        out,
        ..CommandOutput::error(no_hits_message(&query, &results), NOT_FOUND)
    }
}

fn no_hits_message(query: &Query, results: &Results) -> String {
    let text = sanitize(query.text());
    let message = match results.unverified {
        0 => format!("no results for `{text}`"),
        unread => format!("no results for `{text}` in the top rows; {unread} more were not read"),
    };
    match results.suggestions.as_slice() {
        [] => message,
        nearest => format!("{message}; did you mean: {}?", nearest.join(", ")),
    }
}

/// Checks content files.
pub fn check(arguments: &CheckArgs, request: CheckRequest<'_>) -> CommandOutput {
    let report = check::check(request);
    if report.files.is_empty() {
        let message = "no content files found; in a folder, codeleaf looks for *.toml";
        return CommandOutput::error(message, INVALID_INPUT);
    }
    let has_denied =
        arguments.deny == Some(DeniedLevel::Warnings) && report.count(Level::Warning) > 0;
    let status = if report.count(Level::Error) > 0 {
        INVALID_INPUT
    } else if has_denied {
        DENIED
    } else {
        0
    };
    let [out, err] = report.format(arguments.format.into());
    CommandOutput { out, err, status }
}
