//! Writes the tables of an index to a flat file, and reads them again.
//!
//! Everything that a query walks through comes into memory; postings and sheets, which are twenty
//! times as large, stay in the file.

use std::io;
use std::sync::Arc;

use crate::search::build::merge::IndexData;
use crate::search::doc_table::{DocTable, RowTable};
use crate::search::index::{DocumentSource, Index};
use crate::search::query::synonyms::Synonyms;
use crate::search::row_store::{RowStore, STORED_ROWS, StoreEntry};
use crate::search::term_dict::{POSTINGS, Postings, TermDictionary};
use crate::search::term_map::TermMap;
use crate::search::title_table::TitleTable;
use crate::storage::varint::{encode_u32s, encode_u64s, write_bytes, write_text, write_varint};
use crate::storage::{Container, ContainerWriter, PartReader, PartTag};

/// The version of these tables and of all that is kept beside them; to be raised whenever the same
/// files would give other bytes. A test tells.
pub(crate) const FORMAT_VERSION: u32 = 1;

const DOCS: PartTag = *b"docs";
const TITLES: PartTag = *b"titl";
const ROWS: PartTag = *b"rows";
const TERMS: PartTag = *b"word";
const POSTING_ENDS: PartTag = *b"ends";
const STORE_ENTRIES: PartTag = *b"spre";

impl IndexData {
    /// Writes the tables, and where the sheets are that were written already.
    pub(crate) fn write<W: io::Write>(
        &self,
        spreads: &[StoreEntry],
        out: &mut ContainerWriter<W>,
    ) -> io::Result<()> {
        let Self {
            docs,
            rows,
            terms: words,
        } = self;
        let mut bytes = Vec::new();
        write_bytes(&mut bytes, &encode_u64s(&docs.codes));
        write_bytes(&mut bytes, &encode_u32s(&docs.row_ends));
        write_bytes(&mut bytes, &docs.packed_kinds);
        write_bytes(&mut bytes, &encode_u32s(&docs.by_code));
        out.write_part(DOCS, &bytes)?;
        bytes.clear();
        docs.titles.encode(&mut bytes);
        out.write_part(TITLES, &bytes)?;
        bytes.clear();
        rows.encode(&mut bytes);
        out.write_part(ROWS, &bytes)?;
        out.write_part(TERMS, &words.term_map_bytes())?;
        out.write_part(POSTING_ENDS, &encode_u32s(words.posting_ends()))?;
        out.write_part(POSTINGS, words.encoded_postings())?;
        bytes.clear();
        for spread in spreads {
            bytes.extend(spread.doc.to_le_bytes());
            bytes.extend(spread.length.to_le_bytes());
            bytes.extend(spread.offset.to_le_bytes());
        }
        out.write_part(STORE_ENTRIES, &bytes)
    }
}

impl Index {
    /// Opens the index that a flat file holds; nothing where a part is missing or damaged. Of the
    /// sheets none is read yet: they are checked one by one, and where one is damaged, `texts` are
    /// read instead.
    pub(crate) fn open(flat: &Arc<Container>, texts: DocumentSource) -> Option<Self> {
        let mut part = flat.part_reader(DOCS)?;
        let mut docs = DocTable {
            codes: part.read_u64s()?,
            row_ends: part.read_u32s()?,
            packed_kinds: part.read_bytes()?,
            by_code: part.read_u32s()?,
            titles: TitleTable::default(),
        };
        let count = u32::try_from(docs.codes.len()).ok()?;
        let is_whole = [
            docs.row_ends.len(),
            docs.packed_kinds.len(),
            docs.by_code.len(),
        ] == [docs.codes.len(); 3]
            && docs.by_code.iter().all(|doc| *doc < count);
        if !is_whole {
            return None;
        }
        docs.titles = TitleTable::decode(&mut flat.part_reader(TITLES)?)?;
        let rows = RowTable::decode(&mut flat.part_reader(ROWS)?)?;
        let lexicon = TermMap::from_bytes(flat.read_part(TERMS)?)?;
        let ends = flat.part_reader(POSTING_ENDS)?.read_u32s_to_end()?;
        // Nobody would know an answer that lacks rows from one that has all of them.
        if !flat.verify(POSTINGS) {
            return None;
        }
        let mut part = flat.part_reader(STORE_ENTRIES)?;
        let mut spreads =
            Vec::with_capacity(usize::try_from(part.remaining() / StoreEntry::BYTES).ok()?);
        while part.remaining() > 0 {
            spreads.push(StoreEntry {
                doc: u32::from_le_bytes(part.read_array()?),
                length: u32::from_le_bytes(part.read_array()?),
                offset: u64::from_le_bytes(part.read_array()?),
            });
        }
        let has_sheets = flat.part_length(STORED_ROWS).is_some();
        Some(Self {
            docs,
            rows,
            terms: TermDictionary::new(lexicon, ends, Postings::File(Arc::clone(flat))),
            document_source: texts,
            row_store: has_sheets.then(|| RowStore::new(Arc::clone(flat), spreads)),
            synonyms: Synonyms::built_in(),
        })
    }

