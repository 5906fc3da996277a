//! The file of authorized keys, in the format of OpenSSH's `authorized_keys`.
//!
//! As with sshd, the file is read for each login, and a file that cannot be read authorizes nobody.
//! A line that cannot be used is skipped and logged; the other lines hold.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use russh::keys::{HashAlg, PublicKey};

use crate::files::{self, FileError};
use crate::serve::auth::key_entry::{
    KeyEntry, KeyError, PtyPermission, is_security_key, skip_blanks,
};
use crate::sync::lock;

/// The maximum file size, in bytes: enough for ten thousand keys.
const MAX_FILE_SIZE: u64 = 4 * 1024 * 1024;

/// The maximum number of skipped lines that are logged each time the file has changed.
const MAX_LOGGED: usize = 20;

#[derive(Debug)]
pub struct AuthorizedKeysFile {
    path: PathBuf,
    last_read: Mutex<LastRead>,
}

#[derive(Debug, Default)]
struct LastRead {
    /// `None` if the file could not be read.
    content: Option<Vec<u8>>,
    keys: Arc<AuthorizedKeys>,
}

#[derive(Clone, Debug, Default)]
pub struct AuthorizedKeys {
    entries: Vec<KeyEntry>,
    /// The skipped lines, by their numbers from 1.
    skipped: Vec<(usize, KeyError)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("unknown key")]
    UnknownKey,
    #[error("unknown security key, or one whose touch this server would have to check")]
    SecurityKey,
    #[error("key not allowed from this address")]
    AddressNotAllowed,
    #[error("key expired")]
    Expired,
}

/// The key that identifies a user.
#[derive(Clone, Debug)]
pub struct KeyIdentity {
    pub key: PublicKey,
    pub fingerprint: String,
}

impl From<&PublicKey> for KeyIdentity {
    fn from(key: &PublicKey) -> Self {
        Self {
            key: key.clone(),
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        }
    }
}

impl AuthorizedKeysFile {
    /// Reads the file. It must exist, so that a mistyped path is noticed.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        read(path)?;
        let file = Self {
            path: path.to_owned(),
            last_read: Mutex::default(),
        };
        file.current_keys();
        Ok(file)
    }

    /// Reads the file again, and parses it if it has changed.
    pub fn current_keys(&self) -> Arc<AuthorizedKeys> {
        // Locked while reading, so that an older content does not replace a newer one.
        let mut last = lock(&self.last_read);
        match read(&self.path) {
            Ok(content) if last.content.as_ref() == Some(&content) => {}
            Ok(content) => {
                last.keys = Arc::new(parse_and_log(&self.path, &content));
                last.content = Some(content);
            }
            Err(error) => {
                if last.content.take().is_some() {
                    let path = self.path.display();
                    let error = format!("cannot read the authorized keys {path}: {error}");
                    tracing::error!(error, "nobody can log in");
                }
                last.keys = Arc::default();
            }
        }
        Arc::clone(&last.keys)
    }

    /// Reads the file, and checks a key that is used from an address now.
    pub fn authorize(&self, key: &PublicKey, from: IpAddr) -> Result<PtyPermission, Denial> {
        let keys = self.current_keys();
        let entry = keys.authorize(key, from, SystemTime::now())?;
        Ok(entry.pty)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    files::read_to_limit(&files::open_trusted(path)?, MAX_FILE_SIZE)
}

fn parse_and_log(path: &Path, content: &[u8]) -> AuthorizedKeys {
    let keys = AuthorizedKeys::parse(content);
    let path = path.display().to_string();
    for (number, error) in keys.skipped.iter().take(MAX_LOGGED) {
        let place = format!("{path}:{number}");
        tracing::warn!(
            place,
            error = error.to_string(),
            "a line of the authorized keys is skipped"
        );
    }
    let (count, skipped) = (keys.entries.len(), keys.skipped.len());
    if count == 0 {
        tracing::warn!(path, skipped, "no usable key, so nobody can log in");
    } else {
        tracing::info!(path, keys = count, skipped, "authorized keys read");
    }
    keys
}

impl AuthorizedKeys {
    /// Parses every line that is neither empty nor a comment.
    pub fn parse(text: &[u8]) -> Self {
        let mut keys = Self::default();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            let line = skip_blanks(line);
            if line.trim_ascii().is_empty() || line.starts_with(b"#") {
                continue;
            }
            match KeyEntry::parse(line.trim_ascii_end()) {
                Ok(entry) => keys.entries.push(entry),
                Err(error) => keys.skipped.push((number, error)),
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
        let mut denial = if is_security_key(key) {
            Denial::SecurityKey
        } else {
            Denial::UnknownKey
        };
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
    use std::fs;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const ANNA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ anna";

    fn authorize(line: &str, from: &str, now: u64) -> Result<PtyPermission, Denial> {
        let keys = AuthorizedKeys::parse(line.as_bytes());
        assert_eq!(keys.skipped, [], "{line}");
        let key = PublicKey::from_openssh(ANNA).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        keys.authorize(&key, from.parse().unwrap(), now)
            .map(|entry| entry.pty)
    }

    #[test]
    fn only_listed_keys_are_authorized() {
        let file = format!("# readers\n\n{ANNA}\n");
        assert_eq!(authorize(&file, "10.0.0.1", 0), Ok(PtyPermission::Allowed));
        let keys = AuthorizedKeys::parse(b"");
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
        let keys = AuthorizedKeys::parse(file.as_bytes());
        assert_eq!(keys.entries.len(), 1);
        let lines: Vec<usize> = keys.skipped.iter().map(|(number, _)| *number).collect();
        assert_eq!(lines, [1, 3, 4, 5, 6, 7]);
        assert_eq!(
            keys.skipped[0].1,
            KeyError::UnsupportedOption("command".into())
        );
    }

    #[test]
    fn changes_apply_at_once_and_unreadable_file_authorizes_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(AuthorizedKeysFile::open(&path).unwrap_err().is_not_found());
        fs::write(&path, "").unwrap();
        let file = AuthorizedKeysFile::open(&path).unwrap();
        let count = || file.current_keys().entries.len();
        assert_eq!(count(), 0);
        let latin_1 = [ANNA.as_bytes(), b" Andr\xE9\nnonsense\n", ANNA.as_bytes()].concat();
        for (content, keys) in [
            (ANNA.as_bytes(), 1),
            (&latin_1, 2),
            (b"", 0),
            (ANNA.as_bytes(), 1),
            (format!("#{ANNA}\n").as_bytes(), 0),
        ] {
            fs::write(&path, content).unwrap();
            assert_eq!(count(), keys, "{}", String::from_utf8_lossy(content));
        }
        fs::write(&path, ANNA).unwrap();
        assert_eq!(count(), 1);
        fs::remove_file(&path).unwrap();
        assert_eq!(count(), 0);
        fs::write(&path, ANNA).unwrap();
        assert_eq!(count(), 1);
        fs::write(&path, vec![b'#'; 5 * 1024 * 1024]).unwrap();
        assert_eq!(count(), 0);
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panicking(text in any::<Vec<u8>>(), options in "[a-z\",=!\\\\ -]{0,40}") {
            AuthorizedKeys::parse(&text);
            let line = format!("{options} {ANNA}");
            let keys = AuthorizedKeys::parse(line.as_bytes());
            prop_assert!(keys.entries.len() + keys.skipped.len() <= 1);
        }
    }
}
