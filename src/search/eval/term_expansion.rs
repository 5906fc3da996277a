//! Expands a word of a query into terms of the dictionary: the term itself, or those with the prefix.
//! [`crate::search::fuzzy`] finds terms that correct a typo.

use std::cmp::Reverse;

use crate::search::eval::matches::MatchCost;
use crate::search::fuzzy::FuzzyTerm;
use crate::search::index::Index;
use crate::search::query::stop_words::STOP_WORDS;
use crate::search::term_dict::{PostingsBatch, TermDictionary};

/// The length from which a prefix expands into every term that has it, in characters.
const MIN_FULL_PREFIX_CHARS: usize = 3;

/// The size of the postings that a shorter prefix expands into, in bytes.
const MAX_SHORT_PREFIX_BYTES: usize = 16 * 1024;

/// A term of the dictionary, and the cost of matching it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) ord: u32,
    pub(crate) cost: MatchCost,
}

impl Term {
    pub(crate) const fn exact(ord: u32) -> Self {
        let cost = MatchCost::NONE;
        Self { ord, cost }
    }

    /// The cost depends on the number of edits, and on the first letter, which is seldom mistyped.
    pub(crate) fn corrected(correction: &FuzzyTerm, word: &str) -> Self {
        let differs_at_start = correction.text.chars().next() != word.chars().next();
        let edits = MatchCost(MatchCost::TYPO.0 * correction.distance);
        let first_letter = MatchCost(MatchCost::INEXACT.0 * u8::from(differs_at_start));
        Self {
            ord: correction.ord,
            cost: edits.plus(first_letter),
        }
    }
}

pub(crate) fn fetch_postings<'i>(index: &'i Index, terms: &[Term]) -> PostingsBatch<'i> {
    index
        .terms
        .fetch_postings(terms.iter().map(|term| term.ord))
}

/// Returns the size of the postings of some terms. A posting has at least one byte.
pub(crate) fn posting_bytes(index: &Index, terms: &[Term]) -> usize {
    let bytes = |term: &Term| index.terms.posting_bytes(term.ord);
    terms.iter().map(bytes).sum()
}

/// Returns for each word its term, if the dictionary has it.
pub(crate) fn exact_terms(dictionary: &TermDictionary, words: &[String]) -> Vec<Vec<Term>> {
    let terms = |word: &String| dictionary.term_ord(word).map(Term::exact);
    words
        .iter()
        .map(|word| Vec::from_iter(terms(word)))
        .collect()
}

/// Returns the longer terms that have a prefix.
pub(crate) fn prefix_terms(dictionary: &TermDictionary, prefix: &str) -> Vec<Term> {
    let exact = dictionary.term_ord(prefix);
    let longer = dictionary.prefix_range(prefix);
    let longer = longer.filter(|ord| Some(*ord) != exact);
    let cost = MatchCost::PREFIX;
    longer.map(|ord| Term { ord, cost }).collect()
}

/// Returns the longer terms that have a prefix; only the most common ones of a short prefix. Half of
/// all rows have a term with the same first letter, and the user is about to type the second.
pub(crate) fn common_prefix_terms(dictionary: &TermDictionary, prefix: &str) -> Vec<Term> {
    likely_terms(dictionary, prefix, prefix_terms(dictionary, prefix))
}

/// Returns the terms of [`common_prefix_terms`] except for stop words, which users type in full.
pub(crate) fn meaningful_prefix_terms(dictionary: &TermDictionary, prefix: &str) -> Vec<Term> {
    let stop_words = STOP_WORDS.iter().filter(|word| word.starts_with(prefix));
    let stop_words: Vec<u32> = stop_words
        .filter_map(|word| dictionary.term_ord(word))
        .collect();
    let mut terms = prefix_terms(dictionary, prefix);
    terms.retain(|term| !stop_words.contains(&term.ord));
    likely_terms(dictionary, prefix, terms)
}

fn likely_terms(dictionary: &TermDictionary, prefix: &str, mut terms: Vec<Term>) -> Vec<Term> {
    if prefix.chars().count() < MIN_FULL_PREFIX_CHARS {
        terms.sort_by_key(|term| Reverse(dictionary.posting_bytes(term.ord)));
        let mut bytes = 0;
        terms.retain(|term| {
            let fits = bytes < MAX_SHORT_PREFIX_BYTES;
            bytes += dictionary.posting_bytes(term.ord);
            fits
        });
    }
    terms
}

/// Returns the possible singular and plural forms of a word, and its American spelling.
pub(crate) fn inflected_forms(word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    if word.len() <= 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return forms;
    }
    if let Some(stem) = word.strip_suffix("ies") {
        forms.push(format!("{stem}y"));
    } else if let Some(stem) = word.strip_suffix('y') {
        forms.push(format!("{stem}ies"));
    }
    if let Some(stem) = word.strip_suffix("es") {
        forms.push(stem.to_owned());
    }
    match word.strip_suffix('s') {
        Some(stem) => forms.push(stem.to_owned()),
        None => forms.extend([format!("{word}s"), format!("{word}es")]),
    }
    for (british, american) in [
        ("ae", "e"),
        ("oe", "e"),
        ("our", "or"),
        ("isation", "ization"),
    ] {
        if word.contains(british) {
            forms.push(word.replace(british, american));
        }
    }
    forms
}
