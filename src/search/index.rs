//! The index, and what a search returns.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::content::{CodeId, Document, RowPath};
use crate::library::Library;

pub use crate::search::build::builder::IndexBuilder;
pub use crate::search::hits::group::HitGroup;
pub use crate::search::hits::highlight::Highlighter;
pub use crate::search::hits::snippet::Snippet;
pub use crate::search::query::parse::Query;
pub use crate::search::query::synonyms::Synonyms;

use crate::search::doc_table::{DocTable, RowTable};
use crate::search::hits::searcher::Searcher;
use crate::search::row_store::{RowStore, StoredDoc};
use crate::search::term_dict::TermDictionary;

/// How many documents are few: parsing those that are shown costs nothing then.
pub(crate) const SMALL_LIBRARY_SIZE: usize = 32;

/// Where the words were found, and why it is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is listed under.
    pub group: HitGroup,
    /// The document's code.
    pub code: CodeId,
    /// The document's title.
    pub title: String,
    /// The row; a document that has none is hit as a whole. A hit on a code or a title lands on
    /// the document's first row.
    pub row_path: Option<RowPath>,
    /// Section, row and field, as a breadcrumb shows them; empty where the document as a whole is
    /// the answer.
    pub trail: Vec<String>,
    /// Why it is an answer.
    pub reason: MatchReason,
    /// The row's text around the match.
    pub snippet: Snippet,
}

/// Why a hit is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchReason {
    /// The code itself was asked for.
    Code,
    /// The modifier itself was asked for.
    Modifier,
    /// The words are another name for something in the row.
    Synonym {
        /// What was asked for.
        query_words: String,
        /// What stands in the row.
        synonym: String,
    },
    /// The words stand in the field named, as a phrase or apart.
    Words {
        /// The field.
        field: String,
        /// How many words were spelled otherwise than in the row.
        typos: usize,
    },
}

/// The answer to a query.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The best hits, in their groups, best first in each; the first of all is the best.
    pub hits: Vec<Hit>,
    /// How many there are in all, as far as is known.
    pub total: usize,
    /// How many rows have the words of a phrase, and were not read to see whether they stand
    /// together: the best ones are. With any of these, there may be more hits than `total`.
    pub unverified: usize,
    /// Marks the words that matched, misspelled ones as the documents spell them.
    pub highlighter: Highlighter,
    /// Where nothing matched: the nearest words that would.
    pub suggestions: Vec<String>,
}

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

    /// Returns the best hits for a query, at most `limit`; rows of the document that is open come
    /// before equal rows of others.
    pub fn search(&self, query: &Query, open: Option<&CodeId>, limit: usize) -> Results {
        let results = Searcher::search(self, query, open, limit);
        if self.terms.is_damaged() {
            // The file was sound when it was opened. Some of the answers are not there any more,
            // and nobody can tell which.
            return Results::default();
        }
        results
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
