//! The merge of partial indexes. Its result is the same, byte for byte, for any number of threads.

use std::collections::{BTreeSet, HashMap};
use std::panic::resume_unwind;
use std::thread;

use crate::library::parallel::parallel_map_ordered;
use crate::num::{saturating_u16, saturating_u32};
use crate::search::build::partial_index::{PartialDoc, PartialIndex};
use crate::search::doc_table::DocTable;
use crate::search::fields::FieldMask;
use crate::search::format::IndexData;
use crate::search::postings::{Posting, PostingsEncoder};
use crate::search::row_table::RowTable;
use crate::search::term_dict::TermDictionary;
use crate::search::term_map::TermMap;
use crate::search::title_table::TitleTable;

/// The address of a document or listed code in a list of partial indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DocAddress {
    pub(crate) partial: u32,
    pub(crate) doc: u32,
}

/// Documents in their final order, each with the position of its partial index.
type MergeOrder<'p> = [(usize, PartialDoc<'p>)];

/// Merges the documents and listed codes at some addresses, in the order of the addresses.
pub(crate) fn merge_partials(
    partials: &[PartialIndex],
    order: &[DocAddress],
    threads: usize,
) -> IndexData {
    let docs = order.iter().filter_map(|address| {
        let partial = address.partial as usize;
        Some((partial, partials.get(partial)?.doc(address.doc as usize)?))
    });
    let docs: Vec<(usize, PartialDoc<'_>)> = docs.collect();
    let terms = MergedTerms::new(partials, &docs);
    thread::scope(|scope| {
        let make_titles = || TitleTable::from_titles(docs.iter().map(|(_, doc)| doc.title()));
        let titles_thread = (threads > 1).then(|| scope.spawn(make_titles));
        let (posting_ends, postings) = merge_postings(&docs, &terms, threads);
        let (mut doc_table, rows) = merge_tables(partials, &docs, &terms);
        doc_table.titles = match titles_thread {
            Some(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            None => make_titles(),
        };
        IndexData {
            docs: doc_table,
            rows,
            terms: TermDictionary::new(terms.term_map, posting_ends, postings),
        }
    })
}

fn merge_tables(
    partials: &[PartialIndex],
    docs: &MergeOrder<'_>,
    terms: &MergedTerms,
) -> (DocTable, RowTable) {
    let mut doc_table = DocTable::default();
    let mut rows = RowTable::default();
    let mut payer_terms = BTreeSet::new();
    let mut sections = SectionMerger::new(partials);
    for (partial, doc) in docs {
        let first_row = rows.count();
        for (row, section) in doc.section_starts() {
            let section = sections.merged_id(*partial, section);
            rows.section_starts.push((first_row + row, section));
        }
        let modifiers = doc.modifiers().map(|(code, row)| (code, first_row + row));
        rows.modifiers.extend(modifiers);
        let names = doc.payer_name_terms();
        payer_terms.extend(names.map(|term| terms.term_ords[*partial][term as usize]));
        rows.packed_kinds.extend_from_slice(doc.row_kinds());
        doc_table.add(doc.ends.code, doc.ends.packed_kind, rows.count());
    }
    doc_table.finish();
    rows.sections = sections.names;
    rows.payer_terms = payer_terms.into_iter().collect();
    rows.modifiers.sort_unstable();
    rows.shrink_to_fit();
    (doc_table, rows)
}

/// Assigns section ids in the order in which sections first occur.
struct SectionMerger<'p> {
    partials: &'p [PartialIndex],
    /// By partial index, and then by the id there.
    merged_ids: Vec<Vec<Option<u16>>>,
    ids_by_name: HashMap<&'p str, u16>,
    names: Vec<String>,
}

impl<'p> SectionMerger<'p> {
    fn new(partials: &'p [PartialIndex]) -> Self {
        let ids_of = |partial: &PartialIndex| vec![None; partial.sections.len()];
        Self {
            partials,
            merged_ids: partials.iter().map(ids_of).collect(),
            ids_by_name: HashMap::new(),
            names: Vec::new(),
        }
    }

    /// Returns the merged id of a section, or `u16::MAX` if there are too many sections.
    fn merged_id(&mut self, partial: usize, id: u16) -> u16 {
        let Some(name) = self.partials[partial].sections.get(usize::from(id)) else {
            return u16::MAX;
        };
        *self.merged_ids[partial][usize::from(id)].get_or_insert_with(|| {
            let new_id = saturating_u16(self.names.len());
            let merged_id = *self.ids_by_name.entry(name).or_insert(new_id);
            if merged_id == new_id && new_id < u16::MAX {
                self.names.push(name.clone());
            }
            merged_id
        })
    }
}

struct MergedTerms {
    term_map: TermMap,
    count: usize,
    /// The term ordinals, by partial index and then by the term id there.
    term_ords: Vec<Vec<u32>>,
}

impl MergedTerms {
    fn new(partials: &[PartialIndex], docs: &MergeOrder<'_>) -> Self {
        let unused = |partial: &PartialIndex| vec![u32::MAX; partial.term_ids.len()];
        let mut term_ords: Vec<Vec<u32>> = partials.iter().map(unused).collect();
        // Shadowed documents are indexed too. Their terms stay at `MAX`.
        for (partial, doc) in docs {
            for term in doc.terms() {
                term_ords[*partial][*term as usize] = 0;
            }
        }
        let mut terms: Vec<(&str, usize, u32)> = Vec::new();
        for (n, partial) in partials.iter().enumerate() {
            let is_used = |term: &u32| term_ords[n][*term as usize] == 0;
            let used = partial.term_ids.iter().filter(|(_, term)| is_used(term));
            terms.extend(used.map(|(text, term)| (&**text, n, *term)));
        }
        terms.sort_unstable();
        let mut unique = Vec::with_capacity(terms.len());
        for (term_ord, same_text) in (0..).zip(terms.chunk_by(|a, b| a.0 == b.0)) {
            for (_, partial, term) in same_text {
                term_ords[*partial][*term as usize] = term_ord;
            }
            unique.push(same_text[0].0);
        }
        Self {
            term_map: TermMap::from_sorted(&unique),
            count: unique.len(),
            term_ords,
        }
    }
}

/// Encodes the postings list of every term. Returns their ends and the lists.
fn merge_postings(
    docs: &MergeOrder<'_>,
    terms: &MergedTerms,
    threads: usize,
) -> (Vec<u32>, Vec<u8>) {
    let shares = split_by_postings(docs, threads.max(1));
    let mut chunks = Vec::with_capacity(shares.len());
    parallel_map_ordered(
        threads,
        shares.len(),
        |_| (),
        |(), n| {
            let (first_row, docs) = shares[n];
            PostingsChunk::encode(first_row, docs, terms)
        },
        |chunk| chunks.push(chunk),
    );
    let length = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
    let mut bytes = Vec::with_capacity(length);
    let mut ends = Vec::with_capacity(terms.count);
    for term_ord in 0..terms.count {
        let mut encoder = PostingsEncoder::default();
        for chunk in &chunks {
            let (postings, next_row) = chunk.postings(term_ord);
            encoder.append(postings, next_row, &mut bytes);
        }
        ends.push(saturating_u32(bytes.len()));
    }
    bytes.shrink_to_fit();
    (ends, bytes)
}

/// Splits documents into at most `shares` shares with about as many postings each. Returns each
/// share with its first row.
fn split_by_postings<'d, 'p>(
    docs: &'d MergeOrder<'p>,
    shares: usize,
) -> Vec<(u32, &'d MergeOrder<'p>)> {
    let total: usize = docs.iter().map(|(_, doc)| doc.terms().len()).sum();
    let mut split = Vec::with_capacity(shares);
    let (mut start, mut first_row) = (0, 0);
    let (mut postings, mut row) = (0, 0);
    for (position, (_, doc)) in docs.iter().enumerate() {
        if postings >= total / shares && split.len() + 1 < shares {
            split.push((first_row, &docs[start..position]));
            (start, first_row, postings) = (position, row, 0);
        }
        postings += doc.terms().len();
        row += saturating_u32(doc.row_kinds().len());
    }
    split.push((first_row, &docs[start..]));
    split
}

/// The encoded postings of a share of the documents, term by term.
struct PostingsChunk {
    bytes: Vec<u8>,
    /// The end of each term's postings in `bytes`, and the row after its last one.
    ends: Vec<(usize, u32)>,
}

impl PostingsChunk {
    fn encode(first_row: u32, docs: &MergeOrder<'_>, terms: &MergedTerms) -> Self {
        // Counting sort: `positions` starts as the number of postings of each term, becomes the
        // position of its first posting, and then moves on to the end of its postings.
        let mut positions = vec![0_u32; terms.count + 1];
        for (partial, doc) in docs {
            let term_ords = &terms.term_ords[*partial];
            for term in doc.terms() {
                positions[term_ords[*term as usize] as usize + 1] += 1;
            }
        }
        let mut sum = 0;
        for position in &mut positions {
            sum += *position;
            *position = sum;
        }
        let mut sorted = vec![Posting::default(); sum as usize];
        let mut row = first_row;
        for (partial, doc) in docs {
            let term_ords = &terms.term_ords[*partial];
            for (row_terms, masks) in doc.postings() {
                for (term, mask) in row_terms.iter().zip(masks) {
                    let position = &mut positions[term_ords[*term as usize] as usize];
                    let mask = FieldMask(*mask);
                    sorted[*position as usize] = Posting { row, mask };
                    *position += 1;
                }
                row += 1;
            }
        }
        let mut chunk = Self {
            bytes: Vec::with_capacity(sorted.len() + sorted.len() / 4),
            ends: Vec::with_capacity(terms.count),
        };
        let mut start = 0;
        for end in positions.into_iter().take(terms.count) {
            let mut encoder = PostingsEncoder::default();
            for posting in &sorted[start..end as usize] {
                encoder.write(*posting, &mut chunk.bytes);
            }
            chunk.ends.push((chunk.bytes.len(), encoder.next_row));
            start = end as usize;
        }
        chunk
    }

    /// Returns the encoded postings of a term, and the row after its last one.
    fn postings(&self, term_ord: usize) -> (&[u8], u32) {
        let start = term_ord.checked_sub(1).map_or(0, |n| self.ends[n].0);
        let (end, next_row) = self.ends[term_ord];
        (&self.bytes[start..end], next_row)
    }
}
