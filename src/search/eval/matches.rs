//! Matches: for each clause of a query, the rows and documents that match it, and at what cost.

use crate::search::columns::gallop;
use crate::search::fields::FieldMask;

/// The penalty for a match that differs from the query, in four counts of two bits: typos, synonyms,
/// prefixes and variants, of which the earlier outweigh the later. Matches of
/// [`MatchCost::INEXACT`] or more rank below all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MatchCost(pub(crate) u8);

impl MatchCost {
    pub(crate) const NONE: Self = Self(0);
    /// Plural for singular, or the parts of `follow-up` as separate words.
    pub(crate) const VARIANT: Self = Self(1);
    /// A longer term with the word as its prefix.
    pub(crate) const PREFIX: Self = Self(1 << 2);
    /// The lowest cost of a match of another word.
    pub(crate) const INEXACT: Self = Self::SYNONYM;
    pub(crate) const SYNONYM: Self = Self(1 << 4);
    pub(crate) const TYPO: Self = Self(1 << 6);

    pub(crate) const fn plus(self, other: Self) -> Self {
        /// Variants and synonyms. The two bits above each are free for a carry.
        const EVEN: u8 = 0x33;
        const fn add(a: u8, b: u8) -> u8 {
            let sum = (a & EVEN) + (b & EVEN);
            let carries = sum >> 2 & 0x11;
            (sum | (carries * 3)) & EVEN
        }
        Self(add(self.0, other.0) | add(self.0 >> 2, other.0 >> 2) << 2)
    }

    pub(crate) const fn has_prefix(self) -> bool {
        self.0 >> 2 & 3 > 0
    }
}

/// How a row matches a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MatchKind {
    #[default]
    Words,
    /// It is about the modifier.
    Modifier,
    /// It is about the modifier, in the document of the code.
    CodeAndModifier,
    /// It matches a synonym: a position in [`QueryMatches::synonyms`].
    Synonym(u8),
    /// It has a correction of the word.
    Typo,
}

impl MatchKind {
    /// Returns the rank among matches of equal cost, best first.
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

/// A row that matches a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowMatch {
    pub(crate) row: u32,
    pub(crate) mask: FieldMask,
    pub(crate) cost: MatchCost,
    pub(crate) kind: MatchKind,
}

impl RowMatch {
    pub(crate) const fn new(row: u32, mask: FieldMask, cost: MatchCost, kind: MatchKind) -> Self {
        Self {
            row,
            mask,
            cost,
            kind,
        }
    }

    /// Returns true if the row is about the modifier of the clause, or about its synonym.
    pub(crate) fn is_about_modifier(self) -> bool {
        match self.kind {
            MatchKind::CodeAndModifier | MatchKind::Modifier => true,
            MatchKind::Synonym(_) => self.mask == FieldMask::ALL,
            MatchKind::Words | MatchKind::Typo => false,
        }
    }

    /// Combines the matches of two clauses in a row: the fields of both, and the sum of their costs.
    pub(crate) fn and(self, other: Self) -> Self {
        let kind = if [self.kind, other.kind].contains(&MatchKind::CodeAndModifier) {
            MatchKind::CodeAndModifier
        } else if self.is_about_modifier() || other.is_about_modifier() {
            MatchKind::Modifier
        } else {
            MatchKind::Words
        };
        Self {
            row: self.row,
            mask: self.mask.and(other.mask),
            cost: self.cost.plus(other.cost),
            kind,
        }
    }

    /// Merges two matches of a row: the fields of both, and cost and kind of the better one. A
    /// match in the title is better than a closer match elsewhere; otherwise the merged match would
    /// have the title's field and a cost that the title does not deserve.
    fn merge(self, other: Self) -> Self {
        let rank = |found: Self| {
            let is_inexact = found.cost >= MatchCost::INEXACT;
            let in_title = found.mask.intersects(FieldMask::TITLE);
            (is_inexact, !in_title, found.cost, found.kind.priority())
        };
        let mask = self.mask.or(other.mask);
        let better = std::cmp::min_by_key(self, other, |found| rank(*found));
        Self { mask, ..better }
    }
}

#[derive(Debug, Default)]
pub(crate) struct TermMatches {
    /// Ascending and unique by row.
    pub(crate) rows: Vec<RowMatch>,
    /// Documents with the clause's code, ascending. All of their rows match.
    pub(crate) code_docs: Vec<u32>,
    /// Documents whose code has the word as its prefix, ascending. All of their rows match.
    pub(crate) code_prefix_docs: Vec<u32>,
}

