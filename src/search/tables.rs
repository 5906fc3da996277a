//! Writes the tables of an index to a flat file, and reads them again.
//!
//! Everything that a query walks through comes into memory; postings and sheets, which are twenty
//! times as large, stay in the file.

use std::io;
use std::sync::Arc;

use super::assemble::Tables;
use super::catalogue::{Docs, Rows};
use super::lexicon::Lexicon;
use super::sheet::{SHEETS, Sheets, Spread};
use super::titles::Titles;
use super::words::{POSTINGS, Postings, Words};
use super::{Index, Synonyms, Texts};
use crate::flat::packed::{of_u32s, of_u64s, write_bytes, write_number, write_text};
use crate::flat::{Flat, FlatWriter, Name, Stream};

/// The version of these tables and of all that is kept beside them; to be raised whenever the same
/// files would give other bytes. A test tells.
pub(super) const FORMAT: u32 = 1;

const DOCS: Name = *b"docs";
const TITLES: Name = *b"titl";
const ROWS: Name = *b"rows";
const WORDS: Name = *b"word";
const ENDS: Name = *b"ends";
const SPREADS: Name = *b"spre";

impl Tables {
    /// Writes the tables, and where the sheets are that were written already.
    pub(super) fn write<W: io::Write>(
        &self,
        spreads: &[Spread],
        out: &mut FlatWriter<W>,
    ) -> io::Result<()> {
        let Self { docs, rows, words } = self;
        let mut bytes = Vec::new();
        write_bytes(&mut bytes, &of_u64s(&docs.codes));
        write_bytes(&mut bytes, &of_u32s(&docs.row_ends));
        write_bytes(&mut bytes, &docs.makes);
        write_bytes(&mut bytes, &of_u32s(&docs.by_code));
        out.part(DOCS, &bytes)?;
        bytes.clear();
        docs.titles.write(&mut bytes);
        out.part(TITLES, &bytes)?;
        bytes.clear();
        rows.write(&mut bytes);
        out.part(ROWS, &bytes)?;
        out.part(WORDS, &words.dictionary())?;
        out.part(ENDS, &of_u32s(words.ends()))?;
        out.part(POSTINGS, words.packed())?;
        bytes.clear();
        for spread in spreads {
            bytes.extend(spread.doc.to_le_bytes());
            bytes.extend(spread.length.to_le_bytes());
            bytes.extend(spread.at.to_le_bytes());
        }
        out.part(SPREADS, &bytes)
    }
}

impl Index {
    /// Opens the index that a flat file holds; nothing where a part is missing or damaged. Of the
    /// sheets none is read yet: they are checked one by one, and where one is damaged, `texts` are
    /// read instead.
    pub(super) fn open(flat: &Arc<Flat>, texts: Texts) -> Option<Self> {
        let mut part = flat.stream(DOCS)?;
        let mut docs = Docs {
            codes: part.u64s()?,
            row_ends: part.u32s()?,
            makes: part.bytes()?,
            by_code: part.u32s()?,
            titles: Titles::default(),
        };
        let count = u32::try_from(docs.codes.len()).ok()?;
        let is_whole = [docs.row_ends.len(), docs.makes.len(), docs.by_code.len()]
            == [docs.codes.len(); 3]
            && docs.by_code.iter().all(|doc| *doc < count);
        if !is_whole {
            return None;
        }
        docs.titles = Titles::read(&mut flat.stream(TITLES)?)?;
        let rows = Rows::read(&mut flat.stream(ROWS)?)?;
        let lexicon = Lexicon::read(flat.part(WORDS)?)?;
        let ends = flat.stream(ENDS)?.rest_as_u32s()?;
        // Nobody would know an answer that lacks rows from one that has all of them.
        if !flat.is_sound(POSTINGS) {
            return None;
        }
        let mut part = flat.stream(SPREADS)?;
        let mut spreads = Vec::with_capacity(usize::try_from(part.left() / Spread::BYTES).ok()?);
        while part.left() > 0 {
            spreads.push(Spread {
                doc: u32::from_le_bytes(part.array()?),
                length: u32::from_le_bytes(part.array()?),
                at: u64::from_le_bytes(part.array()?),
            });
        }
        let has_sheets = flat.length(SHEETS).is_some();
        Some(Self {
            docs,
            rows,
            words: Words::new(lexicon, ends, Postings::File(Arc::clone(flat))),
            texts,
            sheets: has_sheets.then(|| Sheets::new(Arc::clone(flat), spreads)),
            synonyms: Synonyms::built_in(),
        })
    }

