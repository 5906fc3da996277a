//! Defines what can go wrong with a file: at import, and later in the store.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::sanitize;

use crate::codesets::kind::SetKind;

/// One thing in a file that is not in its layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// The column, from 1, in characters or (of a separated file) in fields; 0 where none is meant.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What was expected instead, or what to do.
    pub expected: String,
}

impl ParseError {
    /// Makes a fault of a line.
    pub fn at_line(line: u64, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            line,
            column: 0,
            message: message.into(),
            expected: expected.into(),
        }
    }

    /// Makes a fault of the file as a whole.
    pub fn for_file(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::at_line(0, message, expected)
    }

    /// Sets the column.
    #[must_use]
    pub fn with_column(self, column: usize) -> Self {
        Self { column, ..self }
    }

    /// Returns `file`, `file:line` or `file:line:column`.
    fn location(&self, path: &Path) -> String {
        let name = path.to_string_lossy();
        let name = sanitize(&name);
        match (self.line, self.column) {
            (0, _) => name.into_owned(),
            (line, 0) => format!("{name}:{line}"),
            (line, column) => format!("{name}:{line}:{column}"),
        }
    }
}

/// Says why nothing was imported. The store is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", sanitize(&path.to_string_lossy()))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The path is a folder, a pipe or a device.
    #[error("{}: this is no file", sanitize(&path.to_string_lossy()))]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file is in none of the layouts.
    #[error(
        "{}: this is none of the files that can be imported ({}); name the kind to learn why: \
         codeleaf import KIND FILE",
        sanitize(&path.to_string_lossy()),
        SetKind::ALL.map(SetKind::id).join(", ")
    )]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// The file is of another kind than was said.
    #[error(
        "{}: this is a file of kind {found}, not {asked}; leave the kind out, or write {found}",
        sanitize(&path.to_string_lossy())
    )]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// What was said.
        asked: SetKind,
        /// What it is.
        found: SetKind,
    },
    /// The file is in the layout, and something in it is wrong.
    #[error("{}: {}; {}", error.location(path), error.message, error.expected)]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: ParseError,
    },
    /// The files do not belong together.
    #[error("the files belong to different editions: {}; import each by itself, or give all one \
             name with --edition", .0.join(", "))]
    MixedEditions(Vec<String>),
    /// The store cannot be written.
    #[error("the set cannot be stored in {}: {source}", sanitize(&path.to_string_lossy()))]
    Store {
        /// The store's folder, or a file in it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Says why a file of the store cannot be used, now or for one row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}; remove it with `codeleaf sets remove` and import the set again", sanitize(&path.to_string_lossy()))]
pub struct CorruptSet {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub message: String,
}

/// Why reading ended early: the file's fault, or the disk's.
#[derive(Debug)]
pub(crate) enum ReadError {
    Parse(ParseError),
    /// The file could not be read.
    Io(io::Error),
    /// The rows could not be put aside.
    Spill(io::Error),
}

impl From<ParseError> for ReadError {
    fn from(fault: ParseError) -> Self {
        Self::Parse(fault)
    }
}
