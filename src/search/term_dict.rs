//! Defines the dictionary of an index: every word, and the rows that have it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use fst::automaton::Automaton as _;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use crate::search::postings::PostingsDecoder;
use crate::search::term_map::{ControlFlow, TermMap};
use crate::storage::{Container, PartTag};

/// From how many letters on a word may hold one typo, and two.
pub(crate) const MIN_LETTERS_FOR_ONE_EDIT: usize = 4;
pub(crate) const MIN_LETTERS_FOR_TWO_EDITS: usize = 7;

/// The longest word that is corrected, in letters; nobody types a longer one.
const MAX_FUZZY_LETTERS: usize = 24;

/// How many corrections of one word are looked at.
const MAX_FUZZY_TERMS: usize = 200;

/// The part of a flat file that holds packed postings.
pub(crate) const POSTINGS: PartTag = *b"post";

/// How far apart two words' postings may be to be read in one go, in bytes: to read what lies
/// between costs less than to ask once more.
const MAX_READ_GAP: u32 = 4096;

/// The words, sorted; each has a number, its position.
#[derive(Default)]
pub(crate) struct TermDictionary {
    term_map: TermMap,
    /// Where the postings of each word end.
    posting_ends: Vec<u32>,
    postings: Postings,
    /// Whether postings were asked for that could not be read.
    is_damaged: AtomicBool,
    levenshtein_builders: OnceLock<[LevenshteinAutomatonBuilder; 2]>,
}

/// Where the packed postings are. Of a large library they are most of its index, and a query needs
/// a few kilobytes of them: they stay in the file, where the system keeps what is asked for often.
pub(crate) enum Postings {
    Memory(Vec<u8>),
    File(Arc<Container>),
}

impl Default for Postings {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

/// A word of the dictionary that is not spelled as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FuzzyTerm {
    pub(crate) term_ord: u32,
    pub(crate) text: String,
    pub(crate) distance: u8,
}

/// Whether a word is meant as it stands, or as a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermMatch {
    Exact,
    Prefix,
}

/// Returns how many typos a word may hold. Numbers are never corrected: another number is another
/// fact.
pub(crate) fn max_edits(word: &str) -> usize {
    if !word.chars().any(char::is_alphabetic) {
        return 0;
    }
    match word.chars().count() {
        MIN_LETTERS_FOR_TWO_EDITS..=MAX_FUZZY_LETTERS => 2,
        MIN_LETTERS_FOR_ONE_EDIT..MIN_LETTERS_FOR_TWO_EDITS => 1,
        _ => 0,
    }
}

impl TermDictionary {
    pub(crate) fn new(lexicon: TermMap, ends: Vec<u32>, postings: Postings) -> Self {
        Self {
            term_map: lexicon,
            posting_ends: ends,
            postings,
            ..Self::default()
        }
    }

