//! Lists the codes of an index one by one, and those that some words are about.
//!
//! An index has the codes of imported sets in order and in memory, so that a list of a hundred
//! thousand of them is shown without a copy, a line at a time.

use crate::content::{CodeId, System};

use super::Index;
use super::bounds::Bounds;
use super::catalogue::Make;
use super::lookup::Leniency;
use super::need::Needs;
use super::query::Query;
use super::rank::Ranking;

/// The number of a code within one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeNumber(u32);

/// The codes of one system that have a line in an imported set and no document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BareCodes {
    /// Where they begin in the order of codes.
    first: usize,
    /// How many there are.
    count: usize,
    /// How many of them stand before each document that stands among them.
    before: Vec<usize>,
}

impl BareCodes {
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
    pub fn bare_codes(&self, system: System) -> BareCodes {
        let first = self
            .docs
            .by_code
            .partition_point(|doc| self.docs.system(*doc) < Some(system));
        let mut bare = BareCodes {
            first,
            ..BareCodes::default()
        };
        for doc in self.docs.by_code.iter().skip(first) {
            if self.docs.system(*doc) != Some(system) {
                break;
            }
            match self.docs.make(*doc) {
                Make::Entry => bare.count += 1,
                Make::Document => bare.before.push(bare.count),
            }
        }
        bare
    }

    /// Returns one of them, in the order of codes.
    pub fn bare_code(&self, bare: &BareCodes, n: usize) -> Option<CodeNumber> {
        let documents = bare.before.partition_point(|before| *before <= n);
        let at = bare.first + n + documents;
        let doc = self.docs.by_code.get(at).filter(|_| n < bare.count)?;
        Some(CodeNumber(*doc))
    }

    /// Returns a code with its title.
    pub fn code(&self, number: CodeNumber) -> Option<(CodeId, String)> {
        let code = self.docs.code(number.0)?;
        Some((code, self.docs.titles.get(number.0)))
    }

    /// Returns the bare codes whose code or title some words are about, best first, at most so
    /// many, and how many there are. Nothing is found twice.
    pub fn codes_about(&self, words: &str, most: usize) -> (Vec<(System, CodeNumber)>, usize) {
        let query = Query::parse(words);
        let bounds = Bounds::of(self, &query);
        let mut found = (Vec::new(), 0);
        for leniency in [Leniency::Strict, Leniency::Lenient] {
            let needs = Needs::of(self, &query, &bounds, leniency);
            let (candidates, _) = Ranking::of(self, &needs, &bounds, None, usize::MAX).finish();
            let mut seen = vec![0_u64; self.docs.len().div_ceil(64)];
            for one in candidates {
                let bit = 1 << (one.doc % 64);
                let Some(bits) = seen.get_mut(one.doc as usize / 64) else {
                    continue;
                };
                if *bits & bit != 0 || self.docs.make(one.doc) != Make::Entry {
                    continue;
                }
                *bits |= bit;
                found.1 += 1;
                if found.0.len() < most
                    && let Some(system) = self.docs.system(one.doc)
                {
                    found.0.push((system, CodeNumber(one.doc)));
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
    use super::super::{IndexBuilder, Texts};
    use super::*;
    use crate::content::read;

    fn index() -> Index {
        let mut builder = IndexBuilder::new();
        let document = |value: &str| {
            let text = format!(
                "schema = 1\n[code]\nsystem = \"icd10cm\"\nvalue = \"{value}\"\ntitle = \"Ours\"\n\
                 status = \"active\"\n[summary]\ntext = \"A\"\n"
            );
            read("a.toml", text.as_bytes()).unwrap()
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
        builder.finish(Texts::default())
    }

    fn names(index: &Index, numbers: impl IntoIterator<Item = CodeNumber>) -> Vec<String> {
        let codes = numbers.into_iter().filter_map(|one| index.code(one));
        codes.map(|(code, _)| code.value().to_owned()).collect()
    }

    #[test]
    fn the_codes_of_a_system_come_in_order_without_those_that_have_a_document() {
        let index = index();
        let bare = index.bare_codes(System::Icd10cm);
        assert_eq!(bare.len(), 3);
        let numbers = (0..9).filter_map(|n| index.bare_code(&bare, n));
        assert_eq!(names(&index, numbers), ["A00", "A02", "C50"]);
        assert!(index.bare_codes(System::Cpt).is_empty());
        assert_eq!(index.bare_codes(System::Hcpcs).len(), 1);
    }

    #[test]
    fn words_find_titles_and_the_beginnings_of_codes() {
        let index = index();
        let found = |words: &str| {
            let (found, total) = index.codes_about(words, 9);
            assert_eq!(found.len(), total);
            names(&index, found.into_iter().map(|(_, number)| number))
        };
        assert_eq!(found("a0"), ["A00", "A02"]);
        assert_eq!(found("neoplasm breast"), ["C50"]);
        assert_eq!(found("colera"), ["A00"]);
        assert_eq!(found("ours"), [""; 0]);
    }
}
