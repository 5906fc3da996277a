//! The wording of messages: quotes, lists, and suggestions for misspelled words.

use crate::text::sanitize::sanitize;

pub(crate) const DATE_HINT: &str = "write 2026-04-01, \"2026-04\", \"2026\" or \"unknown\"";

/// The longest quotation in a message, in characters.
const MAX_QUOTED_CHARS: usize = 40;

/// Puts a text in backquotes, sanitized and cut to 40 characters.
pub(crate) fn quote(text: &str) -> String {
    let text = sanitize(text);
    let text = text.trim();
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Returns a message such as "unknown field `cdoe`; did you mean `code`?".
pub(crate) fn unknown_message(what: &str, word: &str, near: Option<&str>) -> String {
    let word = quote(word);
    match near {
        Some(near) => format!("unknown {what} {word}; did you mean `{near}`?"),
        None => format!("unknown {what} {word}"),
    }
}

/// Returns a number with its noun: `1 file`, `3 files`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// Joins words as in `a, b and c`.
pub(crate) fn join_with_and(words: &[&str]) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Returns the known word closest to a misspelled one; `None` if none is close enough.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    nearest_within(word, known, 3)
}

/// Returns the known word closest to a misspelled one, if it differs in one of `n` letters at most.
pub(crate) fn nearest_within<'k>(word: &str, known: &[&'k str], n: usize) -> Option<&'k str> {
    // No known word is close to a long one, and the distance takes quadratic time.
    if word.len() > 2 * MAX_QUOTED_CHARS {
        return None;
    }
    let word = word.to_lowercase();
    known
        .iter()
        .map(|k| (strsim::osa_distance(&word, &k.to_lowercase()), *k))
        .filter(|(distance, k)| *distance <= k.chars().count().max(3) / n)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Returns a hint for an unknown word: the nearest known word, or all of them.
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", join_with_and(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_misspelled_words_only() {
        let known = ["modifier", "payer", "code", "when", "not_when"];
        assert_eq!(nearest("modifer", &known), Some("modifier"));
        assert_eq!(nearest("Modifier", &known), Some("modifier"));
        assert_eq!(nearest("cdoe", &known), Some("code"));
        assert_eq!(nearest("color", &known), None);
        assert_eq!(nearest(&"m".repeat(100_000), &known), None);
    }

    #[test]
    fn quote_truncates_and_sanitizes() {
        assert_eq!(quote("a\u{1b}[2Jb"), "`a[2Jb`");
        assert_eq!(quote(&"x".repeat(50)), format!("`{}...`", "x".repeat(40)));
    }

    #[test]
    fn join_puts_and_before_the_last_word() {
        assert_eq!(join_with_and(&["a"]), "a");
        assert_eq!(join_with_and(&["a", "b", "c"]), "a, b and c");
    }
}
