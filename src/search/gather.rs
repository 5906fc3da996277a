//! Defines how rows are gathered: the postings of the words that a query stands for, joined.
//!
//! The rarest part of a query is gathered first, and of the others only rows of documents that
//! have it ([`Filter`]): the part that is still being typed may stand for half of all rows.

use std::ops::Range;

use super::Index;
use super::fields::Mask;
use super::need::{Cost, Entry, Need, Via, from, merged, settle};
use super::postings::Posting;
use super::row_set::RowSet;

/// The rows of how many words are joined one after the other.
const MERGED: usize = 3;

/// From how many bytes of postings on the rows of more words are gathered in a table.
const SCATTERED: usize = 4096;

/// How many rows are looked at together.
const BLOCK: u32 = 1 << 13;

/// A word of the dictionary that stands for one that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub(super) number: u32,
    pub(super) cost: Cost,
}

impl Term {
    pub(super) const fn exact(number: u32) -> Self {
        Self {
            number,
            cost: Cost::NONE,
        }
    }
}

/// One way in which rows answer some parts of a query.
#[derive(Debug)]
pub(super) enum Clause {
    /// These rows do.
    Rows(Vec<Entry>),
    /// Rows that have one of the words do.
    Any(Vec<Term>, Via),
    /// Rows that have a word of each set within one field do, at some cost.
    All(Vec<Vec<Term>>, Cost, Via),
}

