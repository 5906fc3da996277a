//! Defines the library that has only begun: it finds one document at a time, and reads no other.
//!
//! The first picture waits for one document, and not for ten thousand. Where it is says the
//! catalogue that was kept, or its file's name, which by convention is the code's; only where
//! neither helps must the whole library be read first.

use std::path::PathBuf;
use std::sync::Arc;

use crate::codesets::ImportedSets;
use crate::content::{CodeId, Document, load_document};
use crate::library::catalog_cache;
use crate::library::scan::{dedup_keep_last, toml_files};
use crate::library::{Library, Origin, built_in};
use crate::storage::Container;

/// Where single documents are looked for.
#[derive(Debug)]
pub(crate) struct LazyLibrary {
    folders: Vec<PathBuf>,
    container: Option<Arc<Container>>,
}

impl Library {
    /// Returns a library of which nothing has been read: it lists no documents, but opens each that
    /// the kept catalogue or its file's name leads to, and every code of the imported sets.
    ///
    /// It may be mistaken: a file of another name may be about the same code, and stand before the
    /// one that was found.
    pub fn lazy(folders: &[PathBuf], sets: ImportedSets, flat: Option<Arc<Container>>) -> Self {
        Self {
            sets,
            lazy: Some(LazyLibrary {
                folders: folders.to_vec(),
                container: flat,
            }),
            ..Self::default()
        }
    }

    /// Says whether everything has been read, or only what was asked for.
    pub const fn is_fully_loaded(&self) -> bool {
        self.lazy.is_none()
    }

    /// Returns the code that the library begins with.
    pub fn first_code(&self) -> Option<CodeId> {
        let first = self.entries.first().map(|entry| entry.code.clone());
        first.or_else(|| self.lazy.as_ref()?.first_code())
    }
}

impl LazyLibrary {
    /// Finds the document on a code.
    pub(crate) fn document(&self, code: &CodeId) -> Option<Document> {
        let kept = self
            .container
            .as_ref()
            .and_then(|flat| catalog_cache::locate_document(flat, Some(code)));
        kept.and_then(|(_, origin)| origin.load(code).ok())
            .or_else(|| self.find_by_file_name(code))
    }

    /// Finds the document on a code by its file's name, in the later folder before the earlier.
    fn find_by_file_name(&self, code: &CodeId) -> Option<Document> {
        let name = code.file_name();
        dedup_keep_last(&self.folders)
            .rev()
            .filter_map(|folder| load_document(&folder.join(&name)).ok())
            .find(|document| document.code == *code)
            .or_else(|| Origin::BuiltIn.load(code).ok())
    }

    /// Finds the first document.
    fn first_code(&self) -> Option<CodeId> {
        let kept = self
            .container
            .as_ref()
            .and_then(|flat| catalog_cache::locate_document(flat, None));
        kept.map(|(code, _)| code)
            .filter(|code| self.document(code).is_some())
            .or_else(|| self.first_code_by_file_name())
    }

    fn first_code_by_file_name(&self) -> Option<CodeId> {
        let own = dedup_keep_last(&self.folders)
            .flat_map(|folder| toml_files(folder).unwrap_or_default());
        let own = own.filter_map(|path| code_from_file_name(path.file_name()?.to_str()?));
        let built_in = built_in::FILES
            .iter()
            .filter_map(|(name, _)| code_from_file_name(name));
        let mut codes: Vec<CodeId> = own.chain(built_in).collect();
        codes.sort();
        codes
            .into_iter()
            .find(|code| self.find_by_file_name(code).is_some())
    }
}

/// Reads the code from a file's name; see [`CodeId::file_name`].
fn code_from_file_name(name: &str) -> Option<CodeId> {
    let (system, value) = name.strip_suffix(".toml")?.split_once('-')?;
    CodeId::new(system.parse().ok()?, value).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn document(value: &str, title: &str) -> String {
        format!(
            "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{value}\"\ntitle = \"{title}\"\n\
             status = \"active\"\n[summary]\ntext = \"A text.\"\n"
        )
    }

    fn title(library: &Library, code: &str) -> Option<String> {
        let document = library.document(&code.parse().unwrap()).ok()?;
        Some(document.title.clone())
    }

    #[test]
    fn document_is_found_by_file_name_in_the_last_folder() {
        let folder = tempfile::tempdir().unwrap();
        let folders = ["one", "two"].map(|name| folder.path().join(name));
        let write = |at: usize, name: &str, text: &str| {
            fs::create_dir_all(&folders[at]).unwrap();
            fs::write(folders[at].join(name), text).unwrap();
        };
        write(0, "cpt-80048.toml", &document("80048", "First"));
        write(1, "cpt-80048.toml", &document("80048", "Second"));
        write(0, "cpt-80050.toml", &document("80050", "Sound"));
        write(1, "cpt-80050.toml", "schema = broken");
        write(
            0,
            "cpt-80051.toml",
            &document("80052", "About another code"),
        );
        write(0, "cpt-00100.toml", "schema = broken");
        let library = Library::lazy(&folders, ImportedSets::default(), None);
        assert_eq!(title(&library, "cpt:80048").as_deref(), Some("Second"));
        assert_eq!(title(&library, "cpt:80050").as_deref(), Some("Sound"));
        assert_eq!(title(&library, "cpt:80051"), None);
        assert_eq!(title(&library, "cpt:80052"), None);
        assert!(title(&library, "cpt:83950").is_some(), "the program's own");
        assert_eq!(library.first_code(), "cpt:80048".parse().ok());
        assert!(!library.is_fully_loaded() && library.entries().is_empty());
    }

    #[test]
    fn first_code_is_built_in_without_files() {
        let library = Library::lazy(&["/nowhere".into()], ImportedSets::default(), None);
        assert_eq!(library.first_code(), "cpt:83950".parse().ok());
    }
}
