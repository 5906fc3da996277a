//! Lists of codes that have an entry in an imported set but no document.
//!
//! The index has these codes in order and in memory, so a list of a hundred thousand of them is
//! shown without a copy.

use crate::content::CodeSystem;
use crate::search::doc_table::{DocKind, DocTable};

/// The document id of a listed code, for one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeDocId(pub(crate) u32);

/// The listed codes of one system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeList {
    /// The position of the system's first code in the order of codes.
    first: usize,
    count: usize,
    /// The number of listed codes before each document of the system.
    codes_before_docs: Vec<usize>,
}

impl CodeList {
    pub(crate) fn new(docs: &DocTable, system: CodeSystem) -> Self {
        let by_code = &docs.by_code;
        let first = by_code.partition_point(|doc| docs.system(*doc) < Some(system));
        let mut list = Self {
            first,
            ..Self::default()
        };
        let is_in_system = |doc: &&u32| docs.system(**doc) == Some(system);
        for doc in by_code[first..].iter().take_while(is_in_system) {
            match docs.kind(*doc) {
                DocKind::ListedCode => list.count += 1,
                DocKind::Document => list.codes_before_docs.push(list.count),
            }
        }
        list
    }

    pub(crate) fn get(&self, docs: &DocTable, n: usize) -> Option<CodeDocId> {
        let skipped = self.codes_before_docs.partition_point(|codes| *codes <= n);
        let doc = docs.by_code.get(self.first + n + skipped)?;
        (n < self.count).then_some(CodeDocId(*doc))
    }

    pub const fn len(&self) -> usize {
        self.count
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::parse_document;
    use crate::search::build::builder::IndexBuilder;
    use crate::search::index::{DocumentSource, Index};

    fn index() -> Index {
        let mut builder = IndexBuilder::new();
        let document = |value: &str| {
            let text = format!(
                "schema = 1\n[code]\nsystem = \"icd10cm\"\nvalue = \"{value}\"\ntitle = \"Ours\"\n\
                 status = \"active\"\n[summary]\ntext = \"A\"\n"
            );
            parse_document("a.toml", text.as_bytes()).unwrap()
        };
        builder.add(&document("A01"));
        builder.add(&document("B99"));
        for (code, title) in [
            ("hcpcs:G0439", "Annual wellness visit"),
            ("icd10cm:C50", "Malignant neoplasm of breast"),
            ("icd10cm:A00", "Cholera"),
            ("icd10cm:A02", "Other salmonella infections"),
        ] {
            builder.add_code(&code.parse().unwrap(), title, "");
        }
        builder.finish(DocumentSource::default())
    }

    fn code_values(index: &Index, ids: impl IntoIterator<Item = CodeDocId>) -> Vec<String> {
        let codes = ids.into_iter().filter_map(|id| index.code(id));
        codes.map(|(code, _)| code.value().to_owned()).collect()
    }

    #[test]
    fn code_list_is_sorted_and_omits_codes_with_documents() {
        let index = index();
        let list = index.code_list(CodeSystem::Icd10cm);
        assert_eq!(list.len(), 3);
        let ids = (0..9).filter_map(|n| index.code_at(&list, n));
        assert_eq!(code_values(&index, ids), ["A00", "A02", "C50"]);
        assert!(index.code_list(CodeSystem::Cpt).is_empty());
        assert_eq!(index.code_list(CodeSystem::Hcpcs).len(), 1);
    }

    #[test]
    fn search_codes_matches_titles_and_code_prefixes() {
        let index = index();
        let found = |words: &str| {
            let (codes, total) = index.search_codes(words, 9);
            assert_eq!(codes.len(), total);
            code_values(&index, codes.into_iter().map(|(_, id)| id))
        };
        assert_eq!(found("a0"), ["A00", "A02"]);
        assert_eq!(found("neoplasm breast"), ["C50"]);
        assert_eq!(found("colera"), ["A00"]);
        assert_eq!(found("ours"), [""; 0]);
    }
}
