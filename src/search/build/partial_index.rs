//! Defines the sheaf: what one thread gathered of documents and bare codes, in columns.
//!
//! Several threads read a library, and which document comes to which of them is chance. So nothing
//! here is numbered for good: words, sections and rows have the numbers of the sheaf, until
//! [`crate::search::index::merge_partials`] puts all sheaves in the order of the library. Columns are a few large
//! stretches of memory, which go back to the system in whole when the index is made.

use std::ops::Range;

use foldhash::HashMap;

use crate::content::{CodeId, Document, Subject};
use crate::search::doc_table::{DocKind, SubjectKind, pack_code, pack_row_kind};
use crate::search::fields::{FieldMask, row_contexts};
use crate::search::tokenizer::Tokenizer;
use crate::search::{row_store, tokenizer};

/// What was gathered of some documents and codes.
#[derive(Debug, Default)]
pub(crate) struct PartialIndex {
    docs: Vec<DocEnds>,
    titles: String,
    /// What each row is; see [`pack_row_kind`].
    row_kinds: Vec<u8>,
    /// Where the postings of each row end.
    posting_ends: Vec<u32>,
    /// A word, and the fields of the row that it stands in.
    posting_terms: Vec<u32>,
    posting_masks: Vec<u8>,
    /// Modifiers, and the rows about them.
    modifiers: Vec<([u8; 2], u32)>,
    /// Rows where another section begins, and which.
    section_starts: Vec<(u32, u16)>,
    sections: Vec<String>,
    section_ids: HashMap<String, u16>,
    term_ids: HashMap<Box<str>, u32>,
    /// Where the last posting of each word is, and one more.
    last_postings: Vec<u32>,
    tokenizer: Tokenizer,
    /// The sheet that is being written.
    row_buffer: Vec<u8>,
}

/// A document or code: where it ends in the columns of its sheaf.
#[derive(Clone, Copy, Debug, Default)]
struct DocEnds {
    code: u64,
    packed_kind: u8,
    title: u32,
    rows: u32,
    modifiers: u32,
    section_starts: u32,
}

/// A document or code of a sheaf.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartialDoc<'s> {
    index: &'s PartialIndex,
    previous: DocEnds,
    doc: DocEnds,
}

impl PartialIndex {
    /// Returns how many documents and codes went in.
    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    /// Returns a document or code by the order in which they went in.
    pub(crate) fn doc(&self, at: usize) -> Option<PartialDoc<'_>> {
        let before = at.checked_sub(1).and_then(|before| self.docs.get(before));
        Some(PartialDoc {
            index: self,
            previous: before.copied().unwrap_or_default(),
            doc: *self.docs.get(at)?,
        })
    }

    /// Returns the words and their numbers.
    pub(crate) const fn term_ids(&self) -> &HashMap<Box<str>, u32> {
        &self.term_ids
    }

    /// Returns the names of the sections, by number.
    pub(crate) fn sections(&self) -> &[String] {
        &self.sections
    }

    /// Adds a document, row by row; appends what hits show of its rows to a buffer, if there is
    /// one.
    pub(crate) fn add(&mut self, document: &Document, mut sheets: Option<&mut Vec<u8>>) {
        let mut section = None;
        for spot in row_contexts(document) {
            let fields = spot.fields();
            if let Some(sheets) = sheets.as_deref_mut() {
                row_store::append_row(&spot, &fields, &mut self.row_buffer, sheets);
            }
            let start = self.posting_terms.len();
            let mut words = 0;
            for field in &fields {
                let count = self.add_text(start, field.mask, &field.text);
                if field.mask != FieldMask::TITLE && field.mask != FieldMask::HEADING {
                    words += count;
                }
            }
            let row = saturating_u32(self.row_kinds.len());
            if section != Some(&spot.section.id) {
                section = Some(&spot.section.id);
                let name = self.section_id(&[
                    &spot.section.id.0,
                    &spot.section.short,
                    &spot.section.title,
                ]);
                self.section_starts.push((row, name));
            }
            if let Subject::Modifier(code) | Subject::PayerRule(code) = &spot.row.subject
                && let Ok(code) = <[u8; 2]>::try_from(code.as_str().as_bytes())
            {
                self.modifiers.push((code, row));
            }
            self.end_row(SubjectKind::from_subject(&spot.row.subject), words);
        }
        if section.is_none() {
            self.add_title_row(&document.title, "");
        }
        self.end_doc(&document.code, &document.title, DocKind::Document);
    }

    /// Adds a code of which only a title is known, and perhaps further text to find it by.
    pub(crate) fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        self.add_title_row(title, text);
        self.end_doc(code, title, DocKind::ListedCode);
    }

    fn end_doc(&mut self, code: &CodeId, title: &str, make: DocKind) {
        self.titles.push_str(title);
        self.docs.push(DocEnds {
            code: pack_code(code),
            packed_kind: make.pack(tokenizer::count_words(title)),
            title: saturating_u32(self.titles.len()),
            rows: saturating_u32(self.row_kinds.len()),
            modifiers: saturating_u32(self.modifiers.len()),
            section_starts: saturating_u32(self.section_starts.len()),
        });
    }

    fn end_row(&mut self, kind: SubjectKind, words: usize) {
        self.row_kinds.push(pack_row_kind(kind, words));
        self.posting_ends
            .push(saturating_u32(self.posting_terms.len()));
    }

    /// Adds the one row of something that has a title and no rows.
    fn add_title_row(&mut self, title: &str, text: &str) {
        let start = self.posting_terms.len();
        let words = self.add_text(start, FieldMask::TITLE, title)
            + self.add_text(start, FieldMask::BODY, text);
        let nowhere = self.section_id(&[]);
        self.section_starts
            .push((saturating_u32(self.row_kinds.len()), nowhere));
        self.end_row(SubjectKind::Other, words);
    }

    /// Adds the words of a field to the row whose postings start at a place; returns how many
    /// there are.
    fn add_text(&mut self, start: usize, mask: FieldMask, text: &str) -> usize {
        let mut count = 0;
        let Self {
            term_ids: numbers,
            last_postings: last,
            posting_terms: words,
            posting_masks: masks,
            tokenizer: cutter,
            ..
        } = self;
        cutter.for_each_token(text, |token| {
            if token.kind == tokenizer::TokenKind::Word {
                count += 1;
            }
            let word = if let Some(word) = numbers.get(token.text) {
                *word
            } else {
                let word = saturating_u32(last.len());
                numbers.insert(token.text.into(), word);
                last.push(0);
                word
            };
            let last = &mut last[word as usize];
            match (*last as usize).checked_sub(1) {
                // The row has the word already.
                Some(at) if at >= start => masks[at] |= mask.0,
                _ => {
                    words.push(word);
                    masks.push(mask.0);
                    *last = saturating_u32(words.len());
                }
            }
        });
        count
    }

    /// Returns the number of a section that goes by these names.
    fn section_id(&mut self, names: &[&str]) -> u16 {
        let name = names.join("\n");
        if let Some(number) = self.section_ids.get(&name) {
            return *number;
        }
        let number = u16::try_from(self.sections.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            let folded = names
                .iter()
                .map(|name| tokenizer::split_words(name).join(" "));
            self.sections.push(folded.collect::<Vec<_>>().join("\n"));
            self.section_ids.insert(name, number);
        }
        number
    }
}

