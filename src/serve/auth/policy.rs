//! The authentication policy, and the identity of a logged-in user.

use std::net::IpAddr;
use std::time::SystemTime;

use russh::keys::{HashAlg, PublicKey};

use crate::serve::auth::authorized_keys::{AuthorizedKeysFile, Denial};
use crate::serve::auth::key_entry::PtyPermission;

/// Who may log in.
#[derive(Debug)]
pub enum AuthPolicy {
    /// Everyone.
    Open,
    /// The owners of listed keys.
    Keys(AuthorizedKeysFile),
}

/// A logged-in user.
#[derive(Clone, Debug)]
pub struct Login {
    /// The name that the client sends. It is only logged.
    pub user: String,
    /// `None` if the policy is [`AuthPolicy::Open`].
    pub identity: Option<KeyIdentity>,
    pub pty: PtyPermission,
}

/// The key that identifies a user.
#[derive(Clone, Debug)]
pub struct KeyIdentity {
    pub key: PublicKey,
    pub fingerprint: String,
}

impl AuthPolicy {
    /// Checks a key that is used from an address now. Reads a file, and so may block.
    pub fn authorize(&self, key: &PublicKey, from: IpAddr) -> Result<PtyPermission, Denial> {
        match self {
            Self::Open => Ok(PtyPermission::Allowed),
            Self::Keys(file) => file
                .current_keys()
                .authorize(key, from, SystemTime::now())
                .map(|entry| entry.pty),
        }
    }

    /// Reads the authorized keys, and logs what has changed.
    pub fn reload(&self) {
        if let Self::Keys(file) = self {
            file.current_keys();
        }
    }

    pub fn identity(&self, key: &PublicKey) -> Option<KeyIdentity> {
        match self {
            Self::Open => None,
            Self::Keys(_) => Some(KeyIdentity {
                key: key.clone(),
                fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            }),
        }
    }
}
