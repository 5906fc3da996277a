//! Operations on postings: union and intersection.

use crate::search::columns::gallop;
use crate::search::eval::block_union::block_union;
use crate::search::eval::filter::RowFilter;
use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch, merge_sorted, sort_and_merge};
use crate::search::eval::term_expansion::{Term, fetch_postings, posting_bytes};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::postings::Posting;

/// The most terms whose postings are merged pairwise.
const MAX_PAIRWISE_MERGES: usize = 3;

/// The size of postings from which more terms are merged by [`block_union`].
const MIN_BLOCK_UNION_BYTES: usize = 4096;

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
    let is_pairwise = terms.len() <= MAX_PAIRWISE_MERGES;
    if !is_pairwise
        && posting_bytes(index, terms) > MIN_BLOCK_UNION_BYTES
        && !filter.is_some_and(|filter| filter.is_selective(index))
    {
        return block_union(index, terms, kind, filter);
    }
    let batch = fetch_postings(index, terms);
    let append = |term: &Term, matches: &mut Vec<RowMatch>| {
        for Posting { row, mask } in batch.postings(term.ord) {
            if filter.is_none_or(|filter| filter.contains(row)) {
                matches.push(RowMatch::new(row, mask, term.cost, kind));
            }
        }
    };
    let mut all = Vec::new();
    for term in terms {
        if is_pairwise {
            // A posting has at least one byte.
            let capacity = match filter {
                None => index.terms.posting_bytes(term.ord),
                Some(_) => 0,
            };
            let mut matches = Vec::with_capacity(capacity);
            append(term, &mut matches);
            all = merge_sorted(all, matches);
        } else {
            append(term, &mut all);
        }
    }
    if !is_pairwise {
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
