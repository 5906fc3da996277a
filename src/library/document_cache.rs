//! An LRU cache of parsed documents.

use std::sync::{Arc, Mutex};

use crate::content::{CodeId, Document};
use crate::sync::lock;

/// The capacity. A document takes about 20 KB, so the cache stays below half a megabyte, and a
/// reader who goes back and forth parses no document twice.
const MAX_DOCUMENTS: usize = 16;

/// The most rows of all documents, so that a few very large ones do not fill the memory. The most
/// recent document may have more.
const MAX_ROWS: usize = 4000;

/// The documents that were used last, the most recent at the end.
#[derive(Debug, Default)]
pub(crate) struct DocumentCache(Mutex<Vec<Arc<Document>>>);

impl DocumentCache {
    /// Returns the document on a code and makes it the most recent.
    pub(crate) fn get(&self, code: &CodeId) -> Option<Arc<Document>> {
        let mut documents = lock(&self.0);
        let mut known = documents.iter();
        let at = known.position(|document| document.code == *code)?;
        documents[at..].rotate_left(1);
        documents.last().cloned()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Adds a document; evicts the least recently used one if the cache is full.
    pub(crate) fn insert(&self, document: &Arc<Document>) {
        let mut documents = lock(&self.0);
        documents.retain(|other| other.code != document.code);
        documents.push(Arc::clone(document));
        let mut rows: usize = documents.iter().map(|document| row_count(document)).sum();
        while documents.len() > MAX_DOCUMENTS || (rows > MAX_ROWS && documents.len() > 1) {
            rows -= row_count(&documents.remove(0));
        }
    }
}

fn row_count(document: &Document) -> usize {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    blocks.map(|block| block.rows.len()).sum()
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
    fn large_documents_are_evicted_but_for_the_most_recent() {
        let large = |number: usize| {
            let mut document = Arc::unwrap_or_clone(document(number));
            let block = &mut document.sections[0].blocks[0];
            block.rows = vec![block.rows[0].clone(); MAX_ROWS / 2 + 1];
            Arc::new(document)
        };
        let codes = |cache: &DocumentCache| -> Vec<String> {
            let documents = cache.0.lock().unwrap();
            documents
                .iter()
                .map(|it| it.code.value().to_owned())
                .collect()
        };
        let cache = DocumentCache::default();
        cache.insert(&document(0));
        cache.insert(&large(1));
        assert_eq!(codes(&cache), ["00000", "00001"]);
        cache.insert(&large(2));
        assert_eq!(codes(&cache), ["00002"]);
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
