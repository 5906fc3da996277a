//! Keeps the server's own key: made once, and read by nobody else.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, HashAlg, PrivateKey, ssh_key};

use crate::storage::AtomicFile;

/// The server's own key.
#[derive(Clone, Debug)]
pub struct HostKey {
    key: PrivateKey,
}

/// Says why there is no host key.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// The file cannot be read or written.
    #[error("cannot use the host key {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read it.
    #[error(
        "the host key {} can be read by others (mode {mode:04o}); \
         run `chmod 600` on it, or remove it so that a new one is made",
        path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is no key, or has a passphrase.
    #[error("the host key {} is no OpenSSH private key without a passphrase: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ssh_key::Error,
    },
    /// It is of another kind.
    #[error("the host key {} is of type {algorithm}; only ed25519 is served", path.display())]
    UnsupportedAlgorithm {
        /// The file.
        path: PathBuf,
        /// The kind.
        algorithm: Algorithm,
    },
}

impl HostKey {
    /// Reads the key, or makes one where there is none.
    pub fn load_or_create(path: &Path) -> Result<Self, HostKeyError> {
        match Self::load(path) {
            Err(HostKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Self::create(path)?;
                Self::load(path)
            }
            read => read,
        }
    }

    /// Returns the key's fingerprint as `ssh` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Returns the public key as a line of `known_hosts` has it.
    pub fn public_key(&self) -> String {
        // A key that was read can be written.
        self.key.public_key().to_openssh().unwrap_or_default()
    }

    /// Returns the key for the SSH protocol.
    pub fn private_key(&self) -> PrivateKey {
        self.key.clone()
    }

    fn load(path: &Path) -> Result<Self, HostKeyError> {
        let failed = |source| HostKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(HostKeyError::Exposed {
                path: path.to_owned(),
                mode: mode & 0o7777,
            });
        }
        let unreadable = |source| HostKeyError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let text = fs::read(path).map_err(failed)?;
        let key = PrivateKey::from_openssh(text).map_err(unreadable)?;
        if key.is_encrypted() {
            return Err(unreadable(ssh_key::Error::Encrypted));
        }
        match key.algorithm() {
            Algorithm::Ed25519 => Ok(Self { key }),
            algorithm => Err(HostKeyError::UnsupportedAlgorithm {
                path: path.to_owned(),
                algorithm,
            }),
        }
    }

    /// Writes a new key, whole or not at all. Where two servers start at once, the first key stays.
    fn create(path: &Path) -> Result<(), HostKeyError> {
        let failed = |source| HostKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let mut key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519)
            .map_err(|error| failed(io::Error::other(error)))?;
        key.set_comment("codeleaf");
        let text = key
            .to_openssh(LineEnding::LF)
            .map_err(|error| failed(io::Error::other(error)))?;
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(failed)?;
        }
        let written = AtomicFile::create_with_mode(path, 0o600).and_then(|file| {
            file.file().write_all(text.as_bytes())?;
            file.commit_new(path)
        });
        match written {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
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
