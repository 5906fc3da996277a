//! The top k of the ranked rows.

use crate::search::hits::ranking::SortKey;

/// A ranked row, and its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ScoredRow {
    pub(crate) key: SortKey,
    pub(crate) doc: u32,
}

/// Selects the best `limit` rows, and counts the others, so that a query that half of all rows match
/// takes little memory.
#[derive(Debug)]
pub(crate) struct TopK {
    rows: Vec<ScoredRow>,
    limit: usize,
    total: usize,
    /// Rows with this key or a larger one are not in the top k.
    threshold: SortKey,
}

impl TopK {
    /// The least number of rows to collect before all but the best are dropped.
    const MIN_PRUNE_ROWS: usize = 256;

    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            rows: Vec::new(),
            limit,
            total: 0,
            threshold: SortKey::MAX,
        }
    }

    /// Returns true if a row with this key or a larger one is not in the top k.
    pub(crate) fn excludes(&self, key: SortKey) -> bool {
        key >= self.threshold
    }

    /// Counts rows that are not in the top k.
    pub(crate) const fn count_rejected(&mut self, rows: usize) {
        self.total += rows;
    }

    /// Counts a row with this key or a larger one if it is not in the top k. Returns true if so.
    pub(crate) fn reject(&mut self, key: SortKey) -> bool {
        let is_rejected = self.excludes(key);
        self.count_rejected(usize::from(is_rejected));
        is_rejected
    }

    pub(crate) fn push(&mut self, row: ScoredRow) {
        if !self.reject(row.key) {
            self.total += 1;
            self.rows.push(row);
            if self.rows.len() >= self.limit.saturating_mul(2).max(Self::MIN_PRUNE_ROWS) {
                self.prune();
            }
        }
    }

    fn prune(&mut self) {
        if self.rows.len() > self.limit {
            let (_, first_excluded, _) = self.rows.select_nth_unstable(self.limit);
            self.threshold = first_excluded.key;
            self.rows.truncate(self.limit);
        }
    }

    /// Returns the top k, best first, and the number of all rows.
    pub(crate) fn finish(mut self) -> (Vec<ScoredRow>, usize) {
        self.prune();
        self.rows.sort_unstable();
        (self.rows, self.total)
    }
}
