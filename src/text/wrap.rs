//! Word wrapping, clipping and display width.

use std::borrow::Cow;

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The number of terminal columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Signs that stay with the word after them: `~ conditional`.
const SIGNS: [&str; 6] = ["+", "~", "x", "!", "≠", "!="];

/// Signs that stay with the word before them, too: `usual ≠`.
const MARKS: [&str; 2] = ["≠", "!="];

/// Wraps one paragraph into lines of at most `columns` columns; an empty one into one empty line.
///
/// A line breaks at a space, unless a sign is beside it, or after `/`, `-` or a dash; a longer unit is
/// broken at the end of the line. Only the spaces at the breaks are removed, and no hyphens are added.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let options = Options::new(columns.max(1))
        .word_separator(WordSeparator::Custom(find_words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(true);
    textwrap::wrap(text, options)
        .into_iter()
        .map(Cow::into_owned)
        .collect()
}

/// The width of the widest unit that wrapping does not break.
pub fn min_content_width(text: &str) -> usize {
    find_words(text)
        .map(|word| word.word.width())
        .max()
        .unwrap_or(0)
}

/// Cuts a text to at most `columns` columns. A text that is cut ends with `mark`, if that fits.
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

/// Splits a line into units that stay together, for [`textwrap`].
fn find_words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut start = 0;
    let ends = break_opportunities(line).into_iter();
    Box::new(ends.map(move |end| {
        let word = Word::from(&line[start..end]);
        start = end;
        word
    }))
}

/// The byte offsets at which a line may break, including its end.
fn break_opportunities(line: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut in_word = false;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map(|&(_, c)| c);
        let may_break = match (c, next) {
            (_, None) => true,
            (' ', Some(next)) => next != ' ' && !has_sign_beside(&line[..at], &line[end..]),
            ('/' | '—' | '–', Some(next)) => in_word && next.is_alphanumeric(),
            // `-26` and `ICD-10` stay whole; `follow-up` may break.
            ('-', Some(next)) => in_word && next.is_alphabetic(),
            _ => false,
        };
        in_word = c.is_alphanumeric() || (in_word && c != ' ');
        if may_break {
            ends.push(end);
            in_word = false;
        }
    }
    ends
}

/// Returns true if a space between two parts of a line is beside a sign.
fn has_sign_beside(before: &str, after: &str) -> bool {
    let is_last = |sign| {
        let rest = before.strip_suffix(sign);
        rest.is_some_and(|rest: &str| rest.is_empty() || rest.ends_with(' '))
    };
    let is_first = |mark| {
        let rest = after.strip_prefix(mark);
        rest.is_some_and(|rest: &str| rest.is_empty() || rest.starts_with(' '))
    };
    SIGNS.into_iter().any(is_last) || MARKS.into_iter().any(is_first)
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
    fn a_sign_stays_with_its_word() {
        assert_eq!(wrap("a ~ conditional b", 13), ["a", "~ conditional", "b"]);
        assert_eq!(wrap("x not appropriate ≠", 13), ["x not", "appropriate ≠"]);
        assert_eq!(wrap("HMO only !=", 7), ["HMO", "only !="]);
        assert_eq!(wrap("+ usual  ! disputed", 10), ["+ usual", "! disputed"]);
        assert_eq!(min_content_width("~ conditional"), 13);
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
            prop_assert!(!lines.is_empty());
            prop_assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
            let squeeze = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
