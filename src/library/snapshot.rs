//! Makes a library fit for readers from afar: nothing of the server's disk shows, and a file that
//! breaks while the server runs leaves its last sound edition in place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::content::{CodeId, Document, MAX_BYTES, parse_document};
use crate::library::document_cache::DocumentCache;
use crate::library::library::{BrokenFile, CatalogEntry, Library, LoadError, Origin};

/// The files of a library as they were when it was opened.
pub(crate) type FileSnapshots = BTreeMap<CodeId, FileSnapshot>;

/// A file as it was when the library was opened.
#[derive(Clone, Debug)]
pub(crate) struct FileSnapshot {
    path: PathBuf,
    text: std::sync::Arc<[u8]>,
}

impl FileSnapshot {
    fn load(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        if about.len() > MAX_BYTES {
            return None;
        }
        Some(Self {
            path: path.to_owned(),
            text: fs::read(path).ok()?.into(),
        })
    }

    pub(crate) fn parse(&self) -> Result<Document, LoadError> {
        let name = file_name(&self.path);
        parse_document(&name.to_string_lossy(), &self.text)
            .map_err(|report| LoadError::Broken(report.to_string()))
    }
}

impl Library {
    /// Returns the library as guests are to see it, and the files that could not be read, which
    /// are the administrator's business and not theirs.
    ///
    /// Files are kept in memory (about 7 KB each), so that all guests read the same edition until
    /// the next reload. Where one is broken that was sound in the library `before`, that edition
    /// stays. Of paths only the file's name is shown.
    #[must_use]
    pub fn for_serving(mut self, before: Option<&Self>) -> (Self, Vec<BrokenFile>) {
        let broken = std::mem::take(&mut self.broken);
        let mut lost: Vec<PathBuf> = broken.iter().map(|broken| broken.path.clone()).collect();
        for entry in &self.entries {
            let Origin::File(path) = &entry.origin else {
                continue;
            };
            // A file may change between the two readings; then it counts as broken.
            match FileSnapshot::load(path) {
                Some(edition) if edition.parse().is_ok_and(|d| d.code == entry.code) => {
                    self.snapshots.insert(entry.code.clone(), edition);
                }
                _ => lost.push(path.clone()),
            }
        }
        let was_file = |entry: &CatalogEntry| matches!(entry.origin, Origin::File(_));
        let editions = &self.snapshots;
        self.entries
            .retain(|entry| !was_file(entry) || editions.contains_key(&entry.code));
        for entry in &mut self.entries {
            entry.origin.strip_folder();
            entry.shadowed.iter_mut().for_each(Origin::strip_folder);
        }
        if let Some(before) = before {
            // It may hold what a lower layer has on a code that gets its last edition back.
            self.cache = DocumentCache::default();
            for (code, edition) in &before.snapshots {
                if lost.iter().any(|path| edition.path.starts_with(path)) {
                    self.restore(before, code, edition);
                }
            }
        }
        (self, broken)
    }

    /// Puts the edition of another library in, in front of what a lower layer has on its code.
    fn restore(&mut self, before: &Self, code: &CodeId, edition: &FileSnapshot) {
        let Some(entry) = before.entry(code) else {
            return;
        };
        match self.position(code) {
            Ok(_) if self.snapshots.contains_key(code) => return,
            Ok(at) => self.entries[at] = entry.clone(),
            Err(at) => self.entries.insert(at, entry.clone()),
        }
        self.snapshots.insert(code.clone(), edition.clone());
        self.cache.remove(code);
    }
}

impl Origin {
    fn strip_folder(&mut self) {
        if let Self::File(path) = self {
            *path = file_name(path);
        }
    }
}

fn file_name(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
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
        assert!(!title(&fourth).starts_with("Ours"), "what is gone is gone");
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
            .map(|e| e.origin.to_string())
            .collect();
        assert_eq!(origins, ["ours.toml"]);
    }
}
