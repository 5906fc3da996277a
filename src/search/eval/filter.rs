//! Filters: the rows and documents that a query may match.

use std::ops::Range;

use fixedbitset::FixedBitSet;

use crate::content::CodeSystem;
use crate::num::saturating_u32;
use crate::search::eval::matches::{RowMatch, TermMatches};
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::query::filters::{HitFilters, HitKind};
use crate::search::query::parse::Query;
use crate::search::query::scope::{Scope, ScopeKind};
use crate::search::row_table::SubjectKind;
use crate::search::tokenizer::split_words;

/// The documents and rows that the scopes and filters of a query admit. `None` means no restriction.
#[derive(Debug, Default)]
pub(crate) struct ScopeFilter {
    systems: Option<Vec<CodeSystem>>,
    /// Ascending.
    docs: Option<Vec<u32>>,
    rows: Option<FixedBitSet>,
}

impl ScopeFilter {
    /// Resolves the scopes and filters of a query. A scope without a value does not restrict anything.
    pub(crate) fn from_query(index: &Index, query: &Query) -> Self {
        let mut filter = Self::default();
        for scope in query.scopes.iter().filter(|scope| !scope.value.is_empty()) {
            filter.add_scope(index, scope);
        }
        filter.add_filters(index, &query.filters);
        filter
    }

    fn add_scope(&mut self, index: &Index, Scope { kind, value }: &Scope) {
        match kind {
            ScopeKind::System => {
                let prefix = split_words(value).concat();
                let systems = CodeSystem::ALL.into_iter().filter(|system| {
                    let name = split_words(system.name()).concat();
                    system.id().starts_with(&prefix) || name.starts_with(&prefix)
                });
                self.restrict_systems(systems.collect());
            }
            ScopeKind::Code => {
                let mut prefix = value.to_ascii_uppercase();
                prefix.retain(|c| c.is_ascii_alphanumeric());
                let docs_in = |system| index.docs.with_code_prefix(system, &prefix);
                let mut docs = CodeSystem::ALL.map(docs_in).concat();
                docs.sort_unstable();
                self.docs = Some(intersect(self.docs.take(), docs));
            }
            ScopeKind::Modifier => {
                let prefix = value.trim_start_matches('-').to_ascii_uppercase();
                let rows = index.rows.with_modifier_prefix(&prefix).iter();
                let rows = rows.map(|(_, row)| *row..row + 1);
                let pages = index.docs.with_code_prefix(CodeSystem::Modifier, &prefix);
                let pages = pages.iter().map(|doc| index.docs.rows(*doc));
                self.restrict_rows(row_set(index, rows.chain(pages)));
            }
            ScopeKind::Payer => {
                let prefixes = split_words(value);
                if prefixes.is_empty() {
                    // No payer's name consists of punctuation.
                    self.restrict_rows(row_set(index, std::iter::empty()));
                }
                for prefix in prefixes {
                    self.restrict_rows(payer_rows(index, &prefix));
                }
            }
            ScopeKind::Section => {
                let prefix = split_words(value).join(" ");
                let sections = index.rows.sections.iter();
                let is_admitted: Vec<bool> = sections
                    .map(|names| names.split('\n').any(|name| name.starts_with(&prefix)))
                    .collect();
                let ranges = index.rows.section_ranges();
                let ranges = ranges
                    .filter(|(_, section)| is_admitted.get(usize::from(*section)) == Some(&true));
                self.restrict_rows(row_set(index, ranges.map(|(rows, _)| rows)));
            }
        }
    }

    fn add_filters(&mut self, index: &Index, filters: &HitFilters) {
        let (docs, rows) = (&index.docs, &index.rows);
        match filters.kind {
            HitKind::All => {}
            HitKind::Documents => {
                let documents = 0..docs.first_listed_row();
                self.restrict_rows(row_set(index, std::iter::once(documents)));
            }
            HitKind::Diagnoses => self.restrict_systems(vec![CodeSystem::Icd10cm]),
            HitKind::Procedures => {
                self.restrict_systems(vec![CodeSystem::Cpt, CodeSystem::Hcpcs]);
            }
            HitKind::Modifiers => {
                let on_modifiers = rows.modifiers.iter().map(|(_, row)| *row..row + 1);
                let pages = docs.with_code_prefix(CodeSystem::Modifier, "").iter();
                let pages = pages.map(|doc| docs.rows(*doc));
                self.restrict_rows(row_set(index, on_modifiers.chain(pages)));
            }
            HitKind::Payers => {
                let on_payers =
                    (0..rows.count()).filter(|row| rows.kind(*row) == SubjectKind::Payer);
                self.restrict_rows(row_set(index, on_payers.map(|row| row..row + 1)));
            }
        }
        if let Some(code) = &filters.document {
            let document = docs.find(code).map(|doc| docs.rows(doc));
            self.restrict_rows(row_set(index, document.into_iter()));
        }
        if filters.billable_only {
            let mut billable = row_set(index, std::iter::once(0..rows.count()));
            for range in docs.diagnosis_categories().map(|doc| docs.rows(doc)) {
                let end = billable.len().min(range.end as usize);
                billable.set_range(end.min(range.start as usize)..end, false);
            }
            self.restrict_rows(billable);
        }
    }

    fn restrict_systems(&mut self, systems: Vec<CodeSystem>) {
        self.systems = Some(intersect(self.systems.take(), systems));
    }

