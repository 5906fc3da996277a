//! Defines how an index is built by hand: documents and bare codes go in one after the other.
//!
//! [`crate::loader::LoadedLibrary`] builds the index of a whole library, on several threads.

use std::fs::File;
use std::io;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::storage::{Backing, Container, ContainerWriter};

use crate::search::build::merge::{DocAddress, IndexData, merge_partials};
use crate::search::build::partial_index::PartialIndex;
use crate::search::format::FORMAT_VERSION;
use crate::search::index::{DocumentSource, Index};
use crate::search::row_store::{STORED_ROWS, StoreEntry};

/// Collects documents and bare codes, and makes an index of them.
///
/// The same code may be added twice; whoever asks for it gets what was added first.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    partial: PartialIndex,
    store_writer: Option<StoreWriter<BufWriter<File>>>,
}

impl IndexBuilder {
    /// Makes a builder that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a builder for many documents: what hits show of them is kept in a file without a
    /// name, where one can be had, so that no document is parsed to show a hit.
    pub fn with_row_store() -> Self {
        let file = tempfile::tempfile().map(|file| BufWriter::with_capacity(1 << 16, file));
        Self {
            partial: PartialIndex::default(),
            store_writer: file.and_then(StoreWriter::new).ok(),
        }
    }

    /// Returns how many documents and codes went in.
    pub fn len(&self) -> usize {
        self.partial.len()
    }

    /// Says whether nothing went in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a document, row by row.
    pub fn add(&mut self, document: &Document) {
        let Some(sheets) = &mut self.store_writer else {
            return self.partial.add(document, None);
        };
        let mut bytes = Vec::new();
        let doc = u32::try_from(self.partial.len()).unwrap_or(u32::MAX);
        self.partial.add(document, Some(&mut bytes));
        // Where that fails, the index reads documents again instead.
        if sheets.add(doc, &bytes).is_err() {
            self.store_writer = None;
        }
    }

    /// Adds a code of which only a title is known, and perhaps further text to find it by.
    pub fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        self.partial.add_code(code, title, text);
    }

    /// Makes the index. The texts of its rows are read again from `texts` when they are shown.
    pub fn finish(self, texts: DocumentSource) -> Index {
        let count = u32::try_from(self.partial.len()).unwrap_or(u32::MAX);
        let order: Vec<DocAddress> = (0..count)
            .map(|at| DocAddress {
                partial: 0,
                doc: at,
            })
            .collect();
        let sheaves = [self.partial];
        let tables = merge_partials(&sheaves, &order, 1);
        let [sheaf] = sheaves;
        drop(sheaf);
        let file = self
            .store_writer
            .and_then(|sheets| sheets.finish(&tables).ok());
        let index = file.and_then(|file| {
            let file = file.into_inner().ok()?;
            let flat = Container::open(Backing::File(file), FORMAT_VERSION).ok()?;
            Index::open(&Arc::new(flat), texts.clone())
        });
        index.unwrap_or_else(|| Index::from_data(tables, texts))
    }
}

/// Writes a flat file that begins with sheets: they are the most of it, and come while documents
/// are still being read.
#[derive(Debug)]
pub(crate) struct StoreWriter<W> {
    out: ContainerWriter<W>,
    entries: Vec<StoreEntry>,
    offset: u64,
}

impl<W: Write> StoreWriter<W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut out = ContainerWriter::new(out, FORMAT_VERSION)?;
        out.begin_part(STORED_ROWS);
        Ok(Self {
            out,
            entries: Vec::new(),
            offset: 0,
        })
    }

    /// Adds the sheets of a document.
    pub(crate) fn add(&mut self, doc: u32, sheets: &[u8]) -> io::Result<()> {
        self.out.write_all(sheets)?;
        self.entries.push(StoreEntry {
            doc,
            length: u32::try_from(sheets.len()).map_err(io::Error::other)?,
            offset: self.offset,
        });
        self.offset += sheets.len() as u64;
        Ok(())
    }

    /// Returns where the sheets of each document are, to be numbered otherwise.
    pub(crate) const fn entries_mut(&mut self) -> &mut Vec<StoreEntry> {
        &mut self.entries
    }

    /// Returns the file, for other parts.
    pub(crate) const fn container_mut(&mut self) -> &mut ContainerWriter<W> {
        &mut self.out
    }

    /// Writes the tables after the sheets, and returns what was written to.
    pub(crate) fn finish(mut self, tables: &IndexData) -> io::Result<W> {
        self.entries.sort_unstable_by_key(|spread| spread.doc);
        tables.write(&self.entries, &mut self.out)?;
        self.out.finish()
    }
}
