//! Defines what all readers share: documents, search, keys and colours; made anew on a reload.

use std::sync::{Arc, Mutex, PoisonError};

use ratatui::buffer::Buffer;

use crate::app::{Host, Keymap};
use crate::codesets::ImportedSets;
use crate::library::{BrokenFile, Library};
use crate::loader::LibraryLoader;
use crate::search::{DocumentSource, Index, IndexBuilder};
use crate::view::Theme;

/// What all readers share. It never changes; a reload makes another.
#[derive(Clone, Debug)]
pub struct ServedContent {
    /// The documents.
    pub library: Arc<Library>,
    /// What search looks through.
    pub index: Arc<Index>,
    /// The keys that exist for served readers.
    pub keymap: Arc<Keymap>,
    /// The colours.
    pub theme: Arc<Theme>,
}

impl ServedContent {
    /// Reads the documents of a recipe. Where a file is broken that was sound in the stock before, its
    /// last sound edition stays; what is broken is returned too.
    pub fn load(
        recipe: &LibraryLoader<'_>,
        keymap: Keymap,
        theme: Theme,
        before: Option<&Self>,
    ) -> (Self, Vec<BrokenFile>) {
        let before = before.map(|stock| &*stock.library);
        let collection = recipe.load(ImportedSets::default(), &mut |_| ());
        let read = collection.library.entries().len();
        let (library, broken) = collection.library.for_serving(before);
        let is_as_read = broken.is_empty() && library.entries().len() == read;
        let library = Arc::new(library);
        let index = if is_as_read {
            let texts = DocumentSource::Library(Arc::clone(&library));
            collection.index.with_document_source(texts)
        } else {
            // Some documents are those of an earlier edition.
            IndexBuilder::index_library(&library)
        };
        let stock = Self {
            index: Arc::new(index),
            library,
            keymap: Arc::new(keymap).for_host(Host::Served),
            theme: Arc::new(theme),
        };
        (stock, broken)
    }
}

/// Buffers to draw in. A frame is drawn and sent to its screen in one go, so that as many are
/// needed as there are threads, and not one for each session.
#[derive(Debug, Default)]
pub struct BufferPool(Mutex<Vec<Buffer>>);

impl BufferPool {
    /// Lends a buffer out.
    pub fn with_buffer<T>(&self, draw: impl FnOnce(&mut Buffer) -> T) -> T {
        let idle = self.idle_buffers().pop();
        let mut buffer = idle.unwrap_or_default();
        let drawn = draw(&mut buffer);
        self.idle_buffers().push(buffer);
        drawn
    }

    fn idle_buffers(&self) -> std::sync::MutexGuard<'_, Vec<Buffer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
