//! Defines the library that has only begun: it finds one document at a time, and reads no other.
//!
//! The first picture waits for one document, and not for ten thousand. Where it is says the
//! catalogue that was kept, or its file's name, which by convention is the code's; only where
//! neither helps must the whole library be read first.

use std::path::PathBuf;
use std::sync::Arc;

use super::scan::{distinct, files};
use super::{Library, Origin, built_in, kept};
use crate::content::{CodeId, Document, read_file};
use crate::flat::Flat;
use crate::sets::Sets;

/// Where single documents are looked for.
#[derive(Debug)]
pub(super) struct Begun {
    folders: Vec<PathBuf>,
    flat: Option<Arc<Flat>>,
}

impl Library {
    /// Returns a library of which nothing has been read: it lists no documents, but opens each that
    /// the kept catalogue or its file's name leads to, and every code of the imported sets.
    ///
    /// It may be mistaken: a file of another name may be about the same code, and stand before the
    /// one that was found.
    pub fn begun(folders: &[PathBuf], sets: Sets, flat: Option<Arc<Flat>>) -> Self {
        Self {
            sets,
            begun: Some(Begun {
                folders: folders.to_vec(),
                flat,
            }),
            ..Self::default()
        }
    }

    /// Says whether everything has been read, or only what was asked for.
    pub const fn is_whole(&self) -> bool {
        self.begun.is_none()
    }

    /// Returns the code that the library begins with.
    pub fn first(&self) -> Option<CodeId> {
        let first = self.entries.first().map(|entry| entry.code.clone());
        first.or_else(|| self.begun.as_ref()?.first())
    }
}

impl Begun {
    /// Finds the document on a code.
    pub(super) fn document(&self, code: &CodeId) -> Option<Document> {
        let kept = self
            .flat
            .as_ref()
            .and_then(|flat| kept::find(flat, Some(code)));
        kept.and_then(|(_, origin)| origin.load(code).ok())
            .or_else(|| self.named(code))
    }

    /// Finds the document on a code by its file's name, in the later folder before the earlier.
    fn named(&self, code: &CodeId) -> Option<Document> {
        let name = code.file_name();
        distinct(&self.folders)
            .rev()
            .filter_map(|folder| read_file(&folder.join(&name)).ok())
            .find(|document| document.code == *code)
            .or_else(|| Origin::BuiltIn.load(code).ok())
    }

    /// Finds the first document.
    fn first(&self) -> Option<CodeId> {
        let kept = self.flat.as_ref().and_then(|flat| kept::find(flat, None));
        kept.map(|(code, _)| code)
            .filter(|code| self.document(code).is_some())
            .or_else(|| self.first_named())
    }

    fn first_named(&self) -> Option<CodeId> {
        let own = distinct(&self.folders).flat_map(|folder| files(folder).unwrap_or_default());
        let own = own.filter_map(|path| code_of(path.file_name()?.to_str()?));
        let built_in = built_in::FILES.iter().filter_map(|(name, _)| code_of(name));
        let mut codes: Vec<CodeId> = own.chain(built_in).collect();
        codes.sort();
        codes.into_iter().find(|code| self.named(code).is_some())
    }
}

/// Reads the code from a file's name; see [`CodeId::file_name`].
fn code_of(name: &str) -> Option<CodeId> {
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
    fn a_document_is_found_by_its_files_name_in_the_later_folder_first() {
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
        let library = Library::begun(&folders, Sets::default(), None);
        assert_eq!(title(&library, "cpt:80048").as_deref(), Some("Second"));
        assert_eq!(title(&library, "cpt:80050").as_deref(), Some("Sound"));
        assert_eq!(title(&library, "cpt:80051"), None);
        assert_eq!(title(&library, "cpt:80052"), None);
        assert!(title(&library, "cpt:83950").is_some(), "the program's own");
        assert_eq!(library.first(), "cpt:80048".parse().ok());
        assert!(!library.is_whole() && library.entries().is_empty());
    }

    #[test]
    fn without_any_file_the_program_has_its_own() {
        let library = Library::begun(&["/nowhere".into()], Sets::default(), None);
        assert_eq!(library.first(), "cpt:83950".parse().ok());
    }
}
