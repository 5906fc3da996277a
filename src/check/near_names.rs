//! Finds names that probably mean the same thing: they differ in spelling, in a general word, or in one
//! letter.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use foldhash::{HashMap, HashMapExt};

/// Words at the end of a payer's name that do not tell it from another.
const GENERAL_ENDS: [&str; 12] = [
    "company",
    "corp",
    "corporation",
    "group",
    "health",
    "healthcare",
    "inc",
    "insurance",
    "llc",
    "plan",
    "plans",
    "services",
];

/// The shortest word that may be mistyped. Shorter ones are often different words.
const MIN_WORD: usize = 5;

/// A name, its first position, and its number of uses.
#[derive(Clone, Debug)]
pub(crate) struct NameUse<P> {
    pub(crate) name: String,
    pub(crate) first: P,
    pub(crate) count: usize,
}

/// Collects the uses of names, in the order of their first uses.
#[derive(Debug)]
pub(crate) struct NameUses<P> {
    uses: Vec<NameUse<P>>,
    positions: HashMap<String, usize>,
}

impl<P> Default for NameUses<P> {
    fn default() -> Self {
        Self {
            uses: Vec::new(),
            positions: HashMap::new(),
        }
    }
}

impl<P> NameUses<P> {
    pub(crate) fn add(&mut self, name: &str, place: P) {
        if let Some(at) = self.positions.get(name) {
            self.uses[*at].count += 1;
            return;
        }
        self.positions.insert(name.to_owned(), self.uses.len());
        self.uses.push(NameUse {
            name: name.to_owned(),
            first: place,
            count: 1,
        });
    }

    /// Returns the names that are nearly those of others, each with the more frequent one. `key`
    /// makes equal keys for names that mean the same.
    pub(crate) fn near_duplicates(&self, key: fn(&str) -> String) -> Vec<[&NameUse<P>; 2]> {
        let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, it) in self.uses.iter().enumerate() {
            let key = key(&it.name);
            // A name of signs alone is not like any other.
            if !key.is_empty() {
                groups.entry(key).or_default().push(at);
            }
        }
        let mut near: Vec<[usize; 2]> = Vec::new();
        let mut frequent: Vec<usize> = Vec::new();
        for group in groups.values() {
            // The first of several that are equally frequent.
            let most = group.iter().rev().max_by_key(|at| self.uses[**at].count);
            let Some(most) = most.copied() else { continue };
            near.extend(group.iter().filter(|at| **at != most).map(|at| [*at, most]));
            frequent.push(most);
        }
        frequent.sort_unstable();
        near.extend(self.mistyped(&frequent));
        near.sort_unstable();
        let pairs = near.into_iter().map(|pair| pair.map(|at| &self.uses[at]));
        pairs.collect()
    }

    /// Returns the names that differ from others in one letter of one long word.
    ///
    /// Two words that differ in one letter are equal without that letter, so hashes of the shortened
    /// names find such pairs without comparing all names.
    fn mistyped(&self, names: &[usize]) -> Vec<[usize; 2]> {
        let words: Vec<Vec<String>> = names
            .iter()
            .map(|at| words_of(&self.uses[*at].name))
            .collect();
        let mut hashes: Vec<(u64, usize)> = Vec::new();
        for (number, words) in words.iter().enumerate() {
            let without = hashes_without_a_letter(words).into_iter();
            hashes.extend(without.map(|hash| (hash, number)));
        }
        hashes.sort_unstable();
        hashes.dedup();
        let mut pairs = BTreeSet::new();
        for group in hashes.chunk_by(|(a, _), (b, _)| a == b) {
            for (position, (_, later)) in group.iter().enumerate() {
                for (_, earlier) in &group[..position] {
                    if differs_in_a_letter(&words[*later], &words[*earlier]) {
                        let (at, other) = (names[*later], names[*earlier]);
                        let is_more_frequent = self.uses[at].count > self.uses[other].count;
                        pairs.insert(if is_more_frequent {
                            [other, at]
                        } else {
                            [at, other]
                        });
                    }
                }
            }
        }
        pairs.into_iter().collect()
    }
}

