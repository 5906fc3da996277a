//! Sorted columns: exponential search in them, and the range of each item of a list of lists.

use std::ops::Range;

/// Skips the elements of a sorted slice for which `is_before` is true, by exponential search from
/// its front.
pub(crate) fn gallop<T>(slice: &[T], is_before: impl Fn(&T) -> bool) -> &[T] {
    let mut bound = 1;
    while slice.get(bound - 1).is_some_and(&is_before) {
        bound *= 2;
    }
    let (from, to) = (bound / 2, bound.min(slice.len()));
    let skipped = from + slice[from..to].partition_point(is_before);
    &slice[skipped..]
}

/// Appends the selected ones of at most `max` items. The loop has no branch on whether an item is
/// selected, because the processor could not predict it.
#[inline]
pub(crate) fn extend_selected<T: Copy + Default>(
    selected: &mut Vec<T>,
    max: usize,
    items: impl Iterator<Item = (T, bool)>,
) {
    let mut end = selected.len();
    selected.resize(end + max, T::default());
    let slots = &mut selected[..];
    for (item, is_selected) in items.take(max) {
        slots[end] = item;
        end += usize::from(is_selected);
    }
    selected.truncate(end);
}

/// How many times longer one slice must be for [`merge_join`] to skip in it.
const MIN_SKIP_RATIO: usize = 8;

/// The length from which a slice is worth a table in [`merge_join`].
const MIN_TABLE_LEN: usize = 64;

/// The number of keys that [`merge_join`] has in a table at a time. The table fits into the
/// processor's cache.
const BLOCK_KEYS: u32 = 1 << 13;

/// Calls `on_pair` for the elements of two slices, sorted by unique keys, that have the same key.
pub(crate) fn merge_join<L, R>(
    (mut left, left_key): (&[L], impl Fn(&L) -> u32),
    (mut right, right_key): (&[R], impl Fn(&R) -> u32),
    mut on_pair: impl FnMut(&L, &R),
) {
    if left.len() < MIN_TABLE_LEN || left.len().saturating_mul(MIN_SKIP_RATIO) < right.len() {
        for item in left {
            let key = left_key(item);
            right = gallop(right, |other| right_key(other) < key);
            if let Some(other) = right.first().filter(|other| right_key(other) == key) {
                on_pair(item, other);
            }
        }
        return;
    }
    // Looking up each key in a table is faster than comparing it with the next one, because the
    // processor cannot predict comparisons.
    let mut positions = vec![0_u16; BLOCK_KEYS as usize];
    let mut pairs = Vec::new();
    while let Some(first) = left.first() {
        let first_key = left_key(first) / BLOCK_KEYS * BLOCK_KEYS;
        let in_block = |key: u32| key < first_key.saturating_add(BLOCK_KEYS);
        let rest = gallop(left, |item| in_block(left_key(item)));
        let block = &left[..left.len() - rest.len()];
        left = rest;
        for (position, item) in (1..).zip(block) {
            positions[(left_key(item) - first_key) as usize] = position;
        }
        right = gallop(right, |other| right_key(other) < first_key);
        let rest = gallop(right, |other| in_block(right_key(other)));
        let others = &right[..right.len() - rest.len()];
        let lookups = (0..).zip(others).map(|(n, other): (u16, &R)| {
            let position = positions[(right_key(other) - first_key) as usize];
            ((position, n), position > 0)
        });
        extend_selected(&mut pairs, others.len(), lookups);
        for (position, other) in pairs.drain(..) {
            on_pair(
                &block[usize::from(position) - 1],
                &others[usize::from(other)],
            );
        }
        right = rest;
        for item in block {
            positions[(left_key(item) - first_key) as usize] = 0;
        }
    }
}

/// Returns the range of an item, given the end of each. The range is empty if there is no such item.
pub(crate) fn item_range(ends: &[u32], item: usize) -> Range<u32> {
    let end_of = |item: usize| ends.get(item).copied();
    let start = item.checked_sub(1).and_then(end_of).unwrap_or_default();
    start..end_of(item).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn gallop_skips_exactly_the_elements_before(
            mut numbers in prop::collection::vec(0_u32..100, 0..80),
            bound in 0_u32..110,
        ) {
            numbers.sort_unstable();
            let rest: Vec<u32> = numbers.iter().copied().filter(|n| *n >= bound).collect();
            prop_assert_eq!(gallop(&numbers, |n| *n < bound), rest);
        }

        #[test]
        fn selected_items_are_appended(
            mut numbers in prop::collection::vec(any::<u8>(), 0..9),
            items in prop::collection::vec(any::<(u8, bool)>(), 0..80),
            more in 0..9_usize,
        ) {
            let selected = items.iter().filter(|(_, is_selected)| *is_selected);
            let mut expected = numbers.clone();
            expected.extend(selected.map(|(item, _)| item));
            extend_selected(&mut numbers, items.len() + more, items.into_iter());
            prop_assert_eq!(numbers, expected);
        }

        #[test]
        fn merge_join_finds_every_common_key(
            left in prop::collection::btree_set(0_u32..400, 0..160),
            right in prop::collection::btree_set(0_u32..400, 0..160),
            factor in prop::sample::select(vec![1, BLOCK_KEYS / 50, u32::MAX / 400]),
        ) {
            let common: Vec<u32> = left.intersection(&right).map(|key| key * factor).collect();
            let [left, right] = [left, right].map(|keys| {
                keys.into_iter().map(|key| key * factor).collect::<Vec<u32>>()
            });
            for [left, right] in [[&left, &right], [&right, &left]] {
                let mut found = Vec::new();
                merge_join((left, |key| *key), (right, |key| *key), |a, b| found.extend([*a, *b]));
                let pairs: Vec<u32> = common.iter().flat_map(|key| [*key, *key]).collect();
                prop_assert_eq!(found, pairs);
            }
        }
    }
}
