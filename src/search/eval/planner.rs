//! The query planner: looks up the clauses of a query, and plans subqueries for them.

use crate::content::{CodeId, CodeSystem, ModifierCode};
use crate::search::eval::filter::{RowFilter, ScopeFilter};
use crate::search::eval::matches::{MatchCost, MatchKind, QueryMatches, RowMatch};
use crate::search::eval::ops::Subquery;
use crate::search::eval::plan::QueryPlan;
use crate::search::eval::term_expansion::{
    Term, common_prefix_terms, exact_terms, inflected_forms, meaningful_prefix_terms, prefix_terms,
};
use crate::search::fields::FieldMask;
use crate::search::fuzzy::{TermMatch, is_likely_correction};
use crate::search::index::Index;
use crate::search::query::code_ref::CodeRef;
use crate::search::query::parse::{Clause, CodeClause, ModifierClause, Query, Word, words_of};
use crate::search::query::stop_words::is_stop_word;
use crate::search::query::synonyms::{SynonymTarget, Synonyms};

/// Which words may match terms with typos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fuzziness {
    /// Words that match nothing as they are.
    UnmatchedWords,
    /// All words, because no row matches all of them as they are.
    AllWords,
}

pub(crate) fn find_matches(
    index: &Index,
    query: &Query,
    scope_filter: &ScopeFilter,
    fuzziness: Fuzziness,
) -> QueryMatches {
    let clauses = meaningful_clauses(&query.clauses, &index.synonyms);
    let mut planner = Planner {
        index,
        fuzziness,
        is_single_clause: clauses.len() == 1,
        plan: QueryPlan::new(clauses.len()),
    };
    planner.plan_clauses(&clauses, query.last_term);
    planner.plan.matches.named_docs = named_docs(index, query, &clauses, fuzziness);
    // With several clauses, one of them may match outside the scopes, in another row of a document.
    let rows = scope_filter.row_set().filter(|_| clauses.len() == 1);
    let filter = rows.map(RowFilter::from_row_set);
    planner.plan.evaluate(index, filter)
}

/// Drops the stop words and ignored phrases of a query, unless it has no other clauses.
fn meaningful_clauses<'q>(clauses: &'q [Clause], synonyms: &Synonyms) -> Vec<&'q Clause> {
    let text = |clause: &'q Clause| clause.as_word().map_or("", |word| &word.text);
    let words: Vec<&str> = clauses.iter().map(text).collect();
    let mut others = Vec::new();
    let mut at = 0;
    while at < clauses.len() {
        match synonyms.ignored_len(&words[at..]) {
            0 => {
                if !is_stop_word(words[at]) {
                    others.push(&clauses[at]);
                }
                at += 1;
            }
            length => at += length,
        }
    }
    if others.is_empty() {
        others.extend(clauses);
    }
    others
}

/// Returns the documents whose code has the query as its everyday name, best first.
fn named_docs(index: &Index, query: &Query, clauses: &[&Clause], fuzziness: Fuzziness) -> Vec<u32> {
    let synonyms = &index.synonyms;
    let all_words = words_of(&query.clauses);
    let words = words_of(clauses.iter().copied());
    // The beginning of a word is not completed if it is a word itself.
    let is_term = |word: &String| index.terms.term_ord(word).is_some();
    let last_term =
        TermMatch::prefix_if(query.last_term == TermMatch::Prefix && !words.iter().any(is_term));
    let mut codes = synonyms.named_codes(&all_words, TermMatch::Exact);
    if codes.is_empty() {
        codes = synonyms.named_codes(&words, last_term);
    }
    let is_unknown = |word: &String| index.terms.prefix_range(word).is_empty();
    if codes.is_empty() && (fuzziness == Fuzziness::AllWords || words.iter().all(is_unknown)) {
        codes = synonyms.misspelled_codes(&words);
    }
    let find = |code: &CodeId| index.docs.find(code);
    let mut docs: Vec<u32> = codes.iter().filter_map(find).collect();
    if let Some(code) = codes.first().filter(|_| !docs.is_empty()) {
        docs.extend(headings(code).iter().filter_map(find));
    }
    docs
}

