//! Defines what is offered where nothing matches: the nearest words, codes and modifiers that do.

use crate::search::eval::matches::QueryMatches;
use crate::search::index::Index;
use crate::search::query::parse::{Clause, Query, Word, codes};
use crate::search::term_dict::TermMatch;

/// How much is offered.
const MAX_SUGGESTIONS: usize = 6;

/// How much is offered for one part of a query.
const MAX_PER_CLAUSE: usize = 4;

/// Returns the nearest things that would match, nearest first; nothing only where the index has no
/// words at all.
pub(crate) fn suggestions(index: &Index, query: &Query, needs: &QueryMatches) -> Vec<String> {
    let mut found = Vec::new();
    let single = query.clauses().len() == 1;
    for part in query.clauses() {
        let mut near = match part {
            Clause::Code(code) => {
                let listed: Vec<String> = codes(&code.code_refs)
                    .filter_map(|code| Some((code, index.docs.find(code)?)))
                    .flat_map(|(code, doc)| {
                        let rows = index.docs.rows(doc);
                        let mut listed = index.rows.modifiers_of(&rows);
                        // Payers may have rows on the same.
                        let mut seen = std::collections::BTreeSet::new();
                        listed.retain(|modifier| seen.insert(modifier.clone()));
                        listed.into_iter().map(|m| format!("{}-{m}", code.value()))
                    })
                    .collect();
                if listed.is_empty() {
                    codes(&code.code_refs)
                        .flat_map(|code| index.docs.nearest_codes(code, MAX_PER_CLAUSE))
                        .map(|code| code.value().to_owned())
                        .collect()
                } else {
                    listed
                }
            }
            Clause::Modifier(_) => modifier_suggestions(index),
            Clause::Word(word) => word_suggestions(index, word, single),
            Clause::Phrase(words) => words
                .iter()
                .filter(|word| index.terms.term_ord(word).is_some())
                .cloned()
                .collect(),
        };
        near.truncate(MAX_PER_CLAUSE);
        found.append(&mut near);
    }
    if found.is_empty() || (query.clauses().is_empty() && needs.by_clause.is_empty()) {
        found = modifier_suggestions(index);
    }
    if found.is_empty() {
        found = index.terms.first_with_prefix("", MAX_SUGGESTIONS);
    }
    let mut seen = Vec::new();
    found.retain(|one| {
        let new = !seen.contains(one);
        if new {
            seen.push(one.clone());
        }
        new
    });
    found.truncate(MAX_SUGGESTIONS);
    found
}

/// Returns the words nearest to one; the word itself where it matches, but not beside the others.
fn word_suggestions(index: &Index, word: &Word, single: bool) -> Vec<String> {
    if !single && index.terms.term_ord(&word.text).is_some() {
        return vec![word.text.clone()];
    }
    let mut near = index.terms.within_edits(&word.text, TermMatch::Exact, 2);
    near.retain(|near| near.text.chars().any(char::is_alphabetic) && near.text.len() > 2);
    let first = word.text.chars().next();
    near.sort_by_key(|near| (near.distance, near.text.chars().next() != first));
    let mut found: Vec<String> = near.into_iter().map(|near| near.text).collect();
    let mut beginning = word.text.as_str();
    while found.is_empty() && !beginning.is_empty() {
        beginning = match beginning.char_indices().next_back() {
            Some((at, _)) => &beginning[..at],
            None => break,
        };
        found = index.terms.first_with_prefix(beginning, MAX_PER_CLAUSE);
    }
    found
}

/// Returns the modifiers that have a row, each once.
fn modifier_suggestions(index: &Index) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (code, _) in &index.rows.modifiers {
        let code = String::from_utf8_lossy(code).into_owned();
        if found.last() != Some(&code) {
            found.push(code);
        }
        if found.len() >= MAX_SUGGESTIONS {
            break;
        }
    }
    found
}
