//! Defines synonyms: what else readers call the things that documents are about.
//!
//! They are data (`assets/synonyms.toml`), because the people who know them are no programmers; a
//! user's file adds to it and takes away from it.

pub(crate) mod read;

use std::collections::{BTreeMap, HashMap};

use crate::content::ModifierCode;
use crate::diagnostics::Report;

use crate::search::query::parse::{Word, is_stop_word};
use crate::search::term_dict::{TermMatch, max_edits};

/// The file that the program carries.
const DEFAULT: &str = include_str!("../../../assets/synonyms.toml");

/// The most words that an asked phrase may have.
const MAX_PHRASE_WORDS: usize = 6;

/// How much of the last word of a phrase must be typed for the rest to be guessed.
const MIN_PREFIX_BYTES: usize = 2;

/// What else readers call things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// What stands for a phrase; its words are folded, and reduced by `reduced`.
    targets: BTreeMap<Vec<String>, Vec<SynonymTarget>>,
    /// One word for each of those that are the same within any phrase: `lab` is `laboratory`.
    canonical: HashMap<String, String>,
}

/// What a phrase stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SynonymTarget {
    /// A modifier.
    Modifier(ModifierCode),
    /// Words that stand in one field.
    Words(Vec<String>),
}

impl SynonymTarget {
    /// Returns the target in words.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Modifier(code) => format!("modifier {code}"),
            Self::Words(words) => words.join(" "),
        }
    }
}

/// Some words of a query, and what they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SynonymMatch<'a> {
    /// Which words of the query.
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) target: &'a SynonymTarget,
}

impl Synonyms {
    /// Returns the synonyms that the program carries.
    pub fn built_in() -> Self {
        // A test reads the embedded file.
        Self::parse("synonyms.toml", DEFAULT).unwrap_or_default()
    }

    /// Reads synonyms; `name` is the file's name, for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        let mut synonyms = Self::default();
        synonyms.add(read::SynonymFile::parse(name, text)?);
        Ok(synonyms)
    }

    /// Returns these synonyms with what a user's file adds and takes away.
    pub fn patched(&self, name: &str, text: &str) -> Result<Self, Report> {
        let mut synonyms = self.clone();
        synonyms.add(read::SynonymFile::parse(name, text)?);
        Ok(synonyms)
    }

    fn add(&mut self, file: read::SynonymFile) {
        for phrase in &file.forget {
            for key in self.keys(phrase) {
                self.targets.remove(&key);
            }
        }
        for group in &file.same {
            self.add_equivalents(group);
        }
        for group in &file.same {
            for asked in group {
                for other in group.iter().filter(|other| *other != asked) {
                    self.link(asked, &SynonymTarget::Words(words(other)));
                }
            }
        }
        for also in file.also {
            let modifier = also.modifier.map(SynonymTarget::Modifier);
            let words = also
                .words
                .iter()
                .map(|text| SynonymTarget::Words(words(text)));
            for target in modifier.into_iter().chain(words) {
                for asked in &also.asked {
                    self.link(asked, &target);
                }
            }
        }
    }

    /// Lets the single words of a group stand for one another within phrases too.
    fn add_equivalents(&mut self, group: &[String]) {
        let mut single = group
            .iter()
            .map(|text| words(text))
            .filter_map(|words| <[String; 1]>::try_from(words).ok().map(|[word]| word));
        if let Some(first) = single.next() {
            let first = self.canonical.get(&first).cloned().unwrap_or(first);
            for word in single {
                self.canonical.entry(word).or_insert_with(|| first.clone());
            }
        }
    }

    fn link(&mut self, asked: &str, target: &SynonymTarget) {
        for key in self.keys(asked) {
            let targets = self.targets.entry(key).or_default();
            if !targets.contains(target) {
                targets.push(target.clone());
            }
        }
    }

    /// Returns the keys of a phrase: ties as one word, and as their parts.
    fn keys(&self, phrase: &str) -> Vec<Vec<String>> {
        let mut keys = vec![
            self.key(words(phrase)),
            self.key(crate::search::tokenizer::split_words(phrase)),
        ];
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

    fn canonical_word(&self, word: &str) -> String {
        self.canonical
            .get(word)
            .map_or(word, String::as_str)
            .to_owned()
    }

    /// Returns what some of the words of a query stand for; the last one may be a beginning.
    pub(crate) fn find(&self, asked: &[&str], last: TermMatch) -> Vec<SynonymMatch<'_>> {
        let reduced: Vec<String> = asked.iter().map(|word| self.canonical_word(word)).collect();
        let mut found = Vec::new();
        for first in 0..asked.len() {
            for count in 1..=MAX_PHRASE_WORDS.min(asked.len() - first) {
                let key = &reduced[first..first + count];
                let meant = |target| SynonymMatch {
                    first,
                    count,
                    target,
                };
                // `her 2` is asked for as `her2`.
                let tied = (count == 2).then(|| vec![asked[first..first + 2].concat()]);
                let tied = tied.and_then(|tied| self.targets.get(&tied));
                let targets = self.targets.get(key).or(tied);
                if let Some(targets) = targets {
                    found.extend(targets.iter().map(meant));
                } else if first + count == asked.len() && last == TermMatch::Prefix {
                    found.extend(self.find_prefix(key).into_iter().map(meant));
                }
            }
        }
        found
    }

    /// Returns what some of the words of a query stand for if they are misspelled.
    pub(crate) fn find_fuzzy(&self, asked: &[&str]) -> Vec<SynonymMatch<'_>> {
        let near = |word: &str, other: &str| {
            word == other || strsim::osa_distance(word, other) <= max_edits(word)
        };
        let mut found = Vec::new();
        for (phrase, targets) in &self.targets {
            let count = phrase.len();
            for (first, some) in asked.windows(count).enumerate() {
                let words = some.iter().map(|word| self.canonical_word(word));
                if words.zip(phrase).all(|(word, other)| near(&word, other)) {
                    found.extend(targets.iter().map(|target| SynonymMatch {
                        first,
                        count,
                        target,
                    }));
                }
            }
        }
        found
    }

    /// Returns what a phrase stands for whose last word is being typed; one word alone tells too
    /// little.
    fn find_prefix(&self, key: &[String]) -> Vec<&SynonymTarget> {
        let Some((last, front)) = key.split_last() else {
            return Vec::new();
        };
        if front.is_empty() || last.len() < MIN_PREFIX_BYTES {
            return Vec::new();
        }
        self.targets
            .range(key.to_vec()..)
            .take_while(|(phrase, _)| {
                phrase.starts_with(front)
                    && phrase
                        .get(front.len())
                        .is_some_and(|word| word.starts_with(last))
            })
            .filter(|(phrase, _)| phrase.len() == key.len())
            .flat_map(|(_, targets)| targets)
            .collect()
    }
}

