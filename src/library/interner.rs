//! An interner for the modifier and payer lists of catalog entries: ten thousand documents have
//! only a few dozen different lists.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::content::ModifierCode;
use crate::library::entry::CatalogEntry;

/// The distinct lists seen so far.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    modifiers: HashSet<Arc<[ModifierCode]>>,
    payers: HashSet<Arc<[String]>>,
}

impl Interner {
    /// Replaces the lists of an entry with equal lists that other entries already have.
    pub(crate) fn intern(&mut self, entry: &mut CatalogEntry) {
        intern_list(&mut self.modifiers, &mut entry.modifiers);
        intern_list(&mut self.payers, &mut entry.payers);
    }
}

fn intern_list<T: Eq + Hash>(known: &mut HashSet<Arc<[T]>>, list: &mut Arc<[T]>) {
    match known.get(list) {
        Some(same) => *list = Arc::clone(same),
        None => {
            known.insert(Arc::clone(list));
        }
    }
}
