//! Synonyms: other names that users have for modifiers, terms and codes.
//!
//! They are data (`assets/synonyms.toml`), so that billers can maintain them. A user's file adds to
//! the built-in ones and removes some.

pub(crate) mod file;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::content::{CodeId, ModifierCode};
use crate::diagnostics::Report;
use crate::search::fuzzy::{TermMatch, is_likely_correction, max_edits};
use crate::search::query::code_names::CodeNames;
use crate::search::query::stop_words::is_stop_word;
use crate::search::query::synonyms::file::{MAX_PHRASE_WORDS, SynonymFile, split_phrase};
use crate::search::tokenizer::split_words;

/// The length from which the last word of a phrase is completed, in bytes.
const MIN_PREFIX_BYTES: usize = 2;

/// A map from phrases to the modifiers and words that they stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// The targets of each phrase. A phrase has canonical words and no stop words.
    targets: BTreeMap<Vec<String>, Vec<SynonymTarget>>,
    /// The canonical word of each word that may replace another within any phrase:
    /// `laboratory` for `lab`.
    canonical: HashMap<String, String>,
    /// Phrases that a query may have without meaning anything by them: `rule out`.
    ignored: Vec<Vec<String>>,
    code_names: CodeNames,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SynonymTarget {
    Modifier(ModifierCode),
    /// Words within one field.
    Words(Vec<String>),
}

impl SynonymTarget {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Modifier(code) => format!("modifier {code}"),
            Self::Words(words) => words.join(" "),
        }
    }
}

/// A run of words of a query, and a modifier or words that they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SynonymMatch<'a> {
    pub(crate) words: Range<usize>,
    pub(crate) target: &'a SynonymTarget,
}

impl Synonyms {
    pub fn built_in() -> Self {
        let mut synonyms = Self {
            code_names: CodeNames::built_in(),
            ..Self::default()
        };
        synonyms.add(SynonymFile::built_in());
        synonyms
    }

