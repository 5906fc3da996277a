//! The library itself: its entries, and how a document is found.

use crate::library::{built_in, catalog, imported, snapshot};
use std::cmp::Reverse;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codesets::ImportedSets;
use crate::content::{
    CodeId, CodeSystem, Document, ModifierCode, Status, Subject, load_document, parse_document,
};
use crate::diagnostics::Report;
use crate::text::sanitize;

use crate::library::catalog::CatalogBuilder;
pub use crate::library::catalog::CatalogRecord;
pub use crate::library::catalog_cache::CachedCatalog;
use crate::library::document_cache::DocumentCache;
pub use crate::library::imported::ListedCode;
use crate::library::lazy::LazyLibrary;
pub use crate::library::scan::{Scan, ScannedFile};

/// A catalogue of documents.
#[derive(Debug, Default)]
pub struct Library {
    /// By code, each once.
    pub(crate) entries: Vec<CatalogEntry>,
    pub(crate) broken: Vec<BrokenFile>,
    pub(crate) snapshots: snapshot::FileSnapshots,
    pub(crate) sets: ImportedSets,
    pub(crate) cache: DocumentCache,
    /// Where documents are looked for that are not among the entries yet.
    pub(crate) lazy: Option<LazyLibrary>,
}

/// One document of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogEntry {
    /// The code.
    pub code: CodeId,
    /// The document's title.
    pub title: String,
    /// Whether the code is in force.
    pub status: Status,
    /// Where the document comes from.
    pub origin: Origin,
    /// Where documents on the same code come from that this one stands before.
    pub shadowed: Vec<Origin>,
    /// The modifiers that have a row, of the document or of a payer. Documents share such lists.
    pub modifiers: Arc<[ModifierCode]>,
    /// The payers that have a row, by name.
    pub payers: Arc<[String]>,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The program itself.
    BuiltIn,
    /// A file.
    File(PathBuf),
}

impl fmt::Display for Origin {
    /// Shows the path, made printable, or `built in`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File(path) => f.write_str(&sanitize(&path.to_string_lossy())),
        }
    }
}

/// A file that could not be read as a document.
#[derive(Clone, Debug)]
pub struct BrokenFile {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, ready to show: every error with line, column and hint.
    pub report: String,
}

/// Says why a document cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// Nothing in the library is about this code.
    #[error("no document on {0}")]
    Unknown(CodeId),
    /// Its file no longer reads as a document.
    #[error("{0}")]
    Broken(String),
}

impl CatalogEntry {
    pub(crate) fn new(document: &Document, origin: Origin) -> Self {
        let (mut modifiers, mut payers) = (Vec::new(), Vec::new());
        for (_, _, row) in document.rows() {
            match &row.subject {
                Subject::Modifier(code) | Subject::PayerRule(code) if !modifiers.contains(code) => {
                    modifiers.push(code.clone());
                }
                Subject::Payer => payers.push(row.name().to_owned()),
                _ => {}
            }
        }
        Self {
            code: document.code.clone(),
            title: document.title.clone(),
            status: document.status,
            origin,
            shadowed: Vec::new(),
            modifiers: modifiers.into(),
            payers: payers.into(),
        }
    }
}

impl Library {
    /// Returns the documents that the program carries.
    pub fn built_in() -> Self {
        Self::open(&[])
    }

    /// Returns the built-in documents and those of some folders; a later folder stands before an
    /// earlier one, and each before the program's own.
    ///
    /// Of a folder every `*.toml` file is read, but no subfolder and no hidden file. Files and
    /// folders that cannot be read are in [`Library::broken`]; the others are there all the same.
    pub fn open(folders: &[PathBuf]) -> Self {
        Self::from_scan(&Scan::new(folders, None), None)
    }

