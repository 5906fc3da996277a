//! Defines sets of rows: a bit each.

use std::ops::Range;

/// A set of the rows of an index.
#[derive(Clone, Debug)]
pub(crate) struct RowBitSet {
    bits: Vec<u64>,
}

impl RowBitSet {
    /// Makes the set of some of so many rows.
    pub(crate) fn from_ranges(count: u32, rows: impl Iterator<Item = Range<u32>>) -> Self {
        let mut set = Self::new(count);
        for rows in rows {
            set.insert_range(rows);
        }
        set
    }

    /// Makes an empty set of so many rows.
    pub(crate) fn new(rows: u32) -> Self {
        Self {
            bits: vec![0; (rows as usize).div_ceil(64)],
        }
    }

    /// Adds rows.
    pub(crate) fn insert_range(&mut self, rows: Range<u32>) {
        let mut from = rows.start;
        while from < rows.end {
            let to = rows.end.min((from / 64 + 1) * 64);
            let ones = u64::MAX >> (64 - (to - from));
            if let Some(bits) = self.bits.get_mut(from as usize / 64) {
                *bits |= ones << (from % 64);
            }
            from = to;
        }
    }

    /// Keeps the rows that are in another set as well.
    pub(crate) fn intersect_with(&mut self, other: &Self) {
        for (bits, others) in self.bits.iter_mut().zip(&other.bits) {
            *bits &= others;
        }
    }

    /// Returns how many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.bits
            .iter()
            .map(|bits| bits.count_ones() as usize)
            .sum()
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        let bits = self.bits.get(row as usize / 64).copied();
        bits.unwrap_or_default() >> (row % 64) & 1 == 1
    }

    /// Returns the rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).step_by(64).zip(&self.bits).flat_map(|(start, bits)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let lowest = bits.trailing_zeros();
                bits &= bits.checked_sub(1)?;
                Some(start + lowest)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn intersection_contains_the_common_rows(
            some in prop::collection::vec((0_u32..300, 0_u32..150), 0..6),
            more in prop::collection::vec((0_u32..300, 0_u32..150), 0..6),
        ) {
            let set = |ranges: &[(u32, u32)]| {
                RowBitSet::from_ranges(450, ranges.iter().map(|(start, length)| *start..start + length))
            };
            let is_in = |ranges: &[(u32, u32)], row: u32| {
                ranges.iter().any(|(start, length)| (*start..start + length).contains(&row))
            };
            let mut both = set(&some);
            both.intersect_with(&set(&more));
            let rows: Vec<u32> = (0..500).filter(|row| both.contains(*row)).collect();
            let wanted: Vec<u32> =
                (0..450).filter(|row| is_in(&some, *row) && is_in(&more, *row)).collect();
            prop_assert_eq!(&rows, &wanted);
            prop_assert_eq!(both.count(), wanted.len());
            prop_assert_eq!(both.iter().collect::<Vec<_>>(), wanted);
        }
    }
}
