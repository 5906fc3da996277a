//! Atomic replacement of files: a temporary file that is renamed when it is complete.
//!
//! Readers see the old file or the new one, never a part. The writer holds a lock on the temporary
//! file while it lives; [`remove_stale`] deletes temporary files that no process has locked. Files
//! have mode 0600 and folders 0700, whatever the umask.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use tempfile::NamedTempFile;

use crate::files::read;

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
            && let Ok(file) = read::open(&path)
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            // If this fails, the next writer tries again.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Creates a folder and those above it that are missing.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Locks a file, which is created if it is missing. Waits until the lock is free; dropping the file
/// unlocks it.
pub fn lock(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?);
    file.lock()?;
    Ok(file)
}

/// A temporary file beside its future path. Dropping it removes it.
#[derive(Debug)]
pub struct AtomicFile(NamedTempFile);

impl AtomicFile {
    /// Creates a temporary file in the folder of `path`.
    ///
    /// Names are random and never reused: a concurrent [`remove_stale`] may have just opened a file
    /// under the old name.
    pub fn create(path: &Path) -> io::Result<Self> {
        for _ in 0..MAX_ATTEMPTS {
            let file = tempfile::Builder::new()
                .prefix(path.file_name().unwrap_or_default())
                .suffix(&format!(".{TEMP_EXTENSION}"))
                .tempfile_in(folder_of(path))?;
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
    pub fn commit_derived(self, path: &Path) -> io::Result<()> {
        self.0.persist(path)?;
        Ok(())
    }

    /// Renames the file to `path`, replacing any existing file, and waits until both the file and
    /// its name are on disk.
    pub fn commit(self, path: &Path) -> io::Result<()> {
        self.file().sync_all()?;
        self.0.persist(path)?;
        sync_folder_of(path)
    }

    /// Renames the file to `path` unless that exists, and waits until both the file and its name
    /// are on disk.
    pub fn commit_new(self, path: &Path) -> io::Result<()> {
        self.file().sync_all()?;
        self.0.persist_noclobber(path)?;
        sync_folder_of(path)
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(folder_of(path), flags, Mode::empty())?;
    Ok(rustix::fs::fsync(folder)?)
}

/// Replaces the file at `path` with `bytes`, and waits until they are on disk. Creates missing
/// folders.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_folder(folder_of(path))?;
    let file = AtomicFile::create(path)?;
    file.file().write_all(bytes)?;
    file.commit(path)
}

/// Replaces a file of the user with `bytes`, and waits until they are on disk. The file keeps its
/// permissions, and a link to it stays a link.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let file = AtomicFile::create(&path)?;
    file.file().write_all(bytes)?;
    file.file().set_permissions(permissions)?;
    file.commit(&path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

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
        open.commit_derived(&path).unwrap();
        assert!(path.exists());
    }

    #[test]
    fn dropped_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::create(&folder.path().join("a")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn replaced_file_keeps_its_permissions_and_links() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "first").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        replace(&link, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o664);
        assert!(replace(&folder.path().join("b"), b"").is_err());
    }

    #[test]
    fn commit_replaces_and_commit_new_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a");
        write_atomic(&path, b"first").unwrap();
        write_atomic(&path, b"second").unwrap();
        let late = AtomicFile::create(&path).unwrap();
        let error = late.commit_new(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"second");
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
}
