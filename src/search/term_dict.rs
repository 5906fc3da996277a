//! The term dictionary: every term, and where its postings list is.

use std::borrow::Cow;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fst::automaton::Automaton as _;

use crate::num::saturating_u32;
use crate::search::columns::item_range;
use crate::search::fuzzy::{FuzzyTerm, LevenshteinAutomata, MAX_FUZZY_TERMS, TermMatch, max_edits};
use crate::search::postings::PostingsDecoder;
use crate::search::term_map::TermMap;
use crate::storage::varint::encode_u32s;
use crate::storage::{Container, ContainerWriter, PartTag};

const TERMS: PartTag = *b"word";
const POSTING_ENDS: PartTag = *b"ends";
const POSTINGS: PartTag = *b"post";

/// The largest gap between two postings lists that are read at once, in bytes. Reading the gap
/// costs less than a second read.
const MAX_READ_GAP: u32 = 4096;

#[derive(Default)]
pub(crate) struct TermDictionary {
    term_map: TermMap,
    /// The end of each postings list, by term ordinal.
    posting_ends: Vec<u32>,
    postings: Postings,
    /// Whether reading a postings list has failed.
    is_damaged: AtomicBool,
    levenshtein_automata: LevenshteinAutomata,
}

/// All postings lists, encoded. They are most of a large index, and a query needs a few kilobytes
/// of them, so they stay in the file, and the system caches its busiest pages.
enum Postings {
    Memory(Vec<u8>),
    File(Arc<Container>),
}

impl Default for Postings {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl TermDictionary {
    /// Creates a dictionary in memory, of postings lists that follow each other.
    pub(crate) fn new(term_map: TermMap, posting_ends: Vec<u32>, postings: Vec<u8>) -> Self {
        Self {
            term_map,
            posting_ends,
            postings: Postings::Memory(postings),
            ..Self::default()
        }
    }

    /// Opens the dictionary in a container, or returns `None` if any of it is damaged. All postings
    /// are verified, because results with missing rows would look complete.
    pub(crate) fn open(container: &Arc<Container>) -> Option<Self> {
        let term_map = TermMap::from_bytes(container.read_part(TERMS)?)?;
        let posting_ends = container.part_reader(POSTING_ENDS)?.read_u32s_to_end()?;
        container.verify(POSTINGS).then(|| Self {
            term_map,
            posting_ends,
            postings: Postings::File(Arc::clone(container)),
            ..Self::default()
        })
    }

    pub(crate) fn write<W: io::Write>(&self, out: &mut ContainerWriter<W>) -> io::Result<()> {
        out.write_part(TERMS, &self.term_map.to_bytes())?;
        out.write_part(POSTING_ENDS, &encode_u32s(&self.posting_ends))?;
        out.write_part(POSTINGS, self.postings_in_memory())
    }

    fn postings_in_memory(&self) -> &[u8] {
        match &self.postings {
            Postings::Memory(bytes) => bytes,
            Postings::File(_) => &[],
        }
    }

    /// Returns true if results may lack rows.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    pub(crate) fn len(&self) -> usize {
        self.posting_ends.len()
    }

    pub(crate) fn size(&self) -> usize {
        self.term_map.size() + size_of_val(&self.posting_ends[..]) + self.postings_in_memory().len()
    }

    pub(crate) fn term_ord(&self, term: &str) -> Option<u32> {
        self.term_map.term_ord(term)
    }

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

    /// Returns the likeliest corrections of a word, within [`max_edits`].
    pub(crate) fn fuzzy_terms(&self, word: &str, term_match: TermMatch) -> Vec<FuzzyTerm> {
        let mut terms = self.within_edits(word, term_match, max_edits(word));
        terms.truncate(MAX_FUZZY_TERMS);
        terms
    }

    /// Returns the terms within `edits` (at most two) edits of a word, likeliest first.
    pub(crate) fn within_edits(
        &self,
        word: &str,
        term_match: TermMatch,
        edits: usize,
    ) -> Vec<FuzzyTerm> {
        let automata = &self.levenshtein_automata;
        automata.matching_terms(&self.term_map, word, term_match, edits)
    }

    pub(crate) fn first_with_prefix(&self, prefix: &str, limit: usize) -> Vec<String> {
        let mut terms = Vec::new();
        let automaton = fst::automaton::Str::new(prefix).starts_with();
        self.term_map.for_each_match(automaton, |term, _| {
            terms.push(term.to_owned());
            if terms.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        terms
    }

    /// Reads the postings lists of some terms, lists close to each other in one read.
    pub(crate) fn fetch_postings(&self, term_ords: impl Iterator<Item = u32>) -> PostingsBatch<'_> {
        let terms = self;
        let container = match &self.postings {
            Postings::Memory(bytes) => {
                let ranges = vec![(0, Cow::Borrowed(&bytes[..]))];
                return PostingsBatch { terms, ranges };
            }
            Postings::File(container) => container,
        };
        let mut lists: Vec<Range<u32>> = term_ords.map(|ord| self.posting_range(ord)).collect();
        lists.retain(|list| !list.is_empty());
        lists.sort_unstable_by_key(|list| list.start);
        let mut reads: Vec<Range<u32>> = Vec::new();
        for list in lists {
            match reads.last_mut() {
                Some(read) if list.start <= read.end.saturating_add(MAX_READ_GAP) => {
                    read.end = read.end.max(list.end);
                }
                _ => reads.push(list),
            }
        }
        let read = |range: Range<u32>| {
            let bytes = container.read_range(POSTINGS, range.start.into(), range.len());
            if bytes.is_none() {
                self.is_damaged.store(true, Ordering::Relaxed);
            }
            (range.start, Cow::Owned(bytes.unwrap_or_default()))
        };
        let ranges = reads.into_iter().map(read).collect();
        PostingsBatch { terms, ranges }
    }

    /// Returns the encoded length of a postings list in bytes, a measure of how common a term is.
    pub(crate) fn posting_bytes(&self, term_ord: u32) -> usize {
        self.posting_range(term_ord).len()
    }

    fn posting_range(&self, term_ord: u32) -> Range<u32> {
        item_range(&self.posting_ends, term_ord as usize)
    }

    fn lower_bound(&self, bound: &[u8]) -> u32 {
        let first = self.term_map.lower_bound(bound);
        first.unwrap_or_else(|| self.count())
    }

    fn count(&self) -> u32 {
        saturating_u32(self.len())
    }
}

/// The postings lists of some terms, in memory.
pub(crate) struct PostingsBatch<'t> {
    terms: &'t TermDictionary,
    /// The starts and bytes of ranges of all postings lists, ascending.
    ranges: Vec<(u32, Cow<'t, [u8]>)>,
}

impl PostingsBatch<'_> {
    pub(crate) fn postings(&self, term_ord: u32) -> PostingsDecoder<'_> {
        let list = self.terms.posting_range(term_ord);
        let after = self
            .ranges
            .partition_point(|(start, _)| *start <= list.start);
        let bytes = self.ranges[..after].last().and_then(|(start, bytes)| {
            let range = (list.start - start) as usize..(list.end - start) as usize;
            bytes.get(range)
        });
        PostingsDecoder::new(bytes.unwrap_or_default())
    }
}
