//! Keeps the file of authorised keys at hand, and reads it again when it has changed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use crate::serve::auth::key_entry::AuthorizedKeys;

/// The largest file that is read, in bytes: room for ten thousand keys.
const MAX_FILE_SIZE: u64 = 4 * 1024 * 1024;

/// The file of authorised keys.
#[derive(Debug)]
pub struct AuthorizedKeysFile {
    path: PathBuf,
    cached: Mutex<(Option<FileVersion>, Arc<AuthorizedKeys>)>,
}

/// What tells one edition of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileVersion {
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

/// Says why nobody could be let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizedKeysFileError {
    /// The file cannot be read.
    #[error("cannot read the authorised keys {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no key in it that can be let in.
    #[error("{}: no key there can be let in{}", path.display(), first_rejection(rejected))]
    NoUsableKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        rejected: Vec<crate::serve::auth::key_entry::RejectedKey>,
    },
}

fn first_rejection(faults: &[crate::serve::auth::key_entry::RejectedKey]) -> String {
    faults
        .first()
        .map(|fault| format!("; line {}: {}", fault.line, fault.error))
        .unwrap_or_default()
}

impl AuthorizedKeysFile {
    /// Reads the file, which is to have a key at least.
    pub fn open(path: &Path) -> Result<Self, AuthorizedKeysFileError> {
        let (stamp, keys) = load(path)?;
        Ok(Self {
            path: path.to_owned(),
            cached: Mutex::new((Some(stamp), Arc::new(keys))),
        })
    }

    /// Returns the keys that are let in now. Where the file has become unreadable, those of its
    /// last good edition are.
    pub fn current_keys(&self) -> Arc<AuthorizedKeys> {
        let now = file_version(&self.path).ok();
        let mut read_ = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if read_.0 != now {
            read_.0 = now;
            match load(&self.path) {
                Ok((stamp, keys)) => *read_ = (Some(stamp), Arc::new(keys)),
                Err(error) => {
                    tracing::error!(%error, "the keys read before stay in force");
                }
            }
        }
        Arc::clone(&read_.1)
    }
}

fn file_version(path: &Path) -> io::Result<FileVersion> {
    let about = fs::metadata(path)?;
    Ok(FileVersion {
        inode: about.ino(),
        length: about.len(),
        modified: (about.mtime(), about.mtime_nsec()),
    })
}

fn load(path: &Path) -> Result<(FileVersion, AuthorizedKeys), AuthorizedKeysFileError> {
    let failed = |source| AuthorizedKeysFileError::Io {
        path: path.to_owned(),
        source,
    };
    let stamp = file_version(path).map_err(failed)?;
    if stamp.length > MAX_FILE_SIZE {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    let keys = AuthorizedKeys::parse(&fs::read_to_string(path).map_err(failed)?);
    for fault in keys.rejected() {
        tracing::warn!(line = fault.line, error = %fault.error, "a key is refused");
    }
    if keys.is_empty() {
        return Err(AuthorizedKeysFileError::NoUsableKey {
            path: path.to_owned(),
            rejected: keys.rejected().to_vec(),
        });
    }
    tracing::info!(keys = keys.len(), "authorised keys read");
    Ok((stamp, keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ anna";

    #[test]
    fn changed_file_applies_at_once_and_broken_file_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(matches!(
            AuthorizedKeysFile::open(&path),
            Err(AuthorizedKeysFileError::Io { .. })
        ));
        fs::write(&path, "ssh-rsa nonsense\n").unwrap();
        assert!(matches!(
            AuthorizedKeysFile::open(&path),
            Err(AuthorizedKeysFileError::NoUsableKey { .. })
        ));
        fs::write(&path, ANNA).unwrap();
        let roll = AuthorizedKeysFile::open(&path).unwrap();
        assert_eq!(roll.current_keys().len(), 1);
        fs::write(&path, format!("{ANNA}\n{ANNA} again\n")).unwrap();
        assert_eq!(roll.current_keys().len(), 2);
        fs::write(&path, [0xFF, 0xFE]).unwrap();
        assert_eq!(roll.current_keys().len(), 2);
        fs::remove_file(&path).unwrap();
        assert_eq!(roll.current_keys().len(), 2);
        fs::write(&path, ANNA).unwrap();
        assert_eq!(roll.current_keys().len(), 1);
    }
}
