//! The library: an immutable catalog of documents, which are parsed on demand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codesets::{ImportedSets, Note};
use crate::content::{CodeId, CodeSystem, Document, load_document};
use crate::diagnostics::Report;
use crate::library::catalog_cache::CachedCatalog;
use crate::library::catalog_record::{CatalogRecord, load_records};
use crate::library::document_cache::DocumentCache;
use crate::library::entry::{BrokenFile, CatalogEntry, LoadError, Origin};
use crate::library::imported::enrich::enrich;
use crate::library::imported::lookup::{self, ListedCode, listed_codes};
use crate::library::imported::synthesize::synthesize;
use crate::library::imported::validity::Validity;
use crate::library::layers::CatalogBuilder;
use crate::library::lazy::LazyLibrary;
use crate::library::progress::OnProgress;
use crate::library::scan::{Scan, ScannedFile};
use crate::library::snapshot::FileSnapshots;
use crate::storage::Container;

/// A catalog of documents, and the imported code sets that extend them.
#[derive(Debug, Default)]
pub struct Library {
    /// Sorted by code; each code occurs once.
    pub(crate) entries: Vec<CatalogEntry>,
    pub(crate) broken: Vec<BrokenFile>,
    /// Empty unless the library is served; see [`Library::for_serving`].
    pub(crate) snapshots: FileSnapshots,
    pub(crate) sets: ImportedSets,
    pub(crate) cache: DocumentCache,
    /// Finds documents while there are no entries yet.
    lazy: Option<LazyLibrary>,
}

impl Library {
    pub fn built_in() -> Self {
        Self::open(&[])
    }

    /// Opens the built-in documents and those of `folders`. A later folder overrides an earlier
    /// one, and every folder overrides the built-ins.
    ///
    /// Reads every `*.toml` file of a folder, but no subfolders and no hidden files. Files and
    /// folders that cannot be read are in [`Library::broken`] and do not affect the others.
    pub fn open(folders: &[PathBuf]) -> Self {
        Self::from_scan(&Scan::new(folders, None), None, &|_| ())
    }

    /// Opens the built-in documents and those of a scan. Reads only files that have no current
    /// record in `cached`.
    pub fn from_scan(
        scan: &Scan,
        cached: Option<CachedCatalog>,
        on_progress: OnProgress<'_>,
    ) -> Self {
        let files: Vec<&ScannedFile> = scan.files().collect();
        let cached = cached.map(|cached| cached.records).unwrap_or_default();
        Self::from_records(scan, load_records(&files, cached, on_progress))
    }

    /// Makes a library of the built-in documents and of one record for each file of `scan`.
    pub fn from_records(scan: &Scan, records: Vec<CatalogRecord>) -> Self {
        let (entries, broken) = CatalogBuilder::from_records(scan, records).finish();
        Self {
            entries,
            broken,
            ..Self::default()
        }
    }

    /// Makes a library that has read nothing. It has no entries, but opens every document that
    /// the cached catalog or a file name leads to, and every code of the imported sets.
    ///
    /// It may open the wrong document: a file with another name may be about the same code and
    /// override the one found.
    pub fn lazy(
        folders: &[PathBuf],
        sets: ImportedSets,
        cached_catalog: Option<Arc<Container>>,
    ) -> Self {
        Self {
            sets,
            lazy: Some(LazyLibrary::new(folders.to_vec(), cached_catalog)),
            ..Self::default()
        }
    }

    /// Returns false for a library made by [`Library::lazy`].
    pub const fn is_fully_loaded(&self) -> bool {
        self.lazy.is_none()
    }

    /// Adds imported code sets. Their ICD-10-CM and HCPCS codes open as documents, and the other
    /// documents get blocks with their rows. Unusable sets are in [`Library::broken`].
    #[must_use]
    pub fn with_sets(mut self, sets: ImportedSets) -> Self {
        let damaged = sets.damaged().iter().map(|damage| BrokenFile {
            path: damage.path.clone(),
            report: damage.to_string(),
            duplicate_of: None,
        });
        self.broken.extend(damaged);
        if !sets.all().is_empty() {
            // Cached documents lack the rows of the sets.
            self.cache = DocumentCache::default();
        }
        self.sets = sets;
        self
    }

    pub const fn sets(&self) -> &ImportedSets {
        &self.sets
    }

    /// Returns the codes of imported sets that have no document of their own.
    pub fn codes_only_in_sets(&self) -> impl Iterator<Item = ListedCode> {
        listed_codes(&self.sets).filter(|listed| self.entry(&listed.code).is_none())
    }

    /// Returns the notes of the ICD-10-CM tabular list that give other names of a diagnosis. There are
    /// none if the set is damaged.
    pub(crate) fn aliases(&self, code: &CodeId) -> Vec<Note> {
        lookup::aliases(&self.sets, code).unwrap_or_default()
    }

    /// Returns the display name of the edition of the imported set that lists a system's codes.
    pub fn edition_name(&self, system: CodeSystem) -> Option<String> {
        let set = lookup::set_for_system(&self.sets, system)?;
        let remark = Validity::new(&self.sets, set).remark();
        Some(format!("{}{remark}", set.header().edition.label()))
    }

