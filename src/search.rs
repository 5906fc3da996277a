//! Defines search: what matches some words, where, and why.
//!
//! ```text
//! text ─► Query ─┐
//!                ├─► needs (rows for each word) ─► ranking ─► Results (hits, marker, nearest)
//! Documents ─► IndexBuilder ─► Index
//! ```
//!
//! The unit is the row: a hit lands on one. An [`Index`] knows for each word the rows that have it
//! and the fields it stands in, but not the texts, which are ten times as large; these are read
//! again for the few rows that are shown: of a large library from a file of the index's own, of a
//! small one through [`Texts`].

mod answer;
mod assemble;
mod bounds;
mod build;
mod cache;
mod catalogue;
mod codes;
mod collection;
mod fields;
mod gather;
mod group;
mod harvest;
mod lexicon;
mod lookup;
mod marker;
mod nearest;
mod need;
mod postings;
mod query;
mod rank;
mod reading;
mod row_set;
mod sheaf;
mod sheet;
mod snippet;
mod synonyms;
mod tables;
mod titles;
mod tokens;
mod words;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::content::{CodeId, Document, Place};
use crate::library::Library;

pub use build::IndexBuilder;
pub use cache::{Cache, CacheError};
pub use codes::{BareCodes, CodeNumber};
pub use collection::{Collection, Recipe};
pub use group::Group;
pub use harvest::Progress;
pub use marker::Marker;
pub use query::{Query, Scope};
pub use reading::{Reading, code_and_modifier};
pub use snippet::Snippet;
pub use synonyms::Synonyms;

use answer::Answer;
use catalogue::{Docs, Rows};
use sheet::{Sheets, Stack};
use words::Words;

/// How many documents are few: parsing those that are shown costs nothing then.
const FEW: usize = 32;

/// Where the words were found, and why it is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is listed under.
    pub group: Group,
    /// The document's code.
    pub code: CodeId,
    /// The document's title.
    pub title: String,
    /// The row; a document that has none is hit as a whole. A hit on a code or a title lands on
    /// the document's first row.
    pub place: Option<Place>,
    /// Section, row and field, as a breadcrumb shows them; empty where the document as a whole is
    /// the answer.
    pub trail: Vec<String>,
    /// Why it is an answer.
    pub why: Why,
    /// The row's text around the match.
    pub snippet: Snippet,
}

/// Why a hit is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The code itself was asked for.
    Code,
    /// The modifier itself was asked for.
    Modifier,
    /// The words are another name for something in the row.
    Synonym {
        /// What was asked for.
        asked: String,
        /// What stands in the row.
        found: String,
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
    pub unread: usize,
    /// Marks the words that matched, misspelled ones as the documents spell them.
    pub marker: Marker,
    /// Where nothing matched: the nearest words that would.
    pub nearest: Vec<String>,
}

/// Where the texts of an index are read again.
#[derive(Clone, Debug)]
pub enum Texts {
    /// In a library.
    Library(Arc<Library>),
    /// In documents that are at hand.
    Documents(HashMap<CodeId, Arc<Document>>),
}

impl Texts {
    fn document(&self, code: &CodeId) -> Option<Arc<Document>> {
        match self {
            Self::Library(library) => library.document(code).ok(),
            Self::Documents(documents) => documents.get(code).cloned(),
        }
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::Documents(HashMap::new())
    }
}

/// Every row of a library, ready to be searched.
#[derive(Default)]
pub struct Index {
    docs: Docs,
    rows: Rows,
    words: Words,
    texts: Texts,
    sheets: Option<Sheets>,
    synonyms: Synonyms,
}

/// What was read of one document again.
#[derive(Debug)]
enum Read {
    Sheets(Stack),
    Document(Arc<Document>),
}

impl Index {
    /// Reads every document of a library and every code of its imported sets; one that cannot be
    /// read is left out.
    pub fn build(library: &Arc<Library>) -> Self {
        let mut builder = if library.entries().len() > FEW {
            IndexBuilder::for_many()
        } else {
            IndexBuilder::new()
        };
        for entry in library.entries() {
            if let Ok(document) = library.document(&entry.code) {
                builder.add(&document);
            }
        }
        for listed in library.listed() {
            builder.add_code(&listed.code, &listed.title, &listed.short);
        }
        builder.finish(Texts::Library(Arc::clone(library)))
    }

    /// Makes an index of documents that are at hand.
    pub fn of_documents(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut builder = IndexBuilder::new();
        let mut texts = HashMap::new();
        for document in documents {
            builder.add(&document);
            texts.insert(document.code.clone(), Arc::new(document));
        }
        builder.finish(Texts::Documents(texts))
    }

    /// Reads a document again.
    fn read(&self, doc: u32) -> Option<Read> {
        let stack = self.sheets.as_ref().and_then(|sheets| sheets.stack(doc));
        stack.map(Read::Sheets).or_else(|| {
            let code = self.docs.code(doc)?;
            self.texts.document(&code).map(Read::Document)
        })
    }

    /// Exchanges where texts are read again.
    #[must_use]
    pub fn with_texts(mut self, texts: Texts) -> Self {
        self.texts = texts;
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
        self.docs.size() + self.rows.size() + self.words.size()
    }

    /// Returns the best hits for a query, at most `limit`; rows of the document that is open come
    /// before equal rows of others.
    pub fn search(&self, query: &Query, open: Option<&CodeId>, limit: usize) -> Results {
        let results = Answer::of(self, query, open, limit);
        if self.words.is_damaged() {
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
            .field("words", &self.words.len())
            .field(
                "bytes",
                &[self.docs.size(), self.rows.size(), self.words.size()],
            )
            .finish_non_exhaustive()
    }
}
