//! The commands `show`, `list`, `search` and `check`. They return their output and print nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::Bookmarks;
use crate::cli::arguments::SearchArgs;
use crate::cli::output::{CommandOutput, INVALID_INPUT, NOT_FOUND};
use crate::cli::target::{Target, TargetError};
use crate::content::{CodeId, Document, SectionId, check_document, load_document};
use crate::diagnostics::Report;
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
        unread => format!("no results for `{text}` in the best rows; {unread} more were not read"),
    };
    match results.suggestions.as_slice() {
        [] => message,
        nearest => format!("{message}; did you mean: {}?", nearest.join(", ")),
    }
}

/// Checks content files; reports every error in them. The modifiers that they refer to may be in the
/// library or among the files.
pub fn check(paths: &[PathBuf], library: &Library) -> CommandOutput {
    let files: Vec<PathBuf> = paths.iter().flat_map(|path| files_to_check(path)).collect();
    let documents = files.iter().map(|path| load_document(path).ok());
    let codes: Vec<Option<CodeId>> = documents.map(|it| it.map(|it| it.code)).collect();
    let is_known =
        |code: &CodeId| codes.iter().flatten().any(|it| it == code) || library.contains(code);
    let mut reports: Vec<Report> = Vec::new();
    let mut out = String::new();
    for (at, path) in files.iter().enumerate() {
        let name = sanitize(&path.display().to_string()).into_owned();
        let mut earlier = files.iter().zip(&codes).take(at);
        let same = earlier.find(|(other, code)| {
            other.parent() == path.parent() && code.is_some() && **code == codes[at]
        });
        match (check_document(path, &is_known), same) {
            (Ok(document), None) => {
                out += &format!("{name}: {} {}: OK\n", document.code, document.title);
            }
            (Ok(document), Some((other, _))) => {
                let other = sanitize(&other.display().to_string()).into_owned();
                let message = format!("{} is already described by {other}", document.code);
                let hint = "one file describes one code; join the two, or remove one";
                reports.push(Report::whole_file(&path.to_string_lossy(), message, hint));
            }
            (Err(report), _) => reports.push(report),
        }
    }
    if reports.is_empty() && out.is_empty() {
        let message = "no content files found; in a folder, codeleaf looks for *.toml";
        return CommandOutput::error(message, INVALID_INPUT);
    }
    let texts: Vec<String> = reports.iter().map(|report| format!("{report}\n")).collect();
    CommandOutput {
        status: if reports.is_empty() { 0 } else { INVALID_INPUT },
        err: texts.join("\n"),
        out: out + &summary(files.len(), &reports),
    }
}

/// The last line of `check`: `4 files checked: 3 errors in 2 files`.
fn summary(files: usize, reports: &[Report]) -> String {
    let count = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let errors = reports
        .iter()
        .map(|report| report.diagnostics.len() + report.left_out);
    let errors = match errors.sum() {
        0 => "no errors".to_owned(),
        n => format!("{} in {}", count(n, "error"), count(reports.len(), "file")),
    };
    format!("{} checked: {errors}\n", count(files, "file"))
}

/// Returns the TOML files of a folder, sorted, or the path itself if it is not a folder.
fn files_to_check(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_toml = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    };
    let mut files: Vec<PathBuf> = paths.filter(is_toml).collect();
    files.sort();
    files
}
