//! The prominence of a listed code: how early it comes among codes whose titles match alike.
//!
//! A user who asks for `pneumonia` means the unspecified code or the head of the category, and not
//! one of the hundred codes whose titles go on to say which pneumonia. So the words of a title count
//! that say more than the name of the subject.

use crate::content::{CodeId, CodeSystem};
use crate::search::query::stop_words::is_stop_word;
use crate::search::tokenizer::split_words;

/// Words that say that nothing more is known.
const GENERAL_WORDS: [&str; 8] = [
    "unspecified",
    "uncomplicated",
    "nos",
    "disorder",
    "disease",
    "essential",
    "initial",
    "encounter",
];

/// Words of titles for what other titles leave over, or for later visits.
const RESIDUAL_WORDS: [&str; 6] = [
    "other",
    "elsewhere",
    "sequela",
    "subsequent",
    "secondary",
    "history",
];

/// The weight of a word, so that finer differences fit between two lengths.
const WORD_WEIGHT: usize = 3;

/// Returns the length of a title, weighted. The smaller, the more prominent.
pub(crate) fn weighted_length(code: &CodeId, title: &str) -> usize {
    let mut length = 0;
    let mut is_general = code.value().len() <= 3;
    for (position, part) in title.split([',', ';', '(', '[']).enumerate() {
        let words = split_words(part);
        let is_unspecified = words.iter().any(|word| word == "unspecified");
        is_general |= is_unspecified;
        let is_aside = part.trim_end().ends_with([')', ']']);
        let denies = matches!(words.first().map(String::as_str), Some("without" | "not"));
        if position > 0 && (is_unspecified || is_aside || denies) {
            continue;
        }
        for word in &words {
            let word = word.as_str();
            length += match () {
                () if is_stop_word(word) || GENERAL_WORDS.contains(&word) => 0,
                () if RESIDUAL_WORDS.contains(&word) => 2 * WORD_WEIGHT,
                () => WORD_WEIGHT,
            };
        }
    }
    length + usize::from(!is_general) + usize::from(code.system() == CodeSystem::Hcpcs)
}

/// Returns true for another name of a code that marks it as the head of its subject: `Stroke NOS`.
pub(crate) fn is_head_name(alias: &str) -> bool {
    alias.ends_with(" NOS")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(code: &str, title: &str) -> usize {
        weighted_length(&code.parse().unwrap(), title)
    }

    #[test]
    fn unspecified_and_head_codes_are_most_prominent() {
        let unspecified = length("icd10cm:J18.9", "Pneumonia, unspecified organism");
        assert!(unspecified < length("icd10cm:J13", "Pneumonia due to Streptococcus pneumoniae"));
        assert!(unspecified < length("icd10cm:J12.9", "Viral pneumonia, unspecified"));
        let head = length("icd10cm:E11", "Type 2 diabetes mellitus");
        let plain = length(
            "icd10cm:E11.9",
            "Type 2 diabetes mellitus without complications",
        );
        assert!(head < plain);
        assert!(
            head < length(
                "icd10cm:E11.0",
                "Type 2 diabetes mellitus with hyperosmolarity"
            )
        );
        let initial = length("icd10cm:T30.0", "Burn, initial encounter");
        assert!(initial < length("icd10cm:T30.1", "Burn, sequela"));
    }

    #[test]
    fn diagnosis_is_more_prominent_than_a_supply_of_the_same_title() {
        assert!(length("icd10cm:L02", "Splint") < length("hcpcs:A4570", "Splint"));
    }
}
