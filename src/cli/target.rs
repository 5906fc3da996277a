//! Finds what a command line points at: a document, a row of it, or a file.

use std::path::Path;
use std::sync::Arc;

use super::options::Options;
use super::setup;
use crate::content::{CodeId, Document, ModifierCode, Place, System};
use crate::library::{Entry, Library};
use crate::search::{self, Reading};

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// The documents that it may be in.
    pub library: Arc<Library>,
    /// The documents that were meant: several, where a bare value belongs to several systems.
    pub documents: Vec<(Arc<Document>, Option<Place>)>,
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub enum Miss {
    /// Nothing is there; the words name what is near.
    #[error("{0}")]
    NotFound(String),
    /// A file that was named is broken; the words are the report.
    #[error("{0}")]
    Broken(String),
}

/// Finds what the words of a command line point at.
pub fn find(words: &[String], options: &Options) -> Result<Found, Miss> {
    let library = setup::library(options);
    match file(words) {
        Some(file) => open_file(library, file),
        None => find_code(words, &Arc::new(library)),
    }
}

/// Does the same for a reader, who wants to see it at once: where one document is meant that is
/// easily found, no other is read. What the whole library makes of it may come later.
pub fn find_first(words: &[String], options: &Options) -> Result<Found, Miss> {
    let begun = setup::begun(options);
    if let Some(file) = file(words) {
        return open_file(begun, file);
    }
    // Of several readings each must be known to be there or not.
    let is_plain = search::code_and_modifier(&words.join(" ")).len() == 1;
    if is_plain || begun.is_whole() {
        let found = find_code(words, &Arc::new(begun));
        if found.is_ok() {
            return found;
        }
    }
    find_code(words, &Arc::new(setup::library(options)))
}

/// Returns the file that the words of a command line name instead of a code.
pub fn file(words: &[String]) -> Option<&Path> {
    match words {
        [file] if is_file(file) => Some(Path::new(file)),
        _ => None,
    }
}

/// Finds the code that some words mean, and the row of its modifier where there is one.
pub fn find_code(words: &[String], library: &Arc<Library>) -> Result<Found, Miss> {
    let asked = words.join(" ");
    let readings = search::code_and_modifier(&asked);
    if readings.is_empty() {
        let asked = crate::content::sanitize(&asked);
        let words = format!("`{asked}` is no code; try `codeleaf search '{asked}'`");
        return Err(Miss::NotFound(words));
    }
    let mut documents = Vec::new();
    let mut refused = None;
    for Reading { code, modifier } in &readings {
        if !library.knows(code) {
            continue;
        }
        let document = library
            .document(code)
            .map_err(|error| Miss::Broken(error.to_string()))?;
        match place(&document, modifier.as_ref()) {
            Ok(place) => documents.push((document, place)),
            Err(words) => refused = Some(words),
        }
    }
    if documents.is_empty() {
        let codes: Vec<CodeId> = readings.into_iter().map(|reading| reading.code).collect();
        let words = refused.unwrap_or_else(|| nothing_on(&codes, library));
        return Err(Miss::NotFound(words));
    }
    Ok(Found {
        library: Arc::clone(library),
        documents,
    })
}

/// Says whether an argument is a file and no code.
pub fn is_file(argument: &str) -> bool {
    let extension = Path::new(argument).extension();
    argument.contains('/')
        || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn open_file(library: Library, path: &Path) -> Result<Found, Miss> {
    let (library, code) = library
        .with_file(path)
        .map_err(|report| Miss::Broken(report.to_string()))?;
    let document = library
        .document(&code)
        .map_err(|error| Miss::Broken(error.to_string()))?;
    Ok(Found {
        library: Arc::new(library),
        documents: vec![(document, None)],
    })
}

/// Finds the row of a modifier; where it has none, names those that have.
fn place(document: &Document, modifier: Option<&ModifierCode>) -> Result<Option<Place>, String> {
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

fn nothing_on(codes: &[CodeId], library: &Library) -> String {
    let Some(code) = codes.first() else {
        return "no such code".to_owned();
    };
    let systems: Vec<&str> = codes.iter().map(|code| code.system().name()).collect();
    let near: Vec<String> = library
        .nearest(code.value(), 5)
        .into_iter()
        .map(named)
        .collect();
    let mut words = format!("no document on {} ({})", code.value(), systems.join(" or "));
    if !near.is_empty() {
        words += &format!("; nearest: {}", near.join(", "));
    }
    if codes.iter().any(|code| code.system() != System::Cpt) {
        words += "; a system decides: hcpcs:G0439, icd10cm:G04.39";
    }
    words
}

fn named(entry: &Entry) -> String {
    format!("{} {}", entry.code.value(), entry.title)
}
