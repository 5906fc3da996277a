//! Defines how a query is looked up: which rows of an index answer each of its parts.

use std::ops::Range;

use crate::content::System;

use super::Index;
use super::bounds::Bounds;
use super::fields::Mask;
use super::gather::{Clause, Filter, Term};
use super::need::{Cost, Entry, Need, Needs, Via, merged};
use super::query::{CodePart, Ending, ModifierPart, Part, Query, Word};
use super::reading::Reading;
use super::synonyms::Target;
use super::words::{Correction, Extent, Words};

/// From how many letters on a beginning stands for every word that begins with it.
const SHORT_BEGINNING: usize = 3;

/// How many bytes of postings a shorter beginning stands for, about.
const MOST_OF_SHORT: usize = 48 * 1024;

/// How far a word may be from what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leniency {
    /// Typos only where a word matches nothing.
    Strict,
    /// Typos in every word: as it stands, no row has them all.
    Lenient,
}

impl Needs {
    /// Looks every part of a query up.
    pub(super) fn of(index: &Index, query: &Query, bounds: &Bounds, leniency: Leniency) -> Self {
        let parts = essential(query.parts());
        let mut finder = Finder {
            index,
            leniency,
            alone: parts.len() == 1,
            needs: Self::default(),
            clauses: Vec::new(),
            answers: vec![Vec::new(); parts.len()],
        };
        finder.needs.all.resize_with(parts.len(), Need::default);
        let last = parts.len().saturating_sub(1);
        let extent = |at| match query.ending() {
            Ending::Open if at == last => Extent::Beginning,
            _ => Extent::Whole,
        };
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Code(code) => finder.code(at, code),
                Part::Modifier(modifier) => finder.modifier(at, modifier),
                Part::Word(word) => finder.word(at, word, extent(at)),
                Part::Phrase(words) => finder.phrase(at, words),
            }
        }
        for (at, pair) in parts.windows(2).enumerate() {
            if let [Part::Word(first), Part::Word(second)] = pair {
                finder.tied(at, first, second, extent(at + 1));
            }
        }
        finder.synonyms(&parts, extent(last));
        // Of several parts one may stand in a row that the bounds do not let pass.
        let rows = bounds.row_set().filter(|_| parts.len() == 1);
        finder.gather(rows.map(Filter::of_rows));
        finder.needs
    }
}

/// Returns the parts that an answer must have: small words only where there is nothing else.
fn essential(parts: &[Part]) -> Vec<&Part> {
    let small = |part: &&Part| matches!(part, Part::Word(word) if word.is_small());
    let essential: Vec<&Part> = parts.iter().filter(|part| !small(part)).collect();
    if essential.is_empty() {
        parts.iter().collect()
    } else {
        essential
    }
}

fn is_word(part: &Part) -> bool {
    matches!(part, Part::Word(_))
}

/// Looks parts up, one after the other.
struct Finder<'a> {
    index: &'a Index,
    leniency: Leniency,
    /// Whether the query has one part only.
    alone: bool,
    needs: Needs,
    clauses: Vec<Clause>,
    /// Which clauses answer each part, as positions in `clauses`.
    answers: Vec<Vec<usize>>,
}

