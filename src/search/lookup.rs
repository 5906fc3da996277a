//! Defines how a query is looked up: which rows of an index answer each of its parts.

use crate::content::System;

use super::Index;
use super::fields::Mask;
use super::need::{Cost, Entry, Need, Needs, Via, settle};
use super::postings::Posting;
use super::query::{CodePart, Ending, ModifierPart, Part, Query, Word};
use super::reading::Reading;
use super::synonyms::Target;
use super::words::{Correction, Extent};

/// From how many bytes of postings on the rows of several words are gathered in a table.
const SCATTERED: usize = 4096;

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
    pub(super) fn of(index: &Index, query: &Query, leniency: Leniency) -> Self {
        let parts = essential(query.parts());
        let mut finder = Finder {
            index,
            leniency,
            alone: parts.len() == 1,
            needs: Self::default(),
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
        finder.needs.settle();
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

fn is_word(part: &&Part) -> bool {
    matches!(part, Part::Word(_))
}

/// A word of the dictionary that stands for one that was asked for.
#[derive(Clone, Copy, Debug)]
struct Term {
    number: u32,
    cost: Cost,
    via: Via,
}

/// Looks parts up, one after the other.
struct Finder<'a> {
    index: &'a Index,
    leniency: Leniency,
    /// Whether the query has one part only.
    alone: bool,
    needs: Needs,
}

impl Finder<'_> {
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
            let rows = index.docs.rows(doc);
            let about = index.rows.about(&begins).iter();
            self.needs.all[at]
                .entries
                .extend(
                    about
                        .filter(|(_, row)| rows.contains(row))
                        .map(|(_, row)| Entry {
                            row: *row,
                            mask: Mask::WHOLE,
                            cost: Cost::NONE,
                            via: Via::CodeAndModifier,
                        }),
                );
            self.needs.terms.push(begins.to_lowercase());
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
        self.about(at, &part.begins, Via::Modifier);
        if part.begins.len() == 2 {
            let sets = part
                .words
                .iter()
                .map(|word| self.index.words.number(word))
                .map(|number| number.into_iter().map(Term::exact).collect())
                .collect::<Vec<Vec<Term>>>();
            let mut rows = all_of(self.index, &sets);
            for entry in &mut rows {
                entry.cost = Cost::FORM;
            }
            self.needs.all[at].entries.append(&mut rows);
        }
    }

    /// Adds the rows about a modifier.
    fn about(&mut self, at: usize, begins: &str, via: Via) {
        let mut rows = self.rows_about(begins, via);
        self.needs.all[at].entries.append(&mut rows);
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
        if let Some(modifier) = word.modifier() {
            self.about(at, modifier.as_str(), Via::Modifier);
        }
        if let Some(code) = word.code()
            && (self.alone || code.len() > 2)
        {
            self.codes_beginning(at, &code, &System::ALL);
        }
        let need = &self.needs.all[at];
        let spelling = if need.is_empty() {
            Spelling::Corrected
        } else {
            Spelling::AsTyped
        };
        self.spelled(at, word, extent, spelling);
    }

    /// Adds the rows that have a word in their text, in any of its forms.
    fn spelled(&mut self, at: usize, word: &Word, extent: Extent, spelling: Spelling) {
        let mut rows = Vec::new();
        let terms = self.terms(&word.whole, extent);
        rows.append(&mut any_of(self.index, &terms));
        if !word.runs.is_empty() {
            let last = word.runs.len() - 1;
            let sets: Vec<Vec<Term>> = word
                .runs
                .iter()
                .enumerate()
                .map(|(run, text)| {
                    self.terms(text, if run == last { extent } else { Extent::Whole })
                })
                .collect();
            let mut apart = all_of(self.index, &sets);
            for entry in &mut apart {
                entry.cost = entry.cost.plus(Cost::FORM);
            }
            rows.append(&mut apart);
        }
        let correct = match (self.leniency, spelling) {
            (Leniency::Lenient, _) => true,
            (Leniency::Strict, Spelling::Corrected) => rows.is_empty(),
            (Leniency::Strict, Spelling::AsTyped) => false,
        };
        if correct {
            let corrected = self.index.words.corrections(&word.whole, extent);
            let terms: Vec<Term> = corrected
                .iter()
                .filter(|near| near.distance > 0)
                .map(|near| Term::corrected(near, &word.whole))
                .collect();
            rows.append(&mut any_of(self.index, &terms));
            self.needs
                .terms
                .extend(corrected.into_iter().map(|near| near.text));
        }
        self.needs.all[at].entries.append(&mut rows);
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
            let longer = words
                .beginning(word)
                .filter(|number| Some(*number) != exact);
            terms.extend(longer.map(|number| Term {
                cost: Cost::BEGINNING,
                ..Term::exact(number)
            }));
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
            terms.extend(longer.filter(|n| *n != number).map(|number| Term {
                cost: Cost::BEGINNING,
                ..Term::exact(number)
            }));
        }
        let rows = any_of(self.index, &terms);
        self.needs.terms.push(both);
        for need in &mut self.needs.all[at..at + 2] {
            need.entries.extend_from_slice(&rows);
        }
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
            for meant in index.synonyms.meant(&words, extent) {
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
        let rows = match target {
            Target::Modifier(code) => self.rows_about(code.as_str(), via),
            Target::Words(words) => {
                let sets: Vec<Vec<Term>> = words
                    .iter()
                    .map(|word| self.terms(word, Extent::Whole))
                    .collect();
                let mut rows = all_of(self.index, &sets);
                for entry in &mut rows {
                    entry.cost = entry.cost.plus(Cost::SYNONYM);
                    entry.via = via;
                }
                rows
            }
        };
        if rows.is_empty() {
            return;
        }
        self.needs.synonyms.push((asked.to_owned(), target.name()));
        for need in &mut self.needs.all[at..at + count] {
            need.entries.extend_from_slice(&rows);
        }
    }

    fn phrase(&mut self, at: usize, words: &[String]) {
        let sets: Vec<Vec<Term>> = words
            .iter()
            .map(|word| self.index.words.number(word))
            .map(|number| number.into_iter().map(Term::exact).collect())
            .collect();
        let mut rows = all_of(self.index, &sets);
        self.needs.all[at].entries.append(&mut rows);
        self.needs.terms.extend_from_slice(words);
    }
}