/// Cuts a phrase into the words that a query would ask for.
fn words(phrase: &str) -> Vec<String> {
    phrase
        .split(|c: char| c.is_whitespace() || c == '/')
        .filter_map(Word::parse)
        .map(|word| word.text)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target_names(synonyms: &Synonyms, asked: &[&str], last: TermMatch) -> Vec<String> {
        let meant = synonyms.find(asked, last);
        meant.iter().map(|meant| meant.target.name()).collect()
    }

    #[test]
    fn built_in_file_parses() {
        let read = Synonyms::parse("assets/synonyms.toml", DEFAULT);
        let read = read.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, Synonyms::built_in());
        assert!(read.targets.len() > 100);
    }

    #[test]
    fn phrase_finds_modifier() {
        let synonyms = Synonyms::built_in();
        for (asked, code) in [
            (&["professional", "component"][..], "26"),
            (&["technical", "component"], "TC"),
            (&["outside", "lab"], "90"),
            (&["reference", "laboratory"], "90"),
            (&["sendout"], "90"),
            (&["send", "out"], "90"),
            (&["repeat", "test"], "91"),
            (&["clia", "waived"], "QW"),
        ] {
            let meant = target_names(&synonyms, asked, TermMatch::Exact);
            assert!(
                meant.contains(&format!("modifier {code}")),
                "{asked:?}: {meant:?}"
            );
        }
    }

    #[test]
    fn misspelled_phrase_finds_the_right_one() {
        let synonyms = Synonyms::built_in();
        let resembled = |asked: &[&str]| -> Vec<String> {
            let meant = synonyms.find_fuzzy(asked);
            meant.iter().map(|meant| meant.target.name()).collect()
        };
        assert_eq!(resembled(&["heart", "attak"]), ["myocardial infarction"]);
        assert!(resembled(&["a", "clai", "wavied"]).contains(&"modifier QW".to_owned()));
        assert!(resembled(&["heart", "block"]).is_empty());
    }

    #[test]
    fn groups_work_both_ways_and_other_synonyms_one_way() {
        let synonyms = Synonyms::built_in();
        assert!(
            target_names(&synonyms, &["lab"], TermMatch::Exact).contains(&"laboratory".to_owned())
        );
        assert!(
            target_names(&synonyms, &["laboratory"], TermMatch::Exact).contains(&"lab".to_owned())
        );
        assert!(
            target_names(&synonyms, &["erbb2"], TermMatch::Exact).contains(&"her2 neu".to_owned())
        );
        assert_eq!(
            target_names(&synonyms, &["heart", "attack"], TermMatch::Exact),
            ["myocardial infarction"]
        );
        assert_eq!(
            target_names(&synonyms, &["infarction"], TermMatch::Exact),
            [""; 0]
        );
    }

    #[test]
    fn last_word_of_a_phrase_may_be_a_prefix() {
        let synonyms = Synonyms::built_in();
        assert_eq!(
            target_names(&synonyms, &["heart", "att"], TermMatch::Prefix),
            ["myocardial infarction"]
        );
        assert_eq!(
            target_names(&synonyms, &["heart", "att"], TermMatch::Exact),
            [""; 0]
        );
        assert_eq!(
            target_names(&synonyms, &["heart"], TermMatch::Prefix),
            [""; 0]
        );
    }

    #[test]
    fn user_file_adds_and_removes_synonyms() {
        let mine = "forget = [\"heart attack\"]\n\
                    [[also]]\nasked = [\"jumbo panel\"]\nmodifier = \"59\"\n";
        let patched = Synonyms::built_in().patched("mine.toml", mine).unwrap();
        assert_eq!(
            target_names(&patched, &["heart", "attack"], TermMatch::Exact),
            [""; 0]
        );
        assert_eq!(
            target_names(&patched, &["jumbo", "panel"], TermMatch::Exact),
            ["modifier 59"]
        );
        assert!(!target_names(&patched, &["outside", "lab"], TermMatch::Exact).is_empty());
    }
}
