//! Stop words: words that do not restrict a search.

pub(crate) fn is_stop_word(word: &str) -> bool {
    const STOP_WORDS: [&str; 22] = [
        "a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "if", "in", "is",
        "it", "of", "on", "or", "the", "to", "was", "with",
    ];
    STOP_WORDS
        .iter()
        .any(|stop| stop.eq_ignore_ascii_case(word))
}
