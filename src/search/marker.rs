//! Defines the marker, which finds the words of a query in any text.

use std::ops::Range;

use super::tokens::{each, end_of_folded};

/// Marks matched words in any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// Words, folded and sorted.
    terms: Vec<String>,
    /// Beginnings of words, folded and sorted.
    beginnings: Vec<String>,
}

impl Marker {
    pub(super) fn new(mut terms: Vec<String>, mut beginnings: Vec<String>) -> Self {
        for words in [&mut terms, &mut beginnings] {
            words.retain(|word| !word.is_empty());
            words.sort_unstable();
            words.dedup();
        }
        Self { terms, beginnings }
    }

    /// Returns the byte ranges of a text that match, in order, apart.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if !self.is_empty() {
            each(text, |token| {
                if let Some(folded) = self.matched(token.text) {
                    let source = &text[token.range.clone()];
                    let end = if folded < token.text.len() {
                        token.range.start + end_of_folded(source, folded)
                    } else {
                        token.range.end
                    };
                    found.push(token.range.start..end);
                }
            });
        }
        merged(found)
    }

    /// Says whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.beginnings.is_empty()
    }

    /// Returns how much of a folded word is marked, in bytes from its start.
    fn matched(&self, word: &str) -> Option<usize> {
        let whole = self
            .terms
            .binary_search_by(|term| (**term).cmp(word))
            .ok()
            .map(|_| word.len());
        whole.or_else(|| {
            self.beginnings
                .iter()
                .filter(|beginning| word.starts_with(beginning.as_str()))
                .map(String::len)
                .max()
        })
    }

    /// Counts how many different words of the query a text has.
    pub(super) fn count(&self, text: &str) -> usize {
        let mut seen: Vec<String> = Vec::new();
        each(text, |token| {
            if let Some(folded) = self.matched(token.text) {
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
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
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

    fn marked(terms: &[&str], beginnings: &[&str], text: &str) -> String {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let mut shown = String::new();
        let mut at = 0;
        for range in Marker::new(own(terms), own(beginnings)).ranges(text) {
            shown.extend([&text[at..range.start], "«", &text[range.clone()], "»"]);
            at = range.end;
        }
        shown + &text[at..]
    }

    #[test]
    fn words_are_marked_and_parts_of_words_are_not() {
        assert_eq!(
            marked(&["lab"], &[], "Lab, labs and a collab"),
            "«Lab», labs and a collab"
        );
    }

    #[test]
    fn a_beginning_is_marked_as_far_as_it_was_typed() {
        assert_eq!(
            marked(
                &["professional"],
                &["comp"],
                "Professional Component, incomplete"
            ),
            "«Professional» «Comp»onent, incomplete"
        );
        assert_eq!(marked(&[], &["meni"], "Ménière"), "«Méni»ère");
    }

    #[test]
    fn every_spelling_of_a_tie_is_marked_whole() {
        assert_eq!(
            marked(&["her2"], &[], "HER-2/neu, HER 2, her2"),
            "«HER-2»/neu, «HER 2», «her2»"
        );
    }

    proptest! {
        #[test]
        fn marks_are_in_order_apart_and_on_characters(
            text in any::<String>(),
            terms in prop::collection::vec("[a-zé0-9]{1,3}", 0..4),
            beginnings in prop::collection::vec("[a-z0-9]{0,2}", 0..4),
        ) {
            let ranges = Marker::new(terms, beginnings).ranges(&text);
            for range in &ranges {
                prop_assert!(!range.is_empty() && text.get(range.clone()).is_some());
            }
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
