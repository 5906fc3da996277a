//! The index builder: indexes documents and listed codes one after the other.
//!
//! [`crate::loader`] indexes a large library on several threads instead.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::library::{Library, ListedCode};
use crate::num::saturating_u32;
use crate::search::build::merge::{DocAddress, merge_partials};
use crate::search::build::partial_index::PartialIndex;
use crate::search::build::store_writer::StoreWriter;
use crate::search::format::{FORMAT_VERSION, IndexData};
use crate::search::index::{DocumentSource, Index};
use crate::storage::{Backing, Container};

/// The most documents of a library without a row store. Parsing a few documents again costs less.
const SMALL_LIBRARY_SIZE: usize = 32;

/// Builds an index. If a code is added twice, look-ups find the first.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    partial: PartialIndex,
    store_writer: Option<StoreWriter<BufWriter<File>>>,
}

impl IndexBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a builder for many documents. It stores rows in an anonymous file, if the system
    /// allows one, so that no document is parsed to show a hit.
    pub fn with_row_store() -> Self {
        let file = tempfile::tempfile().map(|file| BufWriter::with_capacity(1 << 16, file));
        Self {
            partial: PartialIndex::default(),
            store_writer: file.and_then(StoreWriter::new).ok(),
        }
    }

    /// Creates a builder with the documents of a library that can be read, and the codes of its
    /// imported sets.
    pub fn from_library(library: &Library) -> Self {
        let mut builder = if library.entries().len() > SMALL_LIBRARY_SIZE {
            Self::with_row_store()
        } else {
            Self::new()
        };
        let documents = library.entries().iter();
        let documents =
            documents.filter_map(|entry| library.document_without_uses(&entry.code).ok());
        for document in documents {
            builder.add(&document);
        }
        for listed in library.codes_only_in_sets() {
            builder.partial.add_code(&listed);
        }
        builder
    }

    /// Indexes a library, from which the index reads documents again.
    pub fn index_library(library: &Arc<Library>) -> Index {
        Self::from_library(library).finish(DocumentSource::Library(Arc::clone(library)))
    }

    pub fn add(&mut self, document: &Document) {
        let Some(store) = &mut self.store_writer else {
            return self.partial.add(document, None);
        };
        let mut stored_rows = Vec::new();
        let doc = saturating_u32(self.partial.len());
        self.partial.add(document, Some(&mut stored_rows));
        if store.add(doc, &stored_rows).is_err() {
            // The index parses documents again instead.
            self.store_writer = None;
        }
    }

    /// Adds a code that has no document. `text` is searched but not shown.
    pub fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        self.partial.add_code(&ListedCode {
            code: code.clone(),
            title: title.to_owned(),
            short: text.to_owned(),
            aliases: Vec::new(),
        });
    }

    /// Builds the index, which reads documents again from `source` if it has no stored rows.
    pub fn finish(self, source: DocumentSource) -> Index {
        let docs = 0..saturating_u32(self.partial.len());
        let order: Vec<_> = docs.map(|doc| DocAddress { partial: 0, doc }).collect();
        let partials = [self.partial];
        let data = merge_partials(&partials, &order, 1);
        drop(partials);
        let store = self.store_writer;
        let container = store.and_then(|store| write_container(store, &data));
        let index = container.and_then(|file| Index::open(&Arc::new(file), source.clone()));
        index.unwrap_or_else(|| Index::from_data(data, source))
    }
}

fn write_container(store: StoreWriter<BufWriter<File>>, data: &IndexData) -> Option<Container> {
    let file = store.finish(data).ok()?.into_inner().ok()?;
    Container::open(Backing::File(file), FORMAT_VERSION).ok()
}
