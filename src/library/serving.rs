//! Libraries for the SSH server: they show no paths of its disk, and a file that breaks while the
//! server runs keeps its last valid snapshot.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::content::CodeId;
use crate::content::shared::SharedEntries;
use crate::content::toml::read::{folder_of, shared_entries};
use crate::library::document_cache::DocumentCache;
use crate::library::entry::{BrokenFile, CatalogEntry, Origin};
use crate::library::library::Library;
use crate::library::snapshot::FileSnapshot;

impl Library {
    /// Returns the library for SSH readers, and the broken files, which only the administrator
    /// sees.
    ///
    /// Files are kept in memory (about 7 KB each), so that every reader gets the same document
    /// until the next reload, which shares those that have not changed. A file that is broken now
    /// and was valid in `previous` keeps its snapshot from there. Origins lose their folders.
    #[must_use]
    pub fn for_serving(mut self, previous: Option<&Self>) -> (Self, Vec<BrokenFile>) {
        let broken = std::mem::take(&mut self.broken);
        let paths = broken.iter().map(|broken| broken.path.clone());
        let mut unreadable: Vec<PathBuf> = paths.collect();
        let snapshots = &mut self.snapshots;
        let mut shared: HashMap<PathBuf, Arc<SharedEntries>> = HashMap::new();
        self.entries.retain(|CatalogEntry { code, origin, .. }| {
            let Origin::File(path) = origin else {
                return true;
            };
            // A file that changes between the two reads counts as broken.
            let before = previous.and_then(|previous| previous.snapshots.get(code));
            let folder = folder_of(path);
            let shared = shared.entry(folder.to_owned()).or_insert_with(|| {
                let shared = shared_entries(folder);
                // Read now: the files may change while the library is served.
                shared.entries();
                Arc::new(shared)
            });
            let snapshot = FileSnapshot::load(path, code, Arc::clone(shared), before);
            let is_valid = snapshot.is_some();
            match snapshot {
                Some(snapshot) => drop(snapshots.insert(code.clone(), snapshot)),
                None => unreadable.push(path.clone()),
            }
            is_valid
        });
        for entry in &mut self.entries {
            entry.origin.strip_folder();
            entry.shadowed.iter_mut().for_each(Origin::strip_folder);
        }
        if let Some(previous) = previous {
            // It may hold a lower layer's document on a code whose snapshot is restored.
            self.cache = DocumentCache::default();
            for (code, snapshot) in &previous.snapshots {
                let mut unreadable = unreadable.iter();
                if unreadable.any(|path| snapshot.path.starts_with(path)) {
                    self.restore(previous, code, snapshot);
                }
            }
        }
        (self, broken)
    }

    /// Adds a snapshot of the previous library, which overrides lower layers.
    fn restore(&mut self, previous: &Self, code: &CodeId, snapshot: &FileSnapshot) {
        let Some(entry) = previous.entry(code) else {
            return;
        };
        match self.position(code) {
            Ok(_) if self.snapshots.contains_key(code) => return,
            Ok(at) => self.entries[at] = entry.clone(),
            Err(at) => self.entries.insert(at, entry.clone()),
        }
        self.snapshots.insert(code.clone(), snapshot.clone());
    }
}

impl Origin {
    fn strip_folder(&mut self) {
        if let Self::File(path) = self {
            *path = path.file_name().map(PathBuf::from).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::*;

    fn built_in_text() -> String {
        let code: CodeId = "cpt:83950".parse().unwrap();
        let (_, text) = crate::library::built_in::file_for_code(&code).unwrap();
        text.to_owned()
    }

    #[test]
    fn broken_file_keeps_its_last_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.toml");
        let ours = built_in_text().replace("title = \"", "title = \"Ours: ");
        fs::write(&path, &ours).unwrap();
        let folders = [folder.path().to_owned()];
        let (first, broken) = Library::open(&folders).for_serving(None);
        assert!(broken.is_empty());
        let code: CodeId = "cpt:83950".parse().unwrap();
        let title = |library: &Library| library.document(&code).unwrap().title.clone();
        assert!(title(&first).starts_with("Ours"), "{}", title(&first));

        fs::write(&path, "schema = broken").unwrap();
        let (second, broken) = Library::open(&folders).for_serving(Some(&first));
        assert_eq!(broken.len(), 1);
        assert!(second.broken().is_empty());
        assert!(title(&second).starts_with("Ours"));
        let (third, _) = Library::open(&folders).for_serving(Some(&second));
        assert!(title(&third).starts_with("Ours"));

        fs::remove_file(&path).unwrap();
        let (fourth, _) = Library::open(&folders).for_serving(Some(&third));
        assert!(
            !title(&fourth).starts_with("Ours"),
            "a deleted file has no snapshot"
        );
    }

    #[test]
    fn unchanged_file_is_shared_across_reloads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.toml");
        let write = |text: &str| {
            fs::write(&path, text).unwrap();
            let then = SystemTime::now() - Duration::from_secs(60);
            fs::File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(then))
                .unwrap();
        };
        let folders = [folder.path().to_owned()];
        let reload = |previous| Library::open(&folders).for_serving(previous).0;
        let code: CodeId = "cpt:83950".parse().unwrap();
        let is_shared = |one: &Library, other: &Library| {
            let text = |library: &Library| Arc::clone(&library.snapshots[&code].text);
            Arc::ptr_eq(&text(one), &text(other))
        };
        write(&built_in_text());
        let first = reload(None);
        let second = reload(Some(&first));
        assert!(is_shared(&first, &second));
        write(&built_in_text().replace("title = \"", "title = \"Ours: "));
        let third = reload(Some(&second));
        assert!(!is_shared(&second, &third));
        assert!(third.document(&code).unwrap().title.starts_with("Ours"));
    }

    #[test]
    fn server_folders_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ours.toml"), built_in_text()).unwrap();
        let folders = [folder.path().to_owned()];
        let (library, _) = Library::open(&folders).for_serving(None);
        let origins: Vec<String> = library
            .entries()
            .iter()
            .filter(|e| e.origin != Origin::BuiltIn)
            .map(|e| e.origin.to_string())
            .collect();
        assert_eq!(origins, ["ours.toml"]);
    }
}
