//! Defines the sheaf: what one thread gathered of documents and bare codes, in columns.
//!
//! Several threads read a library, and which document comes to which of them is chance. So nothing
//! here is numbered for good: words, sections and rows have the numbers of the sheaf, until
//! [`super::assemble`] puts all sheaves in the order of the library. Columns are a few large
//! stretches of memory, which go back to the system in whole when the index is made.

use std::ops::Range;

use foldhash::HashMap;

use super::catalogue::{Kind, Make, pack, row_byte};
use super::fields::{Mask, spots};
use super::sheet;
use super::tokens::{self, Cutter};
use crate::content::{CodeId, Document, Subject};

/// What was gathered of some documents and codes.
#[derive(Debug, Default)]
pub(super) struct Sheaf {
    docs: Vec<Doc>,
    titles: String,
    /// What each row is; see [`row_byte`].
    rows: Vec<u8>,
    /// Where the postings of each row end.
    posting_ends: Vec<u32>,
    /// A word, and the fields of the row that it stands in.
    words: Vec<u32>,
    masks: Vec<u8>,
    /// Modifiers, and the rows about them.
    modifiers: Vec<([u8; 2], u32)>,
    /// Rows where another section begins, and which.
    turns: Vec<(u32, u16)>,
    sections: Vec<String>,
    section_numbers: HashMap<String, u16>,
    numbers: HashMap<Box<str>, u32>,
    /// Where the last posting of each word is, and one more.
    last: Vec<u32>,
    cutter: Cutter,
    /// The sheet that is being written.
    sheet: Vec<u8>,
}

/// A document or code: where it ends in the columns of its sheaf.
#[derive(Clone, Copy, Debug, Default)]
struct Doc {
    code: u64,
    make: u8,
    title: u32,
    rows: u32,
    modifiers: u32,
    turns: u32,
}

/// A document or code of a sheaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stalk<'s> {
    sheaf: &'s Sheaf,
    before: Doc,
    doc: Doc,
}

impl Sheaf {
    /// Returns how many documents and codes went in.
    pub(super) fn len(&self) -> usize {
        self.docs.len()
    }

    /// Returns a document or code by the order in which they went in.
    pub(super) fn stalk(&self, at: usize) -> Option<Stalk<'_>> {
        let before = at.checked_sub(1).and_then(|before| self.docs.get(before));
        Some(Stalk {
            sheaf: self,
            before: before.copied().unwrap_or_default(),
            doc: *self.docs.get(at)?,
        })
    }

    /// Returns the words and their numbers.
    pub(super) const fn numbers(&self) -> &HashMap<Box<str>, u32> {
        &self.numbers
    }

    /// Returns the names of the sections, by number.
    pub(super) fn sections(&self) -> &[String] {
        &self.sections
    }

    /// Adds a document, row by row; appends what hits show of its rows to a buffer, if there is
    /// one.
    pub(super) fn add(&mut self, document: &Document, mut sheets: Option<&mut Vec<u8>>) {
        let mut section = None;
        for spot in spots(document) {
            let fields = spot.fields();
            if let Some(sheets) = sheets.as_deref_mut() {
                sheet::append(&spot, &fields, &mut self.sheet, sheets);
            }
            let start = self.words.len();
            let mut words = 0;
            for field in &fields {
                let count = self.add_text(start, field.mask, &field.text);
                if field.mask != Mask::TITLE && field.mask != Mask::HEADING {
                    words += count;
                }
            }
            let row = number(self.rows.len());
            if section != Some(&spot.section.id) {
                section = Some(&spot.section.id);
                let name =
                    self.section(&[&spot.section.id.0, &spot.section.short, &spot.section.title]);
                self.turns.push((row, name));
            }
            if let Subject::Modifier(code) | Subject::Stance(code) = &spot.row.subject
                && let Ok(code) = <[u8; 2]>::try_from(code.as_str().as_bytes())
            {
                self.modifiers.push((code, row));
            }
            self.end_row(Kind::of(&spot.row.subject), words);
        }
        if section.is_none() {
            self.add_lone_row(&document.title, "");
        }
        self.end_doc(&document.code, &document.title, Make::Document);
    }

    /// Adds a code of which only a title is known, and perhaps further text to find it by.
    pub(super) fn add_code(&mut self, code: &CodeId, title: &str, text: &str) {
        self.add_lone_row(title, text);
        self.end_doc(code, title, Make::Entry);
    }

    fn end_doc(&mut self, code: &CodeId, title: &str, make: Make) {
        self.titles.push_str(title);
        self.docs.push(Doc {
            code: pack(code),
            make: make.byte(tokens::count(title)),
            title: number(self.titles.len()),
            rows: number(self.rows.len()),
            modifiers: number(self.modifiers.len()),
            turns: number(self.turns.len()),
        });
    }

    fn end_row(&mut self, kind: Kind, words: usize) {
        self.rows.push(row_byte(kind, words));
        self.posting_ends.push(number(self.words.len()));
    }

    /// Adds the one row of something that has a title and no rows.
    fn add_lone_row(&mut self, title: &str, text: &str) {
        let start = self.words.len();
        let words =
            self.add_text(start, Mask::TITLE, title) + self.add_text(start, Mask::BODY, text);
        let nowhere = self.section(&[]);
        self.turns.push((number(self.rows.len()), nowhere));
        self.end_row(Kind::Other, words);
    }

    /// Adds the words of a field to the row whose postings start at a place; returns how many
    /// there are.
    fn add_text(&mut self, start: usize, mask: Mask, text: &str) -> usize {
        let mut count = 0;
        let Self {
            numbers,
            last,
            words,
            masks,
            cutter,
            ..
        } = self;
        cutter.each(text, |token| {
            if token.make == tokens::Make::Run {
                count += 1;
            }
            let word = if let Some(word) = numbers.get(token.text) {
                *word
            } else {
                let word = number(last.len());
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
                    *last = number(words.len());
                }
            }
        });
        count
    }

    /// Returns the number of a section that goes by these names.
    fn section(&mut self, names: &[&str]) -> u16 {
        let name = names.join("\n");
        if let Some(number) = self.section_numbers.get(&name) {
            return *number;
        }
        let number = u16::try_from(self.sections.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            let folded = names.iter().map(|name| tokens::runs(name).join(" "));
            self.sections.push(folded.collect::<Vec<_>>().join("\n"));
            self.section_numbers.insert(name, number);
        }
        number
    }
}

