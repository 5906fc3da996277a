//! A version of a file that the reader does not show, because it has errors.

use std::path::Path;

use crate::diagnostics::Report;
use crate::library::BrokenFile;
use crate::text::sanitize;

/// A version of the open document's file that has errors. The reader keeps the version before it.
#[derive(Clone, Debug)]
pub struct InvalidVersion {
    pub(crate) file: BrokenFile,
    /// The first error, in one line: `cpt-83950.toml:12:3: missing field …`.
    pub(crate) summary: String,
}

impl InvalidVersion {
    pub fn new(path: &Path, report: &Report) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = sanitize(&name);
        let summary = match report.diagnostics.first() {
            Some(first) if first.line > 0 => {
                format!("{name}:{}:{}: {}", first.line, first.column, first.message)
            }
            Some(first) => format!("{name}: {}", first.message),
            None => name.into_owned(),
        };
        Self {
            file: BrokenFile {
                path: path.to_owned(),
                report: report.to_string(),
                duplicate_of: None,
            },
            summary,
        }
    }
}
