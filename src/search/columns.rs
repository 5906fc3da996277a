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
    }
}
