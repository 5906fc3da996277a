//! Suggestions for a query without hits: the nearest terms, codes and modifiers of the index.

use std::collections::HashSet;

use crate::search::fuzzy::TermMatch;
use crate::search::index::Index;
use crate::search::query::parse::{Clause, CodeClause, Query, Word};
use crate::search::query::stop_words::is_stop_word;

const MAX_SUGGESTIONS: usize = 6;
const MAX_PER_CLAUSE: usize = 4;

/// Returns suggestions, nearest first; empty only if the index has no terms.
pub(crate) fn suggestions(index: &Index, query: &Query) -> Vec<String> {
    let is_single = query.clauses.len() == 1;
    let is_term = |word: &&String| index.terms.term_ord(word).is_some();
    let mut all = Vec::new();
    for clause in &query.clauses {
        let mut nearest = match clause {
            Clause::Code(code) => code_suggestions(index, code),
            Clause::Modifier(_) => modifier_suggestions(index),
            // Of several words, those that do match are suggested as they are.
            Clause::Word(word) if !is_single && is_term(&&word.text) => vec![word.text.clone()],
            Clause::Word(word) => word_suggestions(index, word),
            Clause::Phrase(words) => words.iter().filter(is_term).cloned().collect(),
        };
        nearest.truncate(MAX_PER_CLAUSE);
        all.append(&mut nearest);
    }
    if all.is_empty() {
        all = modifier_suggestions(index);
    }
    if all.is_empty() {
        all = index.terms.first_with_prefix("", MAX_SUGGESTIONS);
    }
    keep_first_of_each(&mut all);
    all.truncate(MAX_SUGGESTIONS);
    all
}

fn keep_first_of_each(texts: &mut Vec<String>) {
    let mut seen = HashSet::new();
    texts.retain(|text| seen.insert(text.clone()));
}

/// Returns the code with each modifier of its document, or the nearest codes if it has none.
fn code_suggestions(index: &Index, clause: &CodeClause) -> Vec<String> {
    let mut texts = Vec::new();
    for code in clause.codes() {
        if let Some(doc) = index.docs.find(code) {
            let modifiers = index.rows.modifiers_of(&index.docs.rows(doc)).into_iter();
            texts.extend(modifiers.map(|modifier| format!("{}-{modifier}", code.value())));
        }
    }
    if texts.is_empty() {
        let codes = clause.codes();
        let nearest = codes.flat_map(|code| index.docs.nearest_codes(code, MAX_PER_CLAUSE));
        return nearest.map(|code| code.value().to_owned()).collect();
    }
    // Several payers may have rows about the same modifier.
    keep_first_of_each(&mut texts);
    texts
}

/// Returns the terms within two typos, or those that share the longest prefix with the word.
fn word_suggestions(index: &Index, word: &Word) -> Vec<String> {
    let mut nearest = index.terms.within_edits(&word.text, TermMatch::Exact, 2);
    nearest.retain(|near| {
        near.text.chars().any(char::is_alphabetic)
            && near.text.len() > 2
            && !is_stop_word(&near.text)
    });
    let mut texts: Vec<String> = nearest.into_iter().map(|near| near.text).collect();
    let mut prefix = word.text.as_str();
    while texts.is_empty()
        && let Some((end, _)) = prefix.char_indices().next_back()
    {
        prefix = &prefix[..end];
        texts = index.terms.first_with_prefix(prefix, MAX_PER_CLAUSE);
    }
    texts
}

fn modifier_suggestions(index: &Index) -> Vec<String> {
    let mut codes: Vec<_> = index.rows.modifiers.iter().map(|(code, _)| code).collect();
    codes.dedup();
    let codes = codes.into_iter().take(MAX_SUGGESTIONS);
    let texts = codes.map(|code| String::from_utf8_lossy(code).into_owned());
    texts.collect()
}
