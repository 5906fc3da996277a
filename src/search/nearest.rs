//! Defines what is offered where nothing matches: the nearest words, codes and modifiers that do.

use super::Index;
use super::need::Needs;
use super::query::{Part, Query, Word, codes};
use super::words::Extent;

/// How much is offered.
const MOST: usize = 6;

/// How much is offered for one part of a query.
const MOST_FOR_PART: usize = 4;

/// Returns the nearest things that would match, nearest first; nothing only where the index has no
/// words at all.
pub(super) fn of(index: &Index, query: &Query, needs: &Needs) -> Vec<String> {
    let mut found = Vec::new();
    let single = query.parts().len() == 1;
    for part in query.parts() {
        let mut near = match part {
            Part::Code(code) => {
                let listed: Vec<String> = codes(&code.readings)
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
                    codes(&code.readings)
                        .flat_map(|code| index.docs.around(code, MOST_FOR_PART))
                        .map(|code| code.value().to_owned())
                        .collect()
                } else {
                    listed
                }
            }
            Part::Modifier(_) => modifiers(index),
            Part::Word(word) => words(index, word, single),
            Part::Phrase(words) => words
                .iter()
                .filter(|word| index.words.number(word).is_some())
                .cloned()
                .collect(),
        };
        near.truncate(MOST_FOR_PART);
        found.append(&mut near);
    }
    if found.is_empty() || (query.parts().is_empty() && needs.all.is_empty()) {
        found = modifiers(index);
    }
    if found.is_empty() {
        found = index.words.sample("", MOST);
    }
    let mut seen = Vec::new();
    found.retain(|one| {
        let new = !seen.contains(one);
        if new {
            seen.push(one.clone());
        }
        new
    });
    found.truncate(MOST);
    found
}

/// Returns the words nearest to one; the word itself where it matches, but not beside the others.
fn words(index: &Index, word: &Word, single: bool) -> Vec<String> {
    if !single && index.words.number(&word.whole).is_some() {
        return vec![word.whole.clone()];
    }
    let mut near = index.words.within(&word.whole, Extent::Whole, 2);
    near.retain(|near| near.text.chars().any(char::is_alphabetic) && near.text.len() > 2);
    let first = word.whole.chars().next();
    near.sort_by_key(|near| (near.distance, near.text.chars().next() != first));
    let mut found: Vec<String> = near.into_iter().map(|near| near.text).collect();
    let mut beginning = word.whole.as_str();
    while found.is_empty() && !beginning.is_empty() {
        beginning = match beginning.char_indices().next_back() {
            Some((at, _)) => &beginning[..at],
            None => break,
        };
        found = index.words.sample(beginning, MOST_FOR_PART);
    }
    found
}

/// Returns the modifiers that have a row, each once.
fn modifiers(index: &Index) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (code, _) in &index.rows.modifiers {
        let code = String::from_utf8_lossy(code).into_owned();
        if found.last() != Some(&code) {
            found.push(code);
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}
