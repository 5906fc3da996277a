//! Defines the unfinished file: whole under its own name, or gone.
//!
//! It is locked by its writer for as long as that lives; the next writer in its folder removes
//! those that nobody holds any more.

use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::{fs, io};

use rustix::fs::{FlockOperation, flock};
use tempfile::NamedTempFile;

/// What the names of unfinished files end in.
const TEMP_EXTENSION: &str = "new";

/// How often another name is tried where a writer that tidies is quicker.
const MAX_ATTEMPTS: usize = 64;

/// Removes the unfinished files of a folder whose writer is gone.
pub fn remove_stale(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_unfinished = path.extension().is_some_and(|e| e == TEMP_EXTENSION);
        if is_unfinished
            && let Ok(file) = File::open(&path)
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            // Nobody waits for it; if it does not go, the next writer tries again.
            let _ = fs::remove_file(&path);
        }
    }
}

/// A file that gets its name when it is whole. Left alone, it goes.
#[derive(Debug)]
pub struct AtomicFile(NamedTempFile);

impl AtomicFile {
    /// Makes a file beside the one that it is going to be, and holds it.
    ///
    /// Its name is made of chance and never comes again: a writer that tidies may just have opened
    /// the file that had the name before.
    pub fn create(beside: &Path) -> io::Result<Self> {
        let folder = beside.parent().unwrap_or(Path::new("."));
        let name = beside.file_name().unwrap_or_default();
        for _ in 0..MAX_ATTEMPTS {
            let file = tempfile::Builder::new()
                .prefix(name)
                .suffix(&format!(".{TEMP_EXTENSION}"))
                .permissions(Permissions::from_mode(0o666))
                .tempfile_in(folder)?;
            // A file system without locks tidies nothing away, so that other errors do no harm.
            let held = flock(file.as_file(), FlockOperation::NonBlockingLockExclusive);
            // Another writer may be about to tidy it away, or have done so before it was held.
            if held != Err(rustix::io::Errno::WOULDBLOCK) && file.as_file().metadata()?.nlink() > 0
            {
                return Ok(Self(file));
            }
        }
        Err(io::Error::other("no temporary file can be made"))
    }

    /// Returns the file.
    pub fn file(&self) -> &File {
        self.0.as_file()
    }

    /// Gives the file its name.
    pub fn commit(self, path: &Path) -> io::Result<()> {
        self.0.persist(path)?;
        Ok(())
    }
}
