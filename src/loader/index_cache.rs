//! The cache folder of loaded libraries: one file with catalog and index for each list of content
//! folders.
//!
//! The cache is optional. A file that is missing, damaged, out of date or of another version is
//! written again. If that fails, the program works without it and reports the error once. Files are
//! replaced atomically, so processes do not disturb each other: one that has an old file open keeps
//! using it.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use crate::files::{self, AtomicFile, create_folder, remove_stale};
use crate::search::format::FORMAT_VERSION;
use crate::storage::{Backing, Container};

const EXTENSION: &str = "library";

/// The time after which a file that was not written again is removed: its content folders may be
/// gone.
const MAX_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCache {
    folder: PathBuf,
}

/// The cache cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot save the search index in {}: {source}", folder.display())]
pub struct CacheError {
    folder: PathBuf,
    source: io::Error,
}

impl IndexCache {
    /// The folder is created when the first file is written.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens the file for a list of content folders.
    pub fn open(&self, folders: &[PathBuf]) -> Option<Arc<Container>> {
        let file = files::open(&self.path(folders)).ok()?;
        let container = Container::open(Backing::File(file), FORMAT_VERSION);
        container.ok().map(Arc::new)
    }

    pub(crate) fn path(&self, folders: &[PathBuf]) -> PathBuf {
        let mut names = crc32fast::Hasher::new();
        for folder in folders {
            names.update(folder.as_os_str().as_bytes());
            names.update(&[0]);
        }
        let name = format!("{:08x}.{EXTENSION}", names.finalize());
        self.folder.join(name)
    }

    /// Creates a file that replaces the one at `path` when it is committed. Removes stale and
    /// expired files of the folder.
    pub(crate) fn create_file(&self, path: &Path) -> io::Result<AtomicFile> {
        create_folder(&self.folder)?;
        remove_stale(&self.folder);
        self.remove_expired(SystemTime::now());
        AtomicFile::create(path)
    }

    pub(crate) fn error(&self, source: io::Error) -> CacheError {
        CacheError {
            folder: self.folder.clone(),
            source,
        }
    }

    fn remove_expired(&self, now: SystemTime) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            let is_cache_file = path.extension().is_some_and(|it| it == EXTENSION);
            let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|time| now.duration_since(time).ok());
            if is_cache_file && age.is_some_and(|age| age > MAX_AGE) {
                // A file that cannot be removed does no harm.
                let _ = fs::remove_file(&path);
            }
        }
    }
}
