//! Catalog entries: for each code, the title, status, origin and index terms of its document.

use std::fmt;
use std::iter;
use std::path::PathBuf;
use std::sync::Arc;

use crate::content::{
    CodeId, Document, ModifierCode, Status, Subject, load_document, parse_document,
};
use crate::library::built_in::{self, BuiltInFile, code_from_file_name};
use crate::text::sanitize;

/// One document of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogEntry {
    pub code: CodeId,
    pub title: String,
    pub status: Status,
    pub origin: Origin,
    /// The origins of documents on the same code that this one overrides, highest layer first.
    pub shadowed: Vec<Origin>,
    /// The modifiers that have a row of their own or of a payer. Entries share equal lists.
    pub modifiers: Arc<[ModifierCode]>,
    /// The names of the payers that have a row. Entries share equal lists.
    pub payers: Arc<[String]>,
}

impl CatalogEntry {
    pub(crate) fn new(document: &Document, origin: Origin) -> Self {
        let (mut modifiers, mut payers) = (Vec::new(), Vec::new());
        for (_, _, row) in document.rows() {
            match &row.subject {
                Subject::Modifier(code) | Subject::PayerRule(code) if !modifiers.contains(code) => {
                    modifiers.push(code.clone());
                }
                Subject::Payer => payers.push(row.name().to_owned()),
                _ => {}
            }
        }
        Self {
            code: document.code.clone(),
            title: document.title.clone(),
            status: document.status,
            origin,
            shadowed: Vec::new(),
            modifiers: modifiers.into(),
            payers: payers.into(),
        }
    }

    /// Makes the entry of a built-in document without parsing it.
    pub(crate) fn from_built_in(file: &BuiltInFile) -> Option<Self> {
        let mut statuses = Status::ALL.into_iter();
        let modifiers = file.modifiers.iter();
        let modifiers = modifiers.filter_map(|code| ModifierCode::new(code).ok());
        let payers = file.payers.iter().copied().map(str::to_owned);
        Some(Self {
            code: code_from_file_name(file.name)?,
            title: file.title.to_owned(),
            status: statuses.find(|status| status.id() == file.status)?,
            origin: Origin::BuiltIn,
            shadowed: Vec::new(),
            modifiers: modifiers.collect(),
            payers: payers.collect(),
        })
    }

    /// Records that this entry overrides another one on the same code.
    pub(crate) fn shadow(&mut self, other: &Self) {
        let origins = iter::once(&other.origin).chain(&other.shadowed);
        let others = origins.filter(|origin| **origin != self.origin);
        self.shadowed = others.cloned().collect();
    }
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    BuiltIn,
    File(PathBuf),
}

impl fmt::Display for Origin {
    /// Writes the path without control characters, or `built in`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str(Self::BUILT_IN),
            Self::File(path) => f.write_str(&sanitize(&path.to_string_lossy())),
        }
    }
}

impl Origin {
    pub const BUILT_IN: &str = "built in";

    /// Parses the document, which must be about `code`.
    pub(crate) fn load(&self, code: &CodeId) -> Result<Document, LoadError> {
        let document = match self {
            Self::BuiltIn => {
                let (name, text) = built_in::file_for_code(code)
                    .ok_or_else(|| LoadError::Unknown(code.clone()))?;
                parse_document(name, text.as_bytes())
            }
            Self::File(path) => load_document(path),
        };
        let document = document.map_err(|report| LoadError::Broken(report.to_string()))?;
        if document.code == *code {
            Ok(document)
        } else {
            let report = format!("{self}: this file is now about {}", document.code);
            Err(LoadError::Broken(report))
        }
    }
}

/// A file or folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenFile {
    pub path: PathBuf,
    /// Every error with line, column and hint, formatted for display.
    pub report: String,
    /// The file of the same folder that is about the same code, if that is the error.
    pub duplicate_of: Option<PathBuf>,
}

/// The reason why a document cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// The library has neither a document nor a row of a code set on this code.
    #[error("no document on {0}")]
    Unknown(CodeId),
    /// The file was valid when the library was opened and is not any more, or a set is damaged.
    #[error("{0}")]
    Broken(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_is_valid_and_listed_as_it_is() {
        assert!(!built_in::FILES.is_empty());
        for file in built_in::FILES {
            let entry = CatalogEntry::from_built_in(file).unwrap();
            let document = Origin::BuiltIn.load(&entry.code).unwrap();
            assert_eq!(entry, CatalogEntry::new(&document, Origin::BuiltIn));
        }
    }
}