    /// Returns the built-in documents and those of a scan; files that were read before and are
    /// still the same are not read again.
    pub fn from_scan(scan: &Scan, kept: Option<CachedCatalog>) -> Self {
        let files: Vec<&ScannedFile> = scan.files().collect();
        let before = kept.map(CachedCatalog::into_records).unwrap_or_default();
        Self::from_records(scan, catalog::load_records(&files, before))
    }

    /// Returns the built-in documents and those of a scan, whose files were read in its order.
    pub fn from_records(scan: &Scan, records: Vec<CatalogRecord>) -> Self {
        let (entries, broken, cache) = CatalogBuilder::from_records(scan, records).finish();
        Self {
            entries,
            broken,
            cache,
            ..Self::default()
        }
    }

    /// Adds the code sets that the user has imported: their ICD-10-CM and HCPCS codes open as
    /// documents, and what they say on other codes stands beside the documents on those.
    ///
    /// Sets that cannot be used are in [`Library::broken`].
    #[must_use]
    pub fn with_sets(mut self, sets: ImportedSets) -> Self {
        let damaged = sets.damaged().iter().map(|damage| BrokenFile {
            path: damage.path.clone(),
            report: damage.to_string(),
        });
        self.broken.extend(damaged);
        if !sets.all().is_empty() {
            // What was opened before has nothing of them.
            self.cache = DocumentCache::default();
        }
        self.sets = sets;
        self
    }

    /// Returns the imported code sets, without the documents.
    pub fn into_sets(self) -> ImportedSets {
        self.sets
    }

    /// Returns the codes of imported sets that open as documents and have no file of their own.
    pub fn codes_only_in_sets(&self) -> impl Iterator<Item = ListedCode> {
        imported::listed_codes(&self.sets).filter(|listed| self.entry(&listed.code).is_none())
    }

    /// Puts what imported sets say beside a document into it.
    pub fn enrich(sets: &ImportedSets, document: &mut Document) {
        imported::enrich(sets, document);
    }

    /// Returns the edition, in words, of the imported set whose codes of a system open as documents.
    pub fn edition_name(&self, system: CodeSystem) -> Option<String> {
        imported::set_for_system(&self.sets, system).map(|set| set.header().edition.label())
    }

    /// Returns the imported code sets.
    pub const fn sets(&self) -> &ImportedSets {
        &self.sets
    }

    /// Says whether [`Library::document`] has something on a code: a document, or an imported
    /// set's row.
    pub fn contains(&self, code: &CodeId) -> bool {
        // Of a damaged set the document says what is wrong.
        self.entry(code).is_some()
            || (self.lazy.is_some() && self.document(code).is_ok())
            || imported::contains_code(&self.sets, code).unwrap_or(true)
    }

