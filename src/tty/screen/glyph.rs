//! Glyphs: the part of a frame's symbol that every terminal shows in the same way.
//!
//! A cell of a frame may hold any string. Of joined emoji, presentation selectors and flags, which
//! terminals show differently, only the first character stays. Harmful characters are removed:
//! control characters, and marks that change the direction of text.

use deunicode::deunicode_char;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::text::Charset;

/// The most combining marks per character.
const MAX_MARKS: usize = 4;

/// The text of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph<'a> {
    pub(crate) base: char,
    /// `base` and its combining marks, if it has any.
    pub(crate) cluster: Option<&'a str>,
    /// Whether the glyph takes two cells.
    pub(crate) wide: bool,
}

impl Glyph<'_> {
    pub(crate) const BLANK: Self = Self::narrow(' ');

    const fn narrow(base: char) -> Self {
        Self {
            base,
            cluster: None,
            wide: false,
        }
    }
}

/// Reduces a frame's symbol to a glyph.
pub(crate) fn glyph_for_symbol(symbol: &str, charset: Charset) -> Glyph<'_> {
    if let &[byte] = symbol.as_bytes() {
        return if byte.is_ascii_graphic() {
            Glyph::narrow(char::from(byte))
        } else {
            Glyph::BLANK
        };
    }
    let mut characters = symbol.char_indices();
    let Some((_, base)) = characters.next() else {
        return Glyph::BLANK;
    };
    let width = match base {
        '\u{ad}' | '\u{2028}' | '\u{2029}' => None,
        _ if base.is_control() => None,
        _ => base.width().filter(|&width| width > 0),
    };
    let Some(width) = width else {
        return Glyph::BLANK;
    };
    if charset == Charset::Ascii && !base.is_ascii() {
        return Glyph::narrow(substitute(base));
    }
    if symbol.width() < width {
        // A presentation selector makes a wide character narrow.
        return Glyph::narrow('?');
    }
    let marks_end = characters
        .take_while(|&(_, character)| is_mark(character))
        .take(MAX_MARKS)
        .last()
        .map(|(at, mark)| at + mark.len_utf8());
    Glyph {
        base,
        cluster: marks_end
            .filter(|_| charset == Charset::Unicode)
            .map(|end| &symbol[..end]),
        wide: width == 2,
    }
}

/// Returns true if the character combines with the previous one on every terminal.
fn is_mark(character: char) -> bool {
    let is_unsafe = matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Variation selectors: they change a glyph's width on some terminals only.
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
        // Halfwidth voiced sound marks: terminals give each a cell.
        | '\u{ff9e}' | '\u{ff9f}'
    );
    !is_unsafe && !character.is_control() && character.width() == Some(0)
}

/// Returns a single ASCII character in place of another character.
fn substitute(character: char) -> char {
    match character {
        '─' | '━' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' | '═' | '╴' | '╶' | '╸' | '╺' | '╼' | '╾' => {
            '-'
        }
        '│' | '┃' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏' | '║' | '╵' | '╷' | '╹' | '╻' | '╽' | '╿'
        | '▏' | '▕' => '|',
        '\u{2500}'..='\u{257f}' | '✓' | '✔' => '+',
        '\u{2580}'..='\u{259f}' => '#',
        '▸' | '▶' | '►' | '→' | '›' | '»' | '≥' => '>',
        '◂' | '◀' | '◄' | '←' | '‹' | '«' | '≤' => '<',
        '↑' | '▴' | '▲' => '^',
        '↓' | '▾' | '▼' => 'v',
        '…' | '·' | '⋯' => '.',
        '•' | '▪' | '■' | '●' | '◆' | '★' => '*',
        '×' | '✗' | '✘' => 'x',
        '°' | '○' => 'o',
        '≈' => '~',
        'µ' | 'μ' => 'u',
        _ => match deunicode_char(character).map(str::as_bytes) {
            Some(&[byte @ b' '..=b'~']) => char::from(byte),
            _ => '?',
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(symbol: &str) -> (String, bool) {
        let glyph = glyph_for_symbol(symbol, Charset::Unicode);
        let text = glyph
            .cluster
            .map_or_else(|| glyph.base.to_string(), str::to_owned);
        (text, glyph.wide)
    }

    #[test]
    fn symbols_are_reduced_to_portable_glyphs() {
        let cases = [
            ("a", "a", false),
            ("─", "─", false),
            ("世", "世", true),
            ("e\u{301}", "e\u{301}", false),
            ("👩\u{200d}🔬", "👩", true),
            ("☺\u{fe0f}", "☺", false),
            ("⌚\u{fe0e}", "?", false),
            ("🇩🇪", "🇩", false),
            ("", " ", false),
            ("\u{200b}", " ", false),
            ("\u{202e}", " ", false),
            ("a\u{202e}", "a", false),
            ("abc", "a", false),
        ];
        for (symbol, text, wide) in cases {
            assert_eq!(rendered(symbol), (text.to_owned(), wide), "{symbol:?}");
        }
    }

    #[test]
    fn control_characters_become_blanks() {
        for symbol in [
            "\x1b", "\x07", "\n", "\x7f", "\u{9b}", "\u{ad}", "\u{2028}", "\x1b[2J",
        ] {
            assert_eq!(rendered(symbol).0, " ", "{symbol:?}");
        }
    }

    #[test]
    fn combining_marks_are_limited() {
        let symbol = format!("a{}", "\u{300}".repeat(200));
        assert_eq!(
            rendered(&symbol).0,
            format!("a{}", "\u{300}".repeat(MAX_MARKS))
        );
    }

    #[test]
    fn every_character_has_an_ascii_substitute() {
        for (symbol, ascii) in [
            ("─", '-'),
            ("│", '|'),
            ("┼", '+'),
            ("╭", '+'),
            ("▸", '>'),
            ("…", '.'),
            ("≥", '>'),
            ("≠", '='),
            ("¶", 'P'),
            ("‚", ','),
            ("„", '?'),
            ("✓", '+'),
            ("½", '?'),
            ("é", 'e'),
            ("世", '?'),
        ] {
            assert_eq!(
                glyph_for_symbol(symbol, Charset::Ascii),
                Glyph::narrow(ascii),
                "{symbol}"
            );
        }
        for character in '\0'..=char::MAX {
            let symbol = character.to_string();
            let glyph = glyph_for_symbol(&symbol, Charset::Ascii);
            assert!(
                glyph.base == ' ' || glyph.base.is_ascii_graphic(),
                "{character:?}"
            );
            assert!(!glyph.wide && glyph.cluster.is_none(), "{character:?}");
        }
    }
}
