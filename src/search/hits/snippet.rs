//! Snippets: one line of a row's text around the first highlight.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::search::fields::FieldMask;
use crate::search::hits::highlight::Highlighter;
use crate::search::row_store::StoredField;

/// The approximate length of a snippet, in characters.
const TARGET_LENGTH: usize = 160;

/// The length of the text before the first highlight, in characters.
const CONTEXT_BEFORE: usize = 40;

/// The length from which a field makes a snippet without the fields after it, in bytes.
const MIN_FIELD_LENGTH: usize = 80;

/// One line of a row's text with the matched words highlighted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Byte ranges of `text`, ascending and disjoint.
    pub highlights: Vec<Range<usize>>,
}

impl Snippet {
    pub(crate) fn new(text: &str, highlighter: &Highlighter) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let highlights = highlighter.ranges(&text);
        let window = window(&text, highlights.first().map_or(0, |first| first.start));
        let mut shown = String::new();
        if window.start > 0 {
            shown.push_str("… ");
        }
        let prefix = shown.len();
        shown.push_str(text[window.clone()].trim_end());
        let end = shown.len();
        if window.end < text.len() {
            shown.push_str(" …");
        }
        let in_window = highlights
            .into_iter()
            .filter(|range| window.contains(&range.start));
        let moved = in_window.map(|range| {
            let start = range.start - window.start + prefix;
            start..(start + range.len()).min(end)
        });
        Self {
            text: shown,
            highlights: moved.filter(|range| !range.is_empty()).collect(),
        }
    }

    /// Makes a snippet of the first of some fields, followed by the others if it is short.
    pub(crate) fn of_fields(fields: &[StoredField], highlighter: &Highlighter) -> Self {
        let Some((first, others)) = fields.split_first() else {
            return Self::default();
        };
        let mut text = first.text.clone();
        if first.mask != FieldMask::TITLE && first.mask != FieldMask::HEADING {
            for field in others {
                if text.len() >= MIN_FIELD_LENGTH || field.mask == FieldMask::REST {
                    break;
                }
                // Consecutive absences have the same text.
                if !text.ends_with(&field.text) {
                    text.push_str(" — ");
                    text.push_str(&field.text);
                }
            }
        }
        Self::new(&text, highlighter)
    }
}

/// Returns the byte range to show of a text whose first highlight starts at `highlight`. The range
/// starts and ends between words if possible, and never within a grapheme.
fn window(text: &str, highlight: usize) -> Range<usize> {
    if text.len() <= TARGET_LENGTH {
        return 0..text.len();
    }
    let bounds: Vec<usize> = if text.is_ascii() {
        (0..=text.len()).collect()
    } else {
        let starts = text.grapheme_indices(true).map(|(at, _)| at);
        starts.chain([text.len()]).collect()
    };
    let last = bounds.len() - 1;
    if last <= TARGET_LENGTH {
        return 0..text.len();
    }
    let highlight = bounds.partition_point(|at| *at < highlight);
    let mut from = 0;
    if highlight + CONTEXT_BEFORE >= TARGET_LENGTH {
        from = (highlight - CONTEXT_BEFORE).min(last - TARGET_LENGTH);
    }
    let mut to = from + TARGET_LENGTH;
    let is_space = |at: &usize| text[bounds[*at]..].starts_with(' ');
    if from > 0 {
        let latest = highlight.min(from + CONTEXT_BEFORE / 2);
        from = (from..latest).find(is_space).map_or(from, |at| at + 1);
    }
    if to < last {
        let earliest = to - CONTEXT_BEFORE / 2;
        to = (earliest..=to).rfind(is_space).unwrap_or(to);
    }
    bounds[from]..bounds[to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn highlighter(words: &[&str]) -> Highlighter {
        Highlighter::new(
            words.iter().map(|word| (*word).to_owned()).collect(),
            Vec::new(),
        )
    }

    #[test]
    fn short_text_is_shown_in_full() {
        let snippet = Snippet::new(
            "Reference (Outside)\nLaboratory",
            &highlighter(&["laboratory"]),
        );
        assert_eq!(snippet.text, "Reference (Outside) Laboratory");
        assert_eq!(&snippet.text[snippet.highlights[0].clone()], "Laboratory");
    }

    #[test]
    fn long_text_is_cut_between_words_around_the_highlight() {
        let text = format!(
            "{}needle{}",
            "many words ".repeat(30),
            " and more".repeat(30)
        );
        let snippet = Snippet::new(&text, &highlighter(&["needle"]));
        assert!(snippet.text.starts_with("… "), "{}", snippet.text);
        assert!(snippet.text.ends_with(" and …") || snippet.text.ends_with(" more …"));
        assert_eq!(&snippet.text[snippet.highlights[0].clone()], "needle");
        assert!(snippet.text.chars().count() <= TARGET_LENGTH + 4);
    }

    proptest! {
        #[test]
        fn snippet_of_any_text_has_bounded_length(text in any::<String>(), word in "[a-z]{1,2}") {
            let snippet = Snippet::new(&text, &highlighter(&[&word]));
            prop_assert!(snippet.text.graphemes(true).count() <= TARGET_LENGTH + 4);
            for range in &snippet.highlights {
                prop_assert!(snippet.text.get(range.clone()).is_some());
            }
        }

        #[test]
        fn long_text_keeps_its_first_highlight(before in "([a-z]{1,9} ){0,80}", after in "( [a-z]{1,9}){0,80}") {
            let text = format!("{before}2needle2{after}");
            let snippet = Snippet::new(&text, &highlighter(&["2needle2"]));
            prop_assert_eq!(&snippet.text[snippet.highlights[0].clone()], "2needle2");
        }
    }
}
