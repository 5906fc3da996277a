//! Defines bounds: the rows and documents that the scopes of a query let pass.

use crate::content::CodeSystem;

use crate::search::doc_table::SubjectKind;
use crate::search::eval::bitset::RowBitSet;
use crate::search::fields::FieldMask;
use crate::search::index::Index;
use crate::search::query::parse::{Query, Scope};
use crate::search::tokenizer;

/// The rows and documents that the scopes of a query let pass.
#[derive(Debug, Default)]
pub(crate) struct ScopeFilter {
    systems: Option<Vec<CodeSystem>>,
    docs: Option<Vec<u32>>,
    rows: Option<RowBitSet>,
}

impl ScopeFilter {
    /// Looks the scopes of a query up; one without a value yet bounds nothing.
    pub(crate) fn from_query(index: &Index, query: &Query) -> Self {
        let mut bounds = Self::default();
        for scope in query.scopes() {
            if !scope.value().is_empty() {
                bounds.add_scope(index, scope);
            }
        }
        bounds
    }

    fn add_scope(&mut self, index: &Index, scope: &Scope) {
        match scope {
            Scope::System(value) => {
                let value = tokenizer::split_words(value).concat();
                let fits = |system: &CodeSystem| {
                    system.id().starts_with(&value)
                        || tokenizer::split_words(system.name())
                            .concat()
                            .starts_with(&value)
                };
                let found = CodeSystem::ALL.into_iter().filter(fits).collect();
                self.systems = Some(intersect_values(self.systems.take(), found));
            }
            Scope::Code(value) => {
                let bare: String = value
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_ascii_uppercase();
                let mut docs: Vec<u32> = CodeSystem::ALL
                    .iter()
                    .flat_map(|system| index.docs.with_code_prefix(*system, &bare))
                    .copied()
                    .collect();
                docs.sort_unstable();
                self.docs = Some(intersect_values(self.docs.take(), docs));
            }
            Scope::Modifier(value) => {
                let value = value.trim_start_matches('-').to_ascii_uppercase();
                let about = index.rows.with_modifier_prefix(&value).iter();
                self.restrict_rows(RowBitSet::from_ranges(
                    index.rows.count(),
                    about.map(|(_, row)| *row..row + 1),
                ));
            }
            Scope::Payer(value) => {
                let beginnings = tokenizer::split_words(value);
                if beginnings.is_empty() {
                    // No payer is called by signs alone.
                    self.restrict_rows(RowBitSet::new(index.rows.count()));
                }
                for beginning in beginnings {
                    self.restrict_rows(payer_rows(index, &beginning));
                }
            }
            Scope::Section(value) => {
                let value = tokenizer::split_words(value).join(" ");
                let fits = |name: &String| name.split('\n').any(|name| name.starts_with(&value));
                let fits: Vec<bool> = index.rows.sections.iter().map(fits).collect();
                let stretches = index.rows.section_ranges();
                let fit = stretches.filter(|(_, at)| fits.get(usize::from(*at)) == Some(&true));
                self.restrict_rows(RowBitSet::from_ranges(
                    index.rows.count(),
                    fit.map(|(rows, _)| rows),
                ));
            }
        }
    }

    /// Lets none but some rows pass.
    fn restrict_rows(&mut self, mut rows: RowBitSet) {
        if let Some(before) = &self.rows {
            rows.intersect_with(before);
        }
        self.rows = Some(rows);
    }

    /// Says whether everything may pass.
    pub(crate) const fn is_unrestricted(&self) -> bool {
        self.systems.is_none() && self.docs.is_none() && self.rows.is_none()
    }

    /// Returns the rows that may pass, where rows are bound.
    pub(crate) const fn row_set(&self) -> Option<&RowBitSet> {
        self.rows.as_ref()
    }

    /// Says whether rows are bound, and not only documents.
    pub(crate) const fn restricts_rows(&self) -> bool {
        self.rows.is_some()
    }

    pub(crate) fn admits_doc(&self, index: &Index, doc: u32) -> bool {
        self.systems
            .as_ref()
            .is_none_or(|systems| index.docs.system(doc).is_some_and(|s| systems.contains(&s)))
            && self
                .docs
                .as_ref()
                .is_none_or(|docs| docs.binary_search(&doc).is_ok())
    }

    pub(crate) fn admits_row(&self, row: u32) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows.contains(row))
    }

    /// Returns the rows that may pass where nothing but scopes was asked for: each row where rows
    /// are bound, else the first of each document.
    pub(crate) fn rows(&self, index: &Index) -> Vec<(u32, u32)> {
        let admitted = |(doc, _): &(u32, u32)| self.admits_doc(index, *doc);
        if let Some(rows) = &self.rows {
            let mut walk = index.docs.row_to_doc();
            let rows = rows.iter().map(|row| (walk.doc_of_row(row), row));
            return rows.filter(admitted).collect();
        }
        let docs = 0..u32::try_from(index.docs.len()).unwrap_or(u32::MAX);
        let docs = docs.map(|doc| (doc, index.docs.rows(doc).start));
        docs.filter(admitted).collect()
    }
}

fn intersect_values<T: PartialEq>(before: Option<Vec<T>>, found: Vec<T>) -> Vec<T> {
    match before {
        None => found,
        Some(mut before) => {
            before.retain(|one| found.contains(one));
            before
        }
    }
}

/// Returns the rows about payers whose name has a word that begins so.
fn payer_rows(index: &Index, beginning: &str) -> RowBitSet {
    let words = index.terms.prefix_range(beginning);
    let fetched = index.terms.fetch_postings(words.clone());
    let postings = words.flat_map(|word| fetched.postings(word));
    let named = postings
        .filter(|at| {
            at.mask.intersects(FieldMask::NAME) && index.rows.kind(at.row) == SubjectKind::Payer
        })
        .map(|at| at.row..at.row + 1);
    RowBitSet::from_ranges(index.rows.count(), named)
}
