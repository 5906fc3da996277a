//! Stop words: words that do not restrict a search.

pub(crate) const STOP_WORDS: [&str; 22] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "if", "in", "is", "it",
    "of", "on", "or", "the", "to", "was", "with",
];

pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS
        .iter()
        .any(|stop| stop.eq_ignore_ascii_case(word))
}
