//! Lets entries share their lists of modifiers and payers: ten thousand documents have a few dozen
//! of them between them.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::content::ModifierCode;
use crate::library::library::CatalogEntry;

/// The lists met so far.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    modifiers: HashSet<Arc<[ModifierCode]>>,
    payers: HashSet<Arc<[String]>>,
}

impl Interner {
    /// Exchanges the lists of an entry for those that others have already.
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
