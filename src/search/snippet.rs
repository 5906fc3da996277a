//! Defines the snippet: a piece of a row's text around the words that matched.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::marker::Marker;

/// How long a snippet is about, in characters.
const LENGTH: usize = 160;

/// How much of the text before the first mark is shown, in characters.
const BEFORE: usize = 40;

/// A piece of a row's text, with the words that matched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, of one line.
    pub text: String,
    /// Byte ranges of `text` that matched, in order, apart.
    pub marks: Vec<Range<usize>>,
}

impl Snippet {
    /// Cuts a snippet out of a text, around its first mark.
    pub(super) fn of(text: &str, marker: &Marker) -> Self {
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
        Self { text: shown, marks }
    }
}

/// Puts everything that breaks a line on one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the part of a text that is shown: it begins and ends between words where it can, and
/// never within what readers see as one character.
fn window(text: &str, mark: Option<&Range<usize>>) -> Range<usize> {
    if text.len() <= LENGTH {
        return 0..text.len();
    }
    let bounds: Vec<usize> = if text.is_ascii() {
        (0..=text.len()).collect()
    } else {
        let starts = text.grapheme_indices(true).map(|(at, _)| at);
        starts.chain([text.len()]).collect()
    };
    let last = bounds.len() - 1;
    if last <= LENGTH {
        return 0..text.len();
    }
    let mark = mark.map_or(0, |mark| mark.start);
    let mark = bounds.partition_point(|at| *at < mark);
    let (mut from, mut to) = if mark + BEFORE < LENGTH {
        (0, LENGTH)
    } else {
        (mark - BEFORE, (mark - BEFORE + LENGTH).min(last))
    };
    if to == last {
        from = from.min(last - LENGTH);
    }
    let space = |at: usize| text[bounds[at]..].starts_with(' ');
    if from > 0 {
        from = (from..mark.min(from + BEFORE / 2))
            .find(|at| space(*at))
            .map_or(from, |at| at + 1);
    }
    if to < last {
        to = (to - BEFORE / 2..=to)
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

    fn marker(words: &[&str]) -> Marker {
        Marker::new(
            words.iter().map(|word| (*word).to_owned()).collect(),
            Vec::new(),
        )
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let snippet = Snippet::of("Reference (Outside)\nLaboratory", &marker(&["laboratory"]));
        assert_eq!(snippet.text, "Reference (Outside) Laboratory");
        assert_eq!(&snippet.text[snippet.marks[0].clone()], "Laboratory");
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_the_mark() {
        let text = format!(
            "{}needle{}",
            "many words ".repeat(30),
            " and more".repeat(30)
        );
        let snippet = Snippet::of(&text, &marker(&["needle"]));
        assert!(snippet.text.starts_with("… "), "{}", snippet.text);
        assert!(snippet.text.ends_with(" and …") || snippet.text.ends_with(" more …"));
        assert_eq!(&snippet.text[snippet.marks[0].clone()], "needle");
        assert!(snippet.text.chars().count() <= LENGTH + 4);
    }

    proptest! {
        #[test]
        fn any_text_has_a_snippet_of_bounded_length(text in any::<String>(), word in "[a-z]{1,2}") {
            let snippet = Snippet::of(&text, &marker(&[&word]));
            prop_assert!(snippet.text.graphemes(true).count() <= LENGTH + 4);
            for mark in &snippet.marks {
                prop_assert!(snippet.text.get(mark.clone()).is_some());
            }
        }

        #[test]
        fn a_long_text_keeps_its_first_mark(before in "([a-z]{1,9} ){0,80}", after in "( [a-z]{1,9}){0,80}") {
            let text = format!("{before}2needle2{after}");
            let snippet = Snippet::of(&text, &marker(&["2needle2"]));
            prop_assert_eq!(&snippet.text[snippet.marks[0].clone()], "2needle2");
        }
    }
}