impl<'s> PartialDoc<'s> {
    pub(crate) const fn code(self) -> u64 {
        self.doc.code
    }

    pub(crate) const fn packed_kind(self) -> u8 {
        self.doc.packed_kind
    }

    pub(crate) fn title(self) -> &'s str {
        let range = self.previous.title as usize..self.doc.title as usize;
        self.index.titles.get(range).unwrap_or_default()
    }

    /// Returns what each row is.
    pub(crate) fn row_kinds(self) -> &'s [u8] {
        &self.index.row_kinds[self.row_range()]
    }

    /// Returns the modifiers and the rows about them, counted from the first.
    pub(crate) fn modifiers(self) -> impl Iterator<Item = ([u8; 2], u32)> {
        let range = self.previous.modifiers as usize..self.doc.modifiers as usize;
        let modifiers = self.index.modifiers[range].iter();
        modifiers.map(move |(code, row)| (*code, row - self.previous.rows))
    }

    /// Returns the rows where another section begins, counted from the first, and which.
    pub(crate) fn section_starts(self) -> impl Iterator<Item = (u32, u16)> {
        let range = self.previous.section_starts as usize..self.doc.section_starts as usize;
        let turns = self.index.section_starts[range].iter();
        turns.map(move |(row, section)| (row - self.previous.rows, *section))
    }

    /// Returns the words of all rows.
    pub(crate) fn terms(self) -> &'s [u32] {
        let rows = self.row_range();
        &self.index.posting_terms[self.first_posting(rows.start)..self.first_posting(rows.end)]
    }

    /// Returns the words and fields of each row, row by row.
    pub(crate) fn postings(self) -> impl Iterator<Item = (&'s [u32], &'s [u8])> {
        self.row_range().map(move |row| {
            let range = self.first_posting(row)..self.first_posting(row + 1);
            (
                &self.index.posting_terms[range.clone()],
                &self.index.posting_masks[range],
            )
        })
    }

    const fn row_range(self) -> Range<usize> {
        self.previous.rows as usize..self.doc.rows as usize
    }

    fn first_posting(self, row: usize) -> usize {
        match row.checked_sub(1) {
            Some(before) => self.index.posting_ends[before] as usize,
            None => 0,
        }
    }
}

/// Four thousand million rows or words do not fit into memory.
fn saturating_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
