//! Sanitizing: makes any text safe to print.
//!
//! Files come from colleagues, downloads and mail. A control sequence in a file could retitle the
//! terminal, move its cursor or reverse the order of the characters in a line.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// The longest run of combining marks in sanitized text. Vietnamese needs two and biblical Hebrew three;
/// dozens would draw over adjacent lines.
const MAX_COMBINING_MARKS: usize = 4;

/// Removes or replaces everything that a terminal would not show as a character.
///
/// * Tabs, line ends and other control characters for white space become spaces.
/// * Other control characters (C0, C1, DEL), bidirectional controls, tags, byte-order marks,
///   zero-width and other invisible characters are removed; so are variation selectors, because
///   terminals disagree on their widths.
/// * A run of combining marks is cut to four; at the start of the text, where they would combine
///   with preceding output, to none.
/// * Private-use characters and noncharacters become U+FFFD.
///
/// Clean text is borrowed.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    // A fast path: most text is plain ASCII.
    // Every byte is looked at, so that the compiler vectorizes the loop.
    let is_plain = text
        .bytes()
        .fold(true, |plain, b| plain & matches!(b, b' '..=b'~'));
    if is_plain || text.chars().all(|c| classify(c) == CharClass::Printable) {
        return Cow::Borrowed(text);
    }
    let mut marks = MAX_COMBINING_MARKS;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match classify(c) {
            CharClass::CombiningMark if marks < MAX_COMBINING_MARKS => {
                marks += 1;
                out.push(c);
            }
            CharClass::Invisible | CharClass::CombiningMark => {}
            // CRLF becomes one space.
            CharClass::Whitespace if c == '\r' && chars.peek() == Some(&'\n') => {}
            class => {
                marks = 0;
                out.push(match class {
                    CharClass::Whitespace => ' ',
                    CharClass::Unrenderable => char::REPLACEMENT_CHARACTER,
                    _ => c,
                });
            }
        }
    }
    Cow::Owned(out)
}

/// Like [`sanitize`], but maps each character to exactly one, so that columns in the text stay valid.
/// All combining marks are kept.
pub(crate) fn sanitize_keeping_columns(text: &str) -> String {
    text.chars()
        .map(|c| match classify(c) {
            CharClass::Printable | CharClass::CombiningMark => c,
            CharClass::Whitespace => ' ',
            CharClass::Invisible | CharClass::Unrenderable => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}

/// Returns true for control characters other than white space, and for characters that are not
/// displayed.
pub fn is_invisible(c: char) -> bool {
    classify(c) == CharClass::Invisible
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CharClass {
    Printable,
    CombiningMark,
    Whitespace,
    Invisible,
    Unrenderable,
}

fn classify(c: char) -> CharClass {
    match c {
        ' '..='~' => CharClass::Printable,
        '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => CharClass::Whitespace,
        _ if c.is_control() || is_default_ignorable(c) => CharClass::Invisible,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}' => {
            CharClass::Unrenderable
        }
        _ if u32::from(c) & 0xFFFE == 0xFFFE => CharClass::Unrenderable,
        _ if c.width() == Some(0) => CharClass::CombiningMark,
        _ => CharClass::Printable,
    }
}

/// Returns true for Unicode's default-ignorable characters and format controls.
fn is_default_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{70F}' | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{13430}'..='\u{13455}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_text_is_borrowed() {
        for text in [
            "",
            "Laboratory—serologic tumor marker assay",
            "HER2/neu (C‑erbB‑2)",
            "日本語",
        ] {
            assert!(matches!(sanitize(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn control_and_invisible_characters_are_removed() {
        for (text, expected) in [
            ("a\tb", "a b"),
            ("a\r\nb\rc\nd", "a b c d"),
            ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("\u{9b}2J\u{7f}", "2J"),
            ("\u{202e}06939\u{202c}", "06939"),
            ("\u{2066}a\u{2069}\u{200f}\u{61c}", "a"),
            ("a\u{e0041}\u{e007f}b", "ab"),
            ("\u{feff}a\u{200b}b\u{200d}c\u{ad}d", "abcd"),
            ("\u{2764}\u{fe0f}", "\u{2764}"),
            ("\u{e0b0}\u{f0000}\u{ffff}", "\u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(sanitize(text), expected, "{text:?}");
        }
    }

    #[test]
    fn combining_mark_runs_are_capped_and_never_lead() {
        let stack = "\u{301}".repeat(40);
        assert_eq!(
            sanitize(&format!("e{stack}e")),
            "e\u{301}\u{301}\u{301}\u{301}e"
        );
        assert_eq!(sanitize("\u{301}e\u{301}"), "e\u{301}");
    }

    proptest! {
        #[test]
        fn any_text_ends_up_printable(text in any::<String>()) {
            let clean = sanitize(&text);
            let mut run = MAX_COMBINING_MARKS;
            for c in clean.chars() {
                prop_assert!(!c.is_control() && !is_default_ignorable(c), "{c:?}");
                prop_assert!(c.width().is_some());
                run = if c.width() == Some(0) { run + 1 } else { 0 };
                prop_assert!(run <= MAX_COMBINING_MARKS);
            }
            prop_assert_eq!(sanitize(&clean), &*clean);
        }

        #[test]
        fn replacing_in_place_keeps_every_column(text in any::<String>()) {
            let shown = sanitize_keeping_columns(&text);
            prop_assert_eq!(shown.chars().count(), text.chars().count());
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_default_ignorable(c)));
        }
    }
}
