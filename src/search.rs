//! Defines search: what matches some words, where, and why.

use std::ops::Range;

use crate::content::{CodeId, ModifierCode, Place};
use crate::library::Library;

/// What a reader asks for, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    text: String,
    modifier: Option<ModifierCode>,
}

impl Query {
    /// Takes words apart: codes, modifiers, and the rest.
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            modifier: None,
        }
    }

    /// Returns the words as they were typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Where the words were found, and why it is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The document's code.
    pub code: CodeId,
    /// The document's title.
    pub title: String,
    /// The row; a document that has none is hit as a whole.
    pub place: Option<Place>,
    /// Section, row and field, as a breadcrumb shows them.
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

/// A piece of a row's text, with the words that matched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, of one line.
    pub text: String,
    /// Byte ranges of `text` that matched, in order, apart.
    pub marks: Vec<Range<usize>>,
}

/// Marks matched words in any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    terms: Vec<String>,
}

impl Marker {
    /// Returns the byte ranges of a text that match, in order, apart.
    pub fn ranges(&self, _text: &str) -> Vec<Range<usize>> {
        Vec::new()
    }

    /// Says whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// The answer to a query.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The best hits, best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// Marks the words that matched, misspelled ones as the documents spell them.
    pub marker: Marker,
    /// Where nothing matched: the nearest words that would.
    pub nearest: Vec<String>,
}

/// Every row of a library, ready to be searched.
#[derive(Debug, Default)]
pub struct Index {}

impl Index {
    /// Reads every document of a library.
    pub fn build(_library: &Library) -> Self {
        Self {}
    }

    /// Returns the best hits for a query, at most `limit`; rows of the document that is open come
    /// before equal rows of others.
    pub fn search(&self, _query: &Query, _open: Option<&CodeId>, _limit: usize) -> Results {
        Results::default()
    }
}
