//! The loader: opens a library and its search index from the cache, or reads every file and writes
//! the cache.

use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codesets::ImportedSets;
use crate::files::AtomicFile;
use crate::library::catalog_cache::CachedCatalog;
use crate::library::parallel::thread_count;
use crate::library::{Library, OnProgress, Scan};
use crate::loader::index_cache::{CacheError, IndexCache};
use crate::loader::indexer::{Indexer, IndexerOutput};
use crate::search::build::store_writer::StoreWriter;
use crate::search::format::FORMAT_VERSION;
use crate::search::{DocumentSource, Index, Synonyms};
use crate::storage::{Backing, Container};

/// The size of the write buffer, in bytes.
const BUFFER: usize = 1 << 18;

/// Loads a library and its index.
#[derive(Clone, Copy, Debug)]
pub struct LibraryLoader<'a> {
    /// The content folders; a later one overrides an earlier one.
    pub folders: &'a [PathBuf],
    /// A single document that overrides all others. It turns the cache off.
    pub file: Option<&'a Path>,
    pub cache: Option<&'a IndexCache>,
    /// How many threads read files.
    pub threads: usize,
}

#[derive(Debug)]
pub struct LoadedLibrary {
    pub library: Library,
    /// Cannot parse documents again until [`LoadedLibrary::into_shared`] connects it to the library.
    pub index: Index,
    /// The reason why the cache was not written.
    pub cache_error: Option<CacheError>,
}

impl<'a> LibraryLoader<'a> {
    /// Loads folders with one thread per processor.
    pub fn new(folders: &'a [PathBuf], cache: Option<&'a IndexCache>) -> Self {
        Self {
            folders,
            file: None,
            cache,
            threads: thread_count(),
        }
    }

    fn enabled_cache(&self) -> Option<&'a IndexCache> {
        self.cache.filter(|_| self.file.is_none())
    }

    fn open_cached(&self) -> Option<Arc<Container>> {
        self.enabled_cache()?.open(self.folders)
    }

    /// Loads the library without an index. Reads only files that have changed since they were
    /// cached.
    pub fn load_library(&self, sets: ImportedSets, on_progress: OnProgress<'_>) -> Library {
        let scan = Scan::new(self.folders, self.file);
        let container = self.open_cached();
        let cached = container.and_then(|it| CachedCatalog::load(&it, &scan, &sets));
        Library::from_scan(&scan, cached, on_progress).with_sets(sets)
    }

    /// Loads the library and its index from the cache if nothing has changed. Otherwise reads every
    /// file once, indexes it, and writes the cache.
    pub fn load(&self, sets: ImportedSets, on_progress: OnProgress<'_>) -> LoadedLibrary {
        let scan = Scan::new(self.folders, self.file);
        let sets = match self.load_cached(&scan, sets) {
            Ok(loaded) => return loaded,
            Err(sets) => sets,
        };
        self.build_and_cache(&scan, sets, on_progress)
    }

    /// Returns the sets if the cache is missing, damaged or out of date.
    fn load_cached(&self, scan: &Scan, sets: ImportedSets) -> Result<LoadedLibrary, ImportedSets> {
        let cached = self.open_cached().and_then(|container| {
            let catalog = CachedCatalog::load(&container, scan, &sets)?;
            catalog.is_current.then_some((container, catalog))
        });
        let Some((container, catalog)) = cached else {
            return Err(sets);
        };
        // The library comes first, so that the index reuses its temporary memory.
        let library = Library::from_scan(scan, Some(catalog), &|_| ()).with_sets(sets);
        match Index::open(&container, DocumentSource::default()) {
            Some(index) => Ok(LoadedLibrary {
                library,
                index,
                cache_error: None,
            }),
            None => Err(library.sets),
        }
    }

    fn build_and_cache(
        &self,
        scan: &Scan,
        sets: ImportedSets,
        on_progress: OnProgress<'_>,
    ) -> LoadedLibrary {
        let (file, cache_error) = OutputFile::create(self.enabled_cache(), self.folders);
        let indexer = Indexer {
            scan,
            sets,
            threads: self.threads,
            store: Ok(file.as_ref().and_then(|file| file.store_writer().ok())),
        };
        let IndexerOutput {
            library,
            encoded_catalog,
            data,
            store,
        } = indexer.run(on_progress);
        let written = store.and_then(|store| {
            let (Some(mut store), Some(file)) = (store, file) else {
                return Ok(None);
            };
            let (entries, sets) = (library.entries(), library.sets());
            encoded_catalog.write(entries, sets, &mut store.out)?;
            store.finish(&data)?;
            file.commit().map(Some)
        });
        let (file, cache_error) = match written {
            Ok(file) => (file, cache_error),
            Err(error) => {
                let error = self.cache.map(|cache| cache.error(error));
                (None, cache_error.or(error))
            }
        };
        let index = file.and_then(|file| {
            let container = Container::open(Backing::File(file), FORMAT_VERSION).ok()?;
            Index::open(&Arc::new(container), DocumentSource::default())
        });
        LoadedLibrary {
            index: index.unwrap_or_else(|| Index::from_data(data, DocumentSource::default())),
            library,
            cache_error,
        }
    }
}

impl LoadedLibrary {
    /// Replaces the synonyms of the index, if there are others than the built-in ones.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: Option<Synonyms>) -> Self {
        if let Some(synonyms) = synonyms {
            self.index = self.index.with_synonyms(synonyms);
        }
        self
    }

    /// Shares the library and its index between readers.
    pub fn into_shared(self) -> (Arc<Library>, Arc<Index>) {
        let library = Arc::new(self.library);
        let source = DocumentSource::Library(Arc::clone(&library));
        let index = self.index.with_document_source(source);
        (library, Arc::new(index))
    }
}

/// The file that the index is written to.
struct OutputFile {
    file: File,
    /// The cache file with its final path. Without them, the file is anonymous and disappears when it
    /// is closed.
    target: Option<(AtomicFile, PathBuf)>,
}

impl OutputFile {
    /// Returns no file if the system allows none, and the error of the cache if it cannot be used.
    fn create(
        cache: Option<&IndexCache>,
        folders: &[PathBuf],
    ) -> (Option<Self>, Option<CacheError>) {
        let open = |file: io::Result<File>, target| file.map(|file| Self { file, target });
        let anonymous = || open(tempfile::tempfile(), None).ok();
        let Some(cache) = cache else {
            return (anonymous(), None);
        };
        let path = cache.path(folders);
        let created = cache.create_file(&path);
        match created.and_then(|target| open(target.file().try_clone(), Some((target, path)))) {
            Ok(file) => (Some(file), None),
            Err(error) => (anonymous(), Some(cache.error(error))),
        }
    }

    fn store_writer(&self) -> io::Result<StoreWriter<BufWriter<File>>> {
        StoreWriter::new(BufWriter::with_capacity(BUFFER, self.file.try_clone()?))
    }

    /// Moves the file to its final path; returns it open.
    fn commit(self) -> io::Result<File> {
        if let Some((temporary, path)) = self.target {
            temporary.commit_derived(&path)?;
        }
        Ok(self.file)
    }
}
