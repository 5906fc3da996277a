//! Operations on postings: union and intersection.

use crate::search::columns::{extend_selected, gallop};
use crate::search::eval::block_union::block_union;
use crate::search::eval::filter::RowFilter;
use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch, merge_sorted, sort_and_merge};
use crate::search::eval::term_expansion::{Term, fetch_postings, posting_bytes};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::postings::Posting;

/// The size up to which the postings of several terms are sorted instead of merged, in bytes.
const MIN_MERGE_BYTES: usize = 4096;

/// The most terms whose postings are merged pairwise. [`block_union`] merges more terms.
const MAX_PAIRWISE_MERGES: usize = 3;

/// A term with more than this many times the postings of all others together, in bytes, is merged
/// with their union.
const MIN_DOMINANCE: usize = 4;

/// One way to match one or more clauses.
#[derive(Debug)]
pub(crate) enum Subquery {
    Rows(Vec<RowMatch>),
    /// Rows that have any of the terms.
    Any(Vec<Term>, MatchKind),
    /// Rows with a field that has a term of each list. They have an additional cost.
    All(Vec<Vec<Term>>, MatchCost, MatchKind),
}

impl Subquery {
    /// Estimates the work to evaluate the subquery, in bytes of postings.
    pub(crate) fn posting_bytes(&self, index: &Index) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Any(terms, _) => posting_bytes(index, terms),
            Self::All(lists, ..) => lists.iter().map(|terms| posting_bytes(index, terms)).sum(),
        }
    }

    /// Returns the matching rows, ascending and unique.
    pub(crate) fn evaluate(&self, index: &Index, filter: Option<&RowFilter>) -> Vec<RowMatch> {
        match self {
            Self::Rows(rows) => {
                let mut rows = rows.clone();
                sort_and_merge(&mut rows);
                rows
            }
            Self::Any(terms, kind) => union(index, terms, *kind, filter),
            Self::All(lists, cost, kind) => {
                let mut rows = intersect(index, lists, *kind, filter);
                for found in &mut rows {
                    found.cost = found.cost.plus(*cost);
                }
                rows
            }
        }
    }
}

fn union(
    index: &Index,
    terms: &[Term],
    kind: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let is_selective = filter.is_some_and(|filter| filter.is_selective(index));
    if terms.len() > 1 && posting_bytes(index, terms) > MIN_MERGE_BYTES && !is_selective {
        let mut by_size = terms.to_vec();
        by_size.sort_by_key(|term| index.terms.posting_bytes(term.ord));
        let most_common = by_size.split_off(by_size.len() - 1);
        // The most common term of a prefix often has more postings than all others.
        let is_dominant =
            posting_bytes(index, &by_size) < posting_bytes(index, &most_common) / MIN_DOMINANCE;
        if terms.len() > MAX_PAIRWISE_MERGES && !is_dominant {
            return block_union(index, terms, kind, filter);
        }
        let others = union(index, &by_size, kind, filter);
        return merge_sorted(union(index, &most_common, kind, filter), others);
    }
    let batch = fetch_postings(index, terms);
    let mut all = Vec::new();
    for term in terms {
        let postings = batch.postings(term.ord);
        let matches =
            postings.map(|Posting { row, mask }| RowMatch::new(row, mask, term.cost, kind));
        // A posting has at least one byte.
        let max = index.terms.posting_bytes(term.ord);
        match filter {
            Some(filter) if is_selective => {
                all.extend(matches.filter(|found| filter.contains(found.row)));
            }
            Some(filter) => {
                let matches = matches.map(|found| (found, filter.contains(found.row)));
                extend_selected(&mut all, max, matches);
            }
            None => {
                all.reserve(max);
                // `extend` takes longer, because it is not inlined.
                for found in matches {
                    all.push(found);
                }
            }
        }
    }
    if terms.len() > 1 {
        sort_and_merge(&mut all);
    }
    all
}

/// Returns the rows with a field that has a term of each list.
fn intersect(
    index: &Index,
    lists: &[Vec<Term>],
    kind: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let mut lists: Vec<&[Term]> = lists.iter().map(Vec::as_slice).collect();
    lists.sort_by_key(|terms| posting_bytes(index, terms));
    let Some((first, others)) = lists.split_first() else {
        return Vec::new();
    };
    let mut matches = union(index, first, kind, filter);
    for terms in others {
        retain_intersection(index, &mut matches, terms);
    }
    matches
}