impl<'s> Stalk<'s> {
    pub(super) const fn code(self) -> u64 {
        self.doc.code
    }

    pub(super) const fn make(self) -> u8 {
        self.doc.make
    }

    pub(super) fn title(self) -> &'s str {
        let range = self.before.title as usize..self.doc.title as usize;
        self.sheaf.titles.get(range).unwrap_or_default()
    }

    /// Returns what each row is.
    pub(super) fn rows(self) -> &'s [u8] {
        &self.sheaf.rows[self.row_range()]
    }

    /// Returns the modifiers and the rows about them, counted from the first.
    pub(super) fn modifiers(self) -> impl Iterator<Item = ([u8; 2], u32)> {
        let range = self.before.modifiers as usize..self.doc.modifiers as usize;
        let modifiers = self.sheaf.modifiers[range].iter();
        modifiers.map(move |(code, row)| (*code, row - self.before.rows))
    }

    /// Returns the rows where another section begins, counted from the first, and which.
    pub(super) fn turns(self) -> impl Iterator<Item = (u32, u16)> {
        let range = self.before.turns as usize..self.doc.turns as usize;
        let turns = self.sheaf.turns[range].iter();
        turns.map(move |(row, section)| (row - self.before.rows, *section))
    }

    /// Returns the words of all rows.
    pub(super) fn words(self) -> &'s [u32] {
        let rows = self.row_range();
        &self.sheaf.words[self.first_posting(rows.start)..self.first_posting(rows.end)]
    }

    /// Returns the words and fields of each row, row by row.
    pub(super) fn postings(self) -> impl Iterator<Item = (&'s [u32], &'s [u8])> {
        self.row_range().map(move |row| {
            let range = self.first_posting(row)..self.first_posting(row + 1);
            (&self.sheaf.words[range.clone()], &self.sheaf.masks[range])
        })
    }

    const fn row_range(self) -> Range<usize> {
        self.before.rows as usize..self.doc.rows as usize
    }

    fn first_posting(self, row: usize) -> usize {
        match row.checked_sub(1) {
            Some(before) => self.sheaf.posting_ends[before] as usize,
            None => 0,
        }
    }
}

/// Four thousand million rows or words do not fit into memory.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
