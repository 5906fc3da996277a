//! Defines how a query is looked up: which rows of an index answer each of its parts.

use std::ops::Range;

use crate::content::CodeSystem;

use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{
    MatchCost, MatchKind, QueryMatches, RowMatch, TermMatches, merge_sorted,
};
use crate::search::eval::ops::{RowFilter, Subquery, Term};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::query::code_ref::CodeRef;
use crate::search::query::parse::{Clause, CodeClause, LastTerm, ModifierClause, Query, Word};
use crate::search::query::synonyms::SynonymTarget;
use crate::search::term_dict::{FuzzyTerm, TermDictionary, TermMatch};

/// From how many letters on a beginning stands for every word that begins with it.
const MIN_FULL_PREFIX_CHARS: usize = 3;

/// How many bytes of postings a shorter beginning stands for, about.
const MAX_SHORT_PREFIX_BYTES: usize = 48 * 1024;

/// How far a word may be from what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fuzziness {
    /// Typos only where a word matches nothing.
    UnmatchedWords,
    /// Typos in every word: as it stands, no row has them all.
    AllWords,
}

impl QueryMatches {
    /// Looks every part of a query up.
    pub(crate) fn find(
        index: &Index,
        query: &Query,
        bounds: &ScopeFilter,
        leniency: Fuzziness,
    ) -> Self {
        let parts = without_stop_words(query.clauses());
        let mut finder = Planner {
            index,
            fuzziness: leniency,
            is_single_clause: parts.len() == 1,
            matches: Self::default(),
            subqueries: Vec::new(),
            subqueries_by_clause: vec![Vec::new(); parts.len()],
        };
        finder
            .matches
            .by_clause
            .resize_with(parts.len(), TermMatches::default);
        let last = parts.len().saturating_sub(1);
        let extent = |at| match query.last_term() {
            LastTerm::Prefix if at == last => TermMatch::Prefix,
            _ => TermMatch::Exact,
        };
        for (at, part) in parts.iter().enumerate() {
            match part {
                Clause::Code(code) => finder.plan_code(at, code),
                Clause::Modifier(modifier) => finder.plan_modifier(at, modifier),
                Clause::Word(word) => finder.plan_word(at, word, extent(at)),
                Clause::Phrase(words) => finder.plan_phrase(at, words),
            }
        }
        for (at, pair) in parts.windows(2).enumerate() {
            if let [Clause::Word(first), Clause::Word(second)] = pair {
                finder.add_compound(at, first, second, extent(at + 1));
            }
        }
        finder.plan_synonyms(&parts, extent(last));
        // Of several parts one may stand in a row that the bounds do not let pass.
        let rows = bounds.row_set().filter(|_| parts.len() == 1);
        finder.evaluate(rows.map(RowFilter::from_row_set));
        finder.matches
    }
}

/// Returns the parts that an answer must have: small words only where there is nothing else.
fn without_stop_words(parts: &[Clause]) -> Vec<&Clause> {
    let small = |part: &&Clause| matches!(part, Clause::Word(word) if word.is_stop_word());
    let essential: Vec<&Clause> = parts.iter().filter(|part| !small(part)).collect();
    if essential.is_empty() {
        parts.iter().collect()
    } else {
        essential
    }
}

fn is_word(part: &Clause) -> bool {
    matches!(part, Clause::Word(_))
}

/// Looks parts up, one after the other.
struct Planner<'a> {
    index: &'a Index,
    fuzziness: Fuzziness,
    /// Whether the query has one part only.
    is_single_clause: bool,
    matches: QueryMatches,
    subqueries: Vec<Subquery>,
    /// Which clauses answer each part, as positions in `clauses`.
    subqueries_by_clause: Vec<Vec<usize>>,
}

