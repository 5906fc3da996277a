//! Defines the lexicon of an index: its words, sorted; each has a number, its position.

use std::borrow::Cow;

use fst::{Automaton, IntoStreamer, Map, Streamer};

/// Up to how many words are a plain list. An `fst` map is smaller and is walked without looking at
/// every word, but it is made by way of a table of 960 KB, an eighth of what a reader of a few
/// documents takes in all.
const MAX_LIST_TERMS: usize = 4096;

/// The words of an index.
pub(crate) enum TermMap {
    List(Box<[Box<str>]>),
    Fst(Map<Vec<u8>>),
}

impl Default for TermMap {
    fn default() -> Self {
        Self::List(Box::default())
    }
}

impl TermMap {
    /// Takes in words that are sorted, each once.
    pub(crate) fn from_sorted(words: &[&str]) -> Self {
        if words.len() <= MAX_LIST_TERMS {
            Self::List(words.iter().map(|word| Box::from(*word)).collect())
        } else {
            Self::Fst(build_fst(words.iter().copied()))
        }
    }

    /// Takes in words as [`TermMap::to_bytes`] wrote them; nothing where they are something else.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Map::new(bytes).ok().map(Self::Fst)
    }

    /// Returns the words as they are written to a file.
    pub(crate) fn to_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::List(words) => {
                let map = build_fst(words.iter().map(|word| &**word));
                Cow::Owned(map.into_fst().into_inner())
            }
            Self::Fst(map) => Cow::Borrowed(map.as_fst().as_bytes()),
        }
    }

    /// Returns the memory that the words take, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::List(words) => words
                .iter()
                .map(|word| word.len() + size_of_val(word))
                .sum(),
            Self::Fst(map) => map.as_fst().size(),
        }
    }

    /// Returns the number of a word.
    pub(crate) fn term_ord(&self, word: &str) -> Option<u32> {
        match self {
            Self::List(words) => {
                let at = words.binary_search_by(|known| (**known).cmp(word)).ok()?;
                u32::try_from(at).ok()
            }
            Self::Fst(map) => u32::try_from(map.get(word)?).ok(),
        }
    }

    /// Returns the number of the first word that is not before some bytes, if there is one.
    pub(crate) fn lower_bound(&self, bytes: &[u8]) -> Option<u32> {
        match self {
            Self::List(words) => {
                let at = words.partition_point(|known| known.as_bytes() < bytes);
                u32::try_from(at).ok().filter(|_| at < words.len())
            }
            Self::Fst(map) => {
                let mut stream = map.range().ge(bytes).into_stream();
                let (_, number) = stream.next()?;
                u32::try_from(number).ok()
            }
        }
    }

    /// Hands over the words that an automaton accepts, in order, with their numbers, until `each`
    /// has enough.
    pub(crate) fn for_each_match(
        &self,
        automaton: impl Automaton,
        mut each: impl FnMut(&str, u32) -> ControlFlow,
    ) {
        match self {
            Self::List(words) => {
                for (word, number) in words.iter().zip(0..) {
                    if accepts(&automaton, word.as_bytes())
                        && each(word, number) == ControlFlow::Break
                    {
                        return;
                    }
                }
            }
            Self::Fst(map) => {
                let mut stream = map.search(automaton).into_stream();
                while let Some((word, number)) = stream.next() {
                    if let (Ok(word), Ok(number)) =
                        (std::str::from_utf8(word), u32::try_from(number))
                        && each(word, number) == ControlFlow::Break
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
pub(crate) enum ControlFlow {
    Break,
    Continue,
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
fn build_fst<'w>(words: impl Iterator<Item = &'w str>) -> Map<Vec<u8>> {
    Map::from_iter(words.zip(0..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fst::automaton::Str;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn list_and_fst_give_the_same_answers(
            words in prop::collection::btree_set("[a-cé]{1,4}", 0..40),
            asked in "[a-cé]{0,4}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let few = TermMap::from_sorted(&words);
            let many = TermMap::from_bytes(few.to_bytes().into_owned()).unwrap();
            prop_assert!(matches!(few, TermMap::List(_)) && matches!(many, TermMap::Fst(_)));
            prop_assert_eq!(few.term_ord(&asked), many.term_ord(&asked));
            prop_assert_eq!(few.lower_bound(asked.as_bytes()), many.lower_bound(asked.as_bytes()));
            let begun = |lexicon: &TermMap| {
                let mut found = Vec::new();
                lexicon.for_each_match(Str::new(&asked).starts_with(), |word, number| {
                    found.push((word.to_owned(), number));
                    if found.len() < 3 { ControlFlow::Continue } else { ControlFlow::Break }
                });
                found
            };
            prop_assert_eq!(begun(&few), begun(&many));
        }
    }
}
