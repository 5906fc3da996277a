//! Defines what a query needs of a row: each of its parts, looked up in an index.

use crate::content::System;

use super::Index;
use super::catalogue::Kind;
use super::fields::Mask;
use super::postings::Posting;
use super::query::{CodePart, Ending, ModifierPart, Part, Query, Scope, Word};
use super::reading::Reading;
use super::words::{Correction, Extent};

/// From how many bytes of postings on the rows of several words are gathered in a table.
const SCATTERED: usize = 4096;

/// What it costs a row that a word stands in it otherwise than it was asked for. Everything from
/// [`Cost::OTHERWISE`] on ranks behind what is spelled as asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost(pub(super) u8);

impl Cost {
    const NONE: Self = Self(0);
    /// Plural for singular, or the words of `follow-up` apart.
    const FORM: Self = Self(1);
    /// The beginning of a longer word.
    const BEGINNING: Self = Self(2);
    /// From here on the row has another word.
    pub(super) const OTHERWISE: Self = Self(16);
    const SYNONYM: Self = Self(16);
    const TYPO: Self = Self(32);

    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// How a row came to answer a part of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// It has the words.
    Words,
    /// It is about the modifier.
    Modifier,
    /// It is about the modifier, of the code asked for.
    CodeAndModifier,
    /// It has other words for them, or is about what they are another name for: a position in
    /// [`Needs::synonyms`].
    Synonym(u8),
    /// It has a word that is spelled otherwise.
    Typo,
}

/// A row that answers a part of the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) row: u32,
    pub(super) mask: Mask,
    pub(super) cost: Cost,
    pub(super) via: Via,
}

/// One part of the query, and what answers it.
#[derive(Debug, Default)]
pub(super) struct Need {
    /// The rows, ascending, each once.
    pub(super) entries: Vec<Entry>,
    /// Documents whose every row answers it, because their code does; ascending.
    pub(super) docs: Vec<u32>,
    /// Documents whose code begins as the word does; ascending.
    pub(super) begun: Vec<u32>,
}

/// Everything that a query needs.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) all: Vec<Need>,
    /// The terms to mark, folded.
    pub(super) terms: Vec<String>,
    /// The beginnings to mark, folded.
    pub(super) beginnings: Vec<String>,
    /// What was asked for, and what stands for it.
    pub(super) synonyms: Vec<(String, String)>,
}

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
        finder.needs.settle();
        finder.needs
    }

    /// Brings the entries of every need into order, each row once.
    fn settle(&mut self) {
        for need in &mut self.all {
            settle(&mut need.entries);
            need.docs.sort_unstable();
            need.docs.dedup();
            need.begun.sort_unstable();
            need.begun.dedup();
        }
        self.terms.sort_unstable();
        self.terms.dedup();
    }

    /// Says whether some part is answered by nothing at all.
    pub(super) fn has_hole(&self) -> bool {
        self.all.iter().any(Need::is_empty)
    }
}

impl Need {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.docs.is_empty() && self.begun.is_empty()
    }

    /// Returns how a row answers.
    pub(super) fn entry(&self, row: u32) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&row, |e| e.row).ok()?;
        self.entries.get(at)
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

/// Brings entries into order, one a row: the cheapest way to answer, all the fields.
fn settle(entries: &mut Vec<Entry>) {
    if entries.is_sorted_by(|a, b| a.row < b.row) {
        return;
    }
    entries.sort_unstable_by_key(|entry| (entry.row, entry.cost, entry.via.rank()));
    entries.dedup_by(|next, kept| {
        let same = next.row == kept.row;
        if same {
            kept.mask = kept.mask.or(next.mask);
        }
        same
    });
}

