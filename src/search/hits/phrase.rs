//! Phrase matching: whether words are adjacent in a text.

use crate::search::fuzzy::TermMatch;
use crate::search::tokenizer::{TokenKind, for_each_token};

/// Returns true if a text has these words next to one another, in this order. With
/// [`TermMatch::Prefix`], the last word may be the prefix of a longer one.
pub(crate) fn contains_phrase(words: &[String], text: &str, last_word: TermMatch) -> bool {
    let Some(last) = words.len().checked_sub(1) else {
        return false;
    };
    // For each word, whether the phrase up to it ends at the current token.
    let mut matched_to = vec![false; words.len()];
    let mut is_found = false;
    for_each_token(text, |token| {
        if token.kind != TokenKind::Word {
            return;
        }
        for (at, word) in words.iter().enumerate().rev() {
            let may_be_longer = at == last && last_word == TermMatch::Prefix;
            let fits = token.text == word || (may_be_longer && token.text.starts_with(&**word));
            matched_to[at] = fits && (at == 0 || matched_to[at - 1]);
        }
        is_found |= matched_to[last];
    });
    is_found
}
