//! Recognizes the style of the AMA's descriptors, which may not be distributed.
//!
//! A descriptor is a noun phrase that several codes share, a semicolon, and the qualifier of this
//! code: `Noun, qualifier; qualifier`. It is not a sentence: it has no verb and no full stop. An
//! author's own title rarely has a semicolon; an author's sentence has a verb or a full stop.

use crate::check::near_names::words_of;

/// The longest descriptor, in bytes.
const MAX_LENGTH: usize = 300;

/// Words of sentences, which descriptors do not have.
const SENTENCE_WORDS: [&str; 30] = [
    "are", "be", "bill", "can", "check", "do", "does", "give", "gives", "has", "have", "if", "is",
    "it", "its", "may", "measures", "must", "never", "see", "should", "that", "this", "use",
    "used", "was", "when", "which", "write", "you",
];

/// Words with which the second part of a descriptor begins or ends.
const QUALIFIERS: [&str; 23] = [
    "additional",
    "antibody",
    "automated",
    "bilateral",
    "complete",
    "complex",
    "each",
    "first",
    "initial",
    "limited",
    "manual",
    "minutes",
    "multiple",
    "qualitative",
    "quantitative",
    "simple",
    "single",
    "specified",
    "subsequent",
    "total",
    "unilateral",
    "with",
    "without",
];

/// Returns true if a text has the style of an AMA descriptor.
pub(crate) fn looks_like_descriptor(text: &str) -> bool {
    let text = text.trim();
    let Some((noun, qualifier)) = text.split_once("; ") else {
        return false;
    };
    let has_shape = text.len() <= MAX_LENGTH
        && !text.ends_with(['.', '!', '?'])
        && !text.contains(". ")
        && noun.starts_with(char::is_uppercase)
        && qualifier.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == '(');
    if !has_shape {
        return false;
    }
    let is_one_of = |known: &[&str], word: &String| known.contains(&word.as_str());
    let is_qualified = || {
        let words = words_of(qualifier);
        let mut ends = [words.first(), words.last()].into_iter().flatten();
        ends.any(|word| is_one_of(&QUALIFIERS, word))
    };
    let is_sentence = || {
        let words = words_of(text);
        words.iter().any(|word| is_one_of(&SENTENCE_WORDS, word))
    };
    (noun.contains(", ") || is_qualified()) && !is_sentence()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_noun_phrases_with_a_semicolon_look_like_descriptors() {
        for text in [
            "Invented analyte, serum; quantitative",
            "Made-up examination, left elbow; 2 views",
            "Imaginary procedure (any method); each additional specimen",
        ] {
            assert!(looks_like_descriptor(text), "{text}");
        }
        for text in [
            "HER2/neu serum tumor marker assay",
            "Invented analyte, serum",
            "Use it for serum, plasma; see the policy",
            "Serum, plasma or urine; the payer decides.",
            "Bill once, by the laboratory; never by the physician",
            "One test; Another test",
            "A test; for research",
            "",
        ] {
            assert!(!looks_like_descriptor(text), "{text}");
        }
    }
}
