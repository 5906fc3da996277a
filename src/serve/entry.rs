//! Decides who is let in, and defines who somebody is who was.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::{HashAlg, PublicKey};

use super::authorized::{Denial, Screen};
use super::roll::Roll;

/// Who is let in.
#[derive(Debug)]
pub(super) enum Entry {
    Everybody,
    Keys(Roll),
}

/// Who is logged in.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// The name that the client gives; nothing depends on it.
    pub user: String,
    /// Where the server knows its readers.
    pub reader: Option<Reader>,
    pub screen: Screen,
}

/// A reader who is known by a key.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub key: PublicKey,
    pub fingerprint: String,
}

impl Entry {
    /// Returns what the owner of a key, who comes from an address, may do now.
    pub fn screen(&self, key: &PublicKey, from: IpAddr) -> Result<Screen, Denial> {
        match self {
            Self::Everybody => Ok(Screen::Allowed),
            Self::Keys(roll) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = now.map_or(0, |now| now.as_secs());
                Ok(roll.current().grant(key, from, now)?.screen)
            }
        }
    }

    /// Returns who the owner of a key is, where the server knows its readers.
    pub fn reader(&self, key: &PublicKey) -> Option<Reader> {
        match self {
            Self::Everybody => None,
            Self::Keys(_) => Some(Reader {
                key: key.clone(),
                fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            }),
        }
    }
}
