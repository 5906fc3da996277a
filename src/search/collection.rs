//! Defines the collection: a library and its index, as they are kept or else made anew.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::SheetWriter;
use super::cache::{Cache, CacheError};
use super::harvest::{Harvest, Progress};
use super::{FEW, Index, Synonyms, Texts};
use crate::flat::{Flat, Source, Temporary};
use crate::library::{Kept, Library, Scan, threads};
use crate::sets::{SetKind, Sets};

use super::tables::FORMAT;

/// How much is written at a time, in bytes.
const BUFFER: usize = 1 << 18;

/// What a collection is made of.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'r> {
    /// The folders of documents, the later before the earlier.
    pub folders: &'r [PathBuf],
    /// A document of its own, which stands before all others. Nothing is kept then.
    pub file: Option<&'r Path>,
    /// Where it is kept.
    pub cache: Option<&'r Cache>,
    /// How many threads read files.
    pub threads: usize,
}

/// A library and its index.
#[derive(Debug)]
pub struct Collection {
    /// The documents.
    pub library: Library,
    /// What search looks through; [`Collection::share`] lets it read texts.
    pub index: Index,
    /// Why it could not be kept.
    pub unkept: Option<CacheError>,
}

impl<'r> Recipe<'r> {
    /// Makes the recipe of some folders: as many threads as the machine has processors.
    pub fn of(folders: &'r [PathBuf], cache: Option<&'r Cache>) -> Self {
        Self {
            folders,
            file: None,
            cache,
            threads: threads(),
        }
    }

    /// Returns what is kept, where that may be used.
    fn kept(&self) -> Option<Arc<Flat>> {
        let cache = self.cache.filter(|_| self.file.is_none());
        cache.and_then(|cache| cache.open(self.folders))
    }

    /// Returns the library alone. Of its files only those are read that have changed.
    pub fn library(&self, sets: Sets) -> Library {
        let scan = Scan::of(self.folders, self.file);
        let kept = self.kept().and_then(|flat| Kept::read(&flat, &scan, &sets));
        Library::read(&scan, kept).with_sets(sets)
    }

    /// Returns the library and its index: as they are kept, where nothing has changed since; else
    /// every file is read, once, and both are kept for the next time.
    pub fn collection(&self, mut sets: Sets, tell: &mut dyn FnMut(Progress)) -> Collection {
        let scan = Scan::of(self.folders, self.file);
        if let Some(flat) = self.kept()
            && let Some(kept) = Kept::read(&flat, &scan, &sets)
            && kept.is_current()
        {
            // The library first: what it needed only meanwhile is room for the index.
            let library = Library::read(&scan, Some(kept)).with_sets(sets);
            if let Some(index) = Index::open(&flat, Texts::default()) {
                return Collection {
                    library,
                    index,
                    unkept: None,
                };
            }
            sets = library.into_sets();
        }
        let lists_codes = [SetKind::Icd10cm, SetKind::Hcpcs]
            .iter()
            .any(|kind| sets.latest(*kind).is_some());
        if scan.files().take(FEW).count() < FEW && !lists_codes {
            return Collection::small(Library::read(&scan, None).with_sets(sets));
        }
        self.read(&scan, sets, tell)
    }

    /// Reads everything, and keeps it.
    fn read(&self, scan: &Scan, sets: Sets, tell: &mut dyn FnMut(Progress)) -> Collection {
        let place = Place::find(self.cache.filter(|_| self.file.is_none()), self.folders);
        let (place, unkept) = match place {
            Ok(place) => (Some(place), None),
            Err(error) => (Place::nameless(), error),
        };
        let mut sheets = place.as_ref().and_then(|place| place.writer().ok());
        let (harvest, failed) = Harvest::of(scan, sets, self.threads, &mut sheets, tell);
        let Harvest {
            library,
            keepsake,
            tables,
        } = harvest;
        let written = match (sheets, failed) {
            (_, Some(error)) => Err(error),
            (None, None) => Ok(None),
            (Some(mut sheets), None) => keepsake
                .write(&library, sheets.out())
                .and_then(|()| sheets.finish(&tables))
                .map(Some),
        };
        let file = match written {
            Ok(out) => out.zip(place).map(|(_, place)| place.put()).transpose(),
            Err(error) => Err(error),
        };
        let (file, unkept) = match (file, self.cache) {
            (Ok(file), _) => (file, unkept),
            (Err(error), Some(cache)) => (None, unkept.or(Some(cache.error(error)))),
            (Err(_), None) => (None, unkept),
        };
        let flat = file.and_then(|file| Flat::open(Source::File(file), FORMAT).ok());
        let index = flat.and_then(|flat| Index::open(&Arc::new(flat), Texts::default()));
        Collection {
            index: index.unwrap_or_else(|| Index::of_tables(tables, Texts::default())),
            library,
            unkept,
        }
    }
}

impl Collection {
    /// Makes the collection of a library that is read in a moment.
    fn small(library: Library) -> Self {
        let library = Arc::new(library);
        let index = Index::build(&library).with_texts(Texts::default());
        Self {
            // The index has let go of it.
            library: Arc::into_inner(library).unwrap_or_default(),
            index,
            unkept: None,
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
    pub fn share(self) -> (Arc<Library>, Arc<Index>) {
        let library = Arc::new(self.library);
        let index = self.index.with_texts(Texts::Library(Arc::clone(&library)));
        (library, Arc::new(index))
    }
}

/// Where a collection is written: in the cache, or else in a file without a name, which goes when
/// nobody has it open.
enum Place {
    Cache(Temporary, PathBuf),
    Nameless(File),
}

impl Place {
    fn find(cache: Option<&Cache>, folders: &[PathBuf]) -> Result<Self, Option<CacheError>> {
        let cache = cache.ok_or(None)?;
        let path = cache.path(folders);
        match cache.begin(&path) {
            Ok(temporary) => Ok(Self::Cache(temporary, path)),
            Err(error) => Err(Some(cache.error(error))),
        }
    }

    fn nameless() -> Option<Self> {
        tempfile::tempfile().ok().map(Self::Nameless)
    }

    fn writer(&self) -> io::Result<SheetWriter<BufWriter<File>>> {
        let file = match self {
            Self::Cache(temporary, _) => temporary.file(),
            Self::Nameless(file) => file,
        };
        SheetWriter::new(BufWriter::with_capacity(BUFFER, file.try_clone()?))
    }

    /// Puts the file in its place, and returns it.
    fn put(self) -> io::Result<File> {
        match self {
            Self::Cache(temporary, path) => {
                let file = temporary.file().try_clone()?;
                temporary.put(&path)?;
                Ok(file)
            }
            Self::Nameless(file) => Ok(file),
        }
    }
}
