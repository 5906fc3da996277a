//! Defines the lexicon of an index: its words, sorted; each has a number, its position.

use std::borrow::Cow;

use fst::{Automaton, IntoStreamer, Map, Streamer};

/// Up to how many words are a plain list. An `fst` map is smaller and is walked without looking at
/// every word, but it is made by way of a table of 960 KB, an eighth of what a reader of a few
/// documents takes in all.
const FEW: usize = 4096;

/// The words of an index.
pub(super) enum Lexicon {
    Few(Box<[Box<str>]>),
    Many(Map<Vec<u8>>),
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::Few(Box::default())
    }
}

impl Lexicon {
    /// Takes in words that are sorted, each once.
    pub(super) fn of(words: &[&str]) -> Self {
        if words.len() <= FEW {
            Self::Few(words.iter().map(|word| Box::from(*word)).collect())
        } else {
            Self::Many(map_of(words.iter().copied()))
        }
    }

    /// Takes in words as [`Lexicon::bytes`] wrote them; nothing where they are something else.
    pub(super) fn read(bytes: Vec<u8>) -> Option<Self> {
        Map::new(bytes).ok().map(Self::Many)
    }

    /// Returns the words as they are written to a file.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Few(words) => {
                let map = map_of(words.iter().map(|word| &**word));
                Cow::Owned(map.into_fst().into_inner())
            }
            Self::Many(map) => Cow::Borrowed(map.as_fst().as_bytes()),
        }
    }

    /// Returns the memory that the words take, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Few(words) => words
                .iter()
                .map(|word| word.len() + size_of_val(word))
                .sum(),
            Self::Many(map) => map.as_fst().size(),
        }
    }

    /// Returns the number of a word.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        match self {
            Self::Few(words) => {
                let at = words.binary_search_by(|known| (**known).cmp(word)).ok()?;
                u32::try_from(at).ok()
            }
            Self::Many(map) => u32::try_from(map.get(word)?).ok(),
        }
    }

    /// Returns the number of the first word that is not before some bytes, if there is one.
    pub(super) fn first_from(&self, bytes: &[u8]) -> Option<u32> {
        match self {
            Self::Few(words) => {
                let at = words.partition_point(|known| known.as_bytes() < bytes);
                u32::try_from(at).ok().filter(|_| at < words.len())
            }
            Self::Many(map) => {
                let mut stream = map.range().ge(bytes).into_stream();
                let (_, number) = stream.next()?;
                u32::try_from(number).ok()
            }
        }
    }

    /// Hands over the words that an automaton accepts, in order, with their numbers, until `each`
    /// has enough.
    pub(super) fn accepted(
        &self,
        automaton: impl Automaton,
        mut each: impl FnMut(&str, u32) -> Enough,
    ) {
        match self {
            Self::Few(words) => {
                for (word, number) in words.iter().zip(0..) {
                    if accepts(&automaton, word.as_bytes()) && each(word, number) == Enough::Yes {
                        return;
                    }
                }
            }
            Self::Many(map) => {
                let mut stream = map.search(automaton).into_stream();
                while let Some((word, number)) = stream.next() {
                    if let (Ok(word), Ok(number)) =
                        (std::str::from_utf8(word), u32::try_from(number))
                        && each(word, number) == Enough::Yes
                    {
                        return;
                    }
                }
            }
        }
    }
}

/// Whether a search may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enough {
    Yes,
    No,
}

fn accepts(automaton: &impl Automaton, word: &[u8]) -> bool {
    let mut state = automaton.start();
    for byte in word {
        if !automaton.can_match(&state) {
            return false;
        }
        state = automaton.accept(&state, *byte);
    }
    automaton.is_match(&state)
}

/// Sorted and unique keys are all that a map asks for.
fn map_of<'w>(words: impl Iterator<Item = &'w str>) -> Map<Vec<u8>> {
    Map::from_iter(words.zip(0..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fst::automaton::Str;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_and_a_map_answer_alike(
            words in prop::collection::btree_set("[a-cé]{1,4}", 0..40),
            asked in "[a-cé]{0,4}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let few = Lexicon::of(&words);
            let many = Lexicon::read(few.bytes().into_owned()).unwrap();
            prop_assert!(matches!(few, Lexicon::Few(_)) && matches!(many, Lexicon::Many(_)));
            prop_assert_eq!(few.number(&asked), many.number(&asked));
            prop_assert_eq!(few.first_from(asked.as_bytes()), many.first_from(asked.as_bytes()));
            let begun = |lexicon: &Lexicon| {
                let mut found = Vec::new();
                lexicon.accepted(Str::new(&asked).starts_with(), |word, number| {
                    found.push((word.to_owned(), number));
                    if found.len() < 3 { Enough::No } else { Enough::Yes }
                });
                found
            };
            prop_assert_eq!(begun(&few), begun(&many));
        }
    }
}
