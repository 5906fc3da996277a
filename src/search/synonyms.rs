//! Defines synonyms: what else readers call the things that documents are about.
//!
//! They are data (`assets/synonyms.toml`), because the people who know them are no programmers; a
//! user's file adds to it and takes away from it.

mod read;

use std::collections::{BTreeMap, HashMap};

use crate::content::{ModifierCode, Report};

use super::query::{Word, is_small_word};
use super::words::{Extent, forgiven};

/// The file that the program carries.
const DEFAULT: &str = include_str!("../../assets/synonyms.toml");

/// The most words that an asked phrase may have.
const LONGEST_PHRASE: usize = 6;

/// How much of the last word of a phrase must be typed for the rest to be guessed.
const SHORTEST_BEGINNING: usize = 2;

/// What else readers call things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// What stands for a phrase; its words are folded, and reduced by `reduced`.
    targets: BTreeMap<Vec<String>, Vec<Target>>,
    /// One word for each of those that are the same within any phrase: `lab` is `laboratory`.
    reduced: HashMap<String, String>,
}

/// What a phrase stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A modifier.
    Modifier(ModifierCode),
    /// Words that stand in one field.
    Words(Vec<String>),
}

impl Target {
    /// Returns the target in words.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Modifier(code) => format!("modifier {code}"),
            Self::Words(words) => words.join(" "),
        }
    }
}

/// Some words of a query, and what they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meant<'a> {
    /// Which words of the query.
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) target: &'a Target,
}

impl Synonyms {
    /// Returns the synonyms that the program carries.
    pub fn built_in() -> Self {
        // A test reads the embedded file.
        Self::read("synonyms.toml", DEFAULT).unwrap_or_default()
    }

    /// Reads synonyms; `name` is the file's name, for messages.
    pub fn read(name: &str, text: &str) -> Result<Self, Report> {
        let mut synonyms = Self::default();
        synonyms.add(read::File::read(name, text)?);
        Ok(synonyms)
    }

    /// Returns these synonyms with what a user's file adds and takes away.
    pub fn patched(&self, name: &str, text: &str) -> Result<Self, Report> {
        let mut synonyms = self.clone();
        synonyms.add(read::File::read(name, text)?);
        Ok(synonyms)
    }

    fn add(&mut self, file: read::File) {
        for phrase in &file.forget {
            for key in self.keys(phrase) {
                self.targets.remove(&key);
            }
        }
        for group in &file.same {
            self.reduce(group);
        }
        for group in &file.same {
            for asked in group {
                for other in group.iter().filter(|other| *other != asked) {
                    self.link(asked, &Target::Words(words(other)));
                }
            }
        }
        for also in file.also {
            let modifier = also.modifier.map(Target::Modifier);
            let words = also.words.iter().map(|text| Target::Words(words(text)));
            for target in modifier.into_iter().chain(words) {
                for asked in &also.asked {
                    self.link(asked, &target);
                }
            }
        }
    }

    /// Lets the single words of a group stand for one another within phrases too.
    fn reduce(&mut self, group: &[String]) {
        let mut single = group
            .iter()
            .map(|text| words(text))
            .filter_map(|words| <[String; 1]>::try_from(words).ok().map(|[word]| word));
        if let Some(first) = single.next() {
            let first = self.reduced.get(&first).cloned().unwrap_or(first);
            for word in single {
                self.reduced.entry(word).or_insert_with(|| first.clone());
            }
        }
    }

