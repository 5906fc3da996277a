//! Code sets end to end: from published files to rows and documents.

pub mod archives;
mod commands;
mod damaged;
mod documents;
mod editions;
pub mod files;
mod killed;
mod lookups;
mod published;
mod readers;
pub mod real;
mod stored;

pub use real::data_folder;

use std::path::{Path, PathBuf};

use codeleaf::codesets::{
    Edition, ImportError, ImportOutcome, ImportRequest, SetKind, SetStore, open_groups,
};
use codeleaf::content::Date;

/// A store in a temporary folder, which can hold input files, too.
pub struct StoreFixture {
    folder: tempfile::TempDir,
    pub store: SetStore,
}

impl StoreFixture {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SetStore::new(folder.path().join("data/codeleaf/sets"));
        Self { folder, store }
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn import_as(
        &self,
        kind: Option<SetKind>,
        path: &Path,
        edition: Option<&str>,
    ) -> Result<ImportOutcome, ImportError> {
        let groups = open_groups(kind, &[path.to_owned()])?;
        assert_eq!(groups.len(), 1);
        let import = ImportRequest {
            edition: edition.map(|name| Edition::from_name(name).unwrap()),
            replace: true,
            today: Date::new(2026, 11, 23).unwrap(),
        };
        self.store.import(&groups[0], &import, &mut |_| ())
    }

    pub fn import(&self, name: &str, bytes: &[u8]) -> Result<ImportOutcome, ImportError> {
        self.import_as(None, &self.write_file(name, bytes), None)
    }

    /// Returns every file of the store with its content.
    fn stored_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = self.folder.path().join("data/codeleaf/sets");
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }
}