impl Via {
    const fn rank(self) -> u8 {
        match self {
            Self::CodeAndModifier => 0,
            Self::Modifier => 1,
            Self::Synonym(_) => 2,
            Self::Words => 3,
            Self::Typo => 4,
        }
    }
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
            let mut rows = self.all_of(&sets);
            for entry in &mut rows {
                entry.cost = Cost::FORM;
            }
            self.needs.all[at].entries.append(&mut rows);
        }
    }

    /// Adds the rows about a modifier.
    fn about(&mut self, at: usize, begins: &str, via: Via) {
        let rows = self.index.rows.about(begins);
        if rows.is_empty() {
            return;
        }
        self.needs.all[at]
            .entries
            .extend(rows.iter().map(|(_, row)| Entry {
                row: *row,
                mask: Mask::WHOLE,
                cost: Cost::NONE,
                via,
            }));
        if begins.len() == 2 {
            self.needs.terms.push(begins.to_lowercase());
        } else {
            self.needs.beginnings.push(begins.to_lowercase());
        }
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
        rows.append(&mut self.any_of(&terms));
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
            let mut apart = self.all_of(&sets);
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
            rows.append(&mut self.any_of(&terms));
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
        let rows = self.any_of(&terms);
        self.needs.terms.push(both);
        for need in &mut self.needs.all[at..at + 2] {
            need.entries.extend_from_slice(&rows);
        }
    }

    fn phrase(&mut self, at: usize, words: &[String]) {
        let sets: Vec<Vec<Term>> = words
            .iter()
            .map(|word| self.index.words.number(word))
            .map(|number| number.into_iter().map(Term::exact).collect())
            .collect();
        let mut rows = self.all_of(&sets);
        self.needs.all[at].entries.append(&mut rows);
        self.needs.terms.extend_from_slice(words);
    }

    /// Returns the rows that have one of some words, which are all had in one way.
    fn any_of(&self, terms: &[Term]) -> Vec<Entry> {
        let words = &self.index.words;
        let weight: usize = terms.iter().map(|term| words.weight(term.number)).sum();
        if terms.len() > 1 && weight > SCATTERED {
            return self.any_of_many(terms);
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
    fn any_of_many(&self, terms: &[Term]) -> Vec<Entry> {
        let Some(via) = terms.first().map(|term| term.via) else {
            return Vec::new();
        };
        let mut table = vec![(Mask::default(), Cost::default()); self.index.rows.count() as usize];
        let mut count = 0;
        for term in terms {
            for Posting { row, mask } in self.index.words.rows(term.number) {
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
    fn all_of(&self, sets: &[Vec<Term>]) -> Vec<Entry> {
        let mut sets: Vec<&Vec<Term>> = sets.iter().collect();
        sets.sort_by_key(|set| {
            set.iter()
                .map(|term| self.index.words.weight(term.number))
                .sum::<usize>()
        });
        let Some((first, others)) = sets.split_first() else {
            return Vec::new();
        };
        let mut rows = self.any_of(first);
        for set in others {
            if rows.is_empty() {
                break;
            }
            let more = self.any_of(set);
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

/// The rows and documents that the scopes of a query let pass.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    systems: Option<Vec<System>>,
    codes: Option<Vec<u32>>,
    rows: Option<Vec<u32>>,
    sections: Option<Vec<u16>>,
}

impl Bounds {
    /// Looks the scopes of a query up; one without a value yet bounds nothing.
    pub(super) fn of(index: &Index, query: &Query) -> Self {
        let mut bounds = Self::default();
        for scope in query.scopes() {
            if !scope.value().is_empty() {
                bounds.add(index, scope);
            }
        }
        bounds
    }

    fn add(&mut self, index: &Index, scope: &Scope) {
        match scope {
            Scope::System(value) => {
                let value = super::tokens::runs(value).concat();
                let fits = |system: &System| {
                    system.id().starts_with(&value)
                        || super::tokens::runs(system.name())
                            .concat()
                            .starts_with(&value)
                };
                let found = System::ALL.into_iter().filter(fits).collect();
                self.systems = Some(narrowed(self.systems.take(), found));
            }
            Scope::Code(value) => {
                let bare: String = value
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_ascii_uppercase();
                let mut docs: Vec<u32> = System::ALL
                    .iter()
                    .flat_map(|system| index.docs.beginning(*system, &bare))
                    .copied()
                    .collect();
                docs.sort_unstable();
                self.codes = Some(narrowed(self.codes.take(), docs));
            }
            Scope::Modifier(value) => {
                let mut rows: Vec<u32> = index
                    .rows
                    .about(&value.trim_start_matches('-').to_ascii_uppercase())
                    .iter()
                    .map(|(_, row)| *row)
                    .collect();
                rows.sort_unstable();
                self.rows = Some(narrowed(self.rows.take(), rows));
            }
            Scope::Payer(value) => {
                let rows = payers(index, value);
                self.rows = Some(narrowed(self.rows.take(), rows));
            }
            Scope::Section(value) => {
                let value = super::tokens::runs(value).join(" ");
                let fits = |name: &String| name.split('\n').any(|name| name.starts_with(&value));
                let found = (0..)
                    .zip(&index.rows.sections)
                    .filter(|(_, name)| fits(name))
                    .map(|(at, _)| at)
                    .collect();
                self.sections = Some(narrowed(self.sections.take(), found));
            }
        }
    }

    /// Says whether everything may pass.
    pub(super) const fn is_open(&self) -> bool {
        self.systems.is_none()
            && self.codes.is_none()
            && self.rows.is_none()
            && self.sections.is_none()
    }

    /// Says whether rows are bound, and not only documents.
    pub(super) const fn binds_rows(&self) -> bool {
        self.rows.is_some() || self.sections.is_some()
    }

    pub(super) fn admits_doc(&self, index: &Index, doc: u32) -> bool {
        self.systems
            .as_ref()
            .is_none_or(|systems| index.docs.system(doc).is_some_and(|s| systems.contains(&s)))
            && self
                .codes
                .as_ref()
                .is_none_or(|docs| docs.binary_search(&doc).is_ok())
    }

    pub(super) fn admits_row(&self, index: &Index, row: u32) -> bool {
        self.rows
            .as_ref()
            .is_none_or(|rows| rows.binary_search(&row).is_ok())
            && self
                .sections
                .as_ref()
                .is_none_or(|names| index.rows.section(row).is_some_and(|s| names.contains(&s)))
    }

    /// Returns the rows that may pass where nothing but scopes was asked for: each row where rows
    /// are bound, else the first of each document.
    pub(super) fn rows(&self, index: &Index) -> Vec<(u32, u32)> {
        let docs = 0..u32::try_from(index.docs.len()).unwrap_or(u32::MAX);
        let docs = docs.filter(|doc| self.admits_doc(index, *doc));
        if let Some(rows) = &self.rows {
            return rows
                .iter()
                .map(|row| (index.docs.of_row(*row), *row))
                .filter(|(doc, row)| self.admits_doc(index, *doc) && self.admits_row(index, *row))
                .collect();
        }
        if self.sections.is_some() {
            return docs
                .flat_map(|doc| index.docs.rows(doc).map(move |row| (doc, row)))
                .filter(|(_, row)| self.admits_row(index, *row))
                .collect();
        }
        docs.map(|doc| (doc, index.docs.rows(doc).start)).collect()
    }
}

fn narrowed<T: PartialEq>(before: Option<Vec<T>>, found: Vec<T>) -> Vec<T> {
    match before {
        None => found,
        Some(mut before) => {
            before.retain(|one| found.contains(one));
            before
        }
    }
}

/// Returns the rows about payers whose name has words that begin so.
fn payers(index: &Index, value: &str) -> Vec<u32> {
    let finder = Finder {
        index,
        leniency: Leniency::Strict,
        alone: true,
        needs: Needs::default(),
    };
    let sets: Vec<Vec<Term>> = super::tokens::runs(value)
        .iter()
        .map(|word| index.words.beginning(word).map(Term::exact).collect())
        .collect();
    finder
        .all_of(&sets)
        .into_iter()
        .filter(|entry| entry.mask.has(Mask::NAME) && index.rows.kind(entry.row) == Kind::Payer)
        .map(|entry| entry.row)
        .collect()
}
