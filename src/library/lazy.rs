//! The lazy library: finds one document without reading any other.
//!
//! The first frame waits for one document only. Its location comes from the cached catalog or from
//! its file name, which by convention is made from the code. If neither leads to the document, the
//! whole library must be read first.

use std::path::PathBuf;
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::library::built_in::{self, code_from_file_name};
use crate::library::catalog_cache::locate_document;
use crate::library::entry::Origin;
use crate::library::scan::{dedup_keep_last, toml_files};
use crate::storage::Container;

/// Where single documents are looked up.
#[derive(Debug)]
pub(crate) struct LazyLibrary {
    folders: Vec<PathBuf>,
    cached_catalog: Option<Arc<Container>>,
}

impl LazyLibrary {
    pub(crate) const fn new(folders: Vec<PathBuf>, cached_catalog: Option<Arc<Container>>) -> Self {
        Self {
            folders,
            cached_catalog,
        }
    }

    /// Finds the document on a code, and returns where it is.
    pub(crate) fn find(&self, code: &CodeId) -> Option<(Origin, Document)> {
        let located = self.locate(Some(code)).and_then(|(_, origin)| {
            let document = origin.load(code).ok()?;
            Some((origin, document))
        });
        located.or_else(|| self.find_by_file_name(code))
    }

    /// Returns the lowest code that has a valid document.
    pub(crate) fn first_code(&self) -> Option<CodeId> {
        self.locate(None)
            .map(|(code, _)| code)
            .filter(|code| self.find(code).is_some())
            .or_else(|| self.first_code_by_file_name())
    }

    fn locate(&self, code: Option<&CodeId>) -> Option<(CodeId, Origin)> {
        locate_document(self.cached_catalog.as_ref()?, code)
    }

    fn find_by_file_name(&self, code: &CodeId) -> Option<(Origin, Document)> {
        let name = code.file_name();
        let files = dedup_keep_last(&self.folders)
            .rev()
            .map(|folder| Origin::File(folder.join(&name)));
        files
            .chain([Origin::BuiltIn])
            .find_map(|origin| origin.load(code).ok().map(|document| (origin, document)))
    }

    fn first_code_by_file_name(&self) -> Option<CodeId> {
        let files = dedup_keep_last(&self.folders)
            .flat_map(|folder| toml_files(folder).unwrap_or_default())
            .filter_map(|path| code_from_file_name(path.file_name()?.to_str()?));
        let built_in = built_in::FILES.iter();
        let built_in = built_in.filter_map(|file| code_from_file_name(file.name));
        let mut codes: Vec<CodeId> = files.chain(built_in).collect();
        codes.sort();
        let mut codes = codes.into_iter();
        codes.find(|code| self.find_by_file_name(code).is_some())
    }
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

    fn title(library: &LazyLibrary, code: &str) -> Option<String> {
        let (_, document) = library.find(&code.parse().unwrap())?;
        Some(document.title)
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
        write(0, "cpt-80050.toml", &document("80050", "Valid"));
        write(1, "cpt-80050.toml", "schema = broken");
        write(0, "cpt-80051.toml", &document("80052", "Another code"));
        write(0, "cpt-00100.toml", "schema = broken");
        let library = LazyLibrary::new(folders.to_vec(), None);
        assert_eq!(title(&library, "cpt:80048").as_deref(), Some("Second"));
        assert_eq!(title(&library, "cpt:80050").as_deref(), Some("Valid"));
        assert_eq!(title(&library, "cpt:80051"), None);
        assert_eq!(title(&library, "cpt:80052"), None);
        assert!(title(&library, "cpt:83950").is_some(), "a built-in one");
        assert_eq!(library.first_code(), "cpt:80048".parse().ok());
    }

    #[test]
    fn first_code_is_built_in_without_files() {
        let library = LazyLibrary::new(vec!["/nowhere".into()], None);
        assert_eq!(library.first_code(), "cpt:83950".parse().ok());
    }
}