/// Returns the diagnosis codes of which a code is a part, nearest first.
fn headings(code: &CodeId) -> Vec<CodeId> {
    let value = match code.system() {
        CodeSystem::Icd10cm => code.value(),
        _ => "",
    };
    let shorter = (3..value.len()).rev().filter_map(|end| value.get(..end));
    let shorter = shorter.filter(|value| !value.ends_with('.'));
    shorter
        .filter_map(|value| CodeId::new(code.system(), value).ok())
        .collect()
}

struct Planner<'a> {
    index: &'a Index,
    fuzziness: Fuzziness,
    is_single_clause: bool,
    plan: QueryPlan,
}

impl Planner<'_> {
    fn plan_clauses(&mut self, clauses: &[&Clause], last_term: TermMatch) {
        let term_match = |at| match clauses.len() - at {
            1 => last_term,
            _ => TermMatch::Exact,
        };
        for (at, clause) in clauses.iter().enumerate() {
            match clause {
                Clause::Code(code) => self.plan_code(at, code),
                Clause::Modifier(modifier) => self.plan_modifier(at, modifier),
                Clause::Word(word) => self.plan_word(at, word, term_match(at)),
                Clause::Phrase(words) => self.plan_phrase(at, words, term_match(at)),
            }
        }
        for (at, pair) in clauses.windows(2).enumerate() {
            if let [Clause::Word(first), Clause::Word(second)] = pair {
                self.add_compound(at, [first, second], term_match(at + 1));
            }
        }
        let is_word = |clause: &Clause| clause.as_word().is_some();
        let mut end = 0;
        for run in clauses.chunk_by(|a, b| is_word(a) && is_word(b)) {
            let words = run.iter().filter_map(|clause| clause.as_word());
            let words: Vec<&str> = words.map(|word| &*word.text).collect();
            let first = end;
            end += run.len();
            self.plan_synonyms(first, &words, term_match(end - 1));
        }
    }

    fn add(&mut self, at: usize, subquery: Subquery) {
        self.plan.add(at..at + 1, subquery);
    }

    /// Adds the rows with a field that has a term of each list.
    fn add_all(&mut self, at: usize, terms: Vec<Vec<Term>>, cost: MatchCost) {
        self.add(at, Subquery::All(terms, cost, MatchKind::Words));
    }

    fn plan_code(&mut self, at: usize, clause: &CodeClause) {
        let index = self.index;
        for CodeRef { code, modifier } in &clause.code_refs {
            let Some(doc) = index.docs.find(code) else {
                continue;
            };
            let modifier = modifier.as_ref().map(ModifierCode::to_string);
            let modifier = modifier.or_else(|| clause.modifier_prefix.map(String::from));
            if let Some(modifier) = modifier {
                let doc_rows = index.docs.rows(doc);
                let mut rows = self.modifier_rows(&modifier, MatchKind::CodeAndModifier);
                rows.retain(|found| doc_rows.contains(&found.row));
                self.add(at, Subquery::Rows(rows));
            } else {
                self.plan.matches.by_clause[at].code_docs.push(doc);
            }
        }
        let is_bare = |code_ref: &CodeRef| code_ref.modifier.is_none();
        if clause.modifier_prefix.is_none() && clause.code_refs.iter().any(is_bare) {
            for code in clause.codes() {
                self.add_code_prefix(at, &clause.word.text, code.system());
            }
            self.add_word(at, &clause.word, TermMatch::Exact);
            if self.fuzziness == Fuzziness::AllWords {
                self.add_corrections(at, &clause.word.text, TermMatch::Exact);
            }
        }
    }

    fn plan_modifier(&mut self, at: usize, clause: &ModifierClause) {
        let rows = self.modifier_rows(&clause.prefix, MatchKind::Modifier);
        self.add(at, Subquery::Rows(rows));
        if let Ok(modifier) = ModifierCode::new(&clause.prefix) {
            self.add_page(at, &CodeId::from(&modifier));
            let terms = exact_terms(&self.index.terms, &clause.words);
            self.add_all(at, terms, MatchCost::VARIANT);
        }
    }

    /// Adds the document on a modifier or place of service, or its row in an imported set. Returns
    /// true if there is one.
    fn add_page(&mut self, at: usize, code: &CodeId) -> bool {
        let page = self.index.docs.find(code);
        self.plan.matches.by_clause[at].code_docs.extend(page);
        page.is_some()
    }

    fn plan_word(&mut self, at: usize, word: &Word, term_match: TermMatch) {
        let mut is_known = false;
        if let Ok(modifier) = ModifierCode::new(&word.text) {
            let rows = self.modifier_rows(modifier.as_str(), MatchKind::Modifier);
            if !rows.is_empty() {
                is_known = true;
                self.add(at, Subquery::Rows(rows));
            }
            // Beside other words, `in` and `pt` are words.
            if self.is_single_clause || word.text.bytes().any(|b| b.is_ascii_digit()) {
                is_known |= self.add_page(at, &CodeId::from(&modifier));
            }
        }
        // Two digits alone may be either.
        if let (true, Ok(place)) = (
            self.is_single_clause,
            CodeId::new(CodeSystem::PlaceOfService, &word.text),
        ) {
            is_known |= self.add_page(at, &place);
        }
        if let Some(prefix) = word.to_code_prefix()
            && (self.is_single_clause || prefix.len() > 2)
        {
            for system in CodeSystem::ALL {
                self.add_code_prefix(at, &prefix, system);
            }
            is_known |= !self.plan.matches.by_clause[at].code_prefix_docs.is_empty();
        }
        is_known |= self.add_word(at, word, term_match);
        if !is_known || self.fuzziness == Fuzziness::AllWords {
            self.add_corrections(at, &word.text, term_match);
        }
    }

    fn plan_phrase(&mut self, at: usize, words: &[String], last_word: TermMatch) {
        let mut terms = exact_terms(&self.index.terms, words);
        if let (TermMatch::Prefix, Some(last), Some(last_terms)) =
            (last_word, words.last(), terms.last_mut())
        {
            last_terms.extend(common_prefix_terms(&self.index.terms, last));
            self.plan.matches.prefixes.push(last.clone());
        }
        self.add_all(at, terms, MatchCost::NONE);
        self.plan.matches.terms.extend_from_slice(words);
    }

    fn add_code_prefix(&mut self, at: usize, prefix: &str, system: CodeSystem) {
        let prefix = prefix.to_ascii_uppercase();
        let docs = self.index.docs.with_code_prefix(system, &prefix);
        let matches = &mut self.plan.matches.by_clause[at];
        matches.code_prefix_docs.extend_from_slice(docs);
    }

    /// Returns the rows about modifiers with a prefix, and highlights the prefix.
    fn modifier_rows(&mut self, prefix: &str, kind: MatchKind) -> Vec<RowMatch> {
        let rows = self.index.rows.with_modifier_prefix(prefix);
        if !rows.is_empty() {
            let highlighted = match prefix.len() {
                2 => &mut self.plan.matches.terms,
                _ => &mut self.plan.matches.prefixes,
            };
            highlighted.push(prefix.to_lowercase());
        }
        let new_match = |row| RowMatch::new(row, FieldMask::ALL, MatchCost::NONE, kind);
        rows.iter().map(|(_, row)| new_match(*row)).collect()
    }

    /// Adds the rows with a word in any of its forms. Returns true if the dictionary has one.
    fn add_word(&mut self, at: usize, word: &Word, term_match: TermMatch) -> bool {
        let terms = self.expand_term(&word.text, term_match);
        let mut is_known = !terms.is_empty();
        self.add(at, Subquery::Any(terms, MatchKind::Words));
        if let Some((last, front)) = word.parts.split_last() {
            let front = front.iter().map(|part| (part, TermMatch::Exact));
            let parts = front.chain([(last, term_match)]);
            let parts = parts.map(|(part, term_match)| self.expand_term(part, term_match));
            let terms: Vec<Vec<Term>> = parts.collect();
            is_known |= terms.iter().all(|terms| !terms.is_empty());
            self.add_all(at, terms, MatchCost::VARIANT);
        }
        is_known
    }

    /// Adds the rows with terms that differ from a word by a few typos.
    fn add_corrections(&mut self, at: usize, word: &str, term_match: TermMatch) {
        let mut corrections = self.index.terms.fuzzy_terms(word, term_match);
        // No other word tells whether the correction is meant, so it must be a likely one.
        let is_likely = |text: &str| !self.is_single_clause || is_likely_correction(word, text);
        corrections.retain(|it| it.distance > 0 && is_likely(&it.text));
        let terms = corrections.iter();
        let terms = terms.map(|correction| Term::corrected(correction, word));
        self.add(at, Subquery::Any(terms.collect(), MatchKind::Typo));
        let texts = corrections.into_iter().map(|correction| correction.text);
        self.plan.matches.corrections.extend(texts);
    }

    /// Returns the terms that match a word without typos, and highlights them.
    fn expand_term(&mut self, word: &str, term_match: TermMatch) -> Vec<Term> {
        let dictionary = &self.index.terms;
        let matches = &mut self.plan.matches;
        let mut terms = Vec::from_iter(dictionary.term_ord(word).map(Term::exact));
        matches.terms.push(word.to_owned());
        for form in inflected_forms(word) {
            if let Some(ord) = dictionary.term_ord(&form) {
                let cost = MatchCost::VARIANT;
                terms.push(Term { ord, cost });
                matches.terms.push(form);
            }
        }
        if term_match == TermMatch::Prefix || (terms.is_empty() && word.len() > 2) {
            terms.extend(meaningful_prefix_terms(dictionary, word));
            matches.prefixes.push(word.to_owned());
        }
        terms
    }

    /// Adds the rows that have two words as one: `her2` for `her 2`.
    fn add_compound(&mut self, at: usize, [first, second]: [&Word; 2], term_match: TermMatch) {
        let compound = format!("{}{}", first.text, second.text);
        let Some(ord) = self.index.terms.term_ord(&compound) else {
            return;
        };
        let mut terms = vec![Term::exact(ord)];
        if term_match == TermMatch::Prefix {
            terms.extend(prefix_terms(&self.index.terms, &compound));
        }
        self.plan.matches.terms.push(compound);
        let subquery = Subquery::Any(terms, MatchKind::Words);
        self.plan.add(at..at + 2, subquery);
    }

    /// Adds the rows that match a synonym of consecutive words, the first of which is clause `at`.
    fn plan_synonyms(&mut self, at: usize, words: &[&str], last: TermMatch) {
        let synonyms = &self.index.synonyms;
        let mut found = synonyms.find(words, last);
        if self.fuzziness == Fuzziness::AllWords {
            for near in synonyms.find_fuzzy(words) {
                if !found.contains(&near) {
                    found.push(near);
                }
            }
        }
        for synonym in found {
            let first = at + synonym.words.start;
            self.add_synonym(first, &words[synonym.words], synonym.target);
        }
    }

    fn add_synonym(&mut self, at: usize, words: &[&str], target: &SynonymTarget) {
        let Ok(number) = u8::try_from(self.plan.matches.synonyms.len()) else {
            return;
        };
        let kind = MatchKind::Synonym(number);
        let clauses = at..at + words.len();
        let mut terms = match target {
            SynonymTarget::Modifier(code) => {
                let rows = self.modifier_rows(code.as_str(), kind);
                self.plan.add(clauses.clone(), Subquery::Rows(rows));
                let words = ["modifier".to_owned(), code.as_str().to_lowercase()];
                exact_terms(&self.index.terms, &words)
            }
            SynonymTarget::Words(words) => {
                let expand = |word: &String| self.expand_term(word, TermMatch::Exact);
                words.iter().map(expand).collect()
            }
        };
        if let ([terms], [_]) = (&mut terms[..], words) {
            terms.retain(|term| !self.has_closer_match(at, term.ord));
            if terms.is_empty() {
                return;
            }
        }
        let names = (words.join(" "), target.name());
        self.plan.matches.synonyms.push(names);
        let subquery = Subquery::All(terms, MatchCost::SYNONYM, kind);
        self.plan.add(clauses, subquery);
    }

    /// Returns true if a clause matches a term in a closer way than by a synonym: `lab` is a prefix
    /// of `laboratory`.
    fn has_closer_match(&self, at: usize, ord: u32) -> bool {
        let is_closer = |term: &Term| term.ord == ord && term.cost < MatchCost::INEXACT;
        self.plan.subqueries(at).any(
            |subquery| matches!(subquery, Subquery::Any(terms, _) if terms.iter().any(is_closer)),
        )
    }
}