    /// Parses a synonym file. `name` is its name in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        Self::default().patched(name, text)
    }

    /// Returns these synonyms with the additions and removals of a user's file.
    pub fn patched(&self, name: &str, text: &str) -> Result<Self, Report> {
        let mut synonyms = self.clone();
        synonyms.add(SynonymFile::parse(name, text)?);
        Ok(synonyms)
    }

    fn add(&mut self, file: SynonymFile) {
        for phrase in &file.forget {
            for key in self.keys(phrase) {
                self.targets.remove(&key);
            }
            let words = split_words(phrase);
            self.ignored.retain(|ignored| *ignored != words);
            self.code_names.remove(&words);
        }
        self.ignored
            .extend(file.ignore.iter().map(|phrase| split_words(phrase)));
        for (code, names) in file.codes {
            for name in &names {
                self.code_names.add(&split_words(name), code.clone());
            }
        }
        for group in &file.same {
            self.add_equivalents(group);
        }
        for group in &file.same {
            for phrase in group {
                for other in group.iter().filter(|other| *other != phrase) {
                    self.link(phrase, &SynonymTarget::Words(split_phrase(other)));
                }
            }
        }
        for also in file.also {
            let modifier = also.modifier.map(SynonymTarget::Modifier);
            let words = also.words.iter().map(|text| split_phrase(text));
            for target in modifier.into_iter().chain(words.map(SynonymTarget::Words)) {
                for phrase in &also.asked {
                    self.link(phrase, &target);
                }
            }
        }
    }

    /// Makes the single words of a group interchangeable within phrases.
    fn add_equivalents(&mut self, group: &[String]) {
        let mut phrases: Vec<_> = group.iter().map(|text| split_phrase(text)).collect();
        phrases.retain(|words| words.len() == 1);
        let mut words = phrases.into_iter().flatten();
        if let Some(first) = words.next() {
            let first = self.canonical.get(&first).cloned().unwrap_or(first);
            for word in words {
                self.canonical.entry(word).or_insert_with(|| first.clone());
            }
        }
    }

    fn link(&mut self, phrase: &str, target: &SynonymTarget) {
        for key in self.keys(phrase) {
            let targets = self.targets.entry(key).or_default();
            if !targets.contains(target) {
                targets.push(target.clone());
            }
        }
    }

    /// Returns the map keys of a phrase: with each compound as one word, and with its parts.
    fn keys(&self, phrase: &str) -> Vec<Vec<String>> {
        let mut keys =
            Vec::from([split_phrase(phrase), split_words(phrase)].map(|words| self.key(words)));
        keys.dedup();
        keys.retain(|key| !key.is_empty());
        keys
    }

    fn key(&self, mut words: Vec<String>) -> Vec<String> {
        if words.iter().any(|word| !is_stop_word(word)) {
            words.retain(|word| !is_stop_word(word));
        }
        words.iter().map(|word| self.canonical_word(word)).collect()
    }

    /// Returns the codes with an everyday name, best first. With [`TermMatch::Prefix`], the last word
    /// may be incomplete.
    pub(crate) fn named_codes(&self, words: &[String], last: TermMatch) -> Vec<CodeId> {
        let mut codes = self.code_names.find(words);
        if codes.is_empty() {
            let canonical = words.iter().map(|word| self.canonical_word(word));
            let canonical: Vec<String> = canonical.collect();
            codes = self.code_names.find(&canonical);
        }
        if let ([word], TermMatch::Prefix, true) = (words, last, codes.is_empty()) {
            codes = self.code_names.complete(word);
        }
        codes
    }

    /// Returns the codes with a name of one word that has a typo in the query.
    pub(crate) fn misspelled_codes(&self, words: &[String]) -> Vec<CodeId> {
        match words {
            [word] => self.code_names.find_misspelled(word),
            _ => Vec::new(),
        }
    }

    /// Returns the length of the ignored phrase that some words start with, or 0.
    pub(crate) fn ignored_len(&self, words: &[&str]) -> usize {
        let starts = |phrase: &&Vec<String>| {
            words.len() >= phrase.len() && phrase.iter().zip(words).all(|(a, b)| a == b)
        };
        let found = self.ignored.iter().filter(starts);
        found.map(Vec::len).max().unwrap_or_default()
    }

    fn canonical_word(&self, word: &str) -> String {
        let canonical = self.canonical.get(word);
        canonical.map_or(word, String::as_str).to_owned()
    }

    /// Returns the synonyms of all runs of a query's words. With [`TermMatch::Prefix`], the last
    /// word may be incomplete.
    pub(crate) fn find(&self, words: &[&str], last: TermMatch) -> Vec<SynonymMatch<'_>> {
        let canonical: Vec<String> = words.iter().map(|word| self.canonical_word(word)).collect();
        let mut matches = Vec::new();
        for first in 0..words.len() {
            for count in 1..=MAX_PHRASE_WORDS.min(words.len() - first) {
                let key = &canonical[first..first + count];
                // `her 2` finds the synonyms of `her2`.
                let compound = || {
                    let is_pair = count == 2;
                    let compound = is_pair.then(|| vec![words[first..first + 2].concat()])?;
                    self.targets.get(&compound)
                };
                let words = first..first + count;
                let new_match = |target| SynonymMatch {
                    words: words.clone(),
                    target,
                };
                if let Some(targets) = self.targets.get(key).or_else(compound) {
                    matches.extend(targets.iter().map(new_match));
                } else if first + count == words.len() && last == TermMatch::Prefix {
                    matches.extend(self.find_prefix(key).into_iter().map(new_match));
                }
            }
        }
        matches
    }

    /// Returns the synonyms of all runs of a query's words that match a phrase but for typos.
    pub(crate) fn find_fuzzy(&self, words: &[&str]) -> Vec<SynonymMatch<'_>> {
        let is_single = words.len() == 1;
        let is_near = |word: &str, other: &str| {
            let edits = max_edits(word);
            word == other
                || (word.len().abs_diff(other.len()) <= edits
                    && (!is_single || is_likely_correction(word, other))
                    && strsim::osa_distance(word, other) <= edits)
        };
        let mut matches = Vec::new();
        for (phrase, targets) in &self.targets {
            let count = phrase.len();
            if count > words.len() {
                continue;
            }
            for (first, run) in words.windows(count).enumerate() {
                let run = run.iter().map(|word| self.canonical_word(word));
                if run.zip(phrase).all(|(word, other)| is_near(&word, other)) {
                    matches.extend(targets.iter().map(|target| {
                        let words = first..first + count;
                        SynonymMatch { words, target }
                    }));
                }
            }
        }
        matches
    }

    /// Returns the targets of phrases whose last word is incomplete in `key`. A single word is not
    /// enough.
    fn find_prefix(&self, key: &[String]) -> Vec<&SynonymTarget> {
        let Some((last, front)) = key.split_last() else {
            return Vec::new();
        };
        if front.is_empty() || last.len() < MIN_PREFIX_BYTES {
            return Vec::new();
        }
        let has_prefix = |phrase: &[String]| {
            let next = phrase.get(front.len());
            phrase.starts_with(front) && next.is_some_and(|word| word.starts_with(last))
        };
        self.targets
            .range(key.to_vec()..)
            .take_while(|(phrase, _)| has_prefix(phrase))
            .filter(|(phrase, _)| phrase.len() == key.len())
            .flat_map(|(_, targets)| targets)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use TermMatch::{Exact, Prefix};

    fn target_names(synonyms: &Synonyms, words: &[&str], last: TermMatch) -> Vec<String> {
        let matches = synonyms.find(words, last);
        matches.iter().map(|found| found.target.name()).collect()
    }

    #[test]
    fn built_in_synonyms_are_those_of_the_file() {
        let text = include_str!("../../../assets/synonyms.toml");
        let parsed = Synonyms::parse("assets/synonyms.toml", text);
        let parsed = parsed.unwrap_or_else(|error| panic!("{error}"));
        assert!(parsed.targets.len() > 100);
        let code_names = CodeNames::built_in();
        let expected = Synonyms {
            code_names,
            ..parsed
        };
        assert_eq!(Synonyms::built_in(), expected);
    }

    #[test]
    fn phrase_finds_modifier() {
        let synonyms = Synonyms::built_in();
        for (words, code) in [
            (&["professional", "component"][..], "26"),
            (&["technical", "component"], "TC"),
            (&["outside", "lab"], "90"),
            (&["reference", "laboratory"], "90"),
            (&["sendout"], "90"),
            (&["send", "out"], "90"),
            (&["repeat", "test"], "91"),
            (&["clia", "waived"], "QW"),
        ] {
            let names = target_names(&synonyms, words, Exact);
            assert!(
                names.contains(&format!("modifier {code}")),
                "{words:?}: {names:?}"
            );
        }
    }

    #[test]
    fn misspelled_phrase_finds_its_targets() {
        let synonyms = Synonyms::built_in();
        let fuzzy_names = |words: &[&str]| -> Vec<String> {
            let matches = synonyms.find_fuzzy(words);
            matches.iter().map(|found| found.target.name()).collect()
        };
        assert_eq!(fuzzy_names(&["heart", "attak"]), ["myocardial infarction"]);
        assert!(fuzzy_names(&["a", "clai", "wavied"]).contains(&"modifier QW".to_owned()));
        assert!(fuzzy_names(&["heart", "block"]).is_empty());
    }

    #[test]
    fn same_groups_are_symmetric_and_also_entries_are_not() {
        let synonyms = Synonyms::built_in();
        assert!(target_names(&synonyms, &["lab"], Exact).contains(&"laboratory".to_owned()));
        assert!(target_names(&synonyms, &["laboratory"], Exact).contains(&"lab".to_owned()));
        assert!(target_names(&synonyms, &["erbb2"], Exact).contains(&"her2 neu".to_owned()));
        assert_eq!(
            target_names(&synonyms, &["heart", "attack"], Exact),
            ["myocardial infarction"]
        );
        assert_eq!(target_names(&synonyms, &["infarction"], Exact), [""; 0]);
    }

    #[test]
    fn last_word_of_a_phrase_may_be_incomplete() {
        let synonyms = Synonyms::built_in();
        assert_eq!(
            target_names(&synonyms, &["heart", "att"], Prefix),
            ["myocardial infarction"]
        );
        assert_eq!(target_names(&synonyms, &["heart", "att"], Exact), [""; 0]);
        assert_eq!(target_names(&synonyms, &["heart"], Prefix), [""; 0]);
    }

    #[test]
    fn user_file_adds_and_removes_synonyms() {
        let user_file = "forget = [\"heart attack\"]\n\
                    [[also]]\nasked = [\"jumbo panel\"]\nmodifier = \"59\"\n";
        let patched = Synonyms::built_in()
            .patched("mine.toml", user_file)
            .unwrap();
        assert_eq!(target_names(&patched, &["heart", "attack"], Exact), [""; 0]);
        assert_eq!(
            target_names(&patched, &["jumbo", "panel"], Exact),
            ["modifier 59"]
        );
        assert!(!target_names(&patched, &["outside", "lab"], Exact).is_empty());
    }
}
