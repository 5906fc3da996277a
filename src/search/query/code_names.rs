//! The everyday names of codes: `htn` is a name of I10.

use crate::content::{CodeId, CodeSystem};
use crate::search::fuzzy::max_edits;
use crate::search::query::name_key;

/// Lines with key, system and code, sorted by key. `build.rs` makes them from the tables
/// `[codes.…]` of `assets/synonyms.toml`.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/code_names.tsv"));

/// The length from which a single word is completed to a name, in bytes.
const MIN_PREFIX_BYTES: usize = 4;

/// The names of codes: the built-in ones, and those of the user's file, which come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CodeNames {
    has_built_in: bool,
    /// The keys of names that the user has removed.
    removed: Vec<String>,
    /// Keys and codes.
    added: Vec<(String, CodeId)>,
}

impl CodeNames {
    pub(crate) const fn built_in() -> Self {
        Self {
            has_built_in: true,
            removed: Vec::new(),
            added: Vec::new(),
        }
    }

    pub(crate) fn remove(&mut self, name: &[String]) {
        self.removed.push(key(name));
    }

    pub(crate) fn add(&mut self, name: &[String], code: CodeId) {
        self.added.push((key(name), code));
    }

    /// Returns the codes with this name, best first.
    pub(crate) fn find(&self, words: &[String]) -> Vec<CodeId> {
        self.codes(&key(words))
    }

    /// Returns the codes with the shortest name that starts with a word.
    pub(crate) fn complete(&self, word: &str) -> Vec<CodeId> {
        if word.len() < MIN_PREFIX_BYTES {
            return Vec::new();
        }
        let names = self.lines_from(word).map(|(key, _)| key);
        let names = names.take_while(|key| key.starts_with(word));
        let shortest = names.min_by_key(|key| key.len());
        shortest.map_or_else(Vec::new, |key| self.codes(key))
    }

    /// Returns the codes with a name that differs from a word by a typo.
    pub(crate) fn find_misspelled(&self, word: &str) -> Vec<CodeId> {
        let edits = max_edits(word);
        let Some(first) = word.get(..1).filter(|_| edits > 0) else {
            return Vec::new();
        };
        let names = self.lines_from(first).map(|(key, _)| key);
        let names = names.take_while(|key| key.starts_with(first));
        let near = names.filter(|key| key.len().abs_diff(word.len()) <= edits);
        let near = near.map(|key| (strsim::osa_distance(key, word), key));
        let nearest = near.min().filter(|(distance, _)| *distance <= edits);
        nearest.map_or_else(Vec::new, |(_, key)| self.codes(key))
    }

    fn codes(&self, key: &str) -> Vec<CodeId> {
        let added = self.added.iter().filter(|(other, _)| other == key);
        let mut codes: Vec<CodeId> = added.map(|(_, code)| code.clone()).collect();
        if !key.is_empty() && !self.removed.iter().any(|removed| removed == key) {
            let lines = self.lines_from(key);
            let lines = lines.take_while(|(other, _)| *other == key);
            codes.extend(lines.filter_map(|(_, code)| parse_code(code)));
        }
        codes
    }

    /// Returns key and code of the built-in lines from the first with this key or a later one.
    fn lines_from(&self, key: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let start = if self.has_built_in {
            lower_bound(BUILT_IN, key)
        } else {
            BUILT_IN.len()
        };
        let lines = BUILT_IN[start..].lines();
        lines.filter_map(|line| line.split_once('\t'))
    }
}

fn key(words: &[String]) -> String {
    name_key::from_words(words.iter().map(String::as_str))
}

fn parse_code(text: &str) -> Option<CodeId> {
    let (system, value) = text.split_once(':')?;
    CodeId::new(system.parse::<CodeSystem>().ok()?, value).ok()
}

/// Returns the start of the first of some sorted lines that is not less than `bound`.
fn lower_bound(lines: &str, bound: &str) -> usize {
    let (mut start, mut end) = (0, lines.len());
    while start < end {
        let middle = start + (end - start) / 2;
        // The line that contains the middle.
        let line_start = lines[..middle].rfind('\n').map_or(0, |at| at + 1);
        let line = lines[line_start..].lines().next().unwrap_or_default();
        let key = line.split('\t').next().unwrap_or_default();
        if key < bound {
            start = line_start + line.len() + 1;
        } else {
            end = line_start;
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::tokenizer::split_words;

    fn found(names: &CodeNames, name: &str) -> Vec<String> {
        let codes = names.find(&split_words(name)).into_iter();
        codes.map(|code| code.to_string()).collect()
    }

    #[test]
    fn built_in_names_are_sorted_and_valid() {
        let keys = BUILT_IN.lines().map(|line| line.split('\t').next());
        assert!(keys.is_sorted());
        let names = CodeNames::built_in();
        for line in BUILT_IN.lines() {
            let (key, code) = line.split_once('\t').unwrap();
            let code = parse_code(code).unwrap_or_else(|| panic!("{line}"));
            assert!(names.codes(key).contains(&code), "{line}");
        }
    }

    #[test]
    fn spellings_of_a_name_find_its_code() {
        let names = CodeNames::built_in();
        for name in ["kidney stone", "Kidney stones", "stone of the kidney"] {
            assert_eq!(found(&names, name), ["icd10cm:N20.0"], "{name}");
        }
        assert_eq!(found(&names, "kidney"), [""; 0]);
        assert_eq!(found(&names, ""), [""; 0]);
    }

    #[test]
    fn incomplete_and_misspelled_names_find_the_nearest() {
        let names = CodeNames::built_in();
        let values = |codes: Vec<CodeId>| -> Vec<String> {
            codes.iter().map(|code| code.value().to_owned()).collect()
        };
        assert_eq!(values(names.complete("hyperten")), ["I10"]);
        assert_eq!(values(names.find_misspelled("hypertenson")), ["I10"]);
        assert_eq!(values(names.complete("hyp")), [""; 0]);
        assert_eq!(values(names.find_misspelled("hto")), [""; 0]);
    }

    #[test]
    fn user_names_come_first_and_may_replace_built_in_ones() {
        let mut names = CodeNames::built_in();
        let code = |text: &str| text.parse::<CodeId>().unwrap();
        names.add(&split_words("htn"), code("icd10cm:I11.9"));
        assert_eq!(found(&names, "htn"), ["icd10cm:I11.9", "icd10cm:I10"]);
        names.remove(&split_words("htn"));
        assert_eq!(found(&names, "htn"), ["icd10cm:I11.9"]);
    }
}