    fn link(&mut self, asked: &str, target: &Target) {
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
            self.key(super::tokens::runs(phrase)),
        ];
        keys.dedup();
        keys.retain(|key| !key.is_empty());
        keys
    }

    fn key(&self, mut words: Vec<String>) -> Vec<String> {
        if words.iter().any(|word| !is_small_word(word)) {
            words.retain(|word| !is_small_word(word));
        }
        words.iter().map(|word| self.reduce_word(word)).collect()
    }

    fn reduce_word(&self, word: &str) -> String {
        self.reduced
            .get(word)
            .map_or(word, String::as_str)
            .to_owned()
    }

    /// Returns what some of the words of a query stand for; the last one may be a beginning.
    pub(super) fn meant(&self, asked: &[&str], last: Extent) -> Vec<Meant<'_>> {
        let reduced: Vec<String> = asked.iter().map(|word| self.reduce_word(word)).collect();
        let mut found = Vec::new();
        for first in 0..asked.len() {
            for count in 1..=LONGEST_PHRASE.min(asked.len() - first) {
                let key = &reduced[first..first + count];
                let meant = |target| Meant {
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
                } else if first + count == asked.len() && last == Extent::Beginning {
                    found.extend(self.beginning(key).into_iter().map(meant));
                }
            }
        }
        found
    }

    /// Returns what some of the words of a query stand for if they are misspelled.
    pub(super) fn resembled(&self, asked: &[&str]) -> Vec<Meant<'_>> {
        let near = |word: &str, other: &str| {
            word == other || strsim::osa_distance(word, other) <= forgiven(word)
        };
        let mut found = Vec::new();
        for (phrase, targets) in &self.targets {
            let count = phrase.len();
            for (first, some) in asked.windows(count).enumerate() {
                let words = some.iter().map(|word| self.reduce_word(word));
                if words.zip(phrase).all(|(word, other)| near(&word, other)) {
                    found.extend(targets.iter().map(|target| Meant {
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
    fn beginning(&self, key: &[String]) -> Vec<&Target> {
        let Some((last, front)) = key.split_last() else {
            return Vec::new();
        };
        if front.is_empty() || last.len() < SHORTEST_BEGINNING {
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
        .filter_map(Word::read)
        .map(|word| word.whole)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(synonyms: &Synonyms, asked: &[&str], last: Extent) -> Vec<String> {
        let meant = synonyms.meant(asked, last);
        meant.iter().map(|meant| meant.target.name()).collect()
    }

    #[test]
    fn the_built_in_file_is_sound() {
        let read = Synonyms::read("assets/synonyms.toml", DEFAULT);
        let read = read.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, Synonyms::built_in());
        assert!(read.targets.len() > 100);
    }

    #[test]
    fn a_phrase_stands_for_a_modifier() {
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
            let meant = meant(&synonyms, asked, Extent::Whole);
            assert!(
                meant.contains(&format!("modifier {code}")),
                "{asked:?}: {meant:?}"
            );
        }
    }

    #[test]
    fn a_misspelled_phrase_resembles_the_right_one() {
        let synonyms = Synonyms::built_in();
        let resembled = |asked: &[&str]| -> Vec<String> {
            let meant = synonyms.resembled(asked);
            meant.iter().map(|meant| meant.target.name()).collect()
        };
        assert_eq!(resembled(&["heart", "attak"]), ["myocardial infarction"]);
        assert!(resembled(&["a", "clai", "wavied"]).contains(&"modifier QW".to_owned()));
        assert!(resembled(&["heart", "block"]).is_empty());
    }

    #[test]
    fn a_group_works_in_every_direction_and_the_others_in_one() {
        let synonyms = Synonyms::built_in();
        assert!(meant(&synonyms, &["lab"], Extent::Whole).contains(&"laboratory".to_owned()));
        assert!(meant(&synonyms, &["laboratory"], Extent::Whole).contains(&"lab".to_owned()));
        assert!(meant(&synonyms, &["erbb2"], Extent::Whole).contains(&"her2 neu".to_owned()));
        assert_eq!(
            meant(&synonyms, &["heart", "attack"], Extent::Whole),
            ["myocardial infarction"]
        );
        assert_eq!(meant(&synonyms, &["infarction"], Extent::Whole), [""; 0]);
    }

    #[test]
    fn the_last_word_of_a_phrase_may_be_a_beginning() {
        let synonyms = Synonyms::built_in();
        assert_eq!(
            meant(&synonyms, &["heart", "att"], Extent::Beginning),
            ["myocardial infarction"]
        );
        assert_eq!(meant(&synonyms, &["heart", "att"], Extent::Whole), [""; 0]);
        assert_eq!(meant(&synonyms, &["heart"], Extent::Beginning), [""; 0]);
    }

    #[test]
    fn a_users_file_adds_and_takes_away() {
        let mine = "forget = [\"heart attack\"]\n\
                    [[also]]\nasked = [\"jumbo panel\"]\nmodifier = \"59\"\n";
        let patched = Synonyms::built_in().patched("mine.toml", mine).unwrap();
        assert_eq!(
            meant(&patched, &["heart", "attack"], Extent::Whole),
            [""; 0]
        );
        assert_eq!(
            meant(&patched, &["jumbo", "panel"], Extent::Whole),
            ["modifier 59"]
        );
        assert!(!meant(&patched, &["outside", "lab"], Extent::Whole).is_empty());
    }
}
