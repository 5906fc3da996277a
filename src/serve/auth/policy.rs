//! Decides who is let in, and defines who somebody is who was.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::{HashAlg, PublicKey};

use crate::serve::auth::authorized_keys::AuthorizedKeysFile;
use crate::serve::auth::key_entry::{Denial, PtyPermission};

/// Who is let in.
#[derive(Debug)]
pub enum AuthPolicy {
    Open,
    Keys(AuthorizedKeysFile),
}

/// Who is logged in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The name that the client gives; nothing depends on it.
    pub user: String,
    /// Where the server knows its readers.
    pub identity: Option<KeyIdentity>,
    pub pty: PtyPermission,
}

/// A reader who is known by a key.
#[derive(Clone, Debug)]
pub struct KeyIdentity {
    pub key: PublicKey,
    pub fingerprint: String,
}

impl AuthPolicy {
    /// Returns what the owner of a key, who comes from an address, may do now.
    pub fn authorize(&self, key: &PublicKey, from: IpAddr) -> Result<PtyPermission, Denial> {
        match self {
            Self::Open => Ok(PtyPermission::Allowed),
            Self::Keys(roll) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = now.map_or(0, |now| now.as_secs());
                Ok(roll.current_keys().authorize(key, from, now)?.pty)
            }
        }
    }

    /// Returns who the owner of a key is, where the server knows its readers.
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