/// Retains the matches that also have one of the terms, within the same field.
fn retain_intersection(index: &Index, matches: &mut Vec<RowMatch>, terms: &[Term]) {
    // For each match, the fields that have a term, and the lowest cost of one.
    let mut found = vec![(FieldMask::default(), MatchCost(u8::MAX)); matches.len()];
    let batch = fetch_postings(index, terms);
    for term in terms {
        let mut rest = &matches[..];
        for Posting { row, mask } in batch.postings(term.ord) {
            if rest.first().is_some_and(|next| next.row > row) {
                continue;
            }
            rest = gallop(rest, |next| next.row < row);
            let Some(next) = rest.first() else { break };
            let at = matches.len() - rest.len();
            if next.row == row
                && let Some((fields, cost)) = found.get_mut(at)
            {
                *fields = fields.or(mask);
                *cost = term.cost.min(*cost);
            }
        }
    }
    let mut found = found.into_iter();
    matches.retain_mut(|row_match| {
        let (fields, cost) = found.next().unwrap_or_default();
        row_match.mask = row_match.mask.and(fields);
        row_match.cost = row_match.cost.plus(cost);
        !row_match.mask.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use fixedbitset::FixedBitSet;
    use proptest::prelude::*;

    use super::*;
    use crate::search::postings::PostingsEncoder;
    use crate::search::row_table::RowTable;
    use crate::search::term_dict::TermDictionary;
    use crate::search::term_map::TermMap;

    const ROWS: u32 = 10_000;

    /// A postings list with equal distances.
    #[derive(Clone, Copy, Debug)]
    struct List {
        first: u32,
        distance: usize,
        mask: FieldMask,
        cost: MatchCost,
    }

    impl List {
        fn rows(self) -> impl Iterator<Item = u32> {
            (self.first..ROWS).step_by(self.distance)
        }

        fn has(self, row: u32) -> bool {
            let distance = row.checked_sub(self.first);
            distance.is_some_and(|distance| (distance as usize).is_multiple_of(self.distance))
        }
    }

    prop_compose! {
        /// Exact matches only: merging three matches depends on their order if some are inexact.
        fn any_list()(
            first in 0..ROWS,
            distance in prop_oneof![1..9_usize, 100..9_000_usize],
            mask in 1_u8..,
            cost in 0_u8..16,
        ) -> List {
            List { first, distance, mask: FieldMask(mask), cost: MatchCost(cost) }
        }
    }

    /// Returns an index with only postings lists and rows, and the term of each list.
    fn new_index(lists: &[List]) -> (Index, Vec<Term>) {
        let (mut ends, mut postings) = (Vec::new(), Vec::new());
        for list in lists {
            let mut encoder = PostingsEncoder::default();
            for row in list.rows() {
                encoder.write(
                    Posting {
                        row,
                        mask: list.mask,
                    },
                    &mut postings,
                );
            }
            ends.push(u32::try_from(postings.len()).unwrap());
        }
        let packed_kinds = vec![0; ROWS as usize];
        let index = Index {
            rows: RowTable {
                packed_kinds,
                ..RowTable::default()
            },
            terms: TermDictionary::new(TermMap::from_sorted(&[]), ends, postings),
            ..Index::default()
        };
        let terms = (0..).zip(lists);
        let terms = terms
            .map(|(ord, list)| Term {
                ord,
                cost: list.cost,
            })
            .collect();
        (index, terms)
    }

    /// Merges the matches of some lists one by one.
    fn naive_union(lists: &[List], filter: Option<&RowFilter>) -> Vec<RowMatch> {
        let matches = lists.iter().flat_map(|list| {
            let new_match = |row| RowMatch::new(row, list.mask, list.cost, MatchKind::Words);
            list.rows().map(new_match)
        });
        let mut matches: Vec<RowMatch> = matches.collect();
        matches.retain(|found| filter.is_none_or(|filter| filter.contains(found.row)));
        sort_and_merge(&mut matches);
        matches
    }

    fn filter_of(list: List) -> RowFilter {
        let mut rows = FixedBitSet::with_capacity(ROWS as usize);
        rows.extend(list.rows().map(|row| row as usize));
        RowFilter::from_row_set(&rows)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_union_merges_all_lists(
            lists in prop::collection::vec(any_list(), 0..8),
            rows in prop::option::of(any_list()),
        ) {
            let (index, terms) = new_index(&lists);
            let filter = rows.map(filter_of);
            let found = union(&index, &terms, MatchKind::Words, filter.as_ref());
            prop_assert!(found == naive_union(&lists, filter.as_ref()));
        }

        #[test]
        fn intersection_has_a_common_field(
            left in prop::collection::vec(any_list(), 1..4),
            right in prop::collection::vec(any_list(), 1..4),
        ) {
            let (index, terms) = new_index(&[&left[..], &right[..]].concat());
            let split = terms.split_at(left.len());
            let found = intersect(&index, &[split.0.to_vec(), split.1.to_vec()], MatchKind::Words, None);
            let found: Vec<_> = found.iter().map(|found| (found.row, found.mask)).collect();
            let fields = |lists: &[List], row| {
                let with_row = lists.iter().filter(|list| list.has(row));
                with_row.fold(FieldMask::default(), |fields, list| fields.or(list.mask))
            };
            let both = (0..ROWS).map(|row| (row, fields(&left, row).and(fields(&right, row))));
            let both: Vec<_> = both.filter(|(_, fields)| !fields.is_empty()).collect();
            // All rows would be too many to print.
            prop_assert!(found == both);
        }
    }
}
