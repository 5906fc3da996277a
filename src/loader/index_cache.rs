//! Defines the cache: the folder where libraries keep what was worked out of them.
//!
//! It is never required. A file that is missing, damaged, of another version or about files that
//! have changed is made anew; where it cannot be written, the reader does without and is told once.
//! Readers do not disturb each other: a file gets its name when it is whole, and who has an older
//! one open goes on with that.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use crate::search::format::FORMAT_VERSION;
use crate::storage::{AtomicFile, Backing, Container, remove_stale};

/// What the names of kept libraries end in.
const EXTENSION: &str = "library";

/// For how long a kept library stays that nobody made anew: its folders may be gone.
const MAX_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The folder where libraries are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCache {
    folder: PathBuf,
}

/// Says that a library cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep the search index in {}: {source}", folder.display())]
pub struct CacheError {
    folder: PathBuf,
    source: io::Error,
}

impl IndexCache {
    /// Returns the cache in a folder, which need not exist yet.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens what is kept of the library of some folders.
    pub fn open(&self, folders: &[PathBuf]) -> Option<Arc<Container>> {
        let file = File::open(self.path(folders)).ok()?;
        Container::open(Backing::File(file), FORMAT_VERSION)
            .ok()
            .map(Arc::new)
    }

    /// Returns the file of the library of some folders.
    pub(crate) fn path(&self, folders: &[PathBuf]) -> PathBuf {
        let mut names = crc32fast::Hasher::new();
        for folder in folders {
            names.update(folder.as_os_str().as_bytes());
            names.update(&[0]);
        }
        let name = format!("{:08x}.{EXTENSION}", names.finalize());
        self.folder.join(name)
    }

    /// Begins a file that is going to be at a path; removes what was left lying about.
    pub(crate) fn create_file(&self, path: &Path) -> io::Result<AtomicFile> {
        fs::create_dir_all(&self.folder)?;
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

    /// Removes libraries that nobody made anew for long.
    fn remove_expired(&self, now: SystemTime) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            let is_kept = path.extension().is_some_and(|ending| ending == EXTENSION);
            let made = fs::metadata(&path).and_then(|about| about.modified());
            let age = made.ok().and_then(|made| now.duration_since(made).ok());
            if is_kept && age.is_some_and(|age| age > MAX_AGE) {
                // One that does not go does no harm.
                let _ = fs::remove_file(&path);
            }
        }
    }
}
