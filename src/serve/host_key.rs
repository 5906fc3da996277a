//! Keeps the server's own key: made once, and read by nobody else.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::{self, LineEnding};
use russh::keys::{Algorithm, HashAlg, PrivateKey};

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
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The kind.
        algorithm: Algorithm,
    },
}

impl HostKey {
    /// Reads the key, or makes one where there is none.
    pub fn open(path: &Path) -> Result<Self, HostKeyError> {
        match Self::read(path) {
            Err(HostKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Self::make(path)?;
                Self::read(path)
            }
            read => read,
        }
    }

    /// Returns the key's fingerprint as `ssh` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Returns the public key as a line of `known_hosts` has it.
    pub fn public(&self) -> String {
        // A key that was read can be written.
        self.key.public_key().to_openssh().unwrap_or_default()
    }

    /// Returns the key for the SSH protocol.
    pub(super) fn private(&self) -> PrivateKey {
        self.key.clone()
    }

    fn read(path: &Path) -> Result<Self, HostKeyError> {
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
            algorithm => Err(HostKeyError::OtherKind {
                path: path.to_owned(),
                algorithm,
            }),
        }
    }

    /// Writes a new key, whole or not at all. Where two servers start at once, the first key stays.
    fn make(path: &Path) -> Result<(), HostKeyError> {
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
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                fs::hard_link(&temporary, path)
            });
        // Nothing more can be done about a temporary file that does not go.
        let _ = fs::remove_file(&temporary);
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
    fn a_key_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/host_ed25519");
        let first = HostKey::open(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let again = HostKey::open(&path).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert!(first.fingerprint().starts_with("SHA256:"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        HostKey::open(&path).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = HostKey::open(&path).unwrap_err();
            assert!(matches!(error, HostKeyError::Exposed { .. }), "{error}");
        }
    }

    #[test]
    fn a_damaged_key_is_no_reason_to_make_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "-----BEGIN NOTHING-----").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            HostKey::open(&path),
            Err(HostKeyError::Unreadable { .. })
        ));
    }
}
