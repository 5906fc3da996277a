//! Sources and payers that the documents of a folder share. `content::toml` reads them from the
//! folder's `sources.toml` and `payers.toml`.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use crate::content::source::{Source, SourceId};

pub(crate) const SOURCES_FILE: &str = "sources.toml";
pub(crate) const PAYERS_FILE: &str = "payers.toml";

/// The files with shared entries, which are not documents.
pub(crate) const SHARED_FILES: [&str; 2] = [SOURCES_FILE, PAYERS_FILE];

/// Returns true for the path of a file with shared entries.
pub(crate) fn is_shared_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    SHARED_FILES.iter().any(|shared| *shared == name)
}

/// A payer that documents name by its ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedPayer {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Other names, for search.
    pub(crate) aliases: Vec<String>,
    /// The name of the parent company.
    pub(crate) parent: Option<String>,
}

/// The entries of both files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) sources: Vec<Source>,
    pub(crate) payers: Vec<SharedPayer>,
    /// Those of [`SHARED_FILES`] that exist and cannot be read.
    pub(crate) broken: Vec<&'static str>,
}

/// The entries of a folder, which are read when a document first needs one.
pub struct SharedEntries(LazyLock<Entries, Box<dyn FnOnce() -> Entries + Send>>);

impl SharedEntries {
    pub(crate) fn new(read: impl FnOnce() -> Entries + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(read)))
    }

    /// Returns the entries of all files, which are read now unless they have been before.
    pub(crate) fn entries(&self) -> &Entries {
        &self.0
    }

    pub(crate) fn source(&self, id: &SourceId) -> Option<&Source> {
        self.entries()
            .sources
            .iter()
            .find(|source| source.id == *id)
    }

    pub(crate) fn payer(&self, id: &str) -> Option<&SharedPayer> {
        self.entries().payers.iter().find(|payer| payer.id == id)
    }
}

impl Default for SharedEntries {
    fn default() -> Self {
        Self::new(Entries::default)
    }
}

impl fmt::Debug for SharedEntries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedEntries")
    }
}