    /// Returns true if [`Library::document`] finds a document or a row of an imported set.
    pub fn contains(&self, code: &CodeId) -> bool {
        self.entry(code).is_some()
            || (self.lazy.is_some() && self.document(code).is_ok())
            // The document of a damaged set shows the error.
            || lookup::contains_code(&self.sets, code).unwrap_or(true)
    }

    /// Adds the document of one file, which overrides all others on its code; returns the code too.
    pub fn with_file(mut self, path: &Path) -> Result<(Self, CodeId), Report> {
        let document = Arc::new(self.read_file(path)?);
        let code = document.code.clone();
        let mut entry = CatalogEntry::new(&document, Origin::File(path.to_owned()));
        match self.position(&code) {
            Ok(at) => {
                entry.shadow(&self.entries[at]);
                self.entries[at] = entry;
            }
            Err(at) => self.entries.insert(at, entry),
        }
        self.cache.insert(&document);
        Ok((self, code))
    }

    /// Reads a document from a file, and extends it by imported sets.
    pub fn read_file(&self, path: &Path) -> Result<Document, Report> {
        let mut document = load_document(path)?;
        enrich(&self.sets, &mut document);
        Ok(document)
    }

    /// Returns the entries, sorted by system and value.
    pub fn entries(&self) -> &[CatalogEntry] {
        &self.entries
    }

    /// Returns the number of entries that are not on modifiers.
    pub fn code_documents(&self) -> usize {
        let is_code = |entry: &CatalogEntry| entry.code.system() < CodeSystem::Modifier;
        self.entries.partition_point(is_code)
    }

    /// Returns the files and folders that could not be read, lowest layer first.
    pub fn broken(&self) -> &[BrokenFile] {
        &self.broken
    }

    pub fn entry(&self, code: &CodeId) -> Option<&CatalogEntry> {
        self.position(code).ok().map(|at| &self.entries[at])
    }

    pub(crate) fn position(&self, code: &CodeId) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.code.cmp(code))
    }

    /// Returns the code that opens if the user names none.
    pub fn first_code(&self) -> Option<CodeId> {
        let first = self.entries.first().map(|entry| entry.code.clone());
        first.or_else(|| self.lazy.as_ref()?.first_code())
    }

    /// Returns every entry that `value` may mean: `83950`, `k922`, `cpt:83950`. A bare value may
    /// be valid in two systems.
    pub fn find(&self, value: &str) -> Vec<&CatalogEntry> {
        let codes = match value.parse() {
            Ok(code) => vec![code],
            Err(_) => CodeId::candidates(value),
        };
        codes.iter().filter_map(|code| self.entry(code)).collect()
    }

    /// Returns the document on a code, extended by imported sets, from the cache or parsed. A code
    /// without a document gets one made from its row in an imported set.
    pub fn document(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        if let Some(document) = self.cache.get(code) {
            return Ok(document);
        }
        let mut document = self.document_without_uses(code)?;
        if let Some(modifier) = code.as_modifier() {
            document.sections.extend(self.uses_of_modifier(&modifier));
        }
        let document = Arc::new(document);
        self.cache.insert(&document);
        Ok(document)
    }

    /// Returns the file of the document on a code; `None` for one that is built in, or made from an
    /// imported set.
    pub fn file(&self, code: &CodeId) -> Option<PathBuf> {
        let origin = match (self.entry(code), &self.lazy) {
            (Some(entry), _) => entry.origin.clone(),
            (None, lazy) => lazy.as_ref()?.find(code)?.0,
        };
        match origin {
            Origin::File(path) => Some(path),
            Origin::BuiltIn => None,
        }
    }

    /// Empties the cache, so that changed files are read again.
    pub fn forget_documents(&self) {
        self.cache.clear();
    }

    /// Returns the document that is made from a code's row in an imported set; `None` if there is no
    /// readable row.
    pub fn imported(&self, code: &CodeId) -> Option<Document> {
        synthesize(&self.sets, code).ok().flatten()
    }

    /// Returns the document on a code, extended by imported sets, but without the section of a
    /// modifier that other documents make up.
    pub(crate) fn document_without_uses(&self, code: &CodeId) -> Result<Document, LoadError> {
        let loaded = match (self.entry(code), &self.lazy) {
            (Some(entry), _) => Some(self.load(entry)?),
            (None, Some(lazy)) => lazy.find(code).map(|(_, document)| document),
            (None, None) => None,
        };
        if let Some(mut document) = loaded {
            enrich(&self.sets, &mut document);
            return Ok(document);
        }
        synthesize(&self.sets, code)
            .map_err(|damage| LoadError::Broken(damage.to_string()))?
            .ok_or_else(|| LoadError::Unknown(code.clone()))
    }

    /// Returns the document on a code, without rows of imported sets unless it comes from the
    /// cache. Does not cache it, because callers want one line each of many documents.
    pub(crate) fn document_unenriched(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        if let Some(document) = self.cache.get(code) {
            return Ok(document);
        }
        let entry = self.entry(code);
        let entry = entry.ok_or_else(|| LoadError::Unknown(code.clone()))?;
        self.load(entry).map(Arc::new)
    }

    fn load(&self, entry: &CatalogEntry) -> Result<Document, LoadError> {
        match self.snapshots.get(&entry.code) {
            Some(snapshot) => snapshot.parse(),
            None => entry.origin.load(&entry.code),
        }
    }
}
