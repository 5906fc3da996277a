//! Defines how messages to authors are worded: quoting, lists, and the nearest known word.

use crate::text::sanitize::sanitize;

/// What a date may look like.
pub(crate) const DATE_HINT: &str = "write 2026-04-01, \"2026-04\", \"2026\" or \"unknown\"";

/// How much of a text a message repeats, in characters.
const MAX_QUOTED_CHARS: usize = 40;

/// Returns a text in backquotes, made printable and cut to what a message can carry.
pub(crate) fn quote(text: &str) -> String {
    let text = sanitize(text);
    let text = text.trim();
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Says that a word is unknown, and which one may be meant.
pub(crate) fn unknown_message(what: &str, word: &str, near: Option<&str>) -> String {
    let word = quote(word);
    match near {
        Some(near) => format!("unknown {what} {word}; did you mean `{near}`?"),
        None => format!("unknown {what} {word}"),
    }
}

/// Joins words as a sentence does: `a, b and c`.
pub(crate) fn join_with_and(words: &[&str]) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Returns the known word that a misspelled one most likely stands for.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    // Longer words would only cost time: nothing that is known comes near them.
    if word.len() > 2 * MAX_QUOTED_CHARS {
        return None;
    }
    let word = word.to_lowercase();
    known
        .iter()
        .map(|k| (strsim::osa_distance(&word, &k.to_lowercase()), *k))
        .filter(|(distance, k)| *distance <= k.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Returns a hint for a word that is none of the known ones: the nearest, or all of them.
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", join_with_and(known)),
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
        assert_eq!(nearest("colour", &known), None);
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
