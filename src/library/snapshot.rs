//! File snapshots: the bytes of documents, frozen while a library is served.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::content::{CodeId, Document, MAX_BYTES, parse_document};
use crate::files;
use crate::library::entry::LoadError;

pub(crate) type FileSnapshots = BTreeMap<CodeId, FileSnapshot>;

/// A file as it was when the library was opened.
#[derive(Clone, Debug)]
pub(crate) struct FileSnapshot {
    pub(crate) path: PathBuf,
    text: Arc<[u8]>,
}

impl FileSnapshot {
    /// Reads a file, which must hold a valid document on `code`.
    pub(crate) fn load(path: &Path, code: &CodeId) -> Option<Self> {
        let snapshot = Self {
            path: path.to_owned(),
            text: files::read(path, MAX_BYTES).ok()?.into(),
        };
        let document = snapshot.parse().ok()?;
        (document.code == *code).then_some(snapshot)
    }

    pub(crate) fn parse(&self) -> Result<Document, LoadError> {
        let name = self.path.file_name().unwrap_or_default();
        parse_document(&name.to_string_lossy(), &self.text)
            .map_err(|report| LoadError::Broken(report.to_string()))
    }
}