/// Whether a word may be corrected where it matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Corrected,
    AsTyped,
}

impl Term {
    const fn exact(number: u32) -> Self {
        Self {
            number,
            cost: Cost::NONE,
            via: Via::Words,
        }
    }

    fn corrected(near: &Correction, word: &str) -> Self {
        let strange = u8::from(near.text.chars().next() != word.chars().next());
        Self {
            number: near.number,
            cost: Cost(Cost::TYPO.0 * near.distance + Cost::OTHERWISE.0 * strange),
            via: Via::Typo,
        }
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

/// Returns the rows that have one of some words, which are all had in one way.
fn any_of(index: &Index, terms: &[Term]) -> Vec<Entry> {
    let words = &index.words;
    let weight: usize = terms.iter().map(|term| words.weight(term.number)).sum();
    if terms.len() > 1 && weight > SCATTERED {
        return any_of_many(index, terms);
    }
    let mut rows: Vec<Entry> = Vec::with_capacity(weight / 2);
    for term in terms {
        let entry = |Posting { row, mask }| Entry {
            row,
            mask,
            cost: term.cost,
            via: term.via,
        };
        rows.extend(words.rows(term.number).map(entry));
    }
    settle(&mut rows);
    rows
}

/// Does the same over a table of all rows, which beats sorting once there are thousands.
fn any_of_many(index: &Index, terms: &[Term]) -> Vec<Entry> {
    let Some(via) = terms.first().map(|term| term.via) else {
        return Vec::new();
    };
    let mut table = vec![(Mask::default(), Cost::default()); index.rows.count() as usize];
    let mut count = 0;
    for term in terms {
        for Posting { row, mask } in index.words.rows(term.number) {
            let Some((all, least)) = table.get_mut(row as usize) else {
                break;
            };
            if all.is_empty() {
                count += 1;
                *least = term.cost;
            }
            *all = all.or(mask);
            *least = term.cost.min(*least);
        }
    }
    let mut rows = Vec::with_capacity(count);
    rows.extend(
        (0..)
            .zip(table)
            .filter(|(_, (mask, _))| !mask.is_empty())
            .map(|(row, (mask, cost))| Entry {
                row,
                mask,
                cost,
                via,
            }),
    );
    rows
}

/// Returns the rows that have a word of each set within one field.
fn all_of(index: &Index, sets: &[Vec<Term>]) -> Vec<Entry> {
    let mut sets: Vec<&Vec<Term>> = sets.iter().collect();
    sets.sort_by_key(|set| {
        set.iter()
            .map(|term| index.words.weight(term.number))
            .sum::<usize>()
    });
    let Some((first, others)) = sets.split_first() else {
        return Vec::new();
    };
    let mut rows = any_of(index, first);
    for set in others {
        if rows.is_empty() {
            break;
        }
        let more = any_of(index, set);
        let mut at = 0;
        rows.retain_mut(|entry| {
            at += more[at..].partition_point(|other| other.row < entry.row);
            let Some(other) = more.get(at).filter(|other| other.row == entry.row) else {
                return false;
            };
            entry.mask = entry.mask.and(other.mask);
            entry.cost = entry.cost.plus(other.cost);
            !entry.mask.is_empty()
        });
    }
    rows
}

/// Returns the rows whose name has words that begin so, all of them.
pub(super) fn rows_named(index: &Index, beginnings: &[String]) -> Vec<u32> {
    let sets: Vec<Vec<Term>> = beginnings
        .iter()
        .map(|word| index.words.beginning(word).map(Term::exact).collect())
        .collect();
    all_of(index, &sets)
        .into_iter()
        .filter(|entry| entry.mask.has(Mask::NAME))
        .map(|entry| entry.row)
        .collect()
}
