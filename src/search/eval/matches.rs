//! Defines what a query needs of a row: for each of its parts, the rows and documents that answer.

use crate::search::fields::FieldMask;

/// What it costs a row that a word stands in it otherwise than it was asked for. Everything from
/// [`MatchCost::INEXACT`] on ranks behind what is spelled as asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MatchCost(pub(crate) u8);

impl MatchCost {
    pub(crate) const NONE: Self = Self(0);
    /// Plural for singular, or the words of `follow-up` apart.
    pub(crate) const VARIANT: Self = Self(1);
    /// The beginning of a longer word.
    pub(crate) const PREFIX: Self = Self(2);
    /// From here on the row has another word.
    pub(crate) const INEXACT: Self = Self(16);
    pub(crate) const SYNONYM: Self = Self(16);
    pub(crate) const TYPO: Self = Self(32);

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// How a row came to answer a part of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// It has the words.
    Words,
    /// It is about the modifier.
    Modifier,
    /// It is about the modifier, of the code asked for.
    CodeAndModifier,
    /// It has other words for them, or is about what they are another name for: a position in
    /// [`QueryMatches::plan_synonyms`].
    Synonym(u8),
    /// It has a word that is spelled otherwise.
    Typo,
}

/// A row that answers a part of the query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowMatch {
    pub(crate) row: u32,
    pub(crate) mask: FieldMask,
    pub(crate) cost: MatchCost,
    pub(crate) kind: MatchKind,
}

/// One part of the query, and what answers it.
#[derive(Debug, Default)]
pub(crate) struct TermMatches {
    /// The rows, ascending, each once.
    pub(crate) rows: Vec<RowMatch>,
    /// Documents whose every row answers it, because their code does; ascending.
    pub(crate) code_docs: Vec<u32>,
    /// Documents whose code begins as the word does; ascending.
    pub(crate) code_prefix_docs: Vec<u32>,
}

/// Everything that a query needs.
#[derive(Debug, Default)]
pub(crate) struct QueryMatches {
    pub(crate) by_clause: Vec<TermMatches>,
    /// The terms to mark, folded.
    pub(crate) terms: Vec<String>,
    /// The words that were not spelled so, to mark where they were found, folded.
    pub(crate) corrections: Vec<String>,
    /// The beginnings to mark, folded.
    pub(crate) prefixes: Vec<String>,
    /// What was asked for, and what stands for it.
    pub(crate) synonyms: Vec<(String, String)>,
}

impl TermMatches {
    /// Brings the documents into order, each once.
    pub(crate) fn sort_and_dedup_docs(&mut self) {
        for docs in [&mut self.code_docs, &mut self.code_prefix_docs] {
            docs.sort_unstable();
            docs.dedup();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.code_docs.is_empty() && self.code_prefix_docs.is_empty()
    }

    /// Returns how a row answers.
    pub(crate) fn row_match(&self, row: u32) -> Option<&RowMatch> {
        let at = self.rows.binary_search_by_key(&row, |e| e.row).ok()?;
        self.rows.get(at)
    }
}

/// Brings entries into order, one a row: the cheapest way to answer, all the fields.
pub(crate) fn sort_and_merge(entries: &mut Vec<RowMatch>) {
    if entries.is_sorted_by(|a, b| a.row < b.row) {
        return;
    }
    entries.sort_unstable_by_key(|entry| entry.row);
    entries.dedup_by(|next, kept| {
        let same = next.row == kept.row;
        if same {
            *kept = kept.merge(*next);
        }
        same
    });
}

/// Joins two rows of entries that are each in order.
pub(crate) fn merge_sorted(some: Vec<RowMatch>, more: Vec<RowMatch>) -> Vec<RowMatch> {
    if more.is_empty() {
        return some;
    }
    if some.is_empty() {
        return more;
    }
    let mut all = Vec::with_capacity(some.len() + more.len());
    let (mut some, mut more) = (&some[..], &more[..]);
    while let (Some(a), Some(b)) = (some.first(), more.first()) {
        if a.row == b.row {
            all.push(a.merge(*b));
            (some, more) = (&some[1..], &more[1..]);
        } else {
            // One of them may have a thousand rows before the other's next.
            let (earlier, row) = if a.row < b.row {
                (&mut some, b.row)
            } else {
                (&mut more, a.row)
            };
            let rest = gallop(earlier, |entry| entry.row < row);
            all.extend_from_slice(&earlier[..earlier.len() - rest.len()]);
            *earlier = rest;
        }
    }
    all.extend_from_slice(some);
    all.extend_from_slice(more);
    all
}

/// Returns what is left of a sorted slice after the elements that come before, looking near its
/// front first.
pub(crate) fn gallop<T>(slice: &[T], before: impl Fn(&T) -> bool) -> &[T] {
    let mut bound = 1;
    while slice.get(bound - 1).is_some_and(&before) {
        bound *= 2;
    }
    let from = bound / 2;
    let to = bound.min(slice.len());
    let at = from + slice[from..to].partition_point(before);
    &slice[at..]
}

impl RowMatch {
    /// Joins two ways in which one row answers: the better one, and all the fields. A word in the
    /// title is better than one in the text that is closer to what was asked for; otherwise the
    /// title would pass for as close.
    fn merge(self, other: Self) -> Self {
        let worth = |entry: Self| {
            let otherwise = entry.cost >= MatchCost::INEXACT;
            let title = entry.mask.intersects(FieldMask::TITLE);
            (otherwise, !title, entry.cost, entry.kind.priority())
        };
        let better = worth(other) < worth(self);
        Self {
            mask: self.mask.or(other.mask),
            ..if better { other } else { self }
        }
    }
}

impl MatchKind {
    const fn priority(self) -> u8 {
        match self {
            Self::CodeAndModifier => 0,
            Self::Modifier => 1,
            Self::Synonym(_) => 2,
            Self::Words => 3,
            Self::Typo => 4,
        }
    }
}
