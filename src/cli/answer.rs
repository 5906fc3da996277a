//! Answers without a terminal: `show`, `list`, `search` and `check`.
//!
//! Each answer is words and a status, and nothing is printed here: the command line prints them,
//! and the SSH server sends them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::arguments::SearchArgs;
use crate::cli::target::{Target, TargetError};
use crate::cli::{INVALID_INPUT, NOT_FOUND, print_error, print_output};
use crate::content::{Document, SectionId};
use crate::export;
use crate::export::{ExportFormat, ExportScope};
use crate::library::Library;
use crate::search::{Index, Query, Results};
use crate::text::Charset;

/// What is said to a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandOutput {
    /// For standard output; ends with a line end where there is any.
    pub out: String,
    /// For standard error, without a line end.
    pub err: String,
    /// The exit status.
    pub status: u8,
}

impl CommandOutput {
    /// Answers with what was asked for.
    pub fn success(out: String) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }

    /// Says why there is nothing to answer with.
    pub fn error(err: impl Into<String>, status: u8) -> Self {
        Self {
            err: err.into(),
            status,
            ..Self::default()
        }
    }

    /// Prints the answer.
    pub fn print(&self) -> anyhow::Result<ExitCode> {
        print_output(self.out.as_bytes())?;
        if !self.err.is_empty() {
            print_error(&self.err);
        }
        Ok(ExitCode::from(self.status))
    }
}

impl From<TargetError> for CommandOutput {
    fn from(miss: TargetError) -> Self {
        let status = match miss {
            TargetError::NotFound(_) => NOT_FOUND,
            TargetError::Broken(_) => INVALID_INPUT,
        };
        Self::error(miss.to_string(), status)
    }
}

/// Writes what was found whole, or one section of it.
pub fn show(
    found: &Target,
    section: Option<&str>,
    format: ExportFormat,
    charset: Charset,
) -> CommandOutput {
    let mut out = String::new();
    for (document, place) in &found.documents {
        let extent = match (place, section) {
            (Some(place), _) => ExportScope::Row(place.clone()),
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
        out += &export::document(document, &extent, format, charset);
    }
    CommandOutput::success(out)
}

fn unknown_section(document: &Document, name: &str) -> CommandOutput {
    let known = document
        .sections
        .iter()
        .map(|section| section.id.0.as_str());
    let known: Vec<&str> = known.collect();
    let name = crate::text::sanitize(name);
    let words = format!("no section `{name}`; there are {}", known.join(", "));
    CommandOutput::error(words, NOT_FOUND)
}

fn find_section(document: &Document, name: &str) -> Option<SectionId> {
    let asked = |text: &str| text.eq_ignore_ascii_case(name);
    document
        .sections
        .iter()
        .find(|section| asked(&section.id.0) || asked(&section.short) || asked(&section.title))
        .map(|section| section.id.clone())
}

/// Writes the catalogue.
pub fn list(library: &Library, format: ExportFormat, charset: Charset) -> CommandOutput {
    CommandOutput::success(export::list(library, format, charset))
}

/// Writes hits.
pub fn search(
    library: &Arc<Library>,
    index: &Index,
    search: &SearchArgs,
    charset: Charset,
) -> CommandOutput {
    let query = Query::parse(&search.words.join(" "));
    let results = index.search(&query, None, search.limit);
    let mut notices: Vec<String> = Vec::new();
    for hit in &results.hits {
        if let Ok(document) = library.document(&hit.code) {
            for notice in &document.notices {
                if !notices.contains(notice) {
                    notices.push(notice.clone());
                }
            }
        }
    }
    let out = export::results(&query, &results, &notices, search.format.into(), charset);
    if results.hits.is_empty() {
        CommandOutput {
            out,
            ..CommandOutput::error(no_hits_message(&query, &results), NOT_FOUND)
        }
    } else {
        CommandOutput::success(out)
    }
}

fn no_hits_message(query: &Query, results: &Results) -> String {
    let words = crate::text::sanitize(query.text());
    let nothing = match results.unverified {
        0 => format!("nothing has `{words}`"),
        unread => format!("none of the best rows has `{words}`, and {unread} were not read"),
    };
    match results.suggestions.as_slice() {
        [] => nothing,
        nearest => format!("{nothing}; nearest: {}", nearest.join(", ")),
    }
}

/// Checks files, and reports every error in them.
pub fn check(paths: &[PathBuf]) -> CommandOutput {
    let mut reports = Vec::new();
    let mut out = String::new();
    for path in expand_paths(paths) {
        match crate::content::load_document(&path) {
            Ok(document) => {
                let path = path.display().to_string();
                let path = crate::text::sanitize(&path);
                out += &format!("{path}: {} {}, in order\n", document.code, document.title);
            }
            Err(report) => reports.push(format!("{report}\n")),
        }
    }
    if reports.is_empty() && out.is_empty() {
        let words = "no content file there: a folder is searched for *.toml";
        return CommandOutput::error(words, INVALID_INPUT);
    }
    CommandOutput {
        status: if reports.is_empty() { 0 } else { INVALID_INPUT },
        err: reports.join("\n"),
        out,
    }
}

/// Returns the files that are named, and those of the folders that are.
fn expand_paths(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries
                    .filter_map(io::Result::ok)
                    .map(|entry| entry.path())
                    .filter(|path| {
                        path.extension()
                            .is_some_and(|extension| extension == "toml")
                    })
                    .collect();
                inside.sort();
                files.extend(inside);
            }
            Err(_) => files.push(Path::new(path).to_owned()),
        }
    }
    files
}
