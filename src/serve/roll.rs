//! Keeps the file of authorised keys at hand, and reads it again when it has changed.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::authorized::AuthorizedKeys;

/// The largest file that is read, in bytes: room for ten thousand keys.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The file of authorised keys.
#[derive(Debug)]
pub struct Roll {
    path: PathBuf,
    read: Mutex<(Option<Stamp>, Arc<AuthorizedKeys>)>,
}

/// What tells one edition of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

/// Says why nobody could be let in.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// The file cannot be read.
    #[error("cannot read the authorised keys {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no key in it that can be let in.
    #[error("{}: no key there can be let in{}", path.display(), first(faults))]
    Nobody {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        faults: Vec<super::KeyFault>,
    },
}

fn first(faults: &[super::KeyFault]) -> String {
    faults
        .first()
        .map(|fault| format!("; line {}: {}", fault.line, fault.error))
        .unwrap_or_default()
}

impl Roll {
    /// Reads the file, which is to have a key at least.
    pub fn open(path: &Path) -> Result<Self, RollError> {
        let (stamp, keys) = read(path)?;
        Ok(Self {
            path: path.to_owned(),
            read: Mutex::new((Some(stamp), Arc::new(keys))),
        })
    }

    /// Returns the keys that are let in now. Where the file has become unreadable, those of its
    /// last good edition are.
    pub fn current(&self) -> Arc<AuthorizedKeys> {
        let now = stamp(&self.path).ok();
        let mut read_ = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read_.0 != now {
            read_.0 = now;
            match read(&self.path) {
                Ok((stamp, keys)) => *read_ = (Some(stamp), Arc::new(keys)),
                Err(error) => {
                    tracing::error!(%error, "the keys read before stay in force");
                }
            }
        }
        Arc::clone(&read_.1)
    }
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let about = fs::metadata(path)?;
    Ok(Stamp {
        inode: about.ino(),
        length: about.len(),
        modified: (about.mtime(), about.mtime_nsec()),
    })
}

fn read(path: &Path) -> Result<(Stamp, AuthorizedKeys), RollError> {
    let failed = |source| RollError::Io {
        path: path.to_owned(),
        source,
    };
    let stamp = stamp(path).map_err(failed)?;
    if stamp.length > LARGEST {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    let keys = AuthorizedKeys::read(&fs::read_to_string(path).map_err(failed)?);
    for fault in keys.faults() {
        tracing::warn!(line = fault.line, error = %fault.error, "a key is refused");
    }
    if keys.is_empty() {
        return Err(RollError::Nobody {
            path: path.to_owned(),
            faults: keys.faults().to_vec(),
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
    fn a_changed_file_counts_at_once_and_a_broken_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(matches!(Roll::open(&path), Err(RollError::Io { .. })));
        fs::write(&path, "ssh-rsa nonsense\n").unwrap();
        assert!(matches!(Roll::open(&path), Err(RollError::Nobody { .. })));
        fs::write(&path, ANNA).unwrap();
        let roll = Roll::open(&path).unwrap();
        assert_eq!(roll.current().len(), 1);
        fs::write(&path, format!("{ANNA}\n{ANNA} again\n")).unwrap();
        assert_eq!(roll.current().len(), 2);
        fs::write(&path, [0xFF, 0xFE]).unwrap();
        assert_eq!(roll.current().len(), 2);
        fs::remove_file(&path).unwrap();
        assert_eq!(roll.current().len(), 2);
        fs::write(&path, ANNA).unwrap();
        assert_eq!(roll.current().len(), 1);
    }
}
