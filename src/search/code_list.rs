//! Lists the codes of an index one by one, and those that some words are about.
//!
//! An index has the codes of imported sets in order and in memory, so that a list of a hundred
//! thousand of them is shown without a copy, a line at a time.

use crate::content::{CodeId, CodeSystem};

use crate::search::doc_table::DocKind;
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::planner::{Fuzziness, find_matches};
use crate::search::hits::ranker::Ranker;
use crate::search::index::Index;
use crate::search::query::parse::Query;

/// The number of a code within one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeDocId(u32);

/// The codes of one system that have a line in an imported set and no document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeList {
    /// Where they begin in the order of codes.
    first: usize,
    /// How many there are.
    count: usize,
    /// How many of them stand before each document that stands among them.
    codes_before_docs: Vec<usize>,
}

impl CodeList {
    /// Returns how many there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Says whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Index {
    /// Returns the bare codes of a system.
    pub fn code_list(&self, system: CodeSystem) -> CodeList {
        let first = self
            .docs
            .by_code
            .partition_point(|doc| self.docs.system(*doc) < Some(system));
        let mut bare = CodeList {
            first,
            ..CodeList::default()
        };
        for doc in self.docs.by_code.iter().skip(first) {
            if self.docs.system(*doc) != Some(system) {
                break;
            }
            match self.docs.kind(*doc) {
                DocKind::ListedCode => bare.count += 1,
                DocKind::Document => bare.codes_before_docs.push(bare.count),
            }
        }
        bare
    }

    /// Returns one of them, in the order of codes.
    pub fn code_at(&self, bare: &CodeList, n: usize) -> Option<CodeDocId> {
        let documents = bare
            .codes_before_docs
            .partition_point(|before| *before <= n);
        let at = bare.first + n + documents;
        let doc = self.docs.by_code.get(at).filter(|_| n < bare.count)?;
        Some(CodeDocId(*doc))
    }

    /// Returns a code with its title.
    pub fn code(&self, number: CodeDocId) -> Option<(CodeId, String)> {
        let code = self.docs.code(number.0)?;
        Some((code, self.docs.titles.get(number.0)))
    }

    /// Returns the bare codes whose code or title some words are about, best first, at most so
    /// many, and how many there are. Nothing is found twice.
    pub fn search_codes(&self, words: &str, most: usize) -> (Vec<(CodeSystem, CodeDocId)>, usize) {
        let query = Query::parse(words);
        let bounds = ScopeFilter::from_query(self, &query);
        let mut found = (Vec::new(), 0);
        for leniency in [Fuzziness::UnmatchedWords, Fuzziness::AllWords] {
            let needs = find_matches(self, &query, &bounds, leniency);
            let (candidates, _) = Ranker::rank(self, &needs, &bounds, None, usize::MAX).finish();
            let mut seen = vec![0_u64; self.docs.len().div_ceil(64)];
            for one in candidates {
                let bit = 1 << (one.doc % 64);
                let Some(bits) = seen.get_mut(one.doc as usize / 64) else {
                    continue;
                };
                if *bits & bit != 0 || self.docs.kind(one.doc) != DocKind::ListedCode {
                    continue;
                }
                *bits |= bit;
                found.1 += 1;
                if found.0.len() < most
                    && let Some(system) = self.docs.system(one.doc)
                {
                    found.0.push((system, CodeDocId(one.doc)));
                }
            }
            if found.1 > 0 {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::parse_document;
    use crate::search::build::builder::IndexBuilder;
    use crate::search::index::DocumentSource;

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

    fn code_values(index: &Index, numbers: impl IntoIterator<Item = CodeDocId>) -> Vec<String> {
        let codes = numbers.into_iter().filter_map(|one| index.code(one));
        codes.map(|(code, _)| code.value().to_owned()).collect()
    }

    #[test]
    fn code_list_is_sorted_and_omits_codes_with_documents() {
        let index = index();
        let bare = index.code_list(CodeSystem::Icd10cm);
        assert_eq!(bare.len(), 3);
        let numbers = (0..9).filter_map(|n| index.code_at(&bare, n));
        assert_eq!(code_values(&index, numbers), ["A00", "A02", "C50"]);
        assert!(index.code_list(CodeSystem::Cpt).is_empty());
        assert_eq!(index.code_list(CodeSystem::Hcpcs).len(), 1);
    }

    #[test]
    fn search_codes_matches_titles_and_code_prefixes() {
        let index = index();
        let found = |words: &str| {
            let (found, total) = index.search_codes(words, 9);
            assert_eq!(found.len(), total);
            code_values(&index, found.into_iter().map(|(_, number)| number))
        };
        assert_eq!(found("a0"), ["A00", "A02"]);
        assert_eq!(found("neoplasm breast"), ["C50"]);
        assert_eq!(found("colera"), ["A00"]);
        assert_eq!(found("ours"), [""; 0]);
    }
}
