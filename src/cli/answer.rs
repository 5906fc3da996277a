//! Answers without a terminal: `show`, `list`, `search` and `check`.
//!
//! Each answer is words and a status, and nothing is printed here: the command line prints them,
//! and the SSH server sends them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::arguments::Search;
use super::target::{Found, Miss};
use super::{BAD, NOT_FOUND, complain, print};
use crate::content::{Charset, Document, SectionId};
use crate::export::{self, Extent, Format};
use crate::library::Library;
use crate::search::{Index, Query, Results};

/// What is said to a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// For standard output; ends with a line end where there is any.
    pub out: String,
    /// For standard error, without a line end.
    pub err: String,
    /// The exit status.
    pub status: u8,
}

impl Answer {
    /// Answers with what was asked for.
    pub fn found(out: String) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }

    /// Says why there is nothing to answer with.
    pub fn refused(err: impl Into<String>, status: u8) -> Self {
        Self {
            err: err.into(),
            status,
            ..Self::default()
        }
    }

    /// Prints the answer.
    pub fn print(&self) -> anyhow::Result<ExitCode> {
        print(self.out.as_bytes())?;
        if !self.err.is_empty() {
            complain(&self.err);
        }
        Ok(ExitCode::from(self.status))
    }
}

impl From<Miss> for Answer {
    fn from(miss: Miss) -> Self {
        let status = match miss {
            Miss::NotFound(_) => NOT_FOUND,
            Miss::Broken(_) => BAD,
        };
        Self::refused(miss.to_string(), status)
    }
}

/// Writes what was found whole, or one section of it.
pub fn show(found: &Found, section: Option<&str>, format: Format, charset: Charset) -> Answer {
    let mut out = String::new();
    for (document, place) in &found.documents {
        let extent = match (place, section) {
            (Some(place), _) => Extent::Row(place.clone()),
            (None, None) => Extent::Whole,
            (None, Some(name)) => {
                let Some(section) = section_named(document, name) else {
                    return no_section(document, name);
                };
                Extent::Section(section)
            }
        };
        if !out.is_empty() {
            out.push('\n');
        }
        out += &export::document(document, &extent, format, charset);
    }
    Answer::found(out)
}

fn no_section(document: &Document, name: &str) -> Answer {
    let known = document
        .sections
        .iter()
        .map(|section| section.id.0.as_str());
    let known: Vec<&str> = known.collect();
    let name = crate::content::sanitize(name);
    let words = format!("no section `{name}`; there are {}", known.join(", "));
    Answer::refused(words, NOT_FOUND)
}

fn section_named(document: &Document, name: &str) -> Option<SectionId> {
    let asked = |text: &str| text.eq_ignore_ascii_case(name);
    document
        .sections
        .iter()
        .find(|section| asked(&section.id.0) || asked(&section.short) || asked(&section.title))
        .map(|section| section.id.clone())
}

/// Writes the catalogue.
pub fn list(library: &Library, format: Format, charset: Charset) -> Answer {
    Answer::found(export::list(library, format, charset))
}

/// Writes hits.
pub fn search(library: &Arc<Library>, index: &Index, search: &Search, charset: Charset) -> Answer {
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
    let out = export::results(&query, &results, &notices, search.format, charset);
    if results.hits.is_empty() {
        Answer {
            out,
            ..Answer::refused(nothing_has(&query, &results), NOT_FOUND)
        }
    } else {
        Answer::found(out)
    }
}

fn nothing_has(query: &Query, results: &Results) -> String {
    let words = crate::content::sanitize(query.text());
    let nothing = match results.unread {
        0 => format!("nothing has `{words}`"),
        unread => format!("none of the best rows has `{words}`, and {unread} were not read"),
    };
    match results.nearest.as_slice() {
        [] => nothing,
        nearest => format!("{nothing}; nearest: {}", nearest.join(", ")),
    }
}

/// Checks files, and reports every error in them.
pub fn check(paths: &[PathBuf]) -> Answer {
    let mut reports = Vec::new();
    let mut out = String::new();
    for path in files(paths) {
        match crate::content::read_file(&path) {
            Ok(document) => {
                let path = path.display().to_string();
                let path = crate::content::sanitize(&path);
                out += &format!("{path}: {} {}, in order\n", document.code, document.title);
            }
            Err(report) => reports.push(format!("{report}\n")),
        }
    }
    if reports.is_empty() && out.is_empty() {
        let words = "no content file there: a folder is searched for *.toml";
        return Answer::refused(words, BAD);
    }
    Answer {
        status: if reports.is_empty() { 0 } else { BAD },
        err: reports.join("\n"),
        out,
    }
}

/// Returns the files that are named, and those of the folders that are.
fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
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