impl Clause {
    /// Returns how much there is to read, in bytes.
    pub(super) fn weight(&self, index: &Index) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Any(terms, _) => weight(index, terms),
            Self::All(sets, ..) => sets.iter().map(|terms| weight(index, terms)).sum(),
        }
    }

    /// Gathers the rows, ascending, each once.
    pub(super) fn gather(&self, index: &Index, filter: Option<&Filter>) -> Vec<Entry> {
        match self {
            Self::Rows(rows) => {
                let mut rows = rows.clone();
                settle(&mut rows);
                rows
            }
            Self::Any(terms, via) => any_of(index, terms, *via, filter),
            Self::All(sets, cost, via) => {
                let mut rows = all_of(index, sets, *via, filter);
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
pub(super) struct Filter {
    rows: RowSet,
    admitted: usize,
}

impl Filter {
    /// Makes the filter of the documents that answer a need; nothing where that is most of them,
    /// and looking would cost more than it saves.
    pub(super) fn of(index: &Index, need: &Need) -> Option<Self> {
        let all = index.rows.count();
        let most = all as usize / 2;
        let mut filter = Self {
            rows: RowSet::new(all),
            admitted: 0,
        };
        let mut walk = index.docs.walk();
        let mut last = None;
        for entry in &need.entries {
            if last.is_none_or(|end| entry.row >= end) {
                let rows = index.docs.rows(walk.of_row(entry.row));
                last = Some(rows.end);
                filter.admit(rows);
                if filter.admitted > most {
                    return None;
                }
            }
        }
        for doc in need.docs.iter().chain(&need.begun) {
            filter.admit(index.docs.rows(*doc));
        }
        (filter.admitted <= most).then_some(filter)
    }

    /// Makes the filter of some rows.
    pub(super) fn of_rows(rows: &RowSet) -> Self {
        Self {
            rows: rows.clone(),
            admitted: rows.count(),
        }
    }

    fn admit(&mut self, rows: Range<u32>) {
        self.admitted += rows.len();
        self.rows.add(rows);
    }

    fn has(&self, row: u32) -> bool {
        self.rows.has(row)
    }
}

fn weight(index: &Index, terms: &[Term]) -> usize {
    let weights = terms.iter().map(|term| index.words.weight(term.number));
    weights.sum()
}

/// Returns the rows that have one of some words.
fn any_of(index: &Index, terms: &[Term], via: Via, filter: Option<&Filter>) -> Vec<Entry> {
    let weight = weight(index, terms);
    let few = |filter: &Filter| filter.admitted < index.rows.count() as usize / 16;
    if terms.len() > MERGED && weight > SCATTERED && !filter.is_some_and(few) {
        return any_of_many(index, terms, via, filter);
    }
    let fetched = index.words.fetch(terms.iter().map(|term| term.number));
    let add = |term: &Term, rows: &mut Vec<Entry>| {
        let cost = term.cost;
        for Posting { row, mask } in fetched.rows(term.number) {
            if filter.is_none_or(|filter| filter.has(row)) {
                rows.push(Entry {
                    row,
                    mask,
                    cost,
                    via,
                });
            }
        }
    };
    if terms.len() <= MERGED {
        let mut all = Vec::new();
        for term in terms {
            let mut rows = Vec::with_capacity(match filter {
                None => index.words.weight(term.number),
                Some(_) => 0,
            });
            add(term, &mut rows);
            all = merged(all, rows);
        }
        return all;
    }
    let mut rows = Vec::new();
    for term in terms {
        add(term, &mut rows);
    }
    settle(&mut rows);
    rows
}

/// What the words gathered so far say of a row: what the best cost leaves of the highest, in the
/// title and elsewhere, and the fields. The last byte only makes it a whole number of words.
type Slot = [u8; 4];

/// How many slots are looked at together for whether any of them is taken.
const SLOTS: usize = 16;

/// Does the same over a table of rows, which beats sorting once there are thousands; a block of
/// them at a time, so that the table stays near the processor.
fn any_of_many(index: &Index, terms: &[Term], via: Via, filter: Option<&Filter>) -> Vec<Entry> {
    let mut table: Vec<Slot> = vec![Slot::default(); BLOCK as usize];
    let fetched = index.words.fetch(terms.iter().map(|term| term.number));
    let mut readers: Vec<_> = terms
        .iter()
        .filter_map(|term| {
            let mut reader = fetched.rows(term.number);
            Some((reader.next()?, u8::MAX - term.cost.0, reader))
        })
        .collect();
    let mut rows = Vec::new();
    while let Some(first) = readers.iter().map(|(next, ..)| next.row).min() {
        let start = first - first % BLOCK;
        readers.retain_mut(|(next, rest, reader)| {
            while next.row - start < BLOCK {
                let slot = &mut table[(next.row - start) as usize];
                let best = &mut slot[usize::from(!next.mask.has(Mask::TITLE))];
                *best = (*best).max(*rest);
                slot[2] |= next.mask.0;
                match reader.next() {
                    Some(posting) => *next = posting,
                    None => return false,
                }
            }
            true
        });
        for (row, slots) in (start..).step_by(SLOTS).zip(table.chunks_mut(SLOTS)) {
            if slots.as_flattened().iter().all(|byte| *byte == 0) {
                continue;
            }
            for (row, slot) in (row..).zip(slots) {
                let [title, elsewhere, mask, _] = std::mem::take(slot);
                if mask != 0 && filter.is_none_or(|filter| filter.has(row)) {
                    rows.push(Entry {
                        row,
                        mask: Mask(mask),
                        cost: Cost(u8::MAX - if title > 0 { title } else { elsewhere }),
                        via,
                    });
                }
            }
        }
    }
    rows
}

/// Returns the rows that have a word of each set within one field.
fn all_of(index: &Index, sets: &[Vec<Term>], via: Via, filter: Option<&Filter>) -> Vec<Entry> {
    let mut sets: Vec<&[Term]> = sets.iter().map(Vec::as_slice).collect();
    sets.sort_by_key(|set| weight(index, set));
    let Some((first, others)) = sets.split_first() else {
        return Vec::new();
    };
    let mut rows = any_of(index, first, via, filter);
    for set in others {
        rows = also(index, rows, set);
    }
    rows
}

/// Keeps the rows that have one of some words as well, within the same field.
fn also(index: &Index, mut rows: Vec<Entry>, terms: &[Term]) -> Vec<Entry> {
    let mut met = vec![(Mask::default(), Cost(u8::MAX)); rows.len()];
    let fetched = index.words.fetch(terms.iter().map(|term| term.number));
    for term in terms {
        let mut rest = &rows[..];
        for Posting { row, mask } in fetched.rows(term.number) {
            if rest.first().is_some_and(|entry| entry.row > row) {
                continue;
            }
            rest = from(rest, |entry| entry.row < row);
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
