//! The highlighter: finds the words of a query in any text.

use std::ops::Range;

use crate::search::folding::folded_prefix_end;
use crate::search::tokenizer::for_each_token;

/// Highlights terms and prefixes, both folded and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Highlighter {
    terms: Vec<String>,
    prefixes: Vec<String>,
}

impl Highlighter {
    pub(crate) fn new(mut terms: Vec<String>, mut prefixes: Vec<String>) -> Self {
        for words in [&mut terms, &mut prefixes] {
            words.retain(|word| !word.is_empty());
            words.sort_unstable();
            words.dedup();
        }
        Self { terms, prefixes }
    }

    /// Returns the byte ranges of a text to highlight, ascending and disjoint.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        if !self.is_empty() {
            for_each_token(text, |token| {
                if let Some(length) = self.matched_len(token.text) {
                    let Range { start, mut end } = token.range;
                    if length < token.text.len() {
                        end = start + folded_prefix_end(&text[start..end], length);
                    }
                    ranges.push(start..end);
                }
            });
        }
        merge_overlapping(ranges)
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.prefixes.is_empty()
    }

    /// Returns the length of the prefix of a folded word that is highlighted, in bytes.
    fn matched_len(&self, word: &str) -> Option<usize> {
        let term = self.terms.binary_search_by(|term| (**term).cmp(word));
        if term.is_ok() {
            return Some(word.len());
        }
        let prefixes = self
            .prefixes
            .iter()
            .filter(|prefix| word.starts_with(&***prefix));
        prefixes.map(String::len).max()
    }

    pub(crate) fn distinct_matches(&self, text: &str) -> usize {
        let mut seen: Vec<String> = Vec::new();
        for_each_token(text, |token| {
            if let Some(length) = self.matched_len(token.text) {
                let matched = &token.text[..length];
                if !seen.iter().any(|known| known == matched) {
                    seen.push(matched.to_owned());
                }
            }
        });
        seen.len()
    }
}

fn merge_overlapping(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, merged| {
        let overlaps = next.start < merged.end;
        if overlaps {
            merged.end = merged.end.max(next.end);
        }
        overlaps
    });
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn highlighted(terms: &[&str], prefixes: &[&str], text: &str) -> String {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let mut shown = String::new();
        let mut at = 0;
        for range in Highlighter::new(own(terms), own(prefixes)).ranges(text) {
            shown.extend([&text[at..range.start], "«", &text[range.clone()], "»"]);
            at = range.end;
        }
        shown + &text[at..]
    }

    #[test]
    fn whole_words_are_highlighted_but_not_parts() {
        assert_eq!(
            highlighted(&["lab"], &[], "Lab, labs and a collab"),
            "«Lab», labs and a collab"
        );
    }

    #[test]
    fn prefix_is_highlighted_as_far_as_it_was_typed() {
        assert_eq!(
            highlighted(
                &["professional"],
                &["comp"],
                "Professional Component, incomplete"
            ),
            "«Professional» «Comp»onent, incomplete"
        );
        assert_eq!(highlighted(&[], &["meni"], "Ménière"), "«Méni»ère");
    }

    #[test]
    fn every_spelling_of_a_compound_is_highlighted() {
        assert_eq!(
            highlighted(&["her2"], &[], "HER-2/neu, HER 2, her2"),
            "«HER-2»/neu, «HER 2», «her2»"
        );
    }

    proptest! {
        #[test]
        fn ranges_are_sorted_disjoint_and_on_char_boundaries(
            text in any::<String>(),
            terms in prop::collection::vec("[a-zé0-9]{1,3}", 0..4),
            prefixes in prop::collection::vec("[a-z0-9]{0,2}", 0..4),
        ) {
            let ranges = Highlighter::new(terms, prefixes).ranges(&text);
            for range in &ranges {
                prop_assert!(!range.is_empty() && text.get(range.clone()).is_some());
            }
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
