//! Defines the collection: a library and its index, as they are kept or else made anew.

use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codesets::{ImportedSets, SetKind};
use crate::library::catalog_cache::CachedCatalog;
use crate::library::parallel::thread_count;
use crate::library::{IndexingProgress, Library, Scan};
use crate::loader::index_cache::{CacheError, IndexCache};
use crate::loader::indexer::IndexerOutput;
use crate::search::build::builder::SMALL_LIBRARY_SIZE;
use crate::search::build::store_writer::StoreWriter;
use crate::search::{DocumentSource, Index, IndexBuilder, Synonyms};
use crate::storage::{AtomicFile, Backing, Container};

use crate::search::format::FORMAT_VERSION;

/// How much is written at a time, in bytes.
const BUFFER: usize = 1 << 18;

/// What a collection is made of.
#[derive(Clone, Copy, Debug)]
pub struct LibraryLoader<'r> {
    /// The folders of documents, the later before the earlier.
    pub folders: &'r [PathBuf],
    /// A document of its own, which stands before all others. Nothing is kept then.
    pub file: Option<&'r Path>,
    /// Where it is kept.
    pub cache: Option<&'r IndexCache>,
    /// How many threads read files.
    pub threads: usize,
}

/// A library and its index.
#[derive(Debug)]
pub struct LoadedLibrary {
    /// The documents.
    pub library: Library,
    /// What search looks through; [`LoadedLibrary::into_shared`] lets it read texts.
    pub index: Index,
    /// Why it could not be kept.
    pub cache_error: Option<CacheError>,
}

impl<'r> LibraryLoader<'r> {
    /// Makes the recipe of some folders: as many threads as the machine has processors.
    pub fn new(folders: &'r [PathBuf], cache: Option<&'r IndexCache>) -> Self {
        Self {
            folders,
            file: None,
            cache,
            threads: thread_count(),
        }
    }

    /// Returns what is kept, where that may be used.
    fn open_cached(&self) -> Option<Arc<Container>> {
        let cache = self.cache.filter(|_| self.file.is_none());
        cache.and_then(|cache| cache.open(self.folders))
    }

    /// Returns the library alone. Of its files only those are read that have changed.
    pub fn load_library(&self, sets: ImportedSets) -> Library {
        let scan = Scan::new(self.folders, self.file);
        let kept = self
            .open_cached()
            .and_then(|flat| CachedCatalog::load(&flat, &scan, &sets));
        Library::from_scan(&scan, kept).with_sets(sets)
    }

    /// Returns the library and its index: as they are kept, where nothing has changed since; else
    /// every file is read, once, and both are kept for the next time.
    pub fn load(
        &self,
        mut sets: ImportedSets,
        tell: &mut dyn FnMut(IndexingProgress),
    ) -> LoadedLibrary {
        let scan = Scan::new(self.folders, self.file);
        if let Some(flat) = self.open_cached()
            && let Some(kept) = CachedCatalog::load(&flat, &scan, &sets)
            && kept.is_current()
        {
            // The library first: what it needed only meanwhile is room for the index.
            let library = Library::from_scan(&scan, Some(kept)).with_sets(sets);
            if let Some(index) = Index::open(&flat, DocumentSource::default()) {
                return LoadedLibrary {
                    library,
                    index,
                    cache_error: None,
                };
            }
            sets = library.into_sets();
        }
        let lists_codes = [SetKind::Icd10cm, SetKind::Hcpcs]
            .iter()
            .any(|kind| sets.latest(*kind).is_some());
        if scan.files().take(SMALL_LIBRARY_SIZE).count() < SMALL_LIBRARY_SIZE && !lists_codes {
            return LoadedLibrary::from_small_library(
                Library::from_scan(&scan, None).with_sets(sets),
            );
        }
        self.build_and_cache(&scan, sets, tell)
    }