/// The words of a text in lower case.
pub(crate) fn words_of(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The key of a payer's name: its letters and digits, without general words at the end.
pub(crate) fn payer_key(name: &str) -> String {
    let mut key = words_of(name).concat();
    while let Some(rest) = GENERAL_ENDS.iter().find_map(|end| key.strip_suffix(end))
        && !rest.is_empty()
    {
        key.truncate(rest.len());
    }
    key
}

/// The key of a source's title: its letters and digits.
pub(crate) fn title_key(title: &str) -> String {
    words_of(title).concat()
}

/// Returns true for a word in which a wrong letter does not make another word.
fn may_be_mistyped(word: &str) -> bool {
    word.len() >= MIN_WORD && word.chars().all(char::is_alphabetic)
}

/// Returns a hash for the name with each long word as it is and without each of its letters.
fn hashes_without_a_letter(words: &[String]) -> Vec<u64> {
    let mut hashes = Vec::new();
    let long_words = words.iter().enumerate();
    for (position, word) in long_words.filter(|(_, word)| may_be_mistyped(word)) {
        let mut of_others = FixedState::default().build_hasher();
        position.hash(&mut of_others);
        for (at, other) in words.iter().enumerate().filter(|(at, _)| *at != position) {
            (at, other).hash(&mut of_others);
        }
        let hash = |word: &mut dyn Iterator<Item = char>| {
            let mut state = of_others.clone();
            word.for_each(|c| c.hash(&mut state));
            state.finish()
        };
        hashes.push(hash(&mut word.chars()));
        for left_out in 0..word.chars().count() {
            let rest = word.chars().enumerate().filter(|(at, _)| *at != left_out);
            hashes.push(hash(&mut rest.map(|(_, c)| c)));
        }
    }
    hashes
}

fn differs_in_a_letter(words: &[String], others: &[String]) -> bool {
    let mut differing = words
        .iter()
        .zip(others)
        .filter(|(word, other)| word != other);
    match (
        words.len() == others.len(),
        differing.next(),
        differing.next(),
    ) {
        (true, Some((word, other)), None) => {
            [word, other].into_iter().all(|word| may_be_mistyped(word))
                && strsim::osa_distance(word, other) == 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(names: &[&str], key: fn(&str) -> String) -> Vec<String> {
        let mut uses = NameUses::default();
        for name in names {
            uses.add(name, ());
        }
        let near = uses.near_duplicates(key).into_iter();
        near.map(|[name, other]| format!("{} = {}", name.name, other.name))
            .collect()
    }

    #[test]
    fn payers_with_general_words_and_wrong_letters_are_near() {
        for (names, expected) in [
            (["Cigna", "Cigna Health"], "Cigna Health = Cigna"),
            (["Cigna", "CIGNA"], "CIGNA = Cigna"),
            (
                ["United Healthcare", "UnitedHealthcare"],
                "UnitedHealthcare = United Healthcare",
            ),
            (
                ["Invented Mutual", "Inventd Mutual"],
                "Inventd Mutual = Invented Mutual",
            ),
            (["Invented Mutual", "Invnetd Mutual"], ""),
            (["Plan A", "Plan B"], ""),
            (["Blue Cross of Maine", "Blue Cross of Idaho"], ""),
            (["Health Plan", "Insurance"], ""),
        ] {
            assert_eq!(near(&names, payer_key).join(", "), expected, "{names:?}");
        }
        let names = ["Cigna Health", "Cigna", "Cigna"];
        assert_eq!(
            near(&names, payer_key),
            ["Cigna Health = Cigna"],
            "the more frequent name"
        );
    }

    #[test]
    fn titles_with_other_numbers_are_not_near() {
        for (names, expected) in [
            (
                ["Policy 12 of our plan", "Policy 12, of our plan"],
                "Policy 12, of our plan = Policy 12 of our plan",
            ),
            (["Noridian, modifier 90", "Noridian, modifier 91"], ""),
            (
                ["Noridian, modifier 90", "Noridean, modifier 90"],
                "Noridean, modifier 90 = Noridian, modifier 90",
            ),
        ] {
            assert_eq!(near(&names, title_key).join(", "), expected, "{names:?}");
        }
    }
}
