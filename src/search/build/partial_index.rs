//! A partial index: the documents and listed codes that one thread has indexed, in columns.
//!
//! Which thread indexes a document is up to chance. Term, section and row ids are therefore local
//! to a partial index until [`merge_partials`](crate::search::build::merge::merge_partials) puts
//! all documents in the order of the library. A column is one large allocation, which is returned
//! to the system when the index is finished.

use std::ops::Range;

use foldhash::HashMap;

use crate::content::{CodeId, Document, Section, Subject};
use crate::library::ListedCode;
use crate::num::{saturating_u16, saturating_u32};
use crate::search::build::prominence::{is_head_name, weighted_length};
use crate::search::doc_table::{DocKind, pack_code};
use crate::search::fields::{FieldMask, row_contexts};
use crate::search::row_store::RowEncoder;
use crate::search::row_table::{SubjectKind, pack_row_kind};
use crate::search::tokenizer::{TokenKind, Tokenizer, count_words, split_words};

#[derive(Debug, Default)]
pub(crate) struct PartialIndex {
    docs: Vec<DocEnds>,
    titles: String,
    /// See [`pack_row_kind`].
    row_kinds: Vec<u8>,
    posting_ends: Vec<u32>,
    /// The term of each posting, row by row.
    posting_terms: Vec<u32>,
    posting_masks: Vec<u8>,
    modifiers: Vec<([u8; 2], u32)>,
    /// The rows where another section starts, and its id.
    section_starts: Vec<(u32, u16)>,
    /// The folded names of each section, as in a row table.
    pub(crate) sections: Vec<String>,
    section_ids: HashMap<String, u16>,
    pub(crate) term_ids: HashMap<Box<str>, u32>,
    /// The position after the last posting of each term, or 0.
    last_postings: Vec<u32>,
    tokenizer: Tokenizer,
    row_encoder: RowEncoder,
}

/// The columns of a document or listed code, and where it ends in those of other items.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DocEnds {
    /// See [`pack_code`].
    pub(crate) code: u64,
    /// See [`DocKind::pack`].
    pub(crate) packed_kind: u8,
    title: u32,
    rows: u32,
    modifiers: u32,
    section_starts: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PartialDoc<'p> {
    index: &'p PartialIndex,
    starts: DocEnds,
    pub(crate) ends: DocEnds,
}

