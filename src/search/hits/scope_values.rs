//! The values of a scope, for a query like `payer:`.

use std::collections::BTreeSet;

use crate::content::{CodeSystem, Document, Row, Subject};
use crate::search::hits::results::Results;
use crate::search::index::{DocumentSource, Index};
use crate::search::query::parse::Query;
use crate::search::query::scope::ScopeKind;

impl Index {
    /// Returns the modifiers as hits; the values of other scopes are suggested as queries.
    pub(crate) fn search_scope_values(&self, scope: ScopeKind, limit: usize) -> Results {
        let mut values = match scope {
            ScopeKind::Modifier => {
                return self.search(&all_modifiers(), None, limit);
            }
            // There are too many codes for a list that is typed from.
            ScopeKind::Code => return Results::default(),
            ScopeKind::Payer => self.payer_scopes(),
            ScopeKind::Section => {
                let sections = self.rows.sections.iter();
                let ids = sections.filter_map(|names| names.split('\n').next());
                ids.map(|id| format!("in:{id}")).collect()
            }
            ScopeKind::System => {
                let systems = CodeSystem::ALL.into_iter();
                let systems = systems.filter(|system| self.docs.has_system(*system));
                systems
                    .map(|system| format!("set:{}", system.id()))
                    .collect()
            }
        };
        values.truncate(limit);
        Results {
            has_scope_values: !values.is_empty(),
            suggestions: values,
            ..Results::default()
        }
    }

    fn payer_scopes(&self) -> Vec<String> {
        let names: BTreeSet<&str> = match &self.document_source {
            DocumentSource::Library(library) => {
                let payers = library
                    .entries()
                    .iter()
                    .flat_map(|entry| entry.payers.iter());
                payers.map(String::as_str).collect()
            }
            DocumentSource::Documents(documents) => {
                let documents = documents.values();
                documents.flat_map(|document| payers(document)).collect()
            }
        };
        let names = names.into_iter();
        names.map(|name| format!("payer:\"{name}\"")).collect()
    }
}

/// Returns the query for every modifier.
pub(crate) fn all_modifiers() -> Query {
    Query::parse(&format!("set:{}", CodeSystem::Modifier.id()))
}

fn payers(document: &Document) -> impl Iterator<Item = &str> {
    let rows = document.rows().map(|(_, _, row)| row);
    let rows = rows.filter(|row| row.subject == Subject::Payer);
    rows.map(Row::name)
}