impl Planner<'_> {
    /// Notes a way in which rows answer a part of the query and perhaps some after it.
    fn add_subquery(&mut self, parts: Range<usize>, clause: Subquery) {
        for answers in &mut self.subqueries_by_clause[parts] {
            answers.push(self.subqueries.len());
        }
        self.subqueries.push(clause);
    }

    /// Gathers the rows of every part that pass a filter, the rarest first.
    fn evaluate(&mut self, mut filter: Option<RowFilter>) {
        let index = self.index;
        let weights: Vec<usize> = self
            .subqueries
            .iter()
            .map(|c| c.posting_bytes(index))
            .collect();
        let mut order: Vec<usize> = (0..self.subqueries_by_clause.len()).collect();
        order.sort_by_key(|at| {
            let codes = self.matches.by_clause[*at].code_docs.len()
                + self.matches.by_clause[*at].code_prefix_docs.len();
            codes
                + self.subqueries_by_clause[*at]
                    .iter()
                    .map(|c| weights[*c])
                    .sum::<usize>()
        });
        let mut gathered: Vec<Option<Vec<RowMatch>>> = Vec::new();
        gathered.resize_with(self.subqueries.len(), || None);
        for (done, at) in order.iter().enumerate() {
            let need = &mut self.matches.by_clause[*at];
            for clause in &self.subqueries_by_clause[*at] {
                let rows = gathered[*clause].take();
                let rows = rows
                    .unwrap_or_else(|| self.subqueries[*clause].evaluate(index, filter.as_ref()));
                // Hundreds of thousands, maybe: they are copied for another part only.
                let again = order[done + 1..].iter();
                if again
                    .into_iter()
                    .any(|at| self.subqueries_by_clause[*at].contains(clause))
                {
                    gathered[*clause] = Some(rows.clone());
                }
                need.rows = merge_sorted(std::mem::take(&mut need.rows), rows);
            }
            need.sort_and_dedup_docs();
            if need.is_empty() {
                break;
            }
            if done + 1 < order.len() {
                filter = RowFilter::from_matches(index, need).or(filter);
            }
        }
        self.matches.terms.sort_unstable();
        self.matches.terms.dedup();
    }

    fn plan_code(&mut self, at: usize, part: &CodeClause) {
        let index = self.index;
        for CodeRef { code, modifier } in &part.code_refs {
            let Some(doc) = index.docs.find(code) else {
                continue;
            };
            let begins = match (modifier, part.modifier_prefix) {
                (Some(modifier), _) => modifier.as_str().to_owned(),
                (None, Some(begun)) => begun.to_string(),
                (None, None) => {
                    self.matches.by_clause[at].code_docs.push(doc);
                    continue;
                }
            };
            let of_code = index.docs.rows(doc);
            let mut rows = self.modifier_rows(&begins, MatchKind::CodeAndModifier);
            rows.retain(|entry| of_code.contains(&entry.row));
            self.add_subquery(at..at + 1, Subquery::Rows(rows));
        }
        let bare = part.modifier_prefix.is_none()
            && part.code_refs.iter().any(|read| read.modifier.is_none());
        if bare {
            let systems: Vec<CodeSystem> = crate::search::query::parse::codes(&part.code_refs)
                .map(crate::content::code::CodeId::system)
                .collect();
            self.add_code_prefix(at, &part.word.text, &systems);
            self.add_word(at, &part.word, TermMatch::Exact, Spelling::AsTyped);
        }
    }

    fn add_code_prefix(&mut self, at: usize, prefix: &str, systems: &[CodeSystem]) {
        let prefix = prefix.to_ascii_uppercase();
        for system in systems {
            let begun = self.index.docs.with_code_prefix(*system, &prefix);
            self.matches.by_clause[at]
                .code_prefix_docs
                .extend_from_slice(begun);
        }
    }

    fn plan_modifier(&mut self, at: usize, part: &ModifierClause) {
        let rows = self.modifier_rows(&part.prefix, MatchKind::Modifier);
        self.add_subquery(at..at + 1, Subquery::Rows(rows));
        if part.prefix.len() == 2 {
            let sets = self.exact_terms(&part.words);
            self.add_subquery(
                at..at + 1,
                Subquery::All(sets, MatchCost::VARIANT, MatchKind::Words),
            );
        }
    }

    /// Returns the words of the dictionary that some words are, as they stand.
    fn exact_terms(&self, words: &[String]) -> Vec<Vec<Term>> {
        let numbers = words.iter().map(|word| self.index.terms.term_ord(word));
        numbers
            .map(|number| number.into_iter().map(Term::exact).collect())
            .collect()
    }

    fn modifier_rows(&mut self, begins: &str, via: MatchKind) -> Vec<RowMatch> {
        let rows = self.index.rows.with_modifier_prefix(begins);
        if rows.is_empty() {
            return Vec::new();
        }
        let words = match begins.len() {
            2 => &mut self.matches.terms,
            _ => &mut self.matches.prefixes,
        };
        words.push(begins.to_lowercase());
        rows.iter()
            .map(|(_, row)| RowMatch {
                row: *row,
                mask: FieldMask::ALL,
                cost: MatchCost::NONE,
                kind: via,
            })
            .collect()
    }

    fn plan_word(&mut self, at: usize, word: &Word, extent: TermMatch) {
        let mut spelling = Spelling::Correctable;
        if let Some(modifier) = word.to_modifier() {
            let rows = self.modifier_rows(modifier.as_str(), MatchKind::Modifier);
            if !rows.is_empty() {
                spelling = Spelling::AsTyped;
                self.add_subquery(at..at + 1, Subquery::Rows(rows));
            }
        }
        if let Some(code) = word.to_code_prefix()
            && (self.is_single_clause || code.len() > 2)
        {
            self.add_code_prefix(at, &code, &CodeSystem::ALL);
            if !self.matches.by_clause[at].code_prefix_docs.is_empty() {
                spelling = Spelling::AsTyped;
            }
        }
        self.add_word(at, word, extent, spelling);
    }

    /// Adds the rows that have a word in their text, in any of its forms.
    fn add_word(&mut self, at: usize, word: &Word, extent: TermMatch, spelling: Spelling) {
        let terms = self.expand_term(&word.text, extent);
        let mut known = !terms.is_empty();
        self.add_subquery(at..at + 1, Subquery::Any(terms, MatchKind::Words));
        if let Some(last) = word.parts.len().checked_sub(1) {
            let extent = |run| {
                if run == last {
                    extent
                } else {
                    TermMatch::Exact
                }
            };
            let runs = word.parts.iter().enumerate();
            let sets: Vec<Vec<Term>> = runs
                .map(|(run, text)| self.expand_term(text, extent(run)))
                .collect();
            known |= sets.iter().all(|terms| !terms.is_empty());
            self.add_subquery(
                at..at + 1,
                Subquery::All(sets, MatchCost::VARIANT, MatchKind::Words),
            );
        }
        let correct = match (self.fuzziness, spelling) {
            (Fuzziness::AllWords, _) => true,
            (Fuzziness::UnmatchedWords, Spelling::Correctable) => !known,
            (Fuzziness::UnmatchedWords, Spelling::AsTyped) => false,
        };
        if correct {
            let mut near = self.index.terms.fuzzy_terms(&word.text, extent);
            near.retain(|near| near.distance > 0);
            let terms = near.iter().map(|near| corrected_term(near, &word.text));
            let terms = terms.collect();
            self.add_subquery(at..at + 1, Subquery::Any(terms, MatchKind::Typo));
            let corrections = near.into_iter().map(|near| near.text);
            self.matches.corrections.extend(corrections);
        }
    }

    /// Returns the words of the dictionary that a word stands for as it is spelled.
    fn expand_term(&mut self, word: &str, extent: TermMatch) -> Vec<Term> {
        let words = &self.index.terms;
        let exact = words.term_ord(word);
        let mut terms: Vec<Term> = exact.into_iter().map(Term::exact).collect();
        self.matches.terms.push(word.to_owned());
        for form in inflected_forms(word) {
            if let Some(number) = words.term_ord(&form) {
                terms.push(Term {
                    cost: MatchCost::VARIANT,
                    ..Term::exact(number)
                });
                self.matches.terms.push(form);
            }
        }
        let open = extent == TermMatch::Prefix || (terms.is_empty() && word.len() > 2);
        if open {
            let longer = words.prefix_range(word).filter(|at| Some(*at) != exact);
            terms.extend(
                keep_most_common(words, word, longer.collect())
                    .into_iter()
                    .map(prefix_term),
            );
            self.matches.prefixes.push(word.to_owned());
        }
        terms
    }

    /// Adds the rows that have two words as one: `her 2` for `her2`.
    fn add_compound(&mut self, at: usize, first: &Word, second: &Word, extent: TermMatch) {
        let both = format!("{}{}", first.text, second.text);
        let Some(number) = self.index.terms.term_ord(&both) else {
            return;
        };
        let mut terms = vec![Term::exact(number)];
        if extent == TermMatch::Prefix {
            let longer = self.index.terms.prefix_range(&both);
            terms.extend(longer.filter(|n| *n != number).map(prefix_term));
        }
        self.matches.terms.push(both);
        self.add_subquery(at..at + 2, Subquery::Any(terms, MatchKind::Words));
    }

    /// Adds the rows that have other words for some of the query's, or are about what they mean.
    fn plan_synonyms(&mut self, parts: &[&Clause], last: TermMatch) {
        let index = self.index;
        let mut from = 0;
        for run in parts.chunk_by(|a, b| is_word(a) && is_word(b)) {
            let words: Vec<&str> = run
                .iter()
                .filter_map(|part| match part {
                    Clause::Word(word) => Some(word.text.as_str()),
                    _ => None,
                })
                .collect();
            let extent = if from + run.len() == parts.len() {
                last
            } else {
                TermMatch::Exact
            };
            let mut all = index.synonyms.find(&words, extent);
            if self.fuzziness == Fuzziness::AllWords {
                let nearly = index.synonyms.find_fuzzy(&words).into_iter();
                all.extend(
                    nearly
                        .filter(|nearly| !all.contains(nearly))
                        .collect::<Vec<_>>(),
                );
            }
            for meant in all {
                let asked = words[meant.first..meant.first + meant.count].join(" ");
                self.add_synonym(from + meant.first, &asked, meant.count, meant.target);
            }
            from += run.len();
        }
    }

    fn add_synonym(&mut self, at: usize, asked: &str, count: usize, target: &SynonymTarget) {
        let Ok(number) = u8::try_from(self.matches.synonyms.len()) else {
            return;
        };
        let via = MatchKind::Synonym(number);
        let parts = at..at + count;
        let mut sets = match target {
            SynonymTarget::Modifier(code) => {
                let rows = self.modifier_rows(code.as_str(), via);
                self.add_subquery(parts.clone(), Subquery::Rows(rows));
                self.exact_terms(&["modifier".to_owned(), code.as_str().to_lowercase()])
            }
            SynonymTarget::Words(words) => words
                .iter()
                .map(|word| self.expand_term(word, TermMatch::Exact))
                .collect::<Vec<_>>(),
        };
        if let ([terms], 1) = (&mut sets[..], count) {
            terms.retain(|term| !self.already_matches_term(at, term.number));
            if terms.is_empty() {
                return;
            }
        }
        self.matches
            .synonyms
            .push((asked.to_owned(), target.name()));
        self.add_subquery(parts, Subquery::All(sets, MatchCost::SYNONYM, via));
    }

    /// Says whether rows with a word answer a part already, and better than by another name: `lab`
    /// is how `laboratory` begins.
    fn already_matches_term(&self, at: usize, number: u32) -> bool {
        let clauses = self.subqueries_by_clause[at]
            .iter()
            .map(|clause| &self.subqueries[*clause]);
        clauses.into_iter().any(|clause| match clause {
            Subquery::Any(terms, _) => terms
                .iter()
                .any(|term| term.number == number && term.cost < MatchCost::INEXACT),
            Subquery::Rows(_) | Subquery::All(..) => false,
        })
    }

    fn plan_phrase(&mut self, at: usize, words: &[String]) {
        let sets = self.exact_terms(words);
        self.add_subquery(
            at..at + 1,
            Subquery::All(sets, MatchCost::NONE, MatchKind::Words),
        );
        self.matches.terms.extend_from_slice(words);
    }
}

