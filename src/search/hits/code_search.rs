//! The search for listed codes, which filters the library's list of codes.

use fixedbitset::FixedBitSet;

use crate::content::CodeSystem;
use crate::search::code_list::CodeDocId;
use crate::search::doc_table::DocKind;
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::planner::{Fuzziness, find_matches};
use crate::search::hits::collector::Collector;
use crate::search::index::Index;
use crate::search::query::parse::Query;

impl Index {
    /// Returns the listed codes whose code or title matches, best first, at most `limit`, and the
    /// number of all that match.
    pub fn search_codes(&self, words: &str, limit: usize) -> (Vec<(CodeSystem, CodeDocId)>, usize) {
        let query = Query::parse(words);
        let filter = ScopeFilter::from_query(self, &query);
        for fuzziness in [Fuzziness::UnmatchedWords, Fuzziness::AllWords] {
            let matches = find_matches(self, &query, &filter, fuzziness);
            let (rows, _) = Collector::rank(self, &matches, &filter, None, usize::MAX);
            let mut seen = FixedBitSet::with_capacity(self.docs.len());
            let mut docs: Vec<u32> = rows.iter().map(|row| row.doc).collect();
            docs.retain(|doc| {
                self.docs.kind(*doc) == DocKind::ListedCode && !seen.put(*doc as usize)
            });
            if !docs.is_empty() {
                let best = docs.iter().take(limit);
                let codes = best.filter_map(|doc| Some((self.docs.system(*doc)?, CodeDocId(*doc))));
                return (codes.collect(), docs.len());
            }
        }
        (Vec::new(), 0)
    }
}