    /// Reads everything, and keeps it.
    fn build_and_cache(
        &self,
        scan: &Scan,
        sets: ImportedSets,
        tell: &mut dyn FnMut(IndexingProgress),
    ) -> LoadedLibrary {
        let place =
            OutputFile::create_in_cache(self.cache.filter(|_| self.file.is_none()), self.folders);
        let (place, unkept) = match place {
            Ok(place) => (Some(place), None),
            Err(error) => (OutputFile::anonymous(), error),
        };
        let mut sheets = place.as_ref().and_then(|place| place.writer().ok());
        let (harvest, failed) =
            IndexerOutput::from_scan(scan, sets, self.threads, &mut sheets, tell);
        let IndexerOutput {
            library,
            encoded_catalog: keepsake,
            data: tables,
        } = harvest;
        let written = match (sheets, failed) {
            (_, Some(error)) => Err(error),
            (None, None) => Ok(None),
            (Some(mut sheets), None) => keepsake
                .write(library.entries(), library.sets(), sheets.container_mut())
                .and_then(|()| sheets.finish(&tables))
                .map(Some),
        };
        let file = match written {
            Ok(out) => out.zip(place).map(|(_, place)| place.commit()).transpose(),
            Err(error) => Err(error),
        };
        let (file, unkept) = match (file, self.cache) {
            (Ok(file), _) => (file, unkept),
            (Err(error), Some(cache)) => (None, unkept.or(Some(cache.error(error)))),
            (Err(_), None) => (None, unkept),
        };
        let flat = file.and_then(|file| Container::open(Backing::File(file), FORMAT_VERSION).ok());
        let index = flat.and_then(|flat| Index::open(&Arc::new(flat), DocumentSource::default()));
        LoadedLibrary {
            index: index.unwrap_or_else(|| Index::from_data(tables, DocumentSource::default())),
            library,
            cache_error: unkept,
        }
    }
}

impl LoadedLibrary {
    /// Makes the collection of a library that is read in a moment.
    fn from_small_library(library: Library) -> Self {
        Self {
            index: IndexBuilder::from_library(&library).finish(DocumentSource::default()),
            library,
            cache_error: None,
        }
    }

    /// Exchanges the synonyms of search, if there are others than the built-in ones.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: Option<Synonyms>) -> Self {
        if let Some(synonyms) = synonyms {
            self.index = self.index.with_synonyms(synonyms);
        }
        self
    }

    /// Returns the library and its index, to be shared by readers.
    pub fn into_shared(self) -> (Arc<Library>, Arc<Index>) {
        let library = Arc::new(self.library);
        let index = self
            .index
            .with_document_source(DocumentSource::Library(Arc::clone(&library)));
        (library, Arc::new(index))
    }
}

/// Where a collection is written: in the cache, or else in a file without a name, which goes when
/// nobody has it open.
enum OutputFile {
    Cached(AtomicFile, PathBuf),
    Anonymous(File),
}

impl OutputFile {
    fn create_in_cache(
        cache: Option<&IndexCache>,
        folders: &[PathBuf],
    ) -> Result<Self, Option<CacheError>> {
        let cache = cache.ok_or(None)?;
        let path = cache.path(folders);
        match cache.create_file(&path) {
            Ok(temporary) => Ok(Self::Cached(temporary, path)),
            Err(error) => Err(Some(cache.error(error))),
        }
    }

    fn anonymous() -> Option<Self> {
        tempfile::tempfile().ok().map(Self::Anonymous)
    }

    fn writer(&self) -> io::Result<StoreWriter<BufWriter<File>>> {
        let file = match self {
            Self::Cached(temporary, _) => temporary.file(),
            Self::Anonymous(file) => file,
        };
        StoreWriter::new(BufWriter::with_capacity(BUFFER, file.try_clone()?))
    }

    /// Puts the file in its place, and returns it.
    fn commit(self) -> io::Result<File> {
        match self {
            Self::Cached(temporary, path) => {
                let file = temporary.file().try_clone()?;
                temporary.commit(&path)?;
                Ok(file)
            }
            Self::Anonymous(file) => Ok(file),
        }
    }
}