const fn prefix_term(number: u32) -> Term {
    Term {
        number,
        cost: MatchCost::PREFIX,
    }
}

/// Keeps the commonest of the words that begin with a letter or two: half of all rows have one of
/// them, and the next letter tells more than all these rows do.
fn keep_most_common(words: &TermDictionary, beginning: &str, mut numbers: Vec<u32>) -> Vec<u32> {
    if beginning.chars().count() < MIN_FULL_PREFIX_CHARS {
        numbers.sort_by_key(|number| std::cmp::Reverse(words.posting_bytes(*number)));
        let mut weight = 0;
        numbers.retain(|number| {
            let fits = weight < MAX_SHORT_PREFIX_BYTES;
            weight += words.posting_bytes(*number);
            fits
        });
    }
    numbers
}

/// Whether a word may be corrected where it matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Correctable,
    AsTyped,
}

/// Weighs a correction: by its typos, and readers seldom mistype the first letter.
fn corrected_term(near: &FuzzyTerm, word: &str) -> Term {
    let strange = u8::from(near.text.chars().next() != word.chars().next());
    Term {
        number: near.term_ord,
        cost: MatchCost(MatchCost::TYPO.0 * near.distance + MatchCost::INEXACT.0 * strange),
    }
}

/// Returns the singular or plural forms of a word.
fn inflected_forms(word: &str) -> Vec<String> {
    let plain = word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase());
    if !plain {
        return Vec::new();
    }
    let mut forms = Vec::new();
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
    forms
}
