//! Defines bounds: the rows and documents that the scopes of a query let pass.

use crate::content::System;

use super::Index;
use super::catalogue::Kind;
use super::lookup::rows_named;
use super::query::{Query, Scope};
use super::tokens;

/// The rows and documents that the scopes of a query let pass.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    systems: Option<Vec<System>>,
    codes: Option<Vec<u32>>,
    rows: Option<Vec<u32>>,
    sections: Option<Vec<u16>>,
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
                let mut rows: Vec<u32> = index
                    .rows
                    .about(&value.trim_start_matches('-').to_ascii_uppercase())
                    .iter()
                    .map(|(_, row)| *row)
                    .collect();
                rows.sort_unstable();
                self.rows = Some(narrowed(self.rows.take(), rows));
            }
            Scope::Payer(value) => {
                let rows = payers(index, value);
                self.rows = Some(narrowed(self.rows.take(), rows));
            }
            Scope::Section(value) => {
                let value = tokens::runs(value).join(" ");
                let fits = |name: &String| name.split('\n').any(|name| name.starts_with(&value));
                let found = (0..)
                    .zip(&index.rows.sections)
                    .filter(|(_, name)| fits(name))
                    .map(|(at, _)| at)
                    .collect();
                self.sections = Some(narrowed(self.sections.take(), found));
            }
        }
    }

    /// Says whether everything may pass.
    pub(super) const fn is_open(&self) -> bool {
        self.systems.is_none()
            && self.codes.is_none()
            && self.rows.is_none()
            && self.sections.is_none()
    }

    /// Says whether rows are bound, and not only documents.
    pub(super) const fn binds_rows(&self) -> bool {
        self.rows.is_some() || self.sections.is_some()
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

    pub(super) fn admits_row(&self, index: &Index, row: u32) -> bool {
        self.rows
            .as_ref()
            .is_none_or(|rows| rows.binary_search(&row).is_ok())
            && self
                .sections
                .as_ref()
                .is_none_or(|names| index.rows.section(row).is_some_and(|s| names.contains(&s)))
    }

    /// Returns the rows that may pass where nothing but scopes was asked for: each row where rows
    /// are bound, else the first of each document.
    pub(super) fn rows(&self, index: &Index) -> Vec<(u32, u32)> {
        let docs = 0..u32::try_from(index.docs.len()).unwrap_or(u32::MAX);
        let docs = docs.filter(|doc| self.admits_doc(index, *doc));
        if let Some(rows) = &self.rows {
            return rows
                .iter()
                .map(|row| (index.docs.of_row(*row), *row))
                .filter(|(doc, row)| self.admits_doc(index, *doc) && self.admits_row(index, *row))
                .collect();
        }
        if let Some(sections) = &self.sections {
            let mut walk = index.docs.walk();
            return index
                .rows
                .stretches()
                .filter(|(_, section)| sections.contains(section))
                .flat_map(|(rows, _)| rows)
                .map(|row| (walk.of_row(row), row))
                .filter(|(doc, _)| self.admits_doc(index, *doc))
                .collect();
        }
        docs.map(|doc| (doc, index.docs.rows(doc).start)).collect()
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

/// Returns the rows about payers whose name has words that begin so.
fn payers(index: &Index, value: &str) -> Vec<u32> {
    rows_named(index, &tokens::runs(value))
        .into_iter()
        .filter(|row| index.rows.kind(*row) == Kind::Payer)
        .collect()
}
