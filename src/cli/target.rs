//! Finds what a command line points at: a document, a row of it, or a file.

use std::path::Path;
use std::sync::Arc;

use crate::cli::options::Options;
use crate::cli::setup;
use crate::content::{CodeId, CodeSystem, Document, ModifierCode, RowPath};
use crate::library::{CatalogEntry, Library};
use crate::search;
use crate::search::CodeRef;

/// What was found.
#[derive(Debug)]
pub struct Target {
    /// The documents that it may be in.
    pub library: Arc<Library>,
    /// The documents that were meant: several, where a bare value belongs to several systems.
    pub documents: Vec<(Arc<Document>, Option<RowPath>)>,
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Nothing is there; the words name what is near.
    #[error("{0}")]
    NotFound(String),
    /// A file that was named is broken; the words are the report.
    #[error("{0}")]
    Broken(String),
}

/// Finds what the words of a command line point at.
pub fn find(words: &[String], options: &Options) -> Result<Target, TargetError> {
    let library = setup::library(options);
    match file_argument(words) {
        Some(file) => open_file(library, file),
        None => find_code(words, &Arc::new(library)),
    }
}

/// Does the same for a reader, who wants to see it at once: where one document is meant that is
/// easily found, no other is read. What the whole library makes of it may come later.
pub fn find_lazy(words: &[String], options: &Options) -> Result<Target, TargetError> {
    let begun = setup::lazy_library(options);
    if let Some(file) = file_argument(words) {
        return open_file(begun, file);
    }
    // Of several readings each must be known to be there or not.
    let is_plain = search::parse_code_refs(&words.join(" ")).len() == 1;
    if is_plain || begun.is_fully_loaded() {
        let found = find_code(words, &Arc::new(begun));
        if found.is_ok() {
            return found;
        }
    }
    find_code(words, &Arc::new(setup::library(options)))
}

/// Returns the file that the words of a command line name instead of a code.
pub fn file_argument(words: &[String]) -> Option<&Path> {
    match words {
        [file] if is_file_path(file) => Some(Path::new(file)),
        _ => None,
    }
}

/// Finds the code that some words mean, and the row of its modifier where there is one.
pub fn find_code(words: &[String], library: &Arc<Library>) -> Result<Target, TargetError> {
    let asked = words.join(" ");
    let readings = search::parse_code_refs(&asked);
    if readings.is_empty() {
        let asked = crate::text::sanitize(&asked);
        let words = format!("`{asked}` is no code; try `codeleaf search '{asked}'`");
        return Err(TargetError::NotFound(words));
    }
    let mut documents = Vec::new();
    let mut refused = None;
    for CodeRef { code, modifier } in &readings {
        if !library.contains(code) {
            continue;
        }
        let document = library
            .document(code)
            .map_err(|error| TargetError::Broken(error.to_string()))?;
        match modifier_row(&document, modifier.as_ref()) {
            Ok(place) => documents.push((document, place)),
            Err(words) => refused = Some(words),
        }
    }
    if documents.is_empty() {
        let codes: Vec<CodeId> = readings.into_iter().map(|reading| reading.code).collect();
        let words = refused.unwrap_or_else(|| not_found_message(&codes, library));
        return Err(TargetError::NotFound(words));
    }
    Ok(Target {
        library: Arc::clone(library),
        documents,
    })
}

/// Says whether an argument is a file and no code.
pub fn is_file_path(argument: &str) -> bool {
    let extension = Path::new(argument).extension();
    argument.contains('/')
        || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn open_file(library: Library, path: &Path) -> Result<Target, TargetError> {
    let (library, code) = library
        .with_file(path)
        .map_err(|report| TargetError::Broken(report.to_string()))?;
    let document = library
        .document(&code)
        .map_err(|error| TargetError::Broken(error.to_string()))?;
    Ok(Target {
        library: Arc::new(library),
        documents: vec![(document, None)],
    })
}

/// Finds the row of a modifier; where it has none, names those that have.
fn modifier_row(
    document: &Document,
    modifier: Option<&ModifierCode>,
) -> Result<Option<RowPath>, String> {
    let Some(modifier) = modifier else {
        return Ok(None);
    };
    if let Some((place, _)) = document.modifier(modifier) {
        return Ok(Some(place));
    }
    let known: Vec<&str> = document.modifiers().map(ModifierCode::as_str).collect();
    let value = document.code.value();
    Err(match known.as_slice() {
        [] => format!("the document on {value} lists no modifiers"),
        known => {
            let known = known.join(", ");
            format!("the document on {value} does not list modifier {modifier}; it lists {known}")
        }
    })
}

fn not_found_message(codes: &[CodeId], library: &Library) -> String {
    let Some(code) = codes.first() else {
        return "no such code".to_owned();
    };
    let systems: Vec<&str> = codes.iter().map(|code| code.system().name()).collect();
    let near: Vec<String> = library
        .nearest(code.value(), 5)
        .into_iter()
        .map(code_and_title)
        .collect();
    let mut words = format!("no document on {} ({})", code.value(), systems.join(" or "));
    if !near.is_empty() {
        words += &format!("; nearest: {}", near.join(", "));
    }
    if codes.iter().any(|code| code.system() != CodeSystem::Cpt) {
        words += "; a system decides: hcpcs:G0439, icd10cm:G04.39";
    }
    words
}

fn code_and_title(entry: &CatalogEntry) -> String {
    format!("{} {}", entry.code.value(), entry.title)
}
