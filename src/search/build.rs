//! Defines how an index is built by hand: documents and bare codes go in one after the other.
//!
//! [`super::Collection`] builds the index of a whole library, on several threads.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::flat::{Flat, FlatWriter, Source};

use super::assemble::{Spike, Tables, assemble};
use super::sheaf::Sheaf;
use super::sheet::{SHEETS, Spread};
use super::tables::FORMAT;
use super::{Index, Texts};

/// Collects documents and bare codes, and makes an index of them.
///
/// The same code may be added twice; whoever asks for it gets what was added first.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    sheaf: Sheaf,
    sheets: Option<SheetWriter<BufWriter<File>>>,
}

impl IndexBuilder {
    /// Makes a builder that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a builder for many documents: what hits show of them is kept in a file without a
    /// name, where one can be had, so that no document is parsed to show a hit.
    pub fn for_many() -> Self {
        let file = tempfile::tempfile().map(|file| BufWriter::with_capacity(1 << 16, file));
        Self {
            sheaf: Sheaf::default(),
            sheets: file.and_then(SheetWriter::new).ok(),
        }
    }

    /// Returns how many documents and codes went in.
    pub fn len(&self) -> usize {
        self.sheaf.len()
    }

    /// Says whether nothing went in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a document, row by row.
    pub fn add(&mut self, document: &Document) {
        let Some(sheets) = &mut self.sheets else {
            return self.sheaf.add(document, None);
        };
        let mut bytes = Vec::new();
        let doc = u32::try_from(self.sheaf.len()).unwrap_or(u32::MAX);
        self.sheaf.add(document, Some(&mut bytes));
        // Where that fails, the index reads documents again instead.
        if sheets.add(doc, &bytes).is_err() {
            self.sheets = None;
        }
    }

    /// Adds a code of which only a title is known, and perhaps further text to find it by.
    pub fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        self.sheaf.add_code(code, title, text);
    }

    /// Makes the index. The texts of its rows are read again from `texts` when they are shown.
    pub fn finish(self, texts: Texts) -> Index {
        let count = u32::try_from(self.sheaf.len()).unwrap_or(u32::MAX);
        let order: Vec<Spike> = (0..count).map(|at| Spike { sheaf: 0, at }).collect();
        let sheaves = [self.sheaf];
        let tables = assemble(&sheaves, &order, 1);
        let [sheaf] = sheaves;
        drop(sheaf);
        let file = self.sheets.and_then(|sheets| sheets.finish(&tables).ok());
        let index = file.and_then(|file| {
            let file = file.into_inner().ok()?;
            let flat = Flat::open(Source::File(file), FORMAT).ok()?;
            Index::open(&Arc::new(flat), texts.clone())
        });
        index.unwrap_or_else(|| Index::of_tables(tables, texts))
    }
}

/// Writes a flat file that begins with sheets: they are the most of it, and come while documents
/// are still being read.
#[derive(Debug)]
pub(super) struct SheetWriter<W> {
    out: FlatWriter<W>,
    spreads: Vec<Spread>,
    at: u64,
}

impl<W: Write> SheetWriter<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut out = FlatWriter::new(out, FORMAT)?;
        out.begin(SHEETS);
        Ok(Self {
            out,
            spreads: Vec::new(),
            at: 0,
        })
    }

    /// Adds the sheets of a document.
    pub(super) fn add(&mut self, doc: u32, sheets: &[u8]) -> io::Result<()> {
        self.out.write_all(sheets)?;
        self.spreads.push(Spread {
            doc,
            length: u32::try_from(sheets.len()).map_err(io::Error::other)?,
            at: self.at,
        });
        self.at += sheets.len() as u64;
        Ok(())
    }

    /// Returns where the sheets of each document are, to be numbered otherwise.
    pub(super) const fn spreads(&mut self) -> &mut Vec<Spread> {
        &mut self.spreads
    }

    /// Returns the file, for other parts.
    pub(super) const fn out(&mut self) -> &mut FlatWriter<W> {
        &mut self.out
    }

    /// Writes the tables after the sheets, and returns what was written to.
    pub(super) fn finish(mut self, tables: &Tables) -> io::Result<W> {
        self.spreads.sort_unstable_by_key(|spread| spread.doc);
        tables.write(&self.spreads, &mut self.out)?;
        self.out.finish()
    }
}
