//! Defines the cache: the few documents that were opened last.

use std::sync::{Arc, Mutex, PoisonError};

use crate::content::{CodeId, Document};

/// How many documents are kept. One has about 20 kB in memory, so that the cache stays below half
/// a megabyte however large the library is, and a reader who goes to and fro parses nothing twice.
const MOST: usize = 16;

/// The documents opened last, the latest at the end.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Vec<Arc<Document>>>);

impl Cache {
    /// Returns the document on a code, which is the latest from now on.
    pub(super) fn get(&self, code: &CodeId) -> Option<Arc<Document>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|document| document.code == *code)?;
        kept[at..].rotate_left(1);
        kept.last().cloned()
    }

    /// Keeps a document, and lets go of the one that was not asked for longest.
    pub(super) fn put(&self, document: &Arc<Document>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.code != document.code);
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.push(Arc::clone(document));
    }
}
