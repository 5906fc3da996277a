//! The character sets of terminals, and transliteration to ASCII.

use std::borrow::Cow;

use deunicode::deunicode_char;

/// The characters that a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    #[default]
    Unicode,
    /// The 95 printable characters of ASCII.
    Ascii,
}

impl Charset {
    /// Transliterates one line of text.
    ///
    /// Under [`Charset::Ascii`] the result has printable ASCII only: accents are dropped, symbols
    /// are spelled out (`≥` as `>=`, `§` as `Sec.`), and control characters become spaces. The
    /// result may be longer than the text, so transliterate before wrapping.
    pub fn transliterate(self, text: &str) -> Cow<'_, str> {
        if self == Self::Unicode || text.bytes().all(is_printable) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        for character in text.chars() {
            push_ascii(&mut out, character);
        }
        Cow::Owned(out)
    }
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

fn push_ascii(out: &mut String, character: char) {
    if character.is_control() {
        out.push(' ');
    } else if character.is_ascii() {
        out.push(character);
    } else if let Some(fraction) = fraction(character) {
        // Without the space, "2½" would become "21/2".
        if out.ends_with(|last: char| last.is_ascii_digit()) {
            out.push(' ');
        }
        out.push_str(fraction);
    } else if let Some(symbol) = ascii_symbol(character) {
        out.push_str(symbol);
    } else {
        match deunicode_char(character) {
            Some(letters) => out.extend(
                letters
                    .chars()
                    .filter(|&c| c == ' ' || c.is_ascii_graphic()),
            ),
            None => out.push('?'),
        }
    }
}

fn fraction(character: char) -> Option<&'static str> {
    Some(match character {
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        '⅓' => "1/3",
        '⅔' => "2/3",
        '⅛' => "1/8",
        _ => return None,
    })
}

/// Returns the ASCII spelling of a symbol that `deunicode` drops, spells out or gets wrong.
fn ascii_symbol(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => " ",
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => "",
        '‐' | '‑' | '‒' | '–' | '−' | '·' => "-",
        // One hyphen would join the words of "assay—not".
        '—' | '―' => "--",
        '…' => "...",
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '‘' | '’' | '‚' | '‹' | '›' | '′' => "'",
        '§' => "Sec.",
        '¶' => "Para.",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "!=",
        '≈' => "~",
        '±' => "+/-",
        '÷' => "/",
        '°' => " deg ",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        'µ' | 'μ' => "u",
        '→' => "->",
        '←' => "<-",
        '↑' => "Up",
        '↓' => "Down",
        '•' | '▪' | '■' | '●' => "*",
        '▸' | '▶' | '►' => ">",
        '◂' | '◀' | '◄' => "<",
        '✓' | '✔' => "+",
        '×' | '✗' | '✘' => "x",
        '€' => "EUR ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medical_symbols_are_spelled_out_in_ascii() {
        let cases = [
            ("a — b", "a -- b"),
            ("assay—not", "assay--not"),
            ("2019–2023", "2019-2023"),
            ("and so on…", "and so on..."),
            ("“not” ‘available’", "\"not\" 'available'"),
            ("§410.32", "Sec.410.32"),
            ("≥15 ng/mL ≤ 2 ×", ">=15 ng/mL <= 2 x"),
            ("CPT © AMA®, CPT™", "CPT (c) AMA(R), CPT(TM)"),
            ("½ of 2½", "1/2 of 2 1/2"),
            ("µg, café, naïve", "ug, cafe, naive"),
            ("codes · payers", "codes - payers"),
            ("a\u{a0}b\u{200b}c", "a bc"),
            ("β-HCG", "b-HCG"),
        ];
        for (text, ascii) in cases {
            assert_eq!(Charset::Ascii.transliterate(text), ascii, "{text}");
            assert_eq!(Charset::Unicode.transliterate(text), text);
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(
            Charset::Ascii.transliterate("HER2/neu"),
            Cow::Borrowed(_)
        ));
        assert!(matches!(
            Charset::Unicode.transliterate("é"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn every_character_becomes_printable_ascii() {
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            let ascii = Charset::Ascii.transliterate(&text);
            assert!(
                ascii.bytes().all(is_printable),
                "{character:?} became {ascii:?}"
            );
        }
    }
}