    /// Returns the index of tables that stay in memory.
    pub(crate) fn from_data(tables: IndexData, texts: DocumentSource) -> Self {
        Self {
            docs: tables.docs,
            rows: tables.rows,
            terms: tables.terms,
            document_source: texts,
            row_store: None,
            synonyms: Synonyms::built_in(),
        }
    }
}

impl RowTable {
    fn encode(&self, out: &mut Vec<u8>) {
        write_bytes(out, &self.packed_kinds);
        write_varint(out, self.modifiers.len() as u64);
        for (code, row) in &self.modifiers {
            out.extend(code);
            out.extend(row.to_le_bytes());
        }
        write_varint(out, self.section_starts.len() as u64);
        for (row, section) in &self.section_starts {
            out.extend(row.to_le_bytes());
            out.extend(section.to_le_bytes());
        }
        write_varint(out, self.sections.len() as u64);
        for section in &self.sections {
            write_text(out, section);
        }
    }

    fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self {
            packed_kinds: part.read_bytes()?,
            modifiers: part.read_list(|part| {
                Some((part.read_array()?, u32::from_le_bytes(part.read_array()?)))
            })?,
            section_starts: part.read_list(|part| {
                let row = u32::from_le_bytes(part.read_array()?);
                Some((row, u16::from_le_bytes(part.read_array()?)))
            })?,
            sections: part.read_list(PartReader::read_text)?,
        })
    }
}

impl TitleTable {
    fn encode(&self, out: &mut Vec<u8>) {
        let (words, word_ends) = self.words();
        write_text(out, words);
        write_bytes(out, &encode_u32s(word_ends));
        let (numbers, ends) = self.word_ids();
        write_bytes(out, numbers);
        write_bytes(out, &encode_u32s(ends));
    }

    fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self::from_parts(
            part.read_text()?,
            part.read_u32s()?,
            part.read_bytes()?,
            part.read_u32s()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::parse_document;
    use crate::search::build::merge::{DocAddress, merge_partials};
    use crate::search::build::partial_index::PartialIndex;

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
    fn changed_bytes_need_a_new_format_version() {
        let document = parse_document("a.toml", DOCUMENT.as_bytes())
            .unwrap_or_else(|report| panic!("{report}"));
        let (mut sheaf, mut sheets) = (PartialIndex::default(), Vec::new());
        sheaf.add(&document, Some(&mut sheets));
        let code = "icd10cm:K92.2".parse().unwrap();
        sheaf.add_code(
            &code,
            "Gastrointestinal hemorrhage, unspecified",
            "GI bleed",
        );
        let order = [0, 1].map(|at| DocAddress {
            partial: 0,
            doc: at,
        });
        let tables = merge_partials(&[sheaf], &order, 1);
        let mut out = ContainerWriter::new(Vec::new(), FORMAT_VERSION).unwrap();
        out.write_part(STORED_ROWS, &sheets).unwrap();
        tables.write(&[], &mut out).unwrap();
        let sum = crc32fast::hash(&out.finish().unwrap());
        // Where this fails, raise FORMAT, and then write the new pair down here.
        assert_eq!((FORMAT_VERSION, sum), (1, 1_132_076_336));
    }
}
