//! The file format of an index: which parts of a container hold its tables.
//!
//! Tables are read into memory. Postings and stored rows, which are twenty times as large, stay in
//! the file.

use std::io;
use std::sync::Arc;

use crate::search::doc_table::DocTable;
use crate::search::row_table::RowTable;
use crate::search::term_dict::TermDictionary;
use crate::search::title_table::TitleTable;
use crate::storage::{Container, ContainerWriter, PartTag};

/// The version of an index file and of the catalog in it. Raise it if the same documents would give
/// other bytes; a test checks that.
pub(crate) const FORMAT_VERSION: u32 = 6;

const DOCS: PartTag = *b"docs";
const TITLES: PartTag = *b"titl";
const ROWS: PartTag = *b"rows";

#[derive(Default)]
pub(crate) struct IndexData {
    pub(crate) docs: DocTable,
    pub(crate) rows: RowTable,
    pub(crate) terms: TermDictionary,
}

impl IndexData {
    pub(crate) fn write<W: io::Write>(&self, out: &mut ContainerWriter<W>) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.docs.encode(&mut bytes);
        out.write_part(DOCS, &bytes)?;
        bytes.clear();
        self.docs.titles.encode(&mut bytes);
        out.write_part(TITLES, &bytes)?;
        bytes.clear();
        self.rows.encode(&mut bytes);
        out.write_part(ROWS, &bytes)?;
        self.terms.write(out)
    }

    /// Opens the tables in a container, or returns `None` if a part is missing or damaged.
    pub(crate) fn open(container: &Arc<Container>) -> Option<Self> {
        let titles = TitleTable::decode(&mut container.part_reader(TITLES)?)?;
        Some(Self {
            docs: DocTable::decode(&mut container.part_reader(DOCS)?, titles)?,
            rows: RowTable::decode(&mut container.part_reader(ROWS)?)?,
            terms: TermDictionary::open(container)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::parse_document;
    use crate::library::ListedCode;
    use crate::search::build::merge::{DocAddress, merge_partials};
    use crate::search::build::partial_index::PartialIndex;
    use crate::search::build::store_writer::StoreWriter;

    /// A document for this test alone, so that no other edit changes its bytes.
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
        let (mut partial, mut stored_rows) = (PartialIndex::default(), Vec::new());
        partial.add(&document, Some(&mut stored_rows));
        partial.add_code(&ListedCode {
            code: "icd10cm:K92.2".parse().unwrap(),
            title: "Gastrointestinal hemorrhage, unspecified".to_owned(),
            short: "GI bleed".to_owned(),
            aliases: Vec::new(),
        });
        let order = [0, 1].map(|doc| DocAddress { partial: 0, doc });
        let data = merge_partials(&[partial], &order, 1);
        let mut store = StoreWriter::new(Vec::new()).unwrap();
        store.add(0, &stored_rows).unwrap();
        let checksum = crc32fast::hash(&store.finish(&data).unwrap());
        // If this fails, raise the version and put the new pair here.
        assert_eq!((FORMAT_VERSION, checksum), (6, 1_024_901_192));
    }
}
