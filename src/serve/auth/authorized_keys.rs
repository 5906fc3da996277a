//! The file of authorized keys, in the format of OpenSSH's `authorized_keys`.
//!
//! The file is read again when it has changed. An entry with an unsupported option is rejected as a
//! whole and logged; the other entries stay valid.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use russh::keys::PublicKey;

use crate::files::{self, FileError};
use crate::serve::auth::key_entry::{KeyEntry, KeyError};
use crate::storage::Fingerprint;
use crate::sync::lock;

/// The maximum file size, in bytes: enough for ten thousand keys.
const MAX_FILE_SIZE: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
pub struct AuthorizedKeysFile {
    path: PathBuf,
    /// `None` if the file could not be read last time; the keys are those of the last valid file.
    cached: Mutex<(Option<Fingerprint>, Arc<AuthorizedKeys>)>,
}

#[derive(Clone, Debug, Default)]
pub struct AuthorizedKeys {
    entries: Vec<KeyEntry>,
    rejected: Vec<RejectedKey>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedKey {
    /// The line number, from 1.
    pub line: usize,
    pub error: KeyError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("unknown key")]
    UnknownKey,
    #[error("key not allowed from this address")]
    AddressNotAllowed,
    #[error("key expired")]
    Expired,
}

#[derive(Debug, thiserror::Error)]
pub enum AuthorizedKeysFileError {
    #[error("cannot read the authorized keys {}: {source}", path.display())]
    File { path: PathBuf, source: FileError },
    #[error("{}: no usable key{}", path.display(), first_rejection(rejected))]
    NoUsableKey {
        path: PathBuf,
        rejected: Vec<RejectedKey>,
    },
}

fn first_rejection(rejected: &[RejectedKey]) -> String {
    rejected
        .first()
        .map(|first| format!("; line {}: {}", first.line, first.error))
        .unwrap_or_default()
}

impl AuthorizedKeysFile {
    /// Reads the file, which must have at least one usable key.
    pub fn open(path: &Path) -> Result<Self, AuthorizedKeysFileError> {
        let (fingerprint, keys) = load(path)?;
        Ok(Self {
            path: path.to_owned(),
            cached: Mutex::new((Some(fingerprint), Arc::new(keys))),
        })
    }

    /// Reads the file again if it has changed. If that fails, the keys read before stay valid.
    pub fn current_keys(&self) -> Arc<AuthorizedKeys> {
        let metadata = fs::metadata(&self.path).ok();
        let current = metadata.as_ref().map(Fingerprint::from_metadata);
        let mut cached = lock(&self.cached);
        if cached.0 != current {
            cached.0 = current;
            match load(&self.path) {
                Ok((fingerprint, keys)) => *cached = (Some(fingerprint), Arc::new(keys)),
                Err(error) => tracing::error!(%error, "keeping the previous keys"),
            }
        }
        Arc::clone(&cached.1)
    }
}

fn load(path: &Path) -> Result<(Fingerprint, AuthorizedKeys), AuthorizedKeysFileError> {
    let failed = |source| AuthorizedKeysFileError::File {
        path: path.to_owned(),
        source,
    };
    let file = files::open_trusted(path).map_err(failed)?;
    let metadata = file.metadata().map_err(|error| failed(error.into()))?;
    let bytes = files::read_to_limit(&file, MAX_FILE_SIZE).map_err(failed)?;
    let keys = AuthorizedKeys::parse(&String::from_utf8_lossy(&bytes));
    for rejected in &keys.rejected {
        tracing::warn!(line = rejected.line, error = %rejected.error, "a key is rejected");
    }
    if keys.entries.is_empty() {
        return Err(AuthorizedKeysFileError::NoUsableKey {
            path: path.to_owned(),
            rejected: keys.rejected,
        });
    }
    tracing::info!(keys = keys.entries.len(), "authorized keys read");
    Ok((Fingerprint::from_metadata(&metadata), keys))
}

impl AuthorizedKeys {
    /// Parses every line that is neither empty nor a comment.
    pub fn parse(text: &str) -> Self {
        let mut keys = Self::default();
        for (line, entry) in (1..).zip(text.lines().map(str::trim)) {
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            match KeyEntry::parse(entry) {
                Ok(entry) => keys.entries.push(entry),
                Err(error) => keys.rejected.push(RejectedKey { line, error }),
            }
        }
        keys
    }

