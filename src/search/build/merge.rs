//! Puts sheaves together: the same index, byte for byte, however many threads gathered them.

use std::collections::HashMap;
use std::thread;

use crate::search::build::partial_index::{PartialDoc, PartialIndex};
use crate::search::doc_table::{DocTable, RowTable};
use crate::search::fields::FieldMask;
use crate::search::postings::{Posting, PostingsEncoder, append_encoded};
use crate::search::term_dict::{Postings, TermDictionary};
use crate::search::term_map::TermMap;
use crate::search::title_table::TitleTable;

/// Where a document or code is: which sheaf, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DocAddress {
    pub(crate) partial: u32,
    pub(crate) doc: u32,
}

/// The tables of an index.
#[derive(Default)]
pub(crate) struct IndexData {
    pub(crate) docs: DocTable,
    pub(crate) rows: RowTable,
    pub(crate) terms: TermDictionary,
}

/// Makes the tables of an index that has these documents and codes in this order.
pub(crate) fn merge_partials(
    sheaves: &[PartialIndex],
    order: &[DocAddress],
    threads: usize,
) -> IndexData {
    let stalks: Vec<(usize, PartialDoc<'_>)> = order
        .iter()
        .filter_map(|spike| {
            let sheaf = spike.partial as usize;
            Some((sheaf, sheaves.get(sheaf)?.doc(spike.doc as usize)?))
        })
        .collect();
    let dictionary = MergedTerms::new(sheaves, &stalks);
    thread::scope(|scope| {
        let titles = || TitleTable::from_titles(stalks.iter().map(|(_, stalk)| stalk.title()));
        let titles = if threads > 1 {
            Ok(scope.spawn(titles))
        } else {
            Err(titles())
        };
        let (ends, postings) = encode_postings(&stalks, &dictionary, threads);
        let (mut docs, rows) = build_tables(sheaves, &stalks);
        docs.titles = match titles {
            Ok(thread) => match thread.join() {
                Ok(titles) => titles,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            Err(titles) => titles,
        };
        IndexData {
            docs,
            rows,
            terms: TermDictionary::new(dictionary.term_map, ends, Postings::Memory(postings)),
        }
    })
}

fn build_tables(
    sheaves: &[PartialIndex],
    stalks: &[(usize, PartialDoc<'_>)],
) -> (DocTable, RowTable) {
    let mut docs = DocTable::default();
    let mut rows = RowTable::default();
    let mut sections = SectionMerger::new(sheaves.len());
    for (sheaf, stalk) in stalks {
        let first = rows.count();
        for (row, section) in stalk.section_starts() {
            let name = sections.merged_id(&sheaves[*sheaf], *sheaf, section, &mut rows);
            rows.section_starts.push((first + row, name));
        }
        let modifiers = stalk.modifiers().map(|(code, row)| (code, first + row));
        rows.modifiers.extend(modifiers);
        rows.packed_kinds.extend_from_slice(stalk.row_kinds());
        docs.add(stalk.code(), stalk.packed_kind(), rows.count());
    }
    docs.finish();
    rows.modifiers.sort_unstable();
    rows.shrink_to_fit();
    (docs, rows)
}

/// Numbers sections in the order in which they are met.
struct SectionMerger {
    /// By sheaf, and then by number there.
    merged_ids: Vec<Vec<Option<u16>>>,
    ids_by_name: HashMap<String, u16>,
}

impl SectionMerger {
    fn new(sheaves: usize) -> Self {
        Self {
            merged_ids: vec![Vec::new(); sheaves],
            ids_by_name: HashMap::new(),
        }
    }

    fn merged_id(
        &mut self,
        of: &PartialIndex,
        sheaf: usize,
        section: u16,
        rows: &mut RowTable,
    ) -> u16 {
        let known = &mut self.merged_ids[sheaf];
        let at = usize::from(section);
        if known.len() <= at {
            known.resize(at + 1, None);
        }
        if let Some(number) = known[at] {
            return number;
        }
        // There are more sections than numbers.
        let Some(name) = of.sections().get(at) else {
            return u16::MAX;
        };
        let number = self.ids_by_name.get(name).copied().unwrap_or_else(|| {
            let number = u16::try_from(rows.sections.len()).unwrap_or(u16::MAX);
            if number < u16::MAX {
                rows.sections.push(name.clone());
                self.ids_by_name.insert(name.clone(), number);
            }
            number
        });
        known[at] = Some(number);
        number
    }
}

/// Every word that a row has, sorted; its number is its position.
struct MergedTerms {
    term_map: TermMap,
    count: usize,
    /// The numbers of the words of each sheaf, by their numbers there.
    term_ords: Vec<Vec<u32>>,
}

impl MergedTerms {
    fn new(sheaves: &[PartialIndex], stalks: &[(usize, PartialDoc<'_>)]) -> Self {
        let mut numbers: Vec<Vec<u32>> = sheaves
            .iter()
            .map(|sheaf| vec![u32::MAX; sheaf.term_ids().len()])
            .collect();
        // Documents that others stand before are in sheaves, too, and their words in no row.
        for (sheaf, stalk) in stalks {
            for word in stalk.terms() {
                numbers[*sheaf][*word as usize] = 0;
            }
        }
        let mut words: Vec<(&str, usize, u32)> = Vec::new();
        for (at, sheaf) in sheaves.iter().enumerate() {
            let used = |word: &u32| numbers[at][*word as usize] == 0;
            let own = sheaf.term_ids().iter().filter(|(_, word)| used(word));
            words.extend(own.map(|(text, word)| (&**text, at, *word)));
        }
        words.sort_unstable();
        let mut count = 0;
        let mut unique = Vec::with_capacity(words.len());
        for same in words.chunk_by(|a, b| a.0 == b.0) {
            for (_, sheaf, word) in same {
                numbers[*sheaf][*word as usize] = count;
            }
            unique.push(same[0].0);
            count += 1;
        }
        Self {
            term_map: TermMap::from_sorted(&unique),
            count: count as usize,
            term_ords: numbers,
        }
    }
}

/// Packs the postings of every word; returns where those of each end as well.
fn encode_postings(
    stalks: &[(usize, PartialDoc<'_>)],
    dictionary: &MergedTerms,
    threads: usize,
) -> (Vec<u32>, Vec<u8>) {
    let all: usize = stalks.iter().map(|(_, stalk)| stalk.terms().len()).sum();
    let mut parts = Vec::new();
    let (mut rest, mut first) = (stalks, 0);
    for part in 0..threads.max(1) {
        let share = if part + 1 < threads {
            all / threads
        } else {
            usize::MAX
        };
        let mut words = 0;
        let count = rest
            .iter()
            .take_while(|(_, stalk)| {
                let fits = words < share;
                words += stalk.terms().len();
                fits
            })
            .count();
        let (own, after) = rest.split_at(count);
        parts.push((first, own));
        first += own
            .iter()
            .map(|(_, stalk)| stalk.row_kinds().len())
            .sum::<usize>();
        rest = after;
    }
    let segment = |(first, stalks)| PostingsChunk::encode(first, stalks, dictionary);
    let segments: Vec<PostingsChunk> = if parts.len() < 2 {
        parts.into_iter().map(segment).collect()
    } else {
        thread::scope(|scope| {
            let segment = &segment;
            let threads: Vec<_> = parts
                .into_iter()
                .map(|part| scope.spawn(move || segment(part)))
                .collect();
            let joined = threads.into_iter().map(|thread| match thread.join() {
                Ok(segment) => segment,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        })
    };
    let length = segments.iter().map(|segment| segment.bytes.len()).sum();
    let mut bytes = Vec::with_capacity(length);
    let mut ends = Vec::with_capacity(dictionary.count);
    for word in 0..dictionary.count {
        let mut run = PostingsEncoder::default();
        for segment in &segments {
            segment.append_term(word, &mut run, &mut bytes);
        }
        ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    }
    bytes.shrink_to_fit();
    (ends, bytes)
}

/// The postings of some documents, packed, word by word.
struct PostingsChunk {
    bytes: Vec<u8>,
    /// Where the postings of each word end, and the row after its last one.
    ends: Vec<(usize, u32)>,
}

impl PostingsChunk {
    fn encode(first: usize, stalks: &[(usize, PartialDoc<'_>)], dictionary: &MergedTerms) -> Self {
        // Sorted by counting: first how many postings each word has, then each in its place.
        let mut places = vec![0_u32; dictionary.count + 1];
        for (sheaf, stalk) in stalks {
            let numbers = &dictionary.term_ords[*sheaf];
            for word in stalk.terms() {
                places[numbers[*word as usize] as usize + 1] += 1;
            }
        }
        let mut sum = 0;
        for place in &mut places {
            sum += *place;
            *place = sum;
        }
        let nothing = Posting {
            row: 0,
            mask: FieldMask::default(),
        };
        let mut sorted = vec![nothing; sum as usize];
        let mut row = u32::try_from(first).unwrap_or(u32::MAX);
        for (sheaf, stalk) in stalks {
            let numbers = &dictionary.term_ords[*sheaf];
            for (words, masks) in stalk.postings() {
                for (word, mask) in words.iter().zip(masks) {
                    let place = &mut places[numbers[*word as usize] as usize];
                    sorted[*place as usize] = Posting {
                        row,
                        mask: FieldMask(*mask),
                    };
                    *place += 1;
                }
                row += 1;
            }
        }
        let mut segment = Self {
            bytes: Vec::with_capacity(sorted.len() + sorted.len() / 4),
            ends: Vec::with_capacity(dictionary.count),
        };
        let mut from = 0;
        // Each place has moved on to where the next word begins.
        for to in places.into_iter().take(dictionary.count) {
            let mut run = PostingsEncoder::default();
            for posting in &sorted[from..to as usize] {
                run.write(*posting, &mut segment.bytes);
            }
            segment.ends.push((segment.bytes.len(), run.next_row()));
            from = to as usize;
        }
        segment
    }

    /// Appends the postings of a word to those of earlier documents.
    fn append_term(&self, word: usize, run: &mut PostingsEncoder, out: &mut Vec<u8>) {
        let start = word.checked_sub(1).map_or(0, |before| self.ends[before].0);
        let (end, after) = self.ends[word];
        if start < end {
            append_encoded(&self.bytes[start..end], after, run, out);
        }
    }
}
