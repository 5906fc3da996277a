//! File snapshots: the bytes of documents, frozen while a library is served.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::content::shared::SharedEntries;
use crate::content::toml::read::parse_document_with;
use crate::content::{CodeId, Document, MAX_BYTES};
use crate::files;
use crate::library::entry::LoadError;
use crate::storage::Fingerprint;

pub(crate) type FileSnapshots = BTreeMap<CodeId, FileSnapshot>;

/// A file as it was when the library was opened.
#[derive(Clone, Debug)]
pub(crate) struct FileSnapshot {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<[u8]>,
    /// The entries that the documents of its folder share.
    shared: Arc<SharedEntries>,
    /// `None` if the file was changed so recently that another change may not show.
    fingerprint: Option<Fingerprint>,
}

impl FileSnapshot {
    /// Reads a file, which must hold a valid document on `code`. If it has not changed since
    /// `previous`, shares the bytes of that.
    pub(crate) fn load(
        path: &Path,
        code: &CodeId,
        shared: Arc<SharedEntries>,
        previous: Option<&Self>,
    ) -> Option<Self> {
        let file = files::open(path).ok()?;
        let fingerprint = Fingerprint::if_stable(&file.metadata().ok()?, SystemTime::now());
        let is_unchanged =
            |other: &&Self| fingerprint.is_some() && other.fingerprint == fingerprint;
        if let Some(previous) = previous.filter(is_unchanged)
            && previous.path == path
            && previous.shared.entries() == shared.entries()
        {
            return Some(previous.clone());
        }
        let snapshot = Self {
            path: path.to_owned(),
            text: files::read_to_limit(&file, MAX_BYTES).ok()?.into(),
            shared,
            fingerprint,
        };
        let document = snapshot.parse().ok()?;
        (document.code == *code).then_some(snapshot)
    }

    pub(crate) fn parse(&self) -> Result<Document, LoadError> {
        let name = self.path.file_name().unwrap_or_default();
        parse_document_with(&name.to_string_lossy(), &self.text, &self.shared)
            .map_err(|report| LoadError::Broken(report.to_string()))
    }
}