    fn restrict_rows(&mut self, mut rows: FixedBitSet) {
        if let Some(before) = &self.rows {
            rows.intersect_with(before);
        }
        self.rows = Some(rows);
    }

    pub(crate) const fn is_unrestricted(&self) -> bool {
        self.systems.is_none() && self.docs.is_none() && self.rows.is_none()
    }

    /// Returns the admitted rows if the scopes restrict rows, and not only documents.
    pub(crate) const fn row_set(&self) -> Option<&FixedBitSet> {
        self.rows.as_ref()
    }

    pub(crate) fn admits_doc(&self, index: &Index, doc: u32) -> bool {
        let (systems, docs) = (self.systems.as_ref(), self.docs.as_ref());
        systems.is_none_or(|all| index.docs.system(doc).is_some_and(|s| all.contains(&s)))
            && docs.is_none_or(|docs| docs.binary_search(&doc).is_ok())
    }

    pub(crate) fn admits_row(&self, row: u32) -> bool {
        let rows = self.rows.as_ref();
        rows.is_none_or(|rows| rows.contains(row as usize))
    }

    /// Returns document and row of each match of a query that has scopes only: every admitted row
    /// if the scopes restrict rows, otherwise the first row of every admitted document.
    pub(crate) fn doc_rows(&self, index: &Index) -> Vec<(u32, u32)> {
        let is_admitted = |(doc, _): &(u32, u32)| self.admits_doc(index, *doc);
        if let Some(rows) = &self.rows {
            let mut row_to_doc = index.docs.row_to_doc();
            let rows = rows.ones().filter_map(|row| u32::try_from(row).ok());
            let rows = rows.map(|row| (row_to_doc.doc_of_row(row), row));
            return rows.filter(is_admitted).collect();
        }
        let docs = 0..saturating_u32(index.docs.len());
        let docs = docs.map(|doc| (doc, index.docs.rows(doc).start));
        docs.filter(is_admitted).collect()
    }
}

fn intersect<T: PartialEq>(before: Option<Vec<T>>, mut values: Vec<T>) -> Vec<T> {
    if let Some(before) = before {
        values.retain(|value| before.contains(value));
    }
    values
}

fn row_set(index: &Index, ranges: impl Iterator<Item = Range<u32>>) -> FixedBitSet {
    let mut rows = FixedBitSet::with_capacity(index.rows.count() as usize);
    for range in ranges {
        insert_rows(&mut rows, range);
    }
    rows
}

fn insert_rows(rows: &mut FixedBitSet, range: Range<u32>) {
    // A damaged index may have row numbers that are too large.
    let end = rows.len().min(range.end as usize);
    rows.insert_range(end.min(range.start as usize)..end);
}

/// Returns the rows about payers whose names have a word with this prefix.
fn payer_rows(index: &Index, prefix: &str) -> FixedBitSet {
    let with_prefix = index.terms.prefix_range(prefix);
    let terms = index.rows.payer_terms.iter().copied();
    let terms = terms.filter(|term| with_prefix.contains(term));
    let batch = index.terms.fetch_postings(terms.clone());
    let postings = terms.flat_map(|term| batch.postings(term));
    let in_names = postings.filter(|posting| {
        posting.mask.intersects(FieldMask::NAME)
            && index.rows.kind(posting.row) == SubjectKind::Payer
    });
    row_set(index, in_names.map(|posting| posting.row..posting.row + 1))
}

/// The rows that may still match a query: those of documents that match all clauses evaluated so
/// far, or those that the scopes admit.
#[derive(Debug)]
pub(crate) struct RowFilter {
    rows: FixedBitSet,
    row_count: usize,
}

impl RowFilter {
    /// Admits the rows of all documents that match a clause. Returns `None` if these are more than
    /// half of all rows, because filtering would then take more time than it saves.
    pub(crate) fn from_matches(index: &Index, matches: &TermMatches) -> Option<Self> {
        let max_rows = index.rows.count() as usize / 2;
        let mut filter = Self {
            rows: row_set(index, std::iter::empty()),
            row_count: 0,
        };
        let mut row_to_doc = index.docs.row_to_doc();
        let mut doc_end = 0;
        for RowMatch { row, .. } in &matches.rows {
            if *row >= doc_end {
                let rows = index.docs.rows(row_to_doc.doc_of_row(*row));
                doc_end = rows.end;
                filter.insert(rows);
                if filter.row_count > max_rows {
                    return None;
                }
            }
        }
        for doc in matches.code_docs.iter().chain(&matches.code_prefix_docs) {
            filter.insert(index.docs.rows(*doc));
        }
        (filter.row_count <= max_rows).then_some(filter)
    }

    pub(crate) fn from_row_set(rows: &FixedBitSet) -> Self {
        Self {
            row_count: rows.count_ones(..),
            rows: rows.clone(),
        }
    }

    fn insert(&mut self, rows: Range<u32>) {
        self.row_count += rows.len();
        insert_rows(&mut self.rows, rows);
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        self.rows.contains(row as usize)
    }

    /// Returns true if the filter rejects so many rows that it should be applied while postings are
    /// read.
    pub(crate) fn is_selective(&self, index: &Index) -> bool {
        self.row_count < index.rows.count() as usize / 16
    }
}
