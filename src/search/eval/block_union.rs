//! The union of many long postings lists, accumulated in a table of one block of rows at a time.
//!
//! With thousands of postings this is faster than sorting them. A block fits into the processor's
//! cache.

use crate::search::columns::extend_selected;
use crate::search::eval::filter::RowFilter;
use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch};
use crate::search::eval::term_expansion::{Term, fetch_postings, posting_bytes};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::postings::{Posting, PostingsDecoder};

const BLOCK_ROWS: u32 = 1 << 13;

/// The number of rows that are checked together for having no match.
const SCAN_WIDTH: usize = 16;

/// Returns the rows that have any of the terms, ascending.
pub(crate) fn block_union(
    index: &Index,
    terms: &[Term],
    kind: MatchKind,
    filter: Option<&RowFilter>,
) -> Vec<RowMatch> {
    let batch = fetch_postings(index, terms);
    let cursor = |term: &Term| PostingsCursor::new(batch.postings(term.ord), term.cost);
    let mut cursors: Vec<_> = terms.iter().filter_map(cursor).collect();
    let mut block = BlockAccumulator::new();
    let max_matches = posting_bytes(index, terms).min(index.rows.count() as usize);
    let mut matches = Vec::with_capacity(max_matches);
    while let Some(row) = cursors.iter().map(|cursor| cursor.next.row).min() {
        block.first_row = row - row % BLOCK_ROWS;
        cursors.retain_mut(|cursor| cursor.advance_past(&mut block));
        block.drain_into(&mut matches, kind, filter);
    }
    matches
}

struct PostingsCursor<'a> {
    next: Posting,
    rest: PostingsDecoder<'a>,
    score: u8,
}

impl<'a> PostingsCursor<'a> {
    fn new(mut postings: PostingsDecoder<'a>, cost: MatchCost) -> Option<Self> {
        Some(Self {
            next: postings.next()?,
            rest: postings,
            score: u8::MAX - cost.0,
        })
    }

    /// Adds the postings of a block to it. Returns false after the last posting of the term.
    fn advance_past(&mut self, block: &mut BlockAccumulator) -> bool {
        while let Some(row) = block.row_mut(self.next.row) {
            row.add(self.next.mask, self.score);
            match self.rest.next() {
                Some(posting) => self.next = posting,
                None => return false,
            }
        }
        true
    }
}

/// The matches of `BLOCK_ROWS` consecutive rows.
struct BlockAccumulator {
    first_row: u32,
    rows: Vec<RowAccumulator>,
}

impl BlockAccumulator {
    fn new() -> Self {
        Self {
            first_row: 0,
            rows: vec![RowAccumulator::default(); BLOCK_ROWS as usize],
        }
    }

    /// Returns a row that is not below the block, or `None` if it is above.
    fn row_mut(&mut self, row: u32) -> Option<&mut RowAccumulator> {
        self.rows.get_mut((row - self.first_row) as usize)
    }

    /// Empties the block, and appends its matches in ascending order.
    fn drain_into(
        &mut self,
        matches: &mut Vec<RowMatch>,
        kind: MatchKind,
        filter: Option<&RowFilter>,
    ) {
        let chunks = self.rows.chunks_mut(SCAN_WIDTH);
        for (first_row, rows) in (self.first_row..).step_by(SCAN_WIDTH).zip(chunks) {
            if rows.iter().fold(0, |bits, row| bits | row.bits()) == 0 {
                continue;
            }
            let found = (first_row..).zip(rows).map(|(row, accumulator)| {
                let accumulator = std::mem::take(accumulator);
                let mask = FieldMask(accumulator.mask);
                let is_admitted = filter.is_none_or(|filter| filter.contains(row));
                let found = RowMatch::new(row, mask, accumulator.cost(), kind);
                (found, !mask.is_empty() & is_admitted)
            });
            extend_selected(matches, SCAN_WIDTH, found);
        }
    }
}

/// The merged postings of one row. A score is 255 minus a cost, so that a row without postings has
/// zeros only.
#[derive(Clone, Copy, Default)]
struct RowAccumulator {
    title_score: u8,
    other_score: u8,
    mask: u8,
    /// Makes the size a power of two.
    padding: u8,
}

impl RowAccumulator {
    fn add(&mut self, mask: FieldMask, score: u8) {
        let best = if mask.intersects(FieldMask::TITLE) {
            &mut self.title_score
        } else {
            &mut self.other_score
        };
        *best = score.max(*best);
        self.mask |= mask.0;
    }

    /// Returns the cost of the best match in the title, or elsewhere if the title has none.
    const fn cost(self) -> MatchCost {
        MatchCost(match self.title_score {
            0 => u8::MAX - self.other_score,
            score => u8::MAX - score,
        })
    }

    /// Returns 0 if the row has no postings. Including the padding lets the compiler check many
    /// rows at once.
    const fn bits(self) -> u8 {
        self.title_score | self.other_score | self.mask | self.padding
    }
}
