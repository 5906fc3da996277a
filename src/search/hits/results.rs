//! The results of a search: hits, their number, and what to show if there are none.

use std::fmt;

use crate::content::{CodeId, RowPath};
use crate::search::hits::group::HitGroup;
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::snippet::Snippet;

#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The best hits by group, best first within each. The first of all is the best.
    pub hits: Vec<Hit>,
    /// The number of all known hits.
    pub total: usize,
    /// The number of rows that have the words of a phrase but were not read to check that the
    /// words are adjacent. They rank below the rows that were read, and are not in `total`.
    pub unverified: usize,
    /// Highlights the matched words, and corrected words as the documents spell them.
    pub highlighter: Highlighter,
    /// Descriptions of the codes and modifiers of a claim line that have no entry.
    pub missing: Vec<String>,
    /// Queries to run instead, if there are no hits: the nearest terms that do match, or the values
    /// of the query's scope.
    pub suggestions: Vec<String>,
    /// Whether the suggestions are the values of a scope: the query is `payer:`, for example.
    pub has_scope_values: bool,
    /// The words of the hits that differ from those of the query by typos.
    pub corrections: Vec<String>,
}

impl Results {
    /// Adds hits on the reader's own notes after the best matches, and keeps the first `limit` hits.
    pub fn add_notes(&mut self, notes: Vec<Hit>, limit: usize) {
        if notes.is_empty() {
            return;
        }
        self.total += notes.len();
        self.suggestions.clear();
        let is_best = |hit: &Hit| hit.group == HitGroup::Best;
        let at = self.hits.partition_point(is_best);
        self.hits.splice(at..at, notes);
        self.hits.truncate(limit);
    }

    /// Returns true if all hits have words that are only similar to those of the query.
    pub fn is_similar_only(&self) -> bool {
        let mut hits = self.hits.iter();
        !self.hits.is_empty() && hits.all(|hit| hit.group == HitGroup::Similar)
    }

    /// Returns the heading of a group.
    pub fn heading(&self, group: HitGroup, query: &str) -> String {
        if !self.is_similar_only() || self.corrections.is_empty() {
            return group.title().to_owned();
        }
        let words = self.corrections.join(", ");
        format!("No results for “{}”. Did you mean: {words}?", query.trim())
    }
}

/// A row or bare code that matches the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub group: HitGroup,
    pub code: CodeId,
    pub title: String,
    /// The row, or `None` for a bare code. A hit on a code or title has the document's first row.
    pub row_path: Option<RowPath>,
    /// Section, row and field as a breadcrumb; empty if the document as a whole matches.
    pub trail: Vec<String>,
    pub reason: MatchReason,
    pub snippet: Snippet,
}

/// Why a hit matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchReason {
    /// The query is the hit's code.
    Code,
    /// The query is the row's modifier.
    Modifier,
    /// A synonym of words of the query is in the row, or names what the row is about.
    Synonym {
        query_words: String,
        synonym: String,
    },
    Words {
        field: String,
        typos: usize,
    },
}

impl fmt::Display for MatchReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code"),
            Self::Modifier => f.write_str("modifier"),
            Self::Synonym {
                query_words,
                synonym,
            } => write!(f, "{query_words} = {synonym}"),
            Self::Words { field, typos } => {
                f.write_str(&field.to_lowercase())?;
                match typos {
                    0 => Ok(()),
                    1 => f.write_str(", 1 typo"),
                    _ => write!(f, ", {typos} typos"),
                }
            }
        }
    }
}