    /// Returns the words as they are written to a file.
    pub(crate) fn term_map_bytes(&self) -> Cow<'_, [u8]> {
        self.term_map.to_bytes()
    }

    /// Returns where the postings of each word end.
    pub(crate) fn posting_ends(&self) -> &[u32] {
        &self.posting_ends
    }

    /// Returns the packed postings, where they are in memory.
    pub(crate) fn encoded_postings(&self) -> &[u8] {
        match &self.postings {
            Postings::Memory(bytes) => bytes,
            Postings::File(_) => &[],
        }
    }

    /// Says whether postings were asked for that could not be read, so that answers may lack rows.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    pub(crate) fn len(&self) -> usize {
        self.posting_ends.len()
    }

    /// Returns the memory that the dictionary and the postings take, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.term_map.size() + size_of_val(&self.posting_ends[..]) + self.encoded_postings().len()
    }

    /// Returns the number of a word.
    pub(crate) fn term_ord(&self, word: &str) -> Option<u32> {
        self.term_map.term_ord(word)
    }

    /// Returns the numbers of the words that begin so.
    pub(crate) fn prefix_range(&self, prefix: &str) -> Range<u32> {
        let first = self.lower_bound(prefix.as_bytes());
        let mut after = prefix.as_bytes().to_vec();
        while let Some(byte) = after.pop() {
            if byte < u8::MAX {
                after.push(byte + 1);
                return first..self.lower_bound(&after);
            }
        }
        first..self.count()
    }

    /// Returns the words that can be had from one by a few typos, likeliest first.
    ///
    /// One from four letters on, two from seven on.
    pub(crate) fn fuzzy_terms(&self, word: &str, extent: TermMatch) -> Vec<FuzzyTerm> {
        let most = max_edits(word);
        if most == 0 {
            return Vec::new();
        }
        let mut found = self.within_edits(word, extent, most);
        let first = word.chars().next();
        found.sort_by_key(|near| (near.distance, near.text.chars().next() != first));
        found.truncate(MAX_FUZZY_TERMS);
        found
    }

    /// Returns the words within so many typos (one or two).
    pub(crate) fn within_edits(
        &self,
        word: &str,
        extent: TermMatch,
        typos: usize,
    ) -> Vec<FuzzyTerm> {
        let [one, two] = self
            .levenshtein_builders
            .get_or_init(|| [1, 2].map(|typos| LevenshteinAutomatonBuilder::new(typos, true)));
        let builder = if typos < 2 { one } else { two };
        let dfa = match extent {
            TermMatch::Exact => builder.build_dfa(word),
            TermMatch::Prefix => builder.build_prefix_dfa(word),
        };
        let mut found = Vec::new();
        self.term_map
            .for_each_match(LevenshteinAutomaton(&dfa), |text, number| {
                if let Distance::Exact(distance) = dfa.eval(text) {
                    found.push(FuzzyTerm {
                        term_ord: number,
                        text: text.to_owned(),
                        distance,
                    });
                }
                ControlFlow::Continue
            });
        found
    }

    /// Returns some words that begin so, in order.
    pub(crate) fn first_with_prefix(&self, prefix: &str, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        let automaton = fst::automaton::Str::new(prefix).starts_with();
        self.term_map.for_each_match(automaton, |text, _| {
            found.push(text.to_owned());
            if found.len() < most {
                ControlFlow::Continue
            } else {
                ControlFlow::Break
            }
        });
        found
    }

    /// Reads the rows of some words.
    pub(crate) fn fetch_postings(&self, numbers: impl Iterator<Item = u32>) -> PostingsBatch<'_> {
        let flat = match &self.postings {
            Postings::Memory(bytes) => {
                return PostingsBatch {
                    terms: self,
                    data: BatchData::All(bytes),
                };
            }
            Postings::File(flat) => flat,
        };
        let mut ranges: Vec<Range<u32>> =
            numbers.map(|number| self.posting_range(number)).collect();
        ranges.retain(|range| !range.is_empty());
        ranges.sort_unstable_by_key(|range| range.start);
        let mut runs: Vec<Range<u32>> = Vec::new();
        for range in ranges {
            match runs.last_mut() {
                Some(run) if range.start <= run.end.saturating_add(MAX_READ_GAP) => {
                    run.end = run.end.max(range.end);
                }
                _ => runs.push(range),
            }
        }
        let read = |run: Range<u32>| {
            let piece = flat.read_range(POSTINGS, run.start.into(), run.len());
            if piece.is_none() {
                self.is_damaged.store(true, Ordering::Relaxed);
            }
            (run.start, piece.unwrap_or_default())
        };
        PostingsBatch {
            terms: self,
            data: BatchData::Ranges(runs.into_iter().map(read).collect()),
        }
    }

    /// Returns the length of a word's packed postings in bytes, which tells how common it is.
    pub(crate) fn posting_bytes(&self, number: u32) -> usize {
        self.posting_range(number).len()
    }

    /// Returns where a word's packed postings are.
    fn posting_range(&self, number: u32) -> Range<u32> {
        let at = number as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.posting_ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        start..self.posting_ends.get(at).copied().unwrap_or(start)
    }

    fn lower_bound(&self, bytes: &[u8]) -> u32 {
        let first = self.term_map.lower_bound(bytes);
        first.unwrap_or_else(|| self.count())
    }

    fn count(&self) -> u32 {
        u32::try_from(self.posting_ends.len()).unwrap_or(u32::MAX)
    }
}

/// The rows of some words, read.
pub(crate) struct PostingsBatch<'w> {
    terms: &'w TermDictionary,
    data: BatchData<'w>,
}

/// What was read.
enum BatchData<'w> {
    All(&'w [u8]),
    /// Stretches of the postings, by where they begin.
    Ranges(Vec<(u32, Vec<u8>)>),
}

impl PostingsBatch<'_> {
    /// Returns the rows that have a word, which is one of those asked for.
    pub(crate) fn postings(&self, number: u32) -> PostingsDecoder<'_> {
        let range = self.terms.posting_range(number);
        let (start, bytes) = match &self.data {
            BatchData::All(bytes) => (0, *bytes),
            BatchData::Ranges(runs) => {
                let after = runs.partition_point(|(start, _)| *start <= range.start);
                match after.checked_sub(1).and_then(|at| runs.get(at)) {
                    Some((start, bytes)) => (*start, bytes.as_slice()),
                    None => (range.start, &[][..]),
                }
            }
        };
        let range = (range.start - start) as usize..(range.end - start) as usize;
        PostingsDecoder::new(bytes.get(range).unwrap_or_default())
    }
}

/// Lets a dictionary be walked along an automaton that someone else still needs.
struct LevenshteinAutomaton<'a>(&'a DFA);

impl fst::Automaton for LevenshteinAutomaton<'_> {
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
