//! The content that all sessions share: documents, index, key bindings and appearance.
//! `server::reload` replaces it on SIGHUP.

use std::sync::Arc;

use crate::app::{Host, Keymap, PaneVisibility};
use crate::codesets::ImportedSets;
use crate::library::{BrokenFile, Library};
use crate::loader::{LibraryLoader, LoadedLibrary};
use crate::search::{DocumentSource, Index, IndexBuilder};
use crate::view::Theme;

/// Immutable; a reload replaces it.
#[derive(Clone, Debug)]
pub struct ServedContent {
    pub library: Arc<Library>,
    pub index: Arc<Index>,
    pub keymap: Arc<Keymap>,
    pub appearance: Appearance,
}

/// The colors and panes that a session starts with.
#[derive(Clone, Debug)]
pub struct Appearance {
    pub theme: Arc<Theme>,
    pub panes: PaneVisibility,
}

impl ServedContent {
    /// Loads the content, and returns the broken files too. A broken file keeps its version in
    /// `previous`, if it has one.
    pub fn load(
        loader: &LibraryLoader<'_>,
        keymap: Keymap,
        appearance: Appearance,
        previous: Option<&Self>,
    ) -> (Self, Vec<BrokenFile>) {
        let previous = previous.map(|content| &*content.library);
        let LoadedLibrary { library, index, .. } = loader.load(ImportedSets::default(), &|_| ());
        let count = library.entries().len();
        let (library, broken) = library.for_serving(previous);
        let is_unchanged = broken.is_empty() && library.entries().len() == count;
        let library = Arc::new(library);
        let index = if is_unchanged {
            let source = DocumentSource::Library(Arc::clone(&library));
            index.with_document_source(source)
        } else {
            // At least one document comes from the previous content.
            IndexBuilder::index_library(&library)
        };
        let content = Self {
            index: Arc::new(index),
            library,
            keymap: Arc::new(keymap).for_host(Host::Served),
            appearance,
        };
        (content, broken)
    }
}
