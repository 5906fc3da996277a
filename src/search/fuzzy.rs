//! Typo correction: the terms within one or two edits of a word.
//!
//! `eval::planner` decides which words of a query are corrected, and `eval::term_expansion` what a
//! correction costs.

use std::ops::ControlFlow;
use std::sync::OnceLock;

use levenshtein_automata::{Distance, LevenshteinAutomatonBuilder};

use crate::search::term_map::TermMap;

/// The maximum number of corrections of one word.
pub(crate) const MAX_FUZZY_TERMS: usize = 200;

/// The length from which a word alone is corrected without asking.
const MIN_LIKELY_CHARS: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FuzzyTerm {
    pub(crate) ord: u32,
    pub(crate) text: String,
    pub(crate) distance: u8,
}

/// Whether a word must equal a term, or be its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermMatch {
    Exact,
    Prefix,
}

impl TermMatch {
    pub(crate) const fn prefix_if(is_prefix: bool) -> Self {
        if is_prefix { Self::Prefix } else { Self::Exact }
    }
}

/// Returns the maximum number of typos that are corrected in a word. Numbers are never corrected,
/// because a different number means something different. Words of more than 24 letters are rarely typed.
pub(crate) fn max_edits(word: &str) -> usize {
    if !word.chars().any(char::is_alphabetic) {
        return 0;
    }
    match word.chars().count() {
        7..=24 => 2,
        4..7 => 1,
        _ => 0,
    }
}

/// Returns true if a correction shares the first letter with the word, which is seldom mistyped.
/// Short words have too many neighbors.
pub(crate) fn is_likely_correction(word: &str, correction: &str) -> bool {
    word.chars().count() >= MIN_LIKELY_CHARS && correction.chars().next() == word.chars().next()
}

/// Builders of Levenshtein automata for one and for two edits, made when first needed.
#[derive(Default)]
pub(crate) struct LevenshteinAutomata(OnceLock<[LevenshteinAutomatonBuilder; 2]>);

impl LevenshteinAutomata {
    /// Returns the terms within `edits` (at most two) edits of a word, likeliest first.
    pub(crate) fn matching_terms(
        &self,
        term_map: &TermMap,
        word: &str,
        term_match: TermMatch,
        edits: usize,
    ) -> Vec<FuzzyTerm> {
        let [one, two] = self
            .0
            .get_or_init(|| [1, 2].map(|edits| LevenshteinAutomatonBuilder::new(edits, true)));
        let builder = match edits {
            0 => return Vec::new(),
            1 => one,
            _ => two,
        };
        let dfa = match term_match {
            TermMatch::Exact => builder.build_dfa(word),
            TermMatch::Prefix => builder.build_prefix_dfa(word),
        };
        let mut terms = Vec::new();
        term_map.for_each_match(&dfa, |text, ord| {
            if let Distance::Exact(distance) = dfa.eval(text) {
                let text = text.to_owned();
                terms.push(FuzzyTerm {
                    ord,
                    text,
                    distance,
                });
            }
            ControlFlow::Continue(())
        });
        let first = word.chars().next();
        terms.sort_by_key(|term| (term.distance, term.text.chars().next() != first));
        terms
    }
}
