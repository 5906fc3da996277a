//! Defines how rows are gathered: the postings of the words that a query stands for, joined.
//!
//! The rarest part of a query is gathered first, and of the others only rows of documents that
//! have it ([`RowFilter`]): the part that is still being typed may stand for half of all rows.

use std::ops::Range;

use crate::search::eval::bitset::RowBitSet;
use crate::search::eval::matches::{
    MatchCost, MatchKind, RowMatch, TermMatches, gallop, merge_sorted, sort_and_merge,
};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::postings::Posting;

/// The rows of how many words are joined one after the other.
const MAX_PAIRWISE_MERGES: usize = 3;

/// From how many bytes of postings on the rows of more words are gathered in a table.
const MIN_BLOCK_UNION_BYTES: usize = 4096;

/// How many rows are looked at together.
const BLOCK_ROWS: u32 = 1 << 13;

/// A word of the dictionary that stands for one that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) number: u32,
    pub(crate) cost: MatchCost,
}

impl Term {
    pub(crate) const fn exact(number: u32) -> Self {
        Self {
            number,
            cost: MatchCost::NONE,
        }
    }
}

/// One way in which rows answer some parts of a query.
#[derive(Debug)]
pub(crate) enum Subquery {
    /// These rows do.
    Rows(Vec<RowMatch>),
    /// Rows that have one of the words do.
    Any(Vec<Term>, MatchKind),
    /// Rows that have a word of each set within one field do, at some cost.
    All(Vec<Vec<Term>>, MatchCost, MatchKind),
}

impl Subquery {
    /// Returns how much there is to read, in bytes.
    pub(crate) fn posting_bytes(&self, index: &Index) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Any(terms, _) => posting_bytes(index, terms),
            Self::All(sets, ..) => sets.iter().map(|terms| posting_bytes(index, terms)).sum(),
        }
    }

    /// Gathers the rows, ascending, each once.
    pub(crate) fn evaluate(&self, index: &Index, filter: Option<&RowFilter>) -> Vec<RowMatch> {
        match self {
            Self::Rows(rows) => {
                let mut rows = rows.clone();
                sort_and_merge(&mut rows);
                rows
            }
            Self::Any(terms, via) => union(index, terms, *via, filter),
            Self::All(sets, cost, via) => {
                let mut rows = intersect(index, sets, *via, filter);
                for entry in &mut rows {
                    entry.cost = entry.cost.plus(*cost);
                }
                rows
            }
        }
    }
}

/// The rows that may answer: of the documents that have everything gathered so far, or those that
/// the bounds of a query let pass.
#[derive(Debug)]
pub(crate) struct RowFilter {
    rows: RowBitSet,
    row_count: usize,
}

impl RowFilter {
    /// Makes the filter of the documents that answer a need; nothing where that is most of them,
    /// and looking would cost more than it saves.
    pub(crate) fn from_matches(index: &Index, need: &TermMatches) -> Option<Self> {
        let all = index.rows.count();
        let most = all as usize / 2;
        let mut filter = Self {
            rows: RowBitSet::new(all),
            row_count: 0,
        };
        let mut walk = index.docs.row_to_doc();
        let mut last = None;
        for entry in &need.rows {
            if last.is_none_or(|end| entry.row >= end) {
                let rows = index.docs.rows(walk.doc_of_row(entry.row));
                last = Some(rows.end);
                filter.add_rows(rows);
                if filter.row_count > most {
                    return None;
                }
            }
        }
        for doc in need.code_docs.iter().chain(&need.code_prefix_docs) {
            filter.add_rows(index.docs.rows(*doc));
        }
        (filter.row_count <= most).then_some(filter)
    }

    /// Makes the filter of some rows.
    pub(crate) fn from_row_set(rows: &RowBitSet) -> Self {
        Self {
            rows: rows.clone(),
            row_count: rows.count(),
        }
    }

    fn add_rows(&mut self, rows: Range<u32>) {
        self.row_count += rows.len();
        self.rows.insert_range(rows);
    }

    fn contains(&self, row: u32) -> bool {
        self.rows.contains(row)
    }
}

fn posting_bytes(index: &Index, terms: &[Term]) -> usize {
    let weights = terms
        .iter()
        .map(|term| index.terms.posting_bytes(term.number));
    weights.sum()
}

