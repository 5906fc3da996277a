//! Atomic replacement of files: a temporary file that is renamed when it is complete.
//!
//! Readers see the old file or the new one, never a part. The writer holds a lock on the temporary
//! file while it lives; [`remove_stale`] deletes temporary files that no process has locked.

use std::fs::{File, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::{fs, io};

use rustix::fs::{FlockOperation, flock};
use tempfile::NamedTempFile;

/// The extension of temporary files.
const TEMP_EXTENSION: &str = "new";

/// How often [`AtomicFile::create`] tries another name when [`remove_stale`] interferes.
const MAX_ATTEMPTS: usize = 64;

/// Removes the temporary files in a folder whose writers are gone.
///
/// Call it on folders that belong to the program alone.
pub fn remove_stale(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_temporary = path.extension().is_some_and(|e| e == TEMP_EXTENSION);
        if is_temporary
            && let Ok(file) = File::open(&path)
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            // If this fails, the next writer tries again.
            let _ = fs::remove_file(&path);
        }
    }
}

/// A temporary file beside its future path. Dropping it removes it.
#[derive(Debug)]
pub struct AtomicFile(NamedTempFile);

impl AtomicFile {
    /// Creates a temporary file in the folder of `path`, with mode 0666 less the umask.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::create_with_mode(path, 0o666)
    }

    /// Creates a temporary file in the folder of `path`, with a mode less the umask.
    ///
    /// Names are random and never reused: a concurrent [`remove_stale`] may have just opened a file
    /// under the old name.
    pub fn create_with_mode(path: &Path, mode: u32) -> io::Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        for _ in 0..MAX_ATTEMPTS {
            let file = tempfile::Builder::new()
                .prefix(path.file_name().unwrap_or_default())
                .suffix(&format!(".{TEMP_EXTENSION}"))
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(folder.unwrap_or(Path::new(".")))?;
            // Other errors come from file systems without locks, where `remove_stale` does nothing.
            let lock = flock(file.as_file(), FlockOperation::NonBlockingLockExclusive);
            // `remove_stale` may hold the lock, or may have removed the file before it was locked.
            if lock != Err(rustix::io::Errno::WOULDBLOCK) && file.as_file().metadata()?.nlink() > 0
            {
                return Ok(Self(file));
            }
        }
        Err(io::Error::other("cannot create a temporary file"))
    }

    pub fn file(&self) -> &File {
        self.0.as_file()
    }

    /// Renames the file to `path`, replacing any existing file. Does not wait for the disk: a
    /// checksum detects a derived file that a power failure truncated.
    pub fn commit(self, path: &Path) -> io::Result<()> {
        self.0.persist(path)?;
        Ok(())
    }

    /// Writes the file to disk, then renames it to `path` unless that exists.
    pub fn commit_new(self, path: &Path) -> io::Result<()> {
        self.file().sync_all()?;
        self.0.persist_noclobber(path)?;
        Ok(())
    }
}

/// Replaces the file at `path` with `bytes`, and waits until they are on disk. Creates missing
/// folders.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = AtomicFile::create(path)?;
    file.file().write_all(bytes)?;
    file.file().sync_all()?;
    file.commit(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remove_stale_keeps_files_in_progress() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let open = AtomicFile::create(&path).unwrap();
        fs::write(folder.path().join("left.new"), "").unwrap();
        fs::write(folder.path().join("left.txt"), "").unwrap();
        remove_stale(folder.path());
        assert!(!folder.path().join("left.new").exists());
        assert!(folder.path().join("left.txt").exists());
        open.commit(&path).unwrap();
        assert!(path.exists());
    }

    #[test]
    fn dropped_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::create(&folder.path().join("a")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn commit_replaces_and_commit_new_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a");
        write_atomic(&path, b"first").unwrap();
        write_atomic(&path, b"second").unwrap();
        let late = AtomicFile::create_with_mode(&path, 0o600).unwrap();
        let error = late.commit_new(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"second");
        let private = AtomicFile::create_with_mode(&path, 0o600).unwrap();
        private.commit(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }
}
