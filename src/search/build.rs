//! Defines how an index is built: documents and bare codes go in one after the other.

use std::collections::HashMap;

use crate::content::{CodeId, Document, Subject};

use super::catalogue::{Docs, Kind, Make, Rows};
use super::fields::{Mask, Spot, spots};
use super::postings::Writer;
use super::sheet::{Sheet, SheetWriter};
use super::tokens::{self, each};
use super::words::Words;
use super::{Index, Synonyms, Texts};

/// Collects documents and bare codes, and makes an index of them.
///
/// The same code may be added twice; whoever asks for it gets what was added first.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    docs: Docs,
    rows: Rows,
    words: HashMap<Box<str>, u32>,
    writers: Vec<Writer>,
    sections: HashMap<String, u16>,
    sheets: Option<SheetWriter>,
}

impl IndexBuilder {
    /// Makes a builder that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a builder for many documents: what hits show of them is kept in a file without a
    /// name, where one can be had, so that no document is parsed to show a hit.
    pub fn for_many() -> Self {
        Self {
            sheets: SheetWriter::open().ok(),
            ..Self::default()
        }
    }

    /// Returns how many documents and codes went in.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Says whether nothing went in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a document, row by row.
    pub fn add(&mut self, document: &Document) {
        let title_words = tokens::runs(&document.title).len();
        self.docs
            .add(&document.code, &document.title, title_words, Make::Document);
        let doc = u32::try_from(self.docs.len() - 1).unwrap_or(u32::MAX);
        if let Some(sheets) = &mut self.sheets {
            sheets.begin(doc);
        }
        let mut section = None;
        for spot in spots(document) {
            self.add_sheet(&spot);
            let row = self.rows.count();
            let mut words = 0;
            for field in spot.fields() {
                let count = self.add_text(row, field.mask, &field.text);
                if field.mask != Mask::TITLE && field.mask != Mask::HEADING {
                    words += count;
                }
            }
            if section != Some(&spot.section.id) {
                section = Some(&spot.section.id);
                let name =
                    self.section(&[&spot.section.id.0, &spot.section.short, &spot.section.title]);
                self.rows.turns.push((row, name));
            }
            if let Subject::Modifier(code) | Subject::Stance(code) = &spot.row.subject
                && let Ok(code) = <[u8; 2]>::try_from(code.as_str().as_bytes())
            {
                self.rows.modifiers.push((code, row));
            }
            self.rows.add(Kind::of(&spot.row.subject), words);
        }
        if section.is_none() {
            self.add_lone_row(&document.title, "");
        }
        self.docs.row_ends.push(self.rows.count());
    }

    /// Adds a code of which only a title is known, and perhaps further text to find it by.
    pub fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        let title_words = tokens::runs(title).len();
        self.docs.add(code, title, title_words, Make::Entry);
        self.add_lone_row(title, text);
        self.docs.row_ends.push(self.rows.count());
    }

    /// Makes the index. The texts of its rows are read again from `texts` when they are shown.
    pub fn finish(mut self, texts: Texts) -> Index {
        self.docs.finish();
        self.rows.modifiers.sort_unstable();
        let mut words: Vec<(Box<str>, u32)> = self.words.into_iter().collect();
        words.sort_unstable();
        let mut postings = Vec::new();
        let mut ends = Vec::with_capacity(words.len());
        for (_, writer) in &words {
            std::mem::take(&mut self.writers[*writer as usize]).finish(&mut postings);
            ends.push(u32::try_from(postings.len()).unwrap_or(u32::MAX));
        }
        // Sorted and unique keys are all that a map asks for.
        let numbers =
            fst::Map::from_iter(words.iter().map(|(word, _)| &**word).zip(0..)).unwrap_or_default();
        postings.shrink_to_fit();
        Index {
            docs: self.docs,
            rows: self.rows,
            words: Words::new(numbers, ends, postings),
            texts,
            sheets: self.sheets.and_then(|sheets| sheets.finish().ok()),
            synonyms: Synonyms::built_in(),
        }
    }

    /// Keeps what a hit shows of a row; where that fails, the index reads documents again instead.
    fn add_sheet(&mut self, spot: &Spot<'_>) {
        if let Some(sheets) = &mut self.sheets
            && sheets.add(&Sheet::of(spot)).is_err()
        {
            self.sheets = None;
        }
    }

    /// Adds the one row of something that has a title and no rows.
    fn add_lone_row(&mut self, title: &str, text: &str) {
        let row = self.rows.count();
        let words = self.add_text(row, Mask::TITLE, title) + self.add_text(row, Mask::BODY, text);
        let nowhere = self.section(&[]);
        self.rows.turns.push((row, nowhere));
        self.rows.add(Kind::Other, words);
    }

    /// Adds the words of a field; returns how many there are.
    fn add_text(&mut self, row: u32, mask: Mask, text: &str) -> usize {
        let mut count = 0;
        let (words, writers) = (&mut self.words, &mut self.writers);
        each(text, |token| {
            if token.make == tokens::Make::Run {
                count += 1;
            }
            let writer = if let Some(writer) = words.get(token.text) {
                *writer
            } else {
                let writer = u32::try_from(writers.len()).unwrap_or(u32::MAX);
                words.insert(token.text.into(), writer);
                writers.push(Writer::default());
                writer
            };
            writers[writer as usize].add(row, mask);
        });
        count
    }

    /// Returns the number of a section that goes by these names.
    fn section(&mut self, names: &[&str]) -> u16 {
        let name = names
            .iter()
            .map(|name| tokens::runs(name).join(" "))
            .collect::<Vec<_>>()
            .join("\n");
        if let Some(number) = self.sections.get(&name) {
            return *number;
        }
        let number = u16::try_from(self.rows.sections.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.rows.sections.push(name.clone());
            self.sections.insert(name, number);
        }
        number
    }
}
