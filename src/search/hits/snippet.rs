//! Defines the snippet: a piece of a row's text around the words that matched.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::search::hits::highlight::Highlighter;

/// How long a snippet is about, in characters.
const TARGET_LENGTH: usize = 160;

/// How much of the text before the first mark is shown, in characters.
const CONTEXT_BEFORE: usize = 40;

/// A piece of a row's text, with the words that matched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, of one line.
    pub text: String,
    /// Byte ranges of `text` that matched, in order, apart.
    pub highlights: Vec<Range<usize>>,
}

impl Snippet {
    /// Cuts a snippet out of a text, around its first mark.
    pub(crate) fn new(text: &str, marker: &Highlighter) -> Self {
        let text = one_line(text);
        let marks = marker.ranges(&text);
        let window = window(&text, marks.first());
        let mut shown = String::new();
        if window.start > 0 {
            shown.push_str("… ");
        }
        let shift = shown.len();
        shown.push_str(text[window.clone()].trim_end());
        let end = shown.len();
        if window.end < text.len() {
            shown.push_str(" …");
        }
        let marks = marks
            .into_iter()
            .filter(|mark| mark.start >= window.start && mark.start < window.end)
            .map(|mark| {
                let start = mark.start - window.start + shift;
                start..(mark.end - window.start + shift).min(end)
            })
            .filter(|mark| !mark.is_empty())
            .collect();
        Self {
            text: shown,
            highlights: marks,
        }
    }
}

/// Puts everything that breaks a line on one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the part of a text that is shown: it begins and ends between words where it can, and
/// never within what readers see as one character.
fn window(text: &str, mark: Option<&Range<usize>>) -> Range<usize> {
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
    let mark = mark.map_or(0, |mark| mark.start);
    let mark = bounds.partition_point(|at| *at < mark);
    let (mut from, mut to) = if mark + CONTEXT_BEFORE < TARGET_LENGTH {
        (0, TARGET_LENGTH)
    } else {
        (
            mark - CONTEXT_BEFORE,
            (mark - CONTEXT_BEFORE + TARGET_LENGTH).min(last),
        )
    };
    if to == last {
        from = from.min(last - TARGET_LENGTH);
    }
    let space = |at: usize| text[bounds[at]..].starts_with(' ');
    if from > 0 {
        from = (from..mark.min(from + CONTEXT_BEFORE / 2))
            .find(|at| space(*at))
            .map_or(from, |at| at + 1);
    }
    if to < last {
        to = (to - CONTEXT_BEFORE / 2..=to)
            .rev()
            .find(|at| space(*at))
            .unwrap_or(to);
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
    fn a_short_text_is_shown_whole() {
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
        fn any_text_has_a_snippet_of_bounded_length(text in any::<String>(), word in "[a-z]{1,2}") {
            let snippet = Snippet::new(&text, &highlighter(&[&word]));
            prop_assert!(snippet.text.graphemes(true).count() <= TARGET_LENGTH + 4);
            for mark in &snippet.highlights {
                prop_assert!(snippet.text.get(mark.clone()).is_some());
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
