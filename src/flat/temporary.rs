//! Defines the unfinished file: whole under its own name, or gone.
//!
//! It is locked by its writer for as long as that lives; the next writer in its folder removes
//! those that nobody holds any more.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// What the names of unfinished files end in.
const UNFINISHED: &str = "new";

/// Removes the unfinished files of a folder whose writer is gone.
pub fn tidy(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_unfinished = path.extension().is_some_and(|e| e == UNFINISHED);
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
pub struct Temporary {
    path: PathBuf,
    file: File,
    is_put: bool,
}

impl Temporary {
    /// Makes a file beside the one that it is going to be, and holds it.
    pub fn make(beside: &Path) -> io::Result<Self> {
        for attempt in 0..64 {
            let process = std::process::id();
            let ending = beside.extension().unwrap_or_default().to_string_lossy();
            let path = beside.with_extension(format!("{ending}.{process}.{attempt}.{UNFINISHED}"));
            let mut options = OpenOptions::new();
            let file = match options.read(true).write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // A file system without locks tidies nothing away, so that other errors do no harm.
            let held = flock(&file, FlockOperation::NonBlockingLockExclusive);
            if held == Err(rustix::io::Errno::WOULDBLOCK) {
                // Another writer is about to tidy it away.
                continue;
            }
            // Another writer may have tidied it away before it was held.
            if file.metadata()?.nlink() > 0 {
                return Ok(Self {
                    path,
                    file,
                    is_put: false,
                });
            }
        }
        Err(io::Error::other("no temporary file can be made"))
    }

    /// Returns the file.
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name.
    pub fn put(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.is_put = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_put {
            // Nothing more can be done about a file that does not go; the next writer tries.
            let _ = fs::remove_file(&self.path);
        }
    }
}