    /// Returns the index of tables that stay in memory.
    pub(super) fn of_tables(tables: Tables, texts: Texts) -> Self {
        Self {
            docs: tables.docs,
            rows: tables.rows,
            words: tables.words,
            texts,
            sheets: None,
            synonyms: Synonyms::built_in(),
        }
    }
}

impl Rows {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(out, &self.bytes);
        write_number(out, self.modifiers.len() as u64);
        for (code, row) in &self.modifiers {
            out.extend(code);
            out.extend(row.to_le_bytes());
        }
        write_number(out, self.turns.len() as u64);
        for (row, section) in &self.turns {
            out.extend(row.to_le_bytes());
            out.extend(section.to_le_bytes());
        }
        write_number(out, self.sections.len() as u64);
        for section in &self.sections {
            write_text(out, section);
        }
    }

    fn read(part: &mut Stream<'_>) -> Option<Self> {
        Some(Self {
            bytes: part.bytes()?,
            modifiers: part
                .many(|part| Some((part.array()?, u32::from_le_bytes(part.array()?))))?,
            turns: part.many(|part| {
                let row = u32::from_le_bytes(part.array()?);
                Some((row, u16::from_le_bytes(part.array()?)))
            })?,
            sections: part.many(Stream::text)?,
        })
    }
}

impl Titles {
    fn write(&self, out: &mut Vec<u8>) {
        let (words, word_ends) = self.words();
        write_text(out, words);
        write_bytes(out, &of_u32s(word_ends));
        let (numbers, ends) = self.numbers();
        write_bytes(out, numbers);
        write_bytes(out, &of_u32s(ends));
    }

    fn read(part: &mut Stream<'_>) -> Option<Self> {
        Some(Self::new(
            part.text()?,
            part.u32s()?,
            part.bytes()?,
            part.u32s()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::assemble::{Spike, assemble};
    use super::super::sheaf::Sheaf;
    use super::*;
    use crate::content::read;

    /// A document of its own, which nobody edits for another reason.
    const DOCUMENT: &str = r#"
schema = 1
[code]
system = "cpt"
value = "83950"
title = "HER2/neu serum assay"
status = "active"
[summary]
text = "A text about K92.2 and a β-test, in Wilson's words."
[[overview.fact]]
label = "Service type"
value = "Laboratory"
[[modifier]]
code = "26"
system = "cpt"
description = "Professional Component"
when = "When only the reading is billed."
standing = "usual"
[[payer]]
id = "aetna"
name = "Aetna"
plan = "All plans"
policy = "Covered."
rate = { reason = "source_silent" }
[[synonym]]
text = "HER-2"
"#;

    #[test]
    fn other_bytes_ask_for_another_format() {
        let document =
            read("a.toml", DOCUMENT.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
        let (mut sheaf, mut sheets) = (Sheaf::default(), Vec::new());
        sheaf.add(&document, Some(&mut sheets));
        let code = "icd10cm:K92.2".parse().unwrap();
        sheaf.add_code(
            &code,
            "Gastrointestinal hemorrhage, unspecified",
            "GI bleed",
        );
        let order = [0, 1].map(|at| Spike { sheaf: 0, at });
        let tables = assemble(&[sheaf], &order, 1);
        let mut out = FlatWriter::new(Vec::new(), FORMAT).unwrap();
        out.part(SHEETS, &sheets).unwrap();
        tables.write(&[], &mut out).unwrap();
        let sum = crc32fast::hash(&out.finish().unwrap());
        // Where this fails, raise FORMAT, and then write the new pair down here.
        assert_eq!((FORMAT, sum), (1, 1_132_076_336));
    }
}
