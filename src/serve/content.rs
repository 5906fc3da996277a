//! The content that all sessions share: documents, index, key bindings and theme.

use std::sync::Arc;

use crate::app::{Host, Keymap};
use crate::codesets::ImportedSets;
use crate::library::{BrokenFile, Library};
use crate::loader::LibraryLoader;
use crate::search::{DocumentSource, Index, IndexBuilder};
use crate::view::Theme;

/// The content that all sessions share. It is immutable; a reload replaces it.
#[derive(Clone, Debug)]
pub struct ServedContent {
    pub library: Arc<Library>,
    pub index: Arc<Index>,
    pub keymap: Arc<Keymap>,
    pub theme: Arc<Theme>,
}

impl ServedContent {
    /// Loads the documents. Of a broken file, the version in `previous` is kept, if there is one;
    /// the broken files are returned too.
    pub fn load(
        loader: &LibraryLoader<'_>,
        keymap: Keymap,
        theme: Theme,
        previous: Option<&Self>,
    ) -> (Self, Vec<BrokenFile>) {
        let previous = previous.map(|content| &*content.library);
        let read = loader.load(ImportedSets::default(), &mut |_| ());
        let count = read.library.entries().len();
        let (library, broken) = read.library.for_serving(previous);
        let is_unchanged = broken.is_empty() && library.entries().len() == count;
        let library = Arc::new(library);
        let index = if is_unchanged {
            let source = DocumentSource::Library(Arc::clone(&library));
            read.index.with_document_source(source)
        } else {
            // Some documents are those of the previous content.
            IndexBuilder::index_library(&library)
        };
        let content = Self {
            index: Arc::new(index),
            library,
            keymap: Arc::new(keymap).for_host(Host::Served),
            theme: Arc::new(theme),
        };
        (content, broken)
    }
}