    /// Adds the document of one file, which stands before all others on its code; returns the code
    /// as well.
    pub fn with_file(mut self, path: &Path) -> Result<(Self, CodeId), Report> {
        let mut document = load_document(path)?;
        imported::enrich(&self.sets, &mut document);
        let document = Arc::new(document);
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

    /// Returns the entries, by system and then by value.
    pub fn entries(&self) -> &[CatalogEntry] {
        &self.entries
    }

    /// Returns the files and folders that could not be read, in the order in which they were met.
    pub fn broken(&self) -> &[BrokenFile] {
        &self.broken
    }

    /// Returns the entry on a code.
    pub fn entry(&self, code: &CodeId) -> Option<&CatalogEntry> {
        self.position(code).ok().map(|at| &self.entries[at])
    }

    pub(crate) fn position(&self, code: &CodeId) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.code.cmp(code))
    }

    /// Returns every entry that a value may mean: `83950`, `k922`, `cpt:83950`. A bare value that
    /// fits two systems may mean two.
    pub fn find(&self, value: &str) -> Vec<&CatalogEntry> {
        let codes = match value.parse() {
            Ok(code) => vec![code],
            Err(_) => CodeId::candidates(value),
        };
        codes.iter().filter_map(|code| self.entry(code)).collect()
    }

    /// Returns the entries whose values are spelled most like a value, the nearest first, at most
    /// `limit`. Case and dots do not count; of two equally near, the one that begins alike is
    /// nearer, since codes of one kind do.
    pub fn nearest(&self, value: &str, limit: usize) -> Vec<&CatalogEntry> {
        let plain = |value: &str| value.trim().to_ascii_uppercase().replace('.', "");
        let value = plain(value.rsplit(':').next().unwrap_or(value));
        // What is much longer than any code is like none of them, and costs time to compare.
        if value.is_empty() || value.len() > MAX_GUESS_BYTES {
            return Vec::new();
        }
        let mut near: Vec<(usize, Reverse<usize>, &CatalogEntry)> = self
            .entries
            .iter()
            .map(|entry| {
                let other = plain(entry.code.value());
                let distance = strsim::osa_distance(&value, &other);
                let alike = value.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
                (distance, Reverse(alike.count()), entry)
            })
            .collect();
        // The sort is stable, so that equals stay in the order of the catalogue.
        near.sort_by_key(|(distance, alike, _)| (*distance, *alike));
        near.into_iter()
            .take(limit)
            .map(|(.., entry)| entry)
            .collect()
    }

    /// Returns the document on a code, parsed now or lately, with what imported sets say beside it;
    /// of a code that has none, the row of an imported set as a document.
    pub fn document(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        if let Some(document) = self.cache.get(code) {
            return Ok(document);
        }
        let loaded = match (self.entry(code), &self.lazy) {
            (Some(entry), _) => Some(self.parse(entry)?),
            (None, Some(begun)) => begun.document(code),
            (None, None) => None,
        };
        let document = match loaded {
            Some(mut document) => {
                imported::enrich(&self.sets, &mut document);
                document
            }
            None => imported::synthesize(&self.sets, code)
                .map_err(|damage| LoadError::Broken(damage.to_string()))?
                .ok_or_else(|| LoadError::Unknown(code.clone()))?,
        };
        let document = Arc::new(document);
        self.cache.insert(&document);
        Ok(document)
    }

    /// Returns the document of a file or of the program on a code as it was written, unless it was
    /// opened lately. It is not kept: whoever asks wants a line of it, of many documents.
    pub(crate) fn document_unenriched(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        if let Some(document) = self.cache.get(code) {
            return Ok(document);
        }
        let entry = self.entry(code);
        let entry = entry.ok_or_else(|| LoadError::Unknown(code.clone()))?;
        self.parse(entry).map(Arc::new)
    }

    fn parse(&self, entry: &CatalogEntry) -> Result<Document, LoadError> {
        match self.snapshots.get(&entry.code) {
            Some(edition) => edition.parse(),
            None => entry.load(),
        }
    }
}

/// The longest value that [`Library::suggestions`] compares, in bytes; codes have up to eight.
const MAX_GUESS_BYTES: usize = 32;

impl CatalogEntry {
    /// Puts this entry before another on the same code.
    pub(crate) fn shadow(&mut self, other: &Self) {
        self.shadowed = std::iter::once(&other.origin)
            .chain(&other.shadowed)
            .filter(|origin| **origin != self.origin)
            .cloned()
            .collect();
    }

    fn load(&self) -> Result<Document, LoadError> {
        self.origin.load(&self.code)
    }
}

impl Origin {
    /// Reads the document on a code.
    pub(crate) fn load(&self, code: &CodeId) -> Result<Document, LoadError> {
        let document = match self {
            Self::BuiltIn => {
                let (name, text) = built_in::file_for_code(code)
                    .ok_or_else(|| LoadError::Unknown(code.clone()))?;
                parse_document(name, text.as_bytes())
            }
            Self::File(path) => load_document(path),
        };
        let document = document.map_err(|report| LoadError::Broken(report.to_string()))?;
        if document.code == *code {
            Ok(document)
        } else {
            let report = format!("{self}: this file is now about {}", document.code);
            Err(LoadError::Broken(report))
        }
    }
}
