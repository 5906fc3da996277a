//! The server's host key: created once, readable by its owner only.

use std::io;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, HashAlg, PrivateKey, ssh_key};

use crate::files::{self, AtomicFile, FileError};

/// The maximum file size, in bytes.
const MAX_FILE_SIZE: u64 = 1 << 20;

#[derive(Clone, Debug)]
pub struct HostKey {
    key: PrivateKey,
}

#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    // No field is named `source`: its message would be printed twice.
    #[error("cannot use the host key {}: {error}", path.display())]
    File { path: PathBuf, error: FileError },
    #[error(
        "the host key {} can be read by others (mode {mode:04o}); \
         run `chmod 600` on it, or remove it to create a new one",
        path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error("the host key {} is not an OpenSSH private key without a passphrase: {error}", path.display())]
    Unreadable {
        path: PathBuf,
        error: ssh_key::Error,
    },
    #[error("the host key {} is of type {algorithm}; only ed25519 is supported", path.display())]
    UnsupportedAlgorithm { path: PathBuf, algorithm: Algorithm },
}

impl HostKey {
    /// Reads the key, or creates it if the file is missing.
    pub fn load_or_create(path: &Path) -> Result<Self, HostKeyError> {
        match Self::load(path) {
            Err(HostKeyError::File { error, .. }) if error.is_not_found() => {
                Self::create(path).map_err(|error| file_error(path, error))?;
                Self::load(path)
            }
            loaded => loaded,
        }
    }

    /// The fingerprint as `ssh` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The public key as in `known_hosts`.
    pub fn public_key(&self) -> String {
        // A key that was parsed can be encoded.
        self.key.public_key().to_openssh().unwrap_or_default()
    }

    pub fn private_key(&self) -> PrivateKey {
        self.key.clone()
    }

    fn load(path: &Path) -> Result<Self, HostKeyError> {
        let file = files::open(path).map_err(|error| file_error(path, error))?;
        let metadata = file.metadata().map_err(|error| file_error(path, error))?;
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 != 0 {
            let path = path.to_owned();
            return Err(HostKeyError::Exposed { path, mode });
        }
        files::require_trusted(path, &file).map_err(|error| file_error(path, error))?;
        let text = files::read_to_limit(&file, MAX_FILE_SIZE);
        let text = text.map_err(|error| file_error(path, error))?;
        let path = path.to_owned();
        let error = match PrivateKey::from_openssh(text) {
            Ok(key) if key.is_encrypted() => ssh_key::Error::Encrypted,
            Ok(key) if key.algorithm() == Algorithm::Ed25519 => return Ok(Self { key }),
            Ok(key) => {
                let algorithm = key.algorithm();
                return Err(HostKeyError::UnsupportedAlgorithm { path, algorithm });
            }
            Err(error) => error,
        };
        Err(HostKeyError::Unreadable { path, error })
    }

    /// Writes a new key, completely or not at all. If two servers start at once, the first key
    /// stays.
    fn create(path: &Path) -> io::Result<()> {
        let mut key =
            PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).map_err(io::Error::other)?;
        key.set_comment("codeleaf");
        let text = key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
        // An empty folder is the current one, for which this does nothing.
        files::create_folder(path.parent().unwrap_or(Path::new("")))?;
        let file = AtomicFile::create(path)?;
        file.file().write_all(text.as_bytes())?;
        match file.commit_new(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }
}

fn file_error(path: &Path, error: impl Into<FileError>) -> HostKeyError {
    HostKeyError::File {
        path: path.to_owned(),
        error: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn key_is_created_once_with_owner_only_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/host_ed25519");
        let first = HostKey::load_or_create(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let again = HostKey::load_or_create(&path).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert!(first.fingerprint().starts_with("SHA256:"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn key_readable_by_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        HostKey::load_or_create(&path).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = HostKey::load_or_create(&path).unwrap_err();
            assert!(matches!(error, HostKeyError::Exposed { .. }), "{error}");
        }
    }

    #[test]
    fn damaged_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "-----BEGIN NOTHING-----").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            HostKey::load_or_create(&path),
            Err(HostKeyError::Unreadable { .. })
        ));
    }
}
