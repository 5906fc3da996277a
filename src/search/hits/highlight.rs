//! Defines the marker, which finds the words of a query in any text.

use std::ops::Range;

use crate::search::folding::folded_prefix_end;
use crate::search::tokenizer::for_each_token;

/// Marks matched words in any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Highlighter {
    /// Words, folded and sorted.
    terms: Vec<String>,
    /// Beginnings of words, folded and sorted.
    prefixes: Vec<String>,
}

impl Highlighter {
    pub(crate) fn new(mut terms: Vec<String>, mut beginnings: Vec<String>) -> Self {
        for words in [&mut terms, &mut beginnings] {
            words.retain(|word| !word.is_empty());
            words.sort_unstable();
            words.dedup();
        }
        Self {
            terms,
            prefixes: beginnings,
        }
    }

    /// Returns the byte ranges of a text that match, in order, apart.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if !self.is_empty() {
            for_each_token(text, |token| {
                if let Some(folded) = self.matched_len(token.text) {
                    let source = &text[token.range.clone()];
                    let end = if folded < token.text.len() {
                        token.range.start + folded_prefix_end(source, folded)
                    } else {
                        token.range.end
                    };
                    found.push(token.range.start..end);
                }
            });
        }
        merge_overlapping(found)
    }

    /// Says whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.prefixes.is_empty()
    }

    /// Returns how much of a folded word is marked, in bytes from its start.
    fn matched_len(&self, word: &str) -> Option<usize> {
        let whole = self
            .terms
            .binary_search_by(|term| (**term).cmp(word))
            .ok()
            .map(|_| word.len());
        whole.or_else(|| {
            self.prefixes
                .iter()
                .filter(|beginning| word.starts_with(beginning.as_str()))
                .map(String::len)
                .max()
        })
    }

    /// Counts how many different words of the query a text has.
    pub(crate) fn distinct_matches(&self, text: &str) -> usize {
        let mut seen: Vec<String> = Vec::new();
        for_each_token(text, |token| {
            if let Some(folded) = self.matched_len(token.text) {
                let folded = &token.text[..folded];
                if !seen.iter().any(|one| one == folded) {
                    seen.push(folded.to_owned());
                }
            }
        });
        seen.len()
    }
}

/// Brings ranges into order and joins those that overlap.
fn merge_overlapping(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn highlighted(terms: &[&str], beginnings: &[&str], text: &str) -> String {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let mut shown = String::new();
        let mut at = 0;
        for range in Highlighter::new(own(terms), own(beginnings)).ranges(text) {
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
            beginnings in prop::collection::vec("[a-z0-9]{0,2}", 0..4),
        ) {
            let ranges = Highlighter::new(terms, beginnings).ranges(&text);
            for range in &ranges {
                prop_assert!(!range.is_empty() && text.get(range.clone()).is_some());
            }
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