impl TermMatches {
    pub(crate) fn sort_and_dedup_docs(&mut self) {
        for docs in [&mut self.code_docs, &mut self.code_prefix_docs] {
            docs.sort_unstable();
            docs.dedup();
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.rows.len() + self.code_docs.len() + self.code_prefix_docs.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn row_match(&self, row: u32) -> Option<&RowMatch> {
        let position = self.rows.binary_search_by_key(&row, |found| found.row);
        self.rows.get(position.ok()?)
    }
}

/// The matches of all clauses of a query, and the words to highlight.
#[derive(Debug, Default)]
pub(crate) struct QueryMatches {
    pub(crate) by_clause: Vec<TermMatches>,
    /// The documents whose code has the query as its everyday name, best first.
    pub(crate) named_docs: Vec<u32>,
    /// Terms to highlight, folded.
    pub(crate) terms: Vec<String>,
    /// Corrections, folded; to be highlighted if a hit has them.
    pub(crate) corrections: Vec<String>,
    /// Prefixes to highlight, folded.
    pub(crate) prefixes: Vec<String>,
    /// Words of the query, and the synonym that matched for them.
    pub(crate) synonyms: Vec<(String, String)>,
}

impl QueryMatches {
    pub(crate) fn of_row(&self, row: u32) -> impl Iterator<Item = &RowMatch> {
        let clauses = self.by_clause.iter();
        clauses.filter_map(move |clause| clause.row_match(row))
    }
}

/// Sorts matches by row, and merges those of one row.
pub(crate) fn sort_and_merge(matches: &mut Vec<RowMatch>) {
    if matches.is_sorted_by(|a, b| a.row < b.row) {
        return;
    }
    matches.sort_unstable_by_key(|found| found.row);
    matches.dedup_by(|next, merged| {
        let is_same = next.row == merged.row;
        if is_same {
            *merged = merged.merge(*next);
        }
        is_same
    });
}

/// Merges two lists of matches that are ascending and unique by row.
pub(crate) fn merge_sorted(left: Vec<RowMatch>, right: Vec<RowMatch>) -> Vec<RowMatch> {
    if right.is_empty() {
        return left;
    }
    if left.is_empty() {
        return right;
    }
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (&left[..], &right[..]);
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if a.row == b.row {
            merged.push(a.merge(*b));
            (left, right) = (left_rest, right_rest);
        } else {
            // One list may have thousands of rows before the next row of the other.
            let (earlier, row) = if a.row < b.row {
                (&mut left, b.row)
            } else {
                (&mut right, a.row)
            };
            let rest = gallop(earlier, |found| found.row < row);
            merged.extend_from_slice(&earlier[..earlier.len() - rest.len()]);
            *earlier = rest;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    merged
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn merged_match_has_all_fields_and_the_lower_cost() {
        let exact = RowMatch::new(1, FieldMask::BODY, MatchCost::NONE, MatchKind::Words);
        let prefix = RowMatch::new(1, FieldMask::REST, MatchCost::PREFIX, MatchKind::Words);
        let both = FieldMask::BODY.or(FieldMask::REST);
        assert_eq!(
            exact.merge(prefix),
            RowMatch {
                mask: both,
                ..exact
            }
        );
        assert_eq!(
            prefix.merge(exact),
            RowMatch {
                mask: both,
                ..exact
            }
        );
    }

    #[test]
    fn title_match_beats_a_cheaper_match_elsewhere_unless_inexact() {
        let body = RowMatch::new(1, FieldMask::BODY, MatchCost::NONE, MatchKind::Words);
        let title = RowMatch::new(1, FieldMask::TITLE, MatchCost::PREFIX, MatchKind::Words);
        assert_eq!(body.merge(title).cost, MatchCost::PREFIX);
        let typo = RowMatch::new(1, FieldMask::TITLE, MatchCost::TYPO, MatchKind::Typo);
        assert_eq!(typo.merge(body).cost, MatchCost::NONE);
    }

    #[test]
    fn match_of_a_modifier_beats_one_of_words_at_equal_cost() {
        let words = RowMatch::new(1, FieldMask::ALL, MatchCost::NONE, MatchKind::Words);
        let modifier = RowMatch::new(1, FieldMask::ALL, MatchCost::NONE, MatchKind::Modifier);
        assert_eq!(words.merge(modifier).kind, MatchKind::Modifier);
        assert_eq!(modifier.merge(words).kind, MatchKind::Modifier);
    }

    prop_compose! {
        /// Exact matches only: merging three matches depends on their order if some are inexact.
        fn any_match()(row in 0_u32..60, bits in 1_u8.., cost in 0_u8..16) -> RowMatch {
            RowMatch::new(row, FieldMask(bits), MatchCost(cost), MatchKind::Words)
        }
    }

    /// Merges matches one by one, in the order of their rows.
    fn merged_by_row(matches: &[RowMatch]) -> Vec<RowMatch> {
        let mut by_row = BTreeMap::new();
        for found in matches {
            by_row
                .entry(found.row)
                .and_modify(|merged: &mut RowMatch| *merged = merged.merge(*found))
                .or_insert(*found);
        }
        by_row.into_values().collect()
    }

    proptest! {
        #[test]
        fn costs_add_count_by_count(a: u8, b: u8) {
            let sum = MatchCost(a).plus(MatchCost(b));
            for shift in [0, 2, 4, 6] {
                let count = |cost: u8| cost >> shift & 3;
                prop_assert_eq!(count(sum.0), (count(a) + count(b)).min(3));
            }
        }

        #[test]
        fn sort_and_merge_yields_one_match_per_row(
            mut matches in prop::collection::vec(any_match(), 0..60),
        ) {
            let expected = merged_by_row(&matches);
            sort_and_merge(&mut matches);
            prop_assert_eq!(matches, expected);
        }

        #[test]
        fn merge_sorted_equals_sort_and_merge(
            left in prop::collection::vec(any_match(), 0..60),
            right in prop::collection::vec(any_match(), 0..60),
        ) {
            let (left, right) = (merged_by_row(&left), merged_by_row(&right));
            let mut expected = [&left[..], &right[..]].concat();
            sort_and_merge(&mut expected);
            prop_assert_eq!(merge_sorted(left, right), expected);
        }
    }
}
