//! Character folding: lower case, no accents, Greek letters by name.
//!
//! Texts and queries are folded alike, so `Ménière` matches `meniere` and `β-hCG` matches
//! `beta hCG`.

/// Folds the letters and digits that `text` starts with: a run of ASCII ones, or one other.
/// Returns their length in bytes, or 0 if `text` starts with another character.
pub(crate) fn fold_letters(text: &str, folded: &mut String) -> usize {
    let length = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if length > 0 {
        let start = folded.len();
        folded.push_str(&text[..length]);
        folded[start..].make_ascii_lowercase();
        return length;
    }
    match text.chars().next() {
        Some(c) if c.is_alphanumeric() && !is_ignorable(c) => {
            fold_non_ascii(c, folded);
            c.len_utf8()
        }
        _ => 0,
    }
}

/// Returns the length in bytes of the shortest prefix of `text` that folds to `length` bytes or
/// more, with the ignorable characters that follow it.
pub(crate) fn folded_prefix_end(text: &str, length: usize) -> usize {
    let mut folded = String::new();
    for (position, c) in text.char_indices() {
        if folded.len() >= length && !is_ignorable(c) {
            return position;
        }
        fold_letters(c.encode_utf8(&mut [0; 4]), &mut folded);
    }
    text.len()
}

/// Appends the folded form of a letter or digit: one character at least.
fn fold_non_ascii(c: char, folded: &mut String) {
    let before = folded.len();
    for lower in c.to_lowercase() {
        if let Some(name) = greek_letter_name(lower) {
            folded.push_str(name);
        } else if has_ascii_form(lower) {
            let ascii = deunicode::deunicode_char(lower).unwrap_or_default();
            let letters = ascii.chars().filter(char::is_ascii_alphanumeric);
            folded.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        } else if !is_ignorable(lower) {
            folded.push(lower);
        }
    }
    if folded.len() == before {
        folded.push(c);
    }
}

/// Returns true for combining marks, soft hyphens and other characters that do not end a word and
/// are not part of its folded form.
pub(crate) const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Returns true for accented, full-width, superscript and subscript forms of ASCII.
const fn has_ascii_form(c: char) -> bool {
    matches!(
        c,
        '\u{aa}'..='\u{24f}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2070}'..='\u{209c}'
            | '\u{fb00}'..='\u{fb06}'
            | '\u{ff10}'..='\u{ff5a}'
    )
}

/// Returns the name that laboratories spell out.
const fn greek_letter_name(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'κ' => "kappa",
        'λ' => "lambda",
        // Also the micro sign: `µg` is `ug`.
        'μ' => "u",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'ω' => "omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_end_counts_folded_bytes_and_includes_combining_marks() {
        assert_eq!(
            &"compo\u{301}nent"[..folded_prefix_end("compo\u{301}nent", 5)],
            "compo\u{301}"
        );
        assert_eq!(&"βeta"[..folded_prefix_end("βeta", 2)], "β");
        assert_eq!(folded_prefix_end("", 3), 0);
    }
}
