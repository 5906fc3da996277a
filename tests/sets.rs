//! Code sets as a user meets them: public files in, rows and documents out.

mod commands;
mod damaged;
mod documents;
pub mod files;
mod killed;
mod readers;
mod real;
mod stored;

use std::path::{Path, PathBuf};

use codeleaf::content::Date;
use codeleaf::sets::{Edition, Import, ImportError, Imported, SetKind, Store};

/// A store in a folder of its own, and a place for files.
pub struct Place {
    folder: tempfile::TempDir,
    pub store: Store,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("data/codeleaf/sets"));
        Self { folder, store }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import_as(
        &self,
        kind: Option<SetKind>,
        path: &Path,
        edition: Option<&str>,
    ) -> Result<Imported, ImportError> {
        let import = Import {
            kind,
            files: &[path.to_owned()],
            edition: edition.map(|name| Edition::named(name).unwrap()),
            today: Date::new(2026, 11, 23).unwrap(),
        };
        self.store.import(&import, &mut |_| ())
    }

    pub fn import(&self, name: &str, bytes: &[u8]) -> Result<Imported, ImportError> {
        self.import_as(None, &self.file(name, bytes), None)
    }

    /// Returns every file of the store with its content.
    fn content(&self) -> Vec<(PathBuf, Vec<u8>)> {
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
