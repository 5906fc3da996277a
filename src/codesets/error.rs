//! Errors of an import, and of a set in the store.

use std::io;
use std::path::{Path, PathBuf};

use crate::codesets::kind::SetKind;
use crate::files::FileError;
use crate::text::sanitize;

/// A violation of a file's layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1; 0 if the error concerns the whole file.
    pub line: u64,
    /// The column, from 1, counted in characters or (of a delimited file) in fields; 0 if the error
    /// concerns the whole line.
    pub column: usize,
    pub message: String,
    /// The expected content, or a hint for the user.
    pub expected: String,
}

impl ParseError {
    pub(crate) fn at_line(
        line: u64,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: 0,
            message: message.into(),
            expected: expected.into(),
        }
    }

    /// Makes the error of a field, quoted, that is not, say, "a date".
    pub(crate) fn field(line: u64, quoted: &str, what: &str, expected: &str) -> Self {
        let message = format!("{quoted} is not {what}");
        Self::at_line(line, message, format!("expected {expected}"))
    }

    pub(crate) fn for_file(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::at_line(0, message, expected)
    }

    #[must_use]
    pub(crate) fn with_column(self, column: usize) -> Self {
        Self { column, ..self }
    }

    /// Returns `file`, `file:line` or `file:line:column`.
    fn location(&self, path: &Path) -> String {
        let name = display(path);
        match (self.line, self.column) {
            (0, _) => name,
            (line, 0) => format!("{name}:{line}"),
            (line, column) => format!("{name}:{line}:{column}"),
        }
    }
}

fn display(path: &Path) -> String {
    sanitize(&path.to_string_lossy()).into_owned()
}

/// Why nothing was imported. The store is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: cannot be read: {source}", display(path))]
    Read { path: PathBuf, source: FileError },
    /// The file is in none of the layouts.
    #[error(
        "{}: this is none of the files that can be imported ({})",
        display(path),
        SetKind::ALL.map(SetKind::id).join(", ")
    )]
    UnknownKind { path: PathBuf },
    /// A damaged or oversized archive or spreadsheet.
    #[error("{}: {message}", display(path))]
    Archive { path: PathBuf, message: String },
    /// A public file that is known, but has no importer.
    #[error("{}: this is {name}; codeleaf does not import it", display(path))]
    NotImported { path: PathBuf, name: &'static str },
    #[error(
        "{}: this is a file of kind {detected}, not {requested}",
        display(path)
    )]
    WrongKind {
        path: PathBuf,
        requested: SetKind,
        detected: SetKind,
    },
    /// The file violates its layout.
    #[error("{}: {}; {}", error.location(path), error.message, error.expected)]
    Parse { path: PathBuf, error: ParseError },
    /// The files belong to several editions, which are listed.
    #[error("the files belong to different editions: {}", .0.join(", "))]
    MixedEditions(Vec<String>),
    /// The edition was imported before, from files with other content.
    #[error("{set} was imported on {imported} and has other content than {file}")]
    WouldReplace {
        set: String,
        file: String,
        imported: String,
    },
    #[error("the set cannot be stored in {}: {source}", display(path))]
    Store {
        /// The store's folder, or a file in it.
        path: PathBuf,
        source: io::Error,
    },
}

impl ImportError {
    /// Makes the error of a file that was read for a store in a folder.
    pub(crate) fn from_read(path: &Path, store: &Path, error: ReadError) -> Self {
        let path = path.to_owned();
        match error {
            ReadError::Parse(error) => Self::Parse { path, error },
            ReadError::Io(source) => Self::Read {
                path,
                source: source.into(),
            },
            ReadError::Spill(source) => Self::Store {
                path: store.to_owned(),
                source,
            },
        }
    }
}

/// A file of the store that cannot be used, or one of its rows that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", display(path))]
pub struct CorruptSet {
    pub path: PathBuf,
    /// The problem and its solution.
    pub message: String,
}

/// Why reading an input file ended early.
#[derive(Debug)]
pub(crate) enum ReadError {
    Parse(ParseError),
    /// The input file could not be read.
    Io(io::Error),
    /// Sorted rows could not be written to a temporary file.
    Spill(io::Error),
}

impl From<ParseError> for ReadError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}
