//! Defines the cache: the folder where libraries keep what was worked out of them.
//!
//! It is never required. A file that is missing, damaged, of another version or about files that
//! have changed is made anew; where it cannot be written, the reader does without and is told once.
//! Readers do not disturb each other: a file gets its name when it is whole, and who has an older
//! one open goes on with that.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::tables::FORMAT;
use crate::flat::{Flat, Source, Temporary, tidy};

/// What the names of kept libraries end in.
const KEPT: &str = "library";

/// For how long a kept library stays that nobody made anew: its folders may be gone.
const FORGOTTEN: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The folder where libraries are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

/// Says that a library cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep the search index in {}: {source}", folder.display())]
pub struct CacheError {
    folder: PathBuf,
    source: io::Error,
}

impl Cache {
    /// Returns the cache in a folder, which need not exist yet.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens what is kept of the library of some folders.
    pub fn open(&self, folders: &[PathBuf]) -> Option<Arc<Flat>> {
        let file = File::open(self.path(folders)).ok()?;
        Flat::open(Source::File(file), FORMAT).ok().map(Arc::new)
    }

    /// Returns the file of the library of some folders.
    pub(super) fn path(&self, folders: &[PathBuf]) -> PathBuf {
        let mut names = crc32fast::Hasher::new();
        for folder in folders {
            names.update(folder.as_os_str().as_bytes());
            names.update(&[0]);
        }
        let name = format!("{:08x}.{KEPT}", names.finalize());
        self.folder.join(name)
    }

    /// Begins a file that is going to be at a path; removes what was left lying about.
    pub(super) fn begin(&self, path: &Path) -> io::Result<Temporary> {
        fs::create_dir_all(&self.folder)?;
        tidy(&self.folder);
        self.forget(SystemTime::now());
        Temporary::make(path)
    }

    pub(super) fn error(&self, source: io::Error) -> CacheError {
        CacheError {
            folder: self.folder.clone(),
            source,
        }
    }

    /// Removes libraries that nobody made anew for long.
    fn forget(&self, now: SystemTime) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            let is_kept = path.extension().is_some_and(|ending| ending == KEPT);
            let made = fs::metadata(&path).and_then(|about| about.modified());
            let age = made.ok().and_then(|made| now.duration_since(made).ok());
            if is_kept && age.is_some_and(|age| age > FORGOTTEN) {
                // One that does not go does no harm.
                let _ = fs::remove_file(&path);
            }
        }
    }
}