    /// Checks a key that is used from an address. If a key is listed twice, the first entry that
    /// allows the login applies.
    pub fn authorize(
        &self,
        key: &PublicKey,
        from: IpAddr,
        now: SystemTime,
    ) -> Result<&KeyEntry, Denial> {
        let mut denial = Denial::UnknownKey;
        for entry in self.entries.iter().filter(|e| e.key == *key.key_data()) {
            if entry.expires.is_some_and(|expires| expires <= now) {
                denial = Denial::Expired;
            } else if entry.from.as_ref().is_some_and(|list| !list.allows(from)) {
                denial = Denial::AddressNotAllowed;
            } else {
                return Ok(entry);
            }
        }
        Err(denial)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::serve::auth::key_entry::PtyPermission;

    const ANNA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ anna";

    fn authorize(line: &str, from: &str, now: u64) -> Result<PtyPermission, Denial> {
        let keys = AuthorizedKeys::parse(line);
        assert_eq!(keys.rejected, [], "{line}");
        let key = PublicKey::from_openssh(ANNA).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        keys.authorize(&key, from.parse().unwrap(), now)
            .map(|entry| entry.pty)
    }

    #[test]
    fn only_listed_keys_are_authorized() {
        let file = format!("# readers\n\n{ANNA}\n");
        assert_eq!(authorize(&file, "10.0.0.1", 0), Ok(PtyPermission::Allowed));
        let keys = AuthorizedKeys::parse("");
        let key = PublicKey::from_openssh(ANNA).unwrap();
        let denied = keys.authorize(&key, "10.0.0.1".parse().unwrap(), SystemTime::now());
        assert_eq!(denied.unwrap_err(), Denial::UnknownKey);
    }

    #[test]
    fn options_are_applied() {
        let line = format!("from=\"10.0.0.0/8,!10.6.6.6\",no-port-forwarding {ANNA}");
        assert_eq!(authorize(&line, "10.1.2.3", 0), Ok(PtyPermission::Allowed));
        assert_eq!(
            authorize(&line, "10.6.6.6", 0),
            Err(Denial::AddressNotAllowed)
        );
        assert_eq!(
            authorize(&line, "192.168.0.1", 0),
            Err(Denial::AddressNotAllowed)
        );
        let line = format!("expiry-time=\"20260102Z\" {ANNA}");
        assert_eq!(
            authorize(&line, "::1", 1_767_311_999),
            Ok(PtyPermission::Allowed)
        );
        assert_eq!(authorize(&line, "::1", 1_767_312_000), Err(Denial::Expired));
        for (options, pty) in [
            ("restrict", PtyPermission::Forbidden),
            ("no-pty,no-X11-forwarding", PtyPermission::Forbidden),
            ("restrict,pty", PtyPermission::Allowed),
        ] {
            assert_eq!(authorize(&format!("{options} {ANNA}"), "::1", 0), Ok(pty));
        }
    }

    #[test]
    fn unsupported_option_rejects_only_its_own_key() {
        let file = format!(
            "command=\"sh -c 'echo, hi'\" {ANNA}\n{ANNA}\ncert-authority {ANNA}\nnonsense\n\
             from=\"host.example\" {ANNA}\nexpiry-time=\"20260102\" {ANNA}\n\
             environment=\"A=B {ANNA}\n"
        );
        let keys = AuthorizedKeys::parse(&file);
        assert_eq!(keys.entries.len(), 1);
        let lines: Vec<usize> = keys.rejected.iter().map(|rejected| rejected.line).collect();
        assert_eq!(lines, [1, 3, 4, 5, 6, 7]);
        assert_eq!(
            keys.rejected[0].error,
            KeyError::UnsupportedOption("command".into())
        );
    }

    #[test]
    fn changed_file_applies_at_once_and_broken_file_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(matches!(
            AuthorizedKeysFile::open(&path),
            Err(AuthorizedKeysFileError::File { .. })
        ));
        fs::write(&path, "ssh-rsa nonsense\n").unwrap();
        assert!(matches!(
            AuthorizedKeysFile::open(&path),
            Err(AuthorizedKeysFileError::NoUsableKey { .. })
        ));
        fs::write(&path, ANNA).unwrap();
        let file = AuthorizedKeysFile::open(&path).unwrap();
        assert_eq!(file.current_keys().entries.len(), 1);
        fs::write(&path, format!("{ANNA}\n{ANNA} again\n")).unwrap();
        assert_eq!(file.current_keys().entries.len(), 2);
        fs::write(&path, [0xFF, 0xFE]).unwrap();
        assert_eq!(file.current_keys().entries.len(), 2);
        fs::remove_file(&path).unwrap();
        assert_eq!(file.current_keys().entries.len(), 2);
        fs::write(&path, ANNA).unwrap();
        assert_eq!(file.current_keys().entries.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panicking(text in any::<String>(), options in "[a-z\",=!\\\\ -]{0,40}") {
            AuthorizedKeys::parse(&text);
            let line = format!("{options} {ANNA}");
            let keys = AuthorizedKeys::parse(&line);
            prop_assert!(keys.entries.len() + keys.rejected.len() <= 1);
        }
    }
}