/// Returns the rows that have one of some words.
fn union(
    index: &Index,
    terms: &[Term],
    via: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let weight = posting_bytes(index, terms);
    let few = |filter: &RowFilter| filter.row_count < index.rows.count() as usize / 16;
    if terms.len() > MAX_PAIRWISE_MERGES
        && weight > MIN_BLOCK_UNION_BYTES
        && !filter.is_some_and(few)
    {
        return block_union(index, terms, via, filter);
    }
    let fetched = index
        .terms
        .fetch_postings(terms.iter().map(|term| term.number));
    let add = |term: &Term, rows: &mut Vec<RowMatch>| {
        let cost = term.cost;
        for Posting { row, mask } in fetched.postings(term.number) {
            if filter.is_none_or(|filter| filter.contains(row)) {
                rows.push(RowMatch {
                    row,
                    mask,
                    cost,
                    kind: via,
                });
            }
        }
    };
    if terms.len() <= MAX_PAIRWISE_MERGES {
        let mut all = Vec::new();
        for term in terms {
            let mut rows = Vec::with_capacity(match filter {
                None => index.terms.posting_bytes(term.number),
                Some(_) => 0,
            });
            add(term, &mut rows);
            all = merge_sorted(all, rows);
        }
        return all;
    }
    let mut rows = Vec::new();
    for term in terms {
        add(term, &mut rows);
    }
    sort_and_merge(&mut rows);
    rows
}

/// What the words gathered so far say of a row: what the best cost leaves of the highest, in the
/// title and elsewhere, and the fields. The last byte only makes it a whole number of words.
type RowAccumulator = [u8; 4];

/// How many slots are looked at together for whether any of them is taken.
const SCAN_WIDTH: usize = 16;

/// Does the same over a table of rows, which beats sorting once there are thousands; a block of
/// them at a time, so that the table stays near the processor.
fn block_union(
    index: &Index,
    terms: &[Term],
    via: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let mut table: Vec<RowAccumulator> = vec![RowAccumulator::default(); BLOCK_ROWS as usize];
    let fetched = index
        .terms
        .fetch_postings(terms.iter().map(|term| term.number));
    let mut readers: Vec<_> = terms
        .iter()
        .filter_map(|term| {
            let mut reader = fetched.postings(term.number);
            Some((reader.next()?, u8::MAX - term.cost.0, reader))
        })
        .collect();
    let mut rows = Vec::new();
    while let Some(first) = readers.iter().map(|(next, ..)| next.row).min() {
        let start = first - first % BLOCK_ROWS;
        readers.retain_mut(|(next, rest, reader)| {
            while next.row - start < BLOCK_ROWS {
                let slot = &mut table[(next.row - start) as usize];
                let best = &mut slot[usize::from(!next.mask.intersects(FieldMask::TITLE))];
                *best = (*best).max(*rest);
                slot[2] |= next.mask.0;
                match reader.next() {
                    Some(posting) => *next = posting,
                    None => return false,
                }
            }
            true
        });
        for (row, slots) in (start..)
            .step_by(SCAN_WIDTH)
            .zip(table.chunks_mut(SCAN_WIDTH))
        {
            if slots.as_flattened().iter().all(|byte| *byte == 0) {
                continue;
            }
            for (row, slot) in (row..).zip(slots) {
                let [title, elsewhere, mask, _] = std::mem::take(slot);
                if mask != 0 && filter.is_none_or(|filter| filter.contains(row)) {
                    rows.push(RowMatch {
                        row,
                        mask: FieldMask(mask),
                        cost: MatchCost(u8::MAX - if title > 0 { title } else { elsewhere }),
                        kind: via,
                    });
                }
            }
        }
    }
    rows
}

/// Returns the rows that have a word of each set within one field.
fn intersect(
    index: &Index,
    sets: &[Vec<Term>],
    via: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let mut sets: Vec<&[Term]> = sets.iter().map(Vec::as_slice).collect();
    sets.sort_by_key(|set| posting_bytes(index, set));
    let Some((first, others)) = sets.split_first() else {
        return Vec::new();
    };
    let mut rows = union(index, first, via, filter);
    for set in others {
        rows = intersect_with(index, rows, set);
    }
    rows
}

/// Keeps the rows that have one of some words as well, within the same field.
fn intersect_with(index: &Index, mut rows: Vec<RowMatch>, terms: &[Term]) -> Vec<RowMatch> {
    let mut met = vec![(FieldMask::default(), MatchCost(u8::MAX)); rows.len()];
    let fetched = index
        .terms
        .fetch_postings(terms.iter().map(|term| term.number));
    for term in terms {
        let mut rest = &rows[..];
        for Posting { row, mask } in fetched.postings(term.number) {
            if rest.first().is_some_and(|entry| entry.row > row) {
                continue;
            }
            rest = gallop(rest, |entry| entry.row < row);
            let Some(entry) = rest.first() else { break };
            let at = rows.len() - rest.len();
            if entry.row == row
                && let Some((all, least)) = met.get_mut(at)
            {
                *all = all.or(mask);
                *least = term.cost.min(*least);
            }
        }
    }
    let mut met = met.into_iter();
    rows.retain_mut(|entry| {
        let (mask, cost) = met.next().unwrap_or_default();
        entry.mask = entry.mask.and(mask);
        entry.cost = entry.cost.plus(cost);
        !entry.mask.is_empty()
    });
    rows
}
