//! The index, and what a search returns.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::library::Library;

use crate::search::build::builder::IndexBuilder;
use crate::search::doc_table::{DocTable, RowTable};
use crate::search::query::synonyms::Synonyms;
use crate::search::row_store::{RowStore, StoredDoc};
use crate::search::term_dict::TermDictionary;

/// How many documents are few: parsing those that are shown costs nothing then.
pub(crate) const SMALL_LIBRARY_SIZE: usize = 32;

/// Where the texts of an index are read again.
#[derive(Clone, Debug)]
pub enum DocumentSource {
    /// In a library.
    Library(Arc<Library>),
    /// In documents that are at hand.
    Documents(HashMap<CodeId, Arc<Document>>),
}

impl DocumentSource {
    fn document(&self, code: &CodeId) -> Option<Arc<Document>> {
        match self {
            Self::Library(library) => library.document(code).ok(),
            Self::Documents(documents) => documents.get(code).cloned(),
        }
    }
}

impl Default for DocumentSource {
    fn default() -> Self {
        Self::Documents(HashMap::new())
    }
}

/// Every row of a library, ready to be searched.
#[derive(Default)]
pub struct Index {
    pub(crate) docs: DocTable,
    pub(crate) rows: RowTable,
    pub(crate) terms: TermDictionary,
    pub(crate) document_source: DocumentSource,
    pub(crate) row_store: Option<RowStore>,
    pub(crate) synonyms: Synonyms,
}

/// What was read of one document again.
#[derive(Debug)]
pub(crate) enum LoadedDoc {
    Stored(StoredDoc),
    Parsed(Arc<Document>),
}

impl Index {
    /// Reads every document of a library and every code of its imported sets; one that cannot be
    /// read is left out.
    pub fn build(library: &Arc<Library>) -> Self {
        let source = DocumentSource::Library(Arc::clone(library));
        Self::from_library(library, source)
    }

    /// Indexes a library as [`Index::build`] does, and reads documents again from `source`.
    pub(crate) fn from_library(library: &Library, source: DocumentSource) -> Self {
        let mut builder = if library.entries().len() > SMALL_LIBRARY_SIZE {
            IndexBuilder::with_row_store()
        } else {
            IndexBuilder::new()
        };
        for entry in library.entries() {
            if let Ok(document) = library.document(&entry.code) {
                builder.add(&document);
            }
        }
        for listed in library.codes_only_in_sets() {
            builder.add_code(&listed.code, &listed.title, &listed.short);
        }
        builder.finish(source)
    }

    /// Makes an index of documents that are at hand.
    pub fn from_documents(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut builder = IndexBuilder::new();
        let mut texts = HashMap::new();
        for document in documents {
            builder.add(&document);
            texts.insert(document.code.clone(), Arc::new(document));
        }
        builder.finish(DocumentSource::Documents(texts))
    }

    /// Reads a document again.
    pub(crate) fn load_doc(&self, doc: u32) -> Option<LoadedDoc> {
        let stack = self.row_store.as_ref().and_then(|sheets| sheets.doc(doc));
        stack.map(LoadedDoc::Stored).or_else(|| {
            let code = self.docs.code(doc)?;
            self.document_source.document(&code).map(LoadedDoc::Parsed)
        })
    }

    /// Exchanges where texts are read again.
    #[must_use]
    pub fn with_document_source(mut self, texts: DocumentSource) -> Self {
        self.document_source = texts;
        self
    }

    /// Exchanges the synonyms, which are the built-in ones at first.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: Synonyms) -> Self {
        self.synonyms = synonyms;
        self
    }

    /// Returns how many documents and codes can be found.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Says whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the memory that the index takes, in bytes.
    pub fn size(&self) -> usize {
        self.docs.size() + self.rows.size() + self.terms.size()
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("codes", &self.docs.len())
            .field("rows", &self.rows.count())
            .field("words", &self.terms.len())
            .field(
                "bytes",
                &[self.docs.size(), self.rows.size(), self.terms.size()],
            )
            .finish_non_exhaustive()
    }
}
