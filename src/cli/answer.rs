//! Answers without a terminal: `show`, `list`, `search` and `check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::arguments::{Arguments, Search, Show};
use super::target::{self, Found, Miss};
use super::{BAD, NOT_FOUND, complain, print, setup};
use crate::content::{Document, SectionId};
use crate::export::{self, Extent, Format};
use crate::search::{Index, Query, Results};

/// Prints a document, a section or a row.
pub fn show(arguments: &Arguments, show: &Show) -> anyhow::Result<ExitCode> {
    let found = match target::find(&show.target, &arguments.options) {
        Ok(found) => found,
        Err(miss) => return Ok(refuse(&miss)),
    };
    documents(arguments, &found, show.section.as_deref(), show.format)
}

/// Prints what was found, as `show` does and as the reader does without a terminal.
pub fn documents(
    arguments: &Arguments,
    found: &Found,
    section: Option<&str>,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let charset = setup::charset(arguments.options.overrides());
    let mut out = String::new();
    for (document, place) in &found.documents {
        let extent = match (place, section) {
            (Some(place), _) => Extent::Row(place.clone()),
            (None, None) => Extent::Whole,
            (None, Some(name)) => match section_named(document, name) {
                Some(section) => Extent::Section(section),
                None => {
                    let known: Vec<&str> = document
                        .sections
                        .iter()
                        .map(|section| section.id.0.as_str())
                        .collect();
                    complain(&format!(
                        "no section `{name}`; there are {}",
                        known.join(", ")
                    ));
                    return Ok(ExitCode::from(NOT_FOUND));
                }
            },
        };
        if !out.is_empty() {
            out.push('\n');
        }
        out += &export::document(document, &extent, format, charset);
    }
    print(out.as_bytes())
}

fn section_named(document: &Document, name: &str) -> Option<SectionId> {
    let asked = |text: &str| text.eq_ignore_ascii_case(name);
    document
        .sections
        .iter()
        .find(|section| asked(&section.id.0) || asked(&section.short) || asked(&section.title))
        .map(|section| section.id.clone())
}

/// Prints the catalogue.
pub fn list(arguments: &Arguments, format: Format) -> anyhow::Result<ExitCode> {
    let library = setup::library(&arguments.options);
    print(
        export::list(
            &library,
            format,
            setup::charset(arguments.options.overrides()),
        )
        .as_bytes(),
    )
}

/// Prints hits.
pub fn search(arguments: &Arguments, search: &Search) -> anyhow::Result<ExitCode> {
    let library = Arc::new(setup::library(&arguments.options));
    let query = Query::parse(&search.words.join(" "));
    let results = Index::build(&library).search(&query, None, search.limit);
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
    let charset = setup::charset(arguments.options.overrides());
    let out = export::results(&query, &results, &notices, search.format, charset);
    let printed = print(out.as_bytes())?;
    Ok(if results.hits.is_empty() {
        complain(&nothing_has(&query, &results));
        ExitCode::from(NOT_FOUND)
    } else {
        printed
    })
}

fn nothing_has(query: &Query, results: &Results) -> String {
    let words = crate::content::sanitize(query.text());
    match results.nearest.as_slice() {
        [] => format!("nothing has `{words}`"),
        nearest => format!("nothing has `{words}`; nearest: {}", nearest.join(", ")),
    }
}

/// Checks files, and prints every error in them.
pub fn check(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut broken = 0;
    let mut sound = 0;
    let mut out = String::new();
    for path in files(paths) {
        match crate::content::read_file(&path) {
            Ok(document) => {
                sound += 1;
                let path = path.display().to_string();
                let path = crate::content::sanitize(&path);
                out += &format!("{path}: {} {}, in order\n", document.code, document.title);
            }
            Err(report) => {
                broken += 1;
                complain(&format!("{report}\n"));
            }
        }
    }
    if broken == 0 && sound == 0 {
        complain("no content file there: a folder is searched for *.toml");
        return Ok(ExitCode::from(BAD));
    }
    let printed = print(out.as_bytes())?;
    Ok(if broken == 0 {
        printed
    } else {
        ExitCode::from(BAD)
    })
}

/// Returns the files that are named, and those of the folders that are.
fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries
                    .filter_map(Result::ok)
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

/// Says why nothing was found, and returns the status that goes with it.
pub fn refuse(miss: &Miss) -> ExitCode {
    complain(&miss.to_string());
    match miss {
        Miss::NotFound(_) => ExitCode::from(NOT_FOUND),
        Miss::Broken(_) => ExitCode::from(BAD),
    }
}
