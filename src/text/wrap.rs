//! Wraps text by word, and measures it in columns.

use std::borrow::Cow;

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Returns the columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Wraps one paragraph into lines of at most `columns` columns.
///
/// A line breaks at a space, or after `/`, `-` or a dash; a piece longer than the line is broken
/// where the line ends. No character but the spaces at the breaks is lost, and none is added.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let options = Options::new(columns.max(1))
        .word_separator(WordSeparator::Custom(find_words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(true);
    let lines: Vec<String> = textwrap::wrap(text, options)
        .into_iter()
        .map(Cow::into_owned)
        .collect();
    if lines.is_empty() {
        vec![String::new()]
    } else {
        lines
    }
}

/// Returns the widest piece of a text that wrapping keeps together.
pub fn min_content_width(text: &str) -> usize {
    find_words(text)
        .map(|piece| piece.word.width())
        .max()
        .unwrap_or(0)
}

/// Cuts a text to at most `columns` columns, with `mark` at the end where something is cut.
pub fn clip<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(mark.width());
    let mut used = 0;
    let mut cut = String::new();
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > room {
            break;
        }
        cut.push_str(cluster);
    }
    if mark.width() <= columns {
        cut.push_str(mark);
    }
    Cow::Owned(cut)
}

/// Splits a text into the pieces that stay together on a line.
fn find_words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut start = 0;
    let mut ends = break_opportunities(line).into_iter();
    Box::new(std::iter::from_fn(move || {
        let end = ends.next()?;
        let piece = &line[start..end];
        start = end;
        Some(Word::from(piece))
    }))
}

/// Returns the byte offsets behind which a line may break, the end of the text included.
fn break_opportunities(line: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut letters = false;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map(|&(_, c)| c);
        let here = match (c, next) {
            (_, None) => true,
            (' ', Some(next)) => next != ' ',
            ('/' | '—' | '–', Some(next)) => letters && next.is_alphanumeric(),
            // `-26` and `ICD-10` stay whole; `follow-up` need not.
            ('-', Some(next)) => letters && next.is_alphabetic(),
            _ => false,
        };
        letters = c.is_alphanumeric() || (letters && c != ' ');
        if here {
            ends.push(end);
            letters = false;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_breaks_after_a_slash_and_adds_no_hyphen() {
        assert_eq!(
            wrap("interpretation/reporting component", 16),
            ["interpretation/", "reporting", "component"]
        );
    }

    #[test]
    fn a_modifier_keeps_its_hyphen() {
        assert_eq!(wrap("no -26 line", 5), ["no", "-26", "line"]);
        assert_eq!(wrap("an ICD-10 code", 8), ["an", "ICD-10", "code"]);
    }

    #[test]
    fn clipped_text_ends_with_the_mark() {
        assert_eq!(clip("abcdef", 4, "…"), "abc…");
        assert_eq!(clip("abcdef", 6, "…"), "abcdef");
        assert_eq!(clip("日本語", 4, "…"), "日…");
        assert_eq!(clip("abc", 0, "…"), "");
    }

    proptest! {
        #[test]
        fn wrapping_loses_and_adds_no_character(text in "[a-z/—–é日 -]{0,60}", columns in 2usize..40) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
            let squeeze = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