impl PartialIndex {
    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(crate) fn doc(&self, position: usize) -> Option<PartialDoc<'_>> {
        let previous = position.checked_sub(1).and_then(|n| self.docs.get(n));
        Some(PartialDoc {
            index: self,
            starts: previous.copied().unwrap_or_default(),
            ends: *self.docs.get(position)?,
        })
    }

    /// Adds a document, and appends its stored rows to a buffer if there is one.
    pub(crate) fn add(&mut self, document: &Document, stored_rows: Option<&mut Vec<u8>>) {
        let mut section = None;
        for context in row_contexts(document) {
            let fields = context.fields();
            if stored_rows.is_some() {
                self.row_encoder.add(&context, &fields);
            }
            let first_posting = self.posting_terms.len();
            let mut words = 0;
            for field in &fields {
                let count = self.add_text(first_posting, field.mask, &field.text);
                if field.mask != FieldMask::TITLE && field.mask != FieldMask::HEADING {
                    words += count;
                }
            }
            let row = saturating_u32(self.row_kinds.len());
            let Section {
                id, short, title, ..
            } = context.section;
            if section != Some(id) {
                section = Some(id);
                let section_id = self.section_id(&[&id.0, short, title]);
                self.section_starts.push((row, section_id));
            }
            let subject = &context.row.subject;
            if let Subject::Modifier(code) | Subject::PayerRule(code) = subject
                && let Ok(code) = <[u8; 2]>::try_from(code.as_str().as_bytes())
            {
                self.modifiers.push((code, row));
            }
            self.end_row(SubjectKind::from_subject(subject), words);
        }
        if let Some(stored_rows) = stored_rows {
            self.row_encoder.finish_doc(stored_rows);
        }
        if section.is_none() {
            self.add_title_row(&[&document.title], &[]);
        }
        let title_length = count_words(&document.title);
        self.end_doc(
            &document.code,
            &document.title,
            DocKind::Document.pack(title_length),
        );
    }

    /// Adds a code that has no document. Its short description and aliases are searched but not shown.
    pub(crate) fn add_code(&mut self, listed: &ListedCode) {
        let aliases = listed.aliases.iter().map(String::as_str);
        let (mut names, mut texts): (Vec<&str>, Vec<&str>) =
            aliases.partition(|alias| is_head_name(alias));
        names.push(&listed.title);
        texts.push(&listed.short);
        self.add_title_row(&names, &texts);
        let lengths = names.iter().map(|name| weighted_length(&listed.code, name));
        let packed_kind = DocKind::ListedCode.pack(lengths.min().unwrap_or_default());
        self.end_doc(&listed.code, &listed.title, packed_kind);
    }

    fn end_doc(&mut self, code: &CodeId, title: &str, packed_kind: u8) {
        self.titles.push_str(title);
        self.docs.push(DocEnds {
            code: pack_code(code),
            packed_kind,
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

    /// Adds the only row of a document or listed code without rows.
    fn add_title_row(&mut self, titles: &[&str], texts: &[&str]) {
        let first_posting = self.posting_terms.len();
        let titles = titles.iter().map(|title| (FieldMask::TITLE, title));
        let texts = texts.iter().map(|text| (FieldMask::BODY, text));
        let fields = titles.chain(texts);
        let words = fields
            .map(|(mask, text)| self.add_text(first_posting, mask, text))
            .sum();
        let no_section = self.section_id(&[]);
        let row = saturating_u32(self.row_kinds.len());
        self.section_starts.push((row, no_section));
        self.end_row(SubjectKind::Other, words);
    }

    /// Adds the terms of a field to the row whose postings start at `first_posting`. Returns the
    /// number of words.
    fn add_text(&mut self, first_posting: usize, mask: FieldMask, text: &str) -> usize {
        let mut words = 0;
        let Self {
            term_ids,
            last_postings,
            posting_terms,
            posting_masks,
            tokenizer,
            ..
        } = self;
        tokenizer.for_each_token(text, |token| {
            words += usize::from(token.kind == TokenKind::Word);
            let term = term_ids.get(token.text).copied().unwrap_or_else(|| {
                let term = saturating_u32(last_postings.len());
                term_ids.insert(token.text.into(), term);
                last_postings.push(0);
                term
            });
            let last_posting = &mut last_postings[term as usize];
            match (*last_posting as usize).checked_sub(1) {
                // The row has a posting of the term already.
                Some(posting) if posting >= first_posting => posting_masks[posting] |= mask.0,
                _ => {
                    posting_terms.push(term);
                    posting_masks.push(mask.0);
                    *last_posting = saturating_u32(posting_terms.len());
                }
            }
        });
        words
    }

    fn section_id(&mut self, names: &[&str]) -> u16 {
        let key = names.join("\n");
        if let Some(id) = self.section_ids.get(&key) {
            return *id;
        }
        let id = saturating_u16(self.sections.len());
        if id < u16::MAX {
            let folded = names.iter().map(|name| split_words(name).join(" "));
            self.sections.push(folded.collect::<Vec<_>>().join("\n"));
            self.section_ids.insert(key, id);
        }
        id
    }
}

impl<'p> PartialDoc<'p> {
    pub(crate) fn title(self) -> &'p str {
        let range = self.starts.title as usize..self.ends.title as usize;
        self.index.titles.get(range).unwrap_or_default()
    }

    /// Returns the kind and length of each row; see [`pack_row_kind`].
    pub(crate) fn row_kinds(self) -> &'p [u8] {
        &self.index.row_kinds[self.row_range()]
    }

    /// Returns modifiers with the position of their row in the document.
    pub(crate) fn modifiers(self) -> impl Iterator<Item = ([u8; 2], u32)> {
        let range = self.starts.modifiers as usize..self.ends.modifiers as usize;
        let modifiers = self.index.modifiers[range].iter();
        modifiers.map(move |(code, row)| (*code, row - self.starts.rows))
    }

    /// Returns the positions of rows in the document where another section starts, and its id.
    pub(crate) fn section_starts(self) -> impl Iterator<Item = (u32, u16)> {
        let range = self.starts.section_starts as usize..self.ends.section_starts as usize;
        let starts = self.index.section_starts[range].iter();
        starts.map(move |(row, section)| (row - self.starts.rows, *section))
    }

    pub(crate) fn terms(self) -> &'p [u32] {
        let rows = self.row_range();
        &self.index.posting_terms[self.first_posting(rows.start)..self.first_posting(rows.end)]
    }

    /// Returns the terms and masks of the postings of each row.
    pub(crate) fn postings(self) -> impl Iterator<Item = (&'p [u32], &'p [u8])> {
        self.row_range().map(move |row| {
            let range = self.first_posting(row)..self.first_posting(row + 1);
            let terms = &self.index.posting_terms[range.clone()];
            (terms, &self.index.posting_masks[range])
        })
    }

    /// Returns the terms in the names of payers.
    pub(crate) fn payer_name_terms(self) -> impl Iterator<Item = u32> {
        let rows = self.row_kinds().iter().zip(self.postings());
        let on_payers = rows.filter(|(kind, _)| SubjectKind::unpack(**kind) == SubjectKind::Payer);
        on_payers.flat_map(|(_, (terms, masks))| {
            let postings = terms.iter().zip(masks);
            let in_name =
                postings.filter(|(_, mask)| FieldMask(**mask).intersects(FieldMask::NAME));
            in_name.map(|(term, _)| *term)
        })
    }

    const fn row_range(self) -> Range<usize> {
        self.starts.rows as usize..self.ends.rows as usize
    }

    fn first_posting(self, row: usize) -> usize {
        let previous = row.checked_sub(1);
        previous.map_or(0, |row| self.index.posting_ends[row] as usize)
    }
}
