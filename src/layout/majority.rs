//! The majority vote of Boyer and Moore, which takes linear time.

/// Returns the value that more than half of several values have, `None` if they are fewer than two.
pub fn majority<T: PartialEq + Copy>(values: impl Iterator<Item = T> + Clone) -> Option<T> {
    let (mut common, mut lead) = (None, 0_usize);
    for value in values.clone() {
        if lead == 0 {
            common = Some(value);
        }
        lead = if common == Some(value) {
            lead + 1
        } else {
            lead - 1
        };
    }
    let total = values.clone().count();
    let count = values.filter(|value| common == Some(*value)).count();
    common.filter(|_| total > 1 && 2 * count > total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majority_is_more_than_half_of_several() {
        for (values, expected) in [
            ("", None),
            ("a", None),
            ("ab", None),
            ("aab", Some('a')),
            ("baa", Some('a')),
            ("aabb", None),
            ("abcbb", Some('b')),
        ] {
            assert_eq!(majority(values.chars()), expected, "{values}");
        }
    }
}