impl Finder<'_> {
    /// Notes a way in which rows answer a part of the query and perhaps some after it.
    fn add(&mut self, parts: Range<usize>, clause: Clause) {
        for answers in &mut self.answers[parts] {
            answers.push(self.clauses.len());
        }
        self.clauses.push(clause);
    }

    /// Gathers the rows of every part that pass a filter, the rarest first.
    fn gather(&mut self, mut filter: Option<Filter>) {
        let index = self.index;
        let weights: Vec<usize> = self.clauses.iter().map(|c| c.weight(index)).collect();
        let mut order: Vec<usize> = (0..self.answers.len()).collect();
        order.sort_by_key(|at| {
            let codes = self.needs.all[*at].docs.len() + self.needs.all[*at].begun.len();
            codes + self.answers[*at].iter().map(|c| weights[*c]).sum::<usize>()
        });
        let mut gathered: Vec<Option<Vec<Entry>>> = Vec::new();
        gathered.resize_with(self.clauses.len(), || None);
        for (done, at) in order.iter().enumerate() {
            let need = &mut self.needs.all[*at];
            for clause in &self.answers[*at] {
                let rows = gathered[*clause].take();
                let rows =
                    rows.unwrap_or_else(|| self.clauses[*clause].gather(index, filter.as_ref()));
                // Hundreds of thousands, maybe: they are copied for another part only.
                let again = order[done + 1..].iter();
                if again
                    .into_iter()
                    .any(|at| self.answers[*at].contains(clause))
                {
                    gathered[*clause] = Some(rows.clone());
                }
                need.entries = merged(std::mem::take(&mut need.entries), rows);
            }
            need.settle_docs();
            if need.is_empty() {
                break;
            }
            if done + 1 < order.len() {
                filter = Filter::of(index, need).or(filter);
            }
        }
        self.needs.terms.sort_unstable();
        self.needs.terms.dedup();
    }

    fn code(&mut self, at: usize, part: &CodePart) {
        let index = self.index;
        for Reading { code, modifier } in &part.readings {
            let Some(doc) = index.docs.find(code) else {
                continue;
            };
            let begins = match (modifier, part.begun) {
                (Some(modifier), _) => modifier.as_str().to_owned(),
                (None, Some(begun)) => begun.to_string(),
                (None, None) => {
                    self.needs.all[at].docs.push(doc);
                    continue;
                }
            };
            let of_code = index.docs.rows(doc);
            let mut rows = self.rows_about(&begins, Via::CodeAndModifier);
            rows.retain(|entry| of_code.contains(&entry.row));
            self.add(at..at + 1, Clause::Rows(rows));
        }
        let bare = part.begun.is_none() && part.readings.iter().any(|read| read.modifier.is_none());
        if bare {
            let systems: Vec<System> = super::query::codes(&part.readings)
                .map(crate::content::CodeId::system)
                .collect();
            self.codes_beginning(at, &part.word.whole, &systems);
            self.spelled(at, &part.word, Extent::Whole, Spelling::AsTyped);
        }
    }

    fn codes_beginning(&mut self, at: usize, prefix: &str, systems: &[System]) {
        let prefix = prefix.to_ascii_uppercase();
        for system in systems {
            let begun = self.index.docs.beginning(*system, &prefix);
            self.needs.all[at].begun.extend_from_slice(begun);
        }
    }

    fn modifier(&mut self, at: usize, part: &ModifierPart) {
        let rows = self.rows_about(&part.begins, Via::Modifier);
        self.add(at..at + 1, Clause::Rows(rows));
        if part.begins.len() == 2 {
            let sets = self.sets(&part.words);
            self.add(at..at + 1, Clause::All(sets, Cost::FORM, Via::Words));
        }
    }

    /// Returns the words of the dictionary that some words are, as they stand.
    fn sets(&self, words: &[String]) -> Vec<Vec<Term>> {
        let numbers = words.iter().map(|word| self.index.words.number(word));
        numbers
            .map(|number| number.into_iter().map(Term::exact).collect())
            .collect()
    }

    fn rows_about(&mut self, begins: &str, via: Via) -> Vec<Entry> {
        let rows = self.index.rows.about(begins);
        if rows.is_empty() {
            return Vec::new();
        }
        let words = match begins.len() {
            2 => &mut self.needs.terms,
            _ => &mut self.needs.beginnings,
        };
        words.push(begins.to_lowercase());
        rows.iter()
            .map(|(_, row)| Entry {
                row: *row,
                mask: Mask::WHOLE,
                cost: Cost::NONE,
                via,
            })
            .collect()
    }

    fn word(&mut self, at: usize, word: &Word, extent: Extent) {
        let mut spelling = Spelling::Corrected;
        if let Some(modifier) = word.modifier() {
            let rows = self.rows_about(modifier.as_str(), Via::Modifier);
            if !rows.is_empty() {
                spelling = Spelling::AsTyped;
                self.add(at..at + 1, Clause::Rows(rows));
            }
        }
        if let Some(code) = word.code()
            && (self.alone || code.len() > 2)
        {
            self.codes_beginning(at, &code, &System::ALL);
            if !self.needs.all[at].begun.is_empty() {
                spelling = Spelling::AsTyped;
            }
        }
        self.spelled(at, word, extent, spelling);
    }

    /// Adds the rows that have a word in their text, in any of its forms.
    fn spelled(&mut self, at: usize, word: &Word, extent: Extent, spelling: Spelling) {
        let terms = self.terms(&word.whole, extent);
        let mut known = !terms.is_empty();
        self.add(at..at + 1, Clause::Any(terms, Via::Words));
        if let Some(last) = word.runs.len().checked_sub(1) {
            let extent = |run| if run == last { extent } else { Extent::Whole };
            let runs = word.runs.iter().enumerate();
            let sets: Vec<Vec<Term>> = runs
                .map(|(run, text)| self.terms(text, extent(run)))
                .collect();
            known |= sets.iter().all(|terms| !terms.is_empty());
            self.add(at..at + 1, Clause::All(sets, Cost::FORM, Via::Words));
        }
        let correct = match (self.leniency, spelling) {
            (Leniency::Lenient, _) => true,
            (Leniency::Strict, Spelling::Corrected) => !known,
            (Leniency::Strict, Spelling::AsTyped) => false,
        };
        if correct {
            let mut near = self.index.words.corrections(&word.whole, extent);
            near.retain(|near| near.distance > 0);
            let terms = near.iter().map(|near| corrected(near, &word.whole));
            let terms = terms.collect();
            self.add(at..at + 1, Clause::Any(terms, Via::Typo));
            let corrections = near.into_iter().map(|near| near.text);
            self.needs.corrections.extend(corrections);
        }
    }

    /// Returns the words of the dictionary that a word stands for as it is spelled.
    fn terms(&mut self, word: &str, extent: Extent) -> Vec<Term> {
        let words = &self.index.words;
        let exact = words.number(word);
        let mut terms: Vec<Term> = exact.into_iter().map(Term::exact).collect();
        self.needs.terms.push(word.to_owned());
        for form in forms(word) {
            if let Some(number) = words.number(&form) {
                terms.push(Term {
                    cost: Cost::FORM,
                    ..Term::exact(number)
                });
                self.needs.terms.push(form);
            }
        }
        let open = extent == Extent::Beginning || (terms.is_empty() && word.len() > 2);
        if open {
            let longer = words.beginning(word).filter(|at| Some(*at) != exact);
            terms.extend(
                common(words, word, longer.collect())
                    .into_iter()
                    .map(longer_word),
            );
            self.needs.beginnings.push(word.to_owned());
        }
        terms
    }

    /// Adds the rows that have two words as one: `her 2` for `her2`.
    fn tied(&mut self, at: usize, first: &Word, second: &Word, extent: Extent) {
        let both = format!("{}{}", first.whole, second.whole);
        let Some(number) = self.index.words.number(&both) else {
            return;
        };
        let mut terms = vec![Term::exact(number)];
        if extent == Extent::Beginning {
            let longer = self.index.words.beginning(&both);
            terms.extend(longer.filter(|n| *n != number).map(longer_word));
        }
        self.needs.terms.push(both);
        self.add(at..at + 2, Clause::Any(terms, Via::Words));
    }

    /// Adds the rows that have other words for some of the query's, or are about what they mean.
    fn synonyms(&mut self, parts: &[&Part], last: Extent) {
        let index = self.index;
        let mut from = 0;
        for run in parts.chunk_by(|a, b| is_word(a) && is_word(b)) {
            let words: Vec<&str> = run
                .iter()
                .filter_map(|part| match part {
                    Part::Word(word) => Some(word.whole.as_str()),
                    _ => None,
                })
                .collect();
            let extent = if from + run.len() == parts.len() {
                last
            } else {
                Extent::Whole
            };
            let mut all = index.synonyms.meant(&words, extent);
            if self.leniency == Leniency::Lenient {
                let nearly = index.synonyms.resembled(&words).into_iter();
                all.extend(
                    nearly
                        .filter(|nearly| !all.contains(nearly))
                        .collect::<Vec<_>>(),
                );
            }
            for meant in all {
                let asked = words[meant.first..meant.first + meant.count].join(" ");
                self.meant(from + meant.first, &asked, meant.count, meant.target);
            }
            from += run.len();
        }
    }

    fn meant(&mut self, at: usize, asked: &str, count: usize, target: &Target) {
        let Ok(number) = u8::try_from(self.needs.synonyms.len()) else {
            return;
        };
        let via = Via::Synonym(number);
        let parts = at..at + count;
        let mut sets = match target {
            Target::Modifier(code) => {
                let rows = self.rows_about(code.as_str(), via);
                self.add(parts.clone(), Clause::Rows(rows));
                self.sets(&["modifier".to_owned(), code.as_str().to_lowercase()])
            }
            Target::Words(words) => words
                .iter()
                .map(|word| self.terms(word, Extent::Whole))
                .collect::<Vec<_>>(),
        };
        if let ([terms], 1) = (&mut sets[..], count) {
            terms.retain(|term| !self.answers_as_asked(at, term.number));
            if terms.is_empty() {
                return;
            }
        }
        self.needs.synonyms.push((asked.to_owned(), target.name()));
        self.add(parts, Clause::All(sets, Cost::SYNONYM, via));
    }

    /// Says whether rows with a word answer a part already, and better than by another name: `lab`
    /// is how `laboratory` begins.
    fn answers_as_asked(&self, at: usize, number: u32) -> bool {
        let clauses = self.answers[at].iter().map(|clause| &self.clauses[*clause]);
        clauses.into_iter().any(|clause| match clause {
            Clause::Any(terms, _) => terms
                .iter()
                .any(|term| term.number == number && term.cost < Cost::OTHERWISE),
            Clause::Rows(_) | Clause::All(..) => false,
        })
    }

    fn phrase(&mut self, at: usize, words: &[String]) {
        let sets = self.sets(words);
        self.add(at..at + 1, Clause::All(sets, Cost::NONE, Via::Words));
        self.needs.terms.extend_from_slice(words);
    }
}

const fn longer_word(number: u32) -> Term {
    Term {
        number,
        cost: Cost::BEGINNING,
    }
}

/// Keeps the commonest of the words that begin with a letter or two: half of all rows have one of
/// them, and the next letter tells more than all these rows do.
fn common(words: &Words, beginning: &str, mut numbers: Vec<u32>) -> Vec<u32> {
    if beginning.chars().count() < SHORT_BEGINNING {
        numbers.sort_by_key(|number| std::cmp::Reverse(words.weight(*number)));
        let mut weight = 0;
        numbers.retain(|number| {
            let fits = weight < MOST_OF_SHORT;
            weight += words.weight(*number);
            fits
        });
    }
    numbers
}

/// Whether a word may be corrected where it matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Corrected,
    AsTyped,
}

/// Weighs a correction: by its typos, and readers seldom mistype the first letter.
fn corrected(near: &Correction, word: &str) -> Term {
    let strange = u8::from(near.text.chars().next() != word.chars().next());
    Term {
        number: near.number,
        cost: Cost(Cost::TYPO.0 * near.distance + Cost::OTHERWISE.0 * strange),
    }
}

/// Returns the singular or plural forms of a word.
fn forms(word: &str) -> Vec<String> {
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
