//! The index: terms with their postings lists, tables of documents and rows, and stored rows.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::content::{CodeId, CodeSystem, Document};
use crate::library::Library;
use crate::search::code_list::{CodeDocId, CodeList};
use crate::search::doc_table::DocTable;
use crate::search::format::IndexData;
use crate::search::query::synonyms::Synonyms;
use crate::search::row_store::RowStore;
use crate::search::row_table::RowTable;
use crate::search::term_dict::TermDictionary;
use crate::storage::Container;

/// The source from which an index reads documents again, to show text that it has not stored.
#[derive(Clone, Debug)]
pub enum DocumentSource {
    Library(Arc<Library>),
    Documents(HashMap<CodeId, Arc<Document>>),
}

impl DocumentSource {
    pub(crate) fn document(&self, code: &CodeId) -> Option<Arc<Document>> {
        match self {
            Self::Library(library) => library.document(code).ok(),
            Self::Documents(documents) => documents.get(code).cloned(),
        }
    }

    /// Returns the other names of a listed code, each with the title of its kind.
    pub(crate) fn aliases(&self, code: &CodeId) -> Vec<(&'static str, String)> {
        let notes = match self {
            Self::Library(library) => library.aliases(code),
            Self::Documents(_) => Vec::new(),
        };
        let notes = notes.into_iter();
        notes.map(|note| (note.kind.title(), note.text)).collect()
    }
}

impl Default for DocumentSource {
    fn default() -> Self {
        Self::Documents(HashMap::new())
    }
}

/// An immutable search index of documents, row by row, and of listed codes.
#[derive(Default)]
pub struct Index {
    pub(crate) docs: DocTable,
    pub(crate) rows: RowTable,
    pub(crate) terms: TermDictionary,
    pub(crate) document_source: DocumentSource,
    pub(crate) row_store: Option<RowStore>,
    pub(crate) synonyms: Synonyms,
}

impl Index {
    /// Opens the index in a container, or returns `None` if a part is missing or damaged. Stored
    /// rows are verified when they are read; a damaged row is read from its document in `source`.
    pub(crate) fn open(container: &Arc<Container>, source: DocumentSource) -> Option<Self> {
        let mut index = Self::from_data(IndexData::open(container)?, source);
        index.row_store = Some(RowStore::open(container)?);
        Some(index)
    }

    /// Creates an index in memory, with the built-in synonyms and without stored rows.
    pub(crate) fn from_data(data: IndexData, source: DocumentSource) -> Self {
        Self {
            docs: data.docs,
            rows: data.rows,
            terms: data.terms,
            document_source: source,
            row_store: None,
            synonyms: Synonyms::built_in(),
        }
    }

    #[must_use]
    pub fn with_document_source(mut self, source: DocumentSource) -> Self {
        self.document_source = source;
        self
    }

    /// Replaces the built-in synonyms.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: Synonyms) -> Self {
        self.synonyms = synonyms;
        self
    }

    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Returns the number of documents and codes that are not modifiers.
    pub fn code_count(&self) -> usize {
        let by_code = &self.docs.by_code;
        by_code.partition_point(|doc| self.docs.system(*doc) < Some(CodeSystem::Modifier))
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the size in memory in bytes.
    pub fn size(&self) -> usize {
        self.docs.size() + self.rows.size() + self.terms.size()
    }

    /// Returns true for a diagnosis that is valid on claims, and false for a category. `None` for
    /// other codes, and without the imported set.
    pub fn is_billable(&self, code: &CodeId) -> Option<bool> {
        self.docs.is_billable(code)
    }

    pub fn code_list(&self, system: CodeSystem) -> CodeList {
        CodeList::new(&self.docs, system)
    }

    pub fn code_at(&self, list: &CodeList, n: usize) -> Option<CodeDocId> {
        list.get(&self.docs, n)
    }

    pub fn code(&self, id: CodeDocId) -> Option<(CodeId, String)> {
        Some((self.docs.code(id.0)?, self.docs.titles.get(id.0)))
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("codes", &self.docs.len())
            .field("rows", &self.rows.count())
            .field("terms", &self.terms.len())
            .field(
                "bytes",
                &[self.docs.size(), self.rows.size(), self.terms.size()],
            )
            .finish_non_exhaustive()
    }
}
