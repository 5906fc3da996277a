//! The match of a query with one text that is not in the index, such as a reader's note.

use crate::search::fuzzy::TermMatch;
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::phrase::contains_phrase;
use crate::search::hits::snippet::Snippet;
use crate::search::query::parse::{Clause, Query};
use crate::search::query::stop_words::is_stop_word;

impl Query {
    /// Returns a snippet of a text that has every clause of the query as it is written; `None` for
    /// other texts and for a query with scopes. Stop words may be missing.
    pub fn match_text(&self, text: &str) -> Option<Snippet> {
        let last = self.clauses.len().checked_sub(1)?;
        let (mut terms, mut prefixes) = (Vec::new(), Vec::new());
        for (at, clause) in self.clauses.iter().enumerate() {
            let last_word = match clause {
                Clause::Word(_) | Clause::Phrase(_) if at == last => self.last_term,
                _ => TermMatch::Exact,
            };
            let mut spellings = spellings(clause).into_iter();
            match spellings.find(|words| contains_phrase(words, text, last_word)) {
                Some(mut words) => {
                    prefixes.extend(words.pop_if(|_| last_word == TermMatch::Prefix));
                    terms.append(&mut words);
                }
                None if clause.as_word().is_some_and(|it| is_stop_word(&it.text)) => {}
                None => return None,
            }
        }
        let highlighter = Highlighter::new(terms, prefixes);
        let matches = self.scopes.is_empty() && !highlighter.is_empty();
        matches.then(|| Snippet::new(text, &highlighter))
    }
}

/// Returns the ways to write a clause, each as a phrase.
fn spellings(clause: &Clause) -> Vec<Vec<String>> {
    let (word, modifier) = match clause {
        Clause::Phrase(words) => return vec![words.clone()],
        Clause::Modifier(modifier) => return vec![vec![modifier.prefix.to_lowercase()]],
        Clause::Word(word) => (word, None),
        Clause::Code(code) => {
            let modifiers = code.code_refs.iter().map(|code| code.modifier.as_ref());
            (&code.word, modifiers.flatten().next())
        }
    };
    let modifier = modifier.map(|modifier| modifier.as_str().to_lowercase());
    let spellings = [std::slice::from_ref(&word.text), word.simple_words()];
    let with_modifier = |words: &[String]| words.iter().cloned().chain(modifier.clone()).collect();
    spellings.map(with_modifier).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "Ask Anna about the follow-up of 83950-26 and K92.2, not paid";

    fn highlighted(query: &str) -> Option<Vec<String>> {
        let snippet = Query::parse(query).match_text(NOTE)?;
        let text = |range: &std::ops::Range<usize>| snippet.text[range.clone()].to_owned();
        Some(snippet.highlights.iter().map(text).collect())
    }

    #[test]
    fn text_with_every_clause_of_the_query_matches() {
        for (query, words) in [
            ("anna ask ", &["Ask", "Anna"][..]),
            ("ann", &["Ann"]),
            ("follow-up ", &["follow", "up"]),
            ("not paid", &["not", "paid"]),
            ("\"ask anna\"", &["Ask", "Anna"]),
            ("anna is ", &["Anna"]),
            ("83950", &["83950"]),
            ("83950-26", &["83950", "26"]),
            ("mod 26", &["26"]),
            ("K92.2", &["K92", "2"]),
        ] {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(highlighted(query), Some(words), "{query}");
        }
    }

    #[test]
    fn text_without_a_clause_of_the_query_does_not_match() {
        for query in [
            "ann ",
            "anna bill",
            "\"anna ask\"",
            "not ask",
            "payer:anna",
            "in:x anna",
            "83950-90",
            "mod 90",
            "K92.1",
            "is ",
            "",
        ] {
            assert_eq!(highlighted(query), None, "{query}");
        }
    }
}
