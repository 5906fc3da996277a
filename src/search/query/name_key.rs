//! The key of an everyday name: two spellings of a name have the same key.
//!
//! `build.rs` uses this file too.

/// Words that do not distinguish names.
const SMALL_WORDS: [&str; 13] = [
    "an", "and", "as", "for", "from", "in", "of", "on", "or", "the", "to", "w", "with",
];

/// Returns the key of a name, given its folded words: their singular forms, sorted, without small
/// words.
pub(crate) fn from_words<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words
        .filter(|word| !SMALL_WORDS.contains(word))
        .map(singular)
        .collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// Strips the ending of a plural. The result need not be a word; it is compared only.
fn singular(word: &str) -> &str {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2);
    stem.filter(|stem| !stem.ends_with(['s', 'u', 'i']))
        .unwrap_or(word)
}
