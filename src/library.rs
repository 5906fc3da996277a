//! Defines the library: which documents there are, and where each comes from.
//!
//! A [`Library`] is a catalogue. It never changes once it is made, so that every reader can share
//! it; documents are parsed when somebody opens one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::content::{CodeId, Document, ModifierCode, Status};

/// A catalogue of documents.
#[derive(Debug, Default)]
pub struct Library {
    entries: Vec<Entry>,
    broken: Vec<Broken>,
}

/// One document of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: CodeId,
    /// The document's title.
    pub title: String,
    /// Whether the code is in force.
    pub status: Status,
    /// Where the document comes from.
    pub origin: Origin,
    /// Where documents on the same code come from that this one stands before.
    pub hidden: Vec<Origin>,
    /// The modifiers that have a row.
    pub modifiers: Vec<ModifierCode>,
    /// The payers that have a row, by name.
    pub payers: Vec<String>,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The program itself.
    BuiltIn,
    /// A file.
    File(PathBuf),
}

/// A file that could not be read as a document.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, ready to show: every error with line, column and hint.
    pub report: String,
}

/// Says why a document cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// Nothing in the library is about this code.
    #[error("no document on {0}")]
    Unknown(CodeId),
    /// Its file no longer reads as a document.
    #[error("{0}")]
    Broken(String),
}

impl Library {
    /// Returns the documents that the program carries.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// Returns the built-in documents and those of some folders; a later folder stands before an
    /// earlier one, and each before the program's own.
    pub fn open(_folders: &[PathBuf]) -> Self {
        Self::built_in()
    }

    /// Returns the entries, by system and then by value.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the files that could not be read.
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// Returns the entry on a code.
    pub fn entry(&self, code: &CodeId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.code == *code)
    }

    /// Returns the document on a code, parsed now or lately.
    pub fn document(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        Err(LoadError::Unknown(code.clone()))
    }
}
