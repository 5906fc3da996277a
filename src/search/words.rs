//! Defines the dictionary of an index: every word, and the rows that have it.

use std::ops::Range;
use std::sync::OnceLock;

use fst::automaton::Automaton as _;
use fst::{IntoStreamer, Map, Streamer};
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use super::postings::Reader;

/// From how many letters on a word may hold one typo, and two.
pub(super) const LETTERS_FOR_ONE: usize = 4;
pub(super) const LETTERS_FOR_TWO: usize = 7;

/// The longest word that is corrected, in letters; nobody types a longer one.
const LONGEST_CORRECTED: usize = 24;

/// How many corrections of one word are looked at.
const MOST_CORRECTIONS: usize = 200;

/// The words, sorted; each has a number, its position.
#[derive(Default)]
pub(super) struct Words {
    /// None where there is no word: fst makes an empty map by way of a table of 960 KB, which would
    /// take longer than the first frame.
    numbers: Option<Map<Vec<u8>>>,
    /// Where the postings of each word end.
    ends: Vec<u32>,
    postings: Vec<u8>,
    correctors: OnceLock<[LevenshteinAutomatonBuilder; 2]>,
}

/// A word of the dictionary that is not spelled as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Correction {
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) distance: u8,
}

/// Whether a word is meant as it stands, or as a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Beginning,
}

impl Words {
    pub(super) fn new(numbers: Map<Vec<u8>>, ends: Vec<u32>, postings: Vec<u8>) -> Self {
        Self {
            numbers: Some(numbers),
            ends,
            postings,
            correctors: OnceLock::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the memory that the dictionary and the postings take, in bytes.
    pub(super) fn size(&self) -> usize {
        let numbers = self.numbers.as_ref().map(|map| map.as_fst().size());
        numbers.unwrap_or_default() + size_of_val(&self.ends[..]) + self.postings.len()
    }

    /// Returns the number of a word.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        number(self.numbers.as_ref()?.get(word)?)
    }

    /// Returns the numbers of the words that begin so.
    pub(super) fn beginning(&self, prefix: &str) -> Range<u32> {
        let first = self.first_from(prefix.as_bytes());
        let mut after = prefix.as_bytes().to_vec();
        while let Some(byte) = after.pop() {
            if byte < u8::MAX {
                after.push(byte + 1);
                return first..self.first_from(&after);
            }
        }
        first..self.count()
    }

    /// Returns the words that can be had from one by a few typos, likeliest first.
    ///
    /// One from four letters on, two from seven on. Numbers are never corrected: another number is
    /// another fact.
    pub(super) fn corrections(&self, word: &str, extent: Extent) -> Vec<Correction> {
        let letters = word.chars().count();
        let most = match letters {
            LETTERS_FOR_TWO..=LONGEST_CORRECTED => 2,
            LETTERS_FOR_ONE..LETTERS_FOR_TWO => 1,
            _ => return Vec::new(),
        };
        if !word.chars().any(char::is_alphabetic) {
            return Vec::new();
        }
        let mut found = self.within(word, extent, most);
        let first = word.chars().next();
        found.sort_by_key(|near| (near.distance, near.text.chars().next() != first));
        found.truncate(MOST_CORRECTIONS);
        found
    }

    /// Returns the words within so many typos (one or two).
    pub(super) fn within(&self, word: &str, extent: Extent, typos: usize) -> Vec<Correction> {
        let [one, two] = self
            .correctors
            .get_or_init(|| [1, 2].map(|typos| LevenshteinAutomatonBuilder::new(typos, true)));
        let builder = if typos < 2 { one } else { two };
        let dfa = match extent {
            Extent::Whole => builder.build_dfa(word),
            Extent::Beginning => builder.build_prefix_dfa(word),
        };
        let mut found = Vec::new();
        let Some(numbers) = &self.numbers else {
            return found;
        };
        let mut stream = numbers.search(Typos(&dfa)).into_stream();
        while let Some((text, value)) = stream.next() {
            if let (Some(number), Ok(text), Distance::Exact(distance)) =
                (number(value), std::str::from_utf8(text), dfa.eval(text))
            {
                found.push(Correction {
                    number,
                    text: text.to_owned(),
                    distance,
                });
            }
        }
        found
    }

    /// Returns some words that begin so, in order.
    pub(super) fn sample(&self, prefix: &str, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        let Some(numbers) = &self.numbers else {
            return found;
        };
        let automaton = fst::automaton::Str::new(prefix).starts_with();
        let mut stream = numbers.search(automaton).into_stream();
        while found.len() < most
            && let Some((text, _)) = stream.next()
        {
            found.extend(std::str::from_utf8(text).map(str::to_owned));
        }
        found
    }

    /// Returns the rows that have a word.
    pub(super) fn rows(&self, number: u32) -> Reader<'_> {
        Reader::new(self.packed(number))
    }

    /// Returns the length of a word's packed postings in bytes, which tells how common it is.
    pub(super) fn weight(&self, number: u32) -> usize {
        self.packed(number).len()
    }

    fn packed(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(at).copied().unwrap_or_default();
        self.postings
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    fn first_from(&self, bytes: &[u8]) -> u32 {
        let first = self.numbers.as_ref().and_then(|numbers| {
            let mut stream = numbers.range().ge(bytes).into_stream();
            stream.next().and_then(|(_, value)| number(value))
        });
        first.unwrap_or_else(|| self.count())
    }

    fn count(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }
}

fn number(value: u64) -> Option<u32> {
    u32::try_from(value).ok()
}

/// Lets a dictionary be walked along an automaton that someone else still needs.
struct Typos<'a>(&'a DFA);

impl fst::Automaton for Typos<'_> {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != levenshtein_automata::SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}
