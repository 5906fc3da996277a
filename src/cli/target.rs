//! Resolves the target of a command line: a document, one of its rows, or a file.

use std::path::Path;
use std::sync::Arc;

use crate::cli::options::Options;
use crate::cli::setup;
use crate::content::{CodeId, CodeSystem, Document, ModifierCode, RowPath};
use crate::library::Library;
use crate::search::{self, CodeRef};

/// A resolved target.
#[derive(Debug)]
pub struct Target {
    pub library: Arc<Library>,
    /// More than one if the value is a code in several code systems.
    pub documents: Vec<(Arc<Document>, Option<RowPath>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The message names the nearest codes.
    #[error("{0}")]
    NotFound(String),
    /// A broken file; the message is the report.
    #[error("{0}")]
    Broken(String),
}

pub fn find(words: &[String], options: &Options) -> Result<Target, TargetError> {
    let library = setup::library(options);
    match file_argument(words) {
        Some(file) => open_file(library, file),
        None => find_code(words, &Arc::new(library)),
    }
}

/// Resolves a target for the reader, which should open at once: if the target is one document that
/// can be found by itself, no other file is read.
pub fn find_lazy(words: &[String], options: &Options) -> Result<Target, TargetError> {
    let library = setup::lazy_library(options);
    if let Some(file) = file_argument(words) {
        return open_file(library, file);
    }
    // If the text may name several codes, the whole library decides which of them exist.
    let is_unambiguous = search::parse_code_refs(&words.join(" ")).len() == 1;
    if (is_unambiguous || library.is_fully_loaded())
        && let Ok(found) = find_code(words, &Arc::new(library))
    {
        return Ok(found);
    }
    find_code(words, &Arc::new(setup::library(options)))
}

/// Returns the path if the words are a single path instead of a code.
pub fn file_argument(words: &[String]) -> Option<&Path> {
    match words {
        [file] if is_file_path(file) => Some(Path::new(file)),
        _ => None,
    }
}

/// Resolves a code, and the row of its modifier if one is given.
pub fn find_code(words: &[String], library: &Arc<Library>) -> Result<Target, TargetError> {
    let text = words.join(" ");
    let code_refs = search::parse_code_refs(&text);
    if code_refs.is_empty() {
        let text = crate::text::sanitize(&text);
        let message = format!("`{text}` is not a code; try `codeleaf search '{text}'`");
        return Err(TargetError::NotFound(message));
    }
    let mut documents = Vec::new();
    let mut missing_row = None;
    for CodeRef { code, modifier } in &code_refs {
        if !library.contains(code) {
            continue;
        }
        let document = library.document(code).map_err(broken)?;
        match modifier_row(&document, modifier.as_ref()) {
            Ok(row_path) => documents.push((document, row_path)),
            Err(mut message) => {
                let page = modifier.as_ref().map(CodeId::from);
                if let Some(page) = page.filter(|page| library.contains(page)) {
                    message += &format!("; see `codeleaf {page}`");
                }
                missing_row = Some(message);
            }
        }
    }
    if documents.is_empty() {
        let codes = code_refs.into_iter().map(|code_ref| code_ref.code);
        let codes: Vec<CodeId> = codes.collect();
        let message = missing_row.unwrap_or_else(|| not_found_message(&codes, library));
        return Err(TargetError::NotFound(message));
    }
    Ok(Target {
        library: Arc::clone(library),
        documents,
    })
}

/// True if an argument is a path rather than a code.
pub fn is_file_path(argument: &str) -> bool {
    let extension = Path::new(argument).extension();
    argument.contains('/')
        || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn broken(error: impl std::fmt::Display) -> TargetError {
    TargetError::Broken(error.to_string())
}

fn open_file(library: Library, path: &Path) -> Result<Target, TargetError> {
    let (library, code) = library.with_file(path).map_err(broken)?;
    let document = library.document(&code).map_err(broken)?;
    Ok(Target {
        library: Arc::new(library),
        documents: vec![(document, None)],
    })
}

/// Finds the row of a modifier; the error lists the modifiers that have rows.
fn modifier_row(
    document: &Document,
    modifier: Option<&ModifierCode>,
) -> Result<Option<RowPath>, String> {
    let Some(modifier) = modifier else {
        return Ok(None);
    };
    if let Some((row_path, _)) = document.modifier(modifier) {
        return Ok(Some(row_path));
    }
    let listed: Vec<&str> = document.modifiers().map(ModifierCode::as_str).collect();
    let value = document.code.value();
    Err(match listed.as_slice() {
        [] => format!("the document on {value} lists no modifiers"),
        listed => {
            let listed = listed.join(", ");
            format!("the document on {value} does not list modifier {modifier}; it lists {listed}")
        }
    })
}

fn not_found_message(codes: &[CodeId], library: &Library) -> String {
    let Some(code) = codes.first() else {
        return "no such code".to_owned();
    };
    let systems: Vec<&str> = codes.iter().map(|code| code.system().name()).collect();
    let nearest = library.nearest(code.value(), 5).into_iter();
    let nearest: Vec<String> = nearest
        .map(|entry| format!("{} {}", entry.code.value(), entry.title))
        .collect();
    let mut message = format!("no document on {} ({})", code.value(), systems.join(" or "));
    if !nearest.is_empty() {
        message += &format!("; nearest: {}", nearest.join(", "));
    }
    if codes.iter().any(|code| code.system() != CodeSystem::Cpt) {
        message += "; to choose a code system, write hcpcs:G0439 or icd10cm:G04.39";
    }
    message
}
