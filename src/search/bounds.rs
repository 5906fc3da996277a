//! Defines bounds: the rows and documents that the scopes of a query let pass.

use crate::content::System;

use super::Index;
use super::catalogue::Kind;
use super::fields::Mask;
use super::query::{Query, Scope};
use super::row_set::RowSet;
use super::tokens;

/// The rows and documents that the scopes of a query let pass.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    systems: Option<Vec<System>>,
    codes: Option<Vec<u32>>,
    rows: Option<RowSet>,
}

impl Bounds {
    /// Looks the scopes of a query up; one without a value yet bounds nothing.
    pub(super) fn of(index: &Index, query: &Query) -> Self {
        let mut bounds = Self::default();
        for scope in query.scopes() {
            if !scope.value().is_empty() {
                bounds.add(index, scope);
            }
        }
        bounds
    }

    fn add(&mut self, index: &Index, scope: &Scope) {
        match scope {
            Scope::System(value) => {
                let value = tokens::runs(value).concat();
                let fits = |system: &System| {
                    system.id().starts_with(&value)
                        || tokens::runs(system.name()).concat().starts_with(&value)
                };
                let found = System::ALL.into_iter().filter(fits).collect();
                self.systems = Some(narrowed(self.systems.take(), found));
            }
            Scope::Code(value) => {
                let bare: String = value
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_ascii_uppercase();
                let mut docs: Vec<u32> = System::ALL
                    .iter()
                    .flat_map(|system| index.docs.beginning(*system, &bare))
                    .copied()
                    .collect();
                docs.sort_unstable();
                self.codes = Some(narrowed(self.codes.take(), docs));
            }
            Scope::Modifier(value) => {
                let value = value.trim_start_matches('-').to_ascii_uppercase();
                let about = index.rows.about(&value).iter();
                self.bind(RowSet::of(
                    index.rows.count(),
                    about.map(|(_, row)| *row..row + 1),
                ));
            }
            Scope::Payer(value) => {
                let beginnings = tokens::runs(value);
                if beginnings.is_empty() {
                    // No payer is called by signs alone.
                    self.bind(RowSet::new(index.rows.count()));
                }
                for beginning in beginnings {
                    self.bind(payers(index, &beginning));
                }
            }
            Scope::Section(value) => {
                let value = tokens::runs(value).join(" ");
                let fits = |name: &String| name.split('\n').any(|name| name.starts_with(&value));
                let fits: Vec<bool> = index.rows.sections.iter().map(fits).collect();
                let stretches = index.rows.stretches();
                let fit = stretches.filter(|(_, at)| fits.get(usize::from(*at)) == Some(&true));
                self.bind(RowSet::of(index.rows.count(), fit.map(|(rows, _)| rows)));
            }
        }
    }

    /// Lets none but some rows pass.
    fn bind(&mut self, mut rows: RowSet) {
        if let Some(before) = &self.rows {
            rows.narrow(before);
        }
        self.rows = Some(rows);
    }

    /// Says whether everything may pass.
    pub(super) const fn is_open(&self) -> bool {
        self.systems.is_none() && self.codes.is_none() && self.rows.is_none()
    }

    /// Returns the rows that may pass, where rows are bound.
    pub(super) const fn row_set(&self) -> Option<&RowSet> {
        self.rows.as_ref()
    }

    /// Says whether rows are bound, and not only documents.
    pub(super) const fn binds_rows(&self) -> bool {
        self.rows.is_some()
    }

    pub(super) fn admits_doc(&self, index: &Index, doc: u32) -> bool {
        self.systems
            .as_ref()
            .is_none_or(|systems| index.docs.system(doc).is_some_and(|s| systems.contains(&s)))
            && self
                .codes
                .as_ref()
                .is_none_or(|docs| docs.binary_search(&doc).is_ok())
    }

    pub(super) fn admits_row(&self, row: u32) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows.has(row))
    }

    /// Returns the rows that may pass where nothing but scopes was asked for: each row where rows
    /// are bound, else the first of each document.
    pub(super) fn rows(&self, index: &Index) -> Vec<(u32, u32)> {
        let admitted = |(doc, _): &(u32, u32)| self.admits_doc(index, *doc);
        if let Some(rows) = &self.rows {
            let mut walk = index.docs.walk();
            let rows = rows.iter().map(|row| (walk.of_row(row), row));
            return rows.filter(admitted).collect();
        }
        let docs = 0..u32::try_from(index.docs.len()).unwrap_or(u32::MAX);
        let docs = docs.map(|doc| (doc, index.docs.rows(doc).start));
        docs.filter(admitted).collect()
    }
}

fn narrowed<T: PartialEq>(before: Option<Vec<T>>, found: Vec<T>) -> Vec<T> {
    match before {
        None => found,
        Some(mut before) => {
            before.retain(|one| found.contains(one));
            before
        }
    }
}

/// Returns the rows about payers whose name has a word that begins so.
fn payers(index: &Index, beginning: &str) -> RowSet {
    let words = index.words.beginning(beginning);
    let fetched = index.words.fetch(words.clone());
    let postings = words.flat_map(|word| fetched.rows(word));
    let named = postings
        .filter(|at| at.mask.has(Mask::NAME) && index.rows.kind(at.row) == Kind::Payer)
        .map(|at| at.row..at.row + 1);
    RowSet::of(index.rows.count(), named)
}
