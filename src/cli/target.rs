//! Resolves the target of a command line: a document, one of its rows, or a file.

use std::path::Path;
use std::sync::Arc;

use crate::cli::options::Options;
use crate::cli::setup;
use crate::content::{CodeId, Document, RowPath};
use crate::library::Library;
use crate::search::{self, ClaimLine};

/// The most codes that are suggested for one without a document.
const MAX_NEAREST: usize = 5;

/// A resolved target.
#[derive(Debug)]
pub struct Target {
    pub library: Arc<Library>,
    /// More than one for several codes or modifiers, or if the value is a code in several code
    /// systems.
    pub documents: Vec<(Arc<Document>, Option<RowPath>)>,
    /// The codes and modifiers of a claim line that have no entry.
    pub missing: Vec<String>,
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
    let text = words.join(" ");
    let is_unambiguous = match search::parse_claim(&text) {
        Some(lines) => lines.iter().all(|line| line.codes.len() == 1),
        None => search::parse_code_refs(&text).len() == 1,
    };
    if (is_unambiguous || library.is_fully_loaded())
        && let Ok(found) = find_code(words, &Arc::new(library))
        && found.missing.is_empty()
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

/// Resolves codes, and the rows of their modifiers.
pub fn find_code(words: &[String], library: &Arc<Library>) -> Result<Target, TargetError> {
    let text = words.join(" ");
    let lines = search::parse_claim(&text).unwrap_or_else(|| {
        let codes = search::parse_code_refs(&text).into_iter();
        let codes: Vec<CodeId> = codes.map(|code_ref| code_ref.code).collect();
        let modifiers = Vec::new();
        vec![ClaimLine { codes, modifiers }]
    });
    if lines.iter().any(|line| line.codes.is_empty()) {
        let text = crate::text::sanitize(&text);
        let message = format!("`{text}` is not a code; try `codeleaf search '{text}'`");
        return Err(TargetError::NotFound(message));
    }
    let mut target = Target {
        library: Arc::clone(library),
        documents: Vec::new(),
        missing: Vec::new(),
    };
    for line in &lines {
        target.add_line(line, lines.len() > 1)?;
    }
    if target.documents.is_empty() {
        return Err(TargetError::NotFound(target.missing.join("\n")));
    }
    Ok(target)
}

impl Target {
    /// Adds the documents on a code, or the rows of its modifiers. Among several codes, one of whose
    /// modifiers has no row is added without a row.
    fn add_line(&mut self, line: &ClaimLine, is_one_of_several: bool) -> Result<(), TargetError> {
        let library = Arc::clone(&self.library);
        let codes = line.codes.iter().filter(|code| library.contains(code));
        let documents: Result<Vec<_>, _> = codes.map(|code| library.document(code)).collect();
        let documents = documents.map_err(broken)?;
        if documents.is_empty() {
            self.missing.push(not_found_message(&line.codes, &library));
        }
        let mut rows = Vec::new();
        for modifier in &line.modifiers {
            let mut found = documents.iter().filter_map(|document| {
                let (path, _) = document.modifier(modifier)?;
                Some((Arc::clone(document), Some(path)))
            });
            if let Some(row) = found.next() {
                rows.push(row);
                continue;
            }
            let page = CodeId::from(modifier);
            let see = if library.contains(&page) {
                format!("; see `codeleaf {page}`")
            } else {
                String::new()
            };
            let messages = documents.iter();
            let messages = messages.map(|document| search::missing_modifier(document, modifier));
            self.missing.extend(messages.map(|message| message + &see));
        }
        if line.modifiers.is_empty() || (rows.is_empty() && is_one_of_several) {
            rows.extend(documents.into_iter().map(|document| (document, None)));
        }
        self.documents.append(&mut rows);
        Ok(())
    }
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
        missing: Vec::new(),
    })
}

fn not_found_message(codes: &[CodeId], library: &Library) -> String {
    let Some(code) = codes.first() else {
        return "no such code".to_owned();
    };
    let systems: Vec<&str> = codes.iter().map(|code| code.system().name()).collect();
    let nearest = library.nearest(codes, MAX_NEAREST).into_iter();
    let nearest: Vec<String> = nearest
        .map(|(code, title)| format!("{} {title}", code.value()))
        .collect();
    let mut message = format!("no document on {} ({})", code.value(), systems.join(" or "));
    match nearest.as_slice() {
        [] => message += "; `codeleaf import FILE` adds public code sets",
        nearest => message += &format!("; nearest: {}", nearest.join(", ")),
    }
    if codes.len() > 1 {
        message += "; to choose a code system, write hcpcs:G0439 or icd10cm:G04.39";
    }
    message
}
