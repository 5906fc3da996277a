//! Defines the cache: the few documents that were opened last.

use std::sync::{Arc, Mutex, PoisonError};

use crate::content::{CodeId, Document};

/// How many documents are kept. One has about 20 kB in memory, so that the cache stays below half
/// a megabyte however large the library is, and a reader who goes to and fro parses nothing twice.
const MAX_DOCUMENTS: usize = 16;

/// The documents opened last, the latest at the end.
#[derive(Debug, Default)]
pub(crate) struct DocumentCache(Mutex<Vec<Arc<Document>>>);

impl DocumentCache {
    /// Returns the document on a code, which is the latest from now on.
    pub(crate) fn get(&self, code: &CodeId) -> Option<Arc<Document>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|document| document.code == *code)?;
        kept[at..].rotate_left(1);
        kept.last().cloned()
    }

    /// Lets go of the document on a code, because another one stands in its place.
    pub(crate) fn remove(&self, code: &CodeId) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|document| document.code != *code);
    }

    /// Keeps a document, and lets go of the one that was not asked for longest.
    pub(crate) fn insert(&self, document: &Arc<Document>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.code != document.code);
        if kept.len() == MAX_DOCUMENTS {
            kept.remove(0);
        }
        kept.push(Arc::clone(document));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{CodeSystem, parse_document};

    fn document(number: usize) -> Arc<Document> {
        let text = format!(
            "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{number:05}\"\ntitle = \"A\"\n\
             status = \"active\"\n[summary]\ntext = \"A\"\n"
        );
        Arc::new(parse_document("a.toml", text.as_bytes()).unwrap())
    }

    #[test]
    fn least_recently_used_document_is_evicted_first() {
        let code = |number: usize| CodeId::new(CodeSystem::Cpt, &format!("{number:05}")).unwrap();
        let cache = DocumentCache::default();
        for number in 0..MAX_DOCUMENTS {
            cache.insert(&document(number));
        }
        assert!(cache.get(&code(0)).is_some());
        cache.insert(&document(MAX_DOCUMENTS));
        assert!(cache.get(&code(0)).is_some());
        assert!(cache.get(&code(1)).is_none());
        assert_eq!(cache.0.lock().unwrap().len(), MAX_DOCUMENTS);
    }

    #[test]
    fn inserting_a_code_again_replaces_its_document() {
        let cache = DocumentCache::default();
        cache.insert(&document(1));
        let second = document(1);
        cache.insert(&second);
        assert!(Arc::ptr_eq(&cache.get(&second.code).unwrap(), &second));
        assert_eq!(cache.0.lock().unwrap().len(), 1);
    }
}
