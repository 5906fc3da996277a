//! One entry of `authorized_keys`: options and a key.
//!
//! `from`, `expiry-time`, `pty`, `no-pty` and `restrict` are applied. The other `no-…` options disable
//! features that this server does not have. Any other option is an error.

use std::time::SystemTime;

use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, PublicKey, ssh_key};

use crate::serve::auth::address_patterns::{AddressPatterns, AddressPatternsError};

#[derive(Clone, Debug)]
pub struct KeyEntry {
    pub key: KeyData,
    /// The addresses that the key may be used from.
    pub from: Option<AddressPatterns>,
    pub expires: Option<SystemTime>,
    pub pty: PtyPermission,
}

/// Whether a user may have a terminal, and so the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PtyPermission {
    #[default]
    Allowed,
    Forbidden,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("not a public key: {0}")]
    InvalidKey(ssh_key::Error),
    #[error("{0} keys are not supported; ed25519 and ECDSA keys are")]
    Algorithm(Algorithm),
    #[error("certificates are not supported: list the keys themselves")]
    Certificate,
    #[error("the option `{0}` is not supported, so the key is rejected")]
    UnsupportedOption(String),
    #[error("in `from`, {0}")]
    From(#[from] AddressPatternsError),
    #[error("write expiry-time as \"YYYYMMDDZ\" or \"YYYYMMDDhhmmssZ\", in UTC")]
    Expiry,
    #[error("missing closing double quote")]
    UnclosedQuote,
}

impl KeyEntry {
    pub fn parse(line: &str) -> Result<Self, KeyError> {
        // A line starts with options or with a key type.
        let is_key = ["ssh-", "ecdsa-", "sk-"]
            .iter()
            .any(|kind| line.starts_with(kind));
        if is_key {
            return Self::new(parse_key(line)?);
        }
        let (options, key) = split_options(line)?;
        let mut entry = Self::new(parse_key(key)?)?;
        for option in options {
            entry.apply_option(&option)?;
        }
        Ok(entry)
    }

    fn new(key: PublicKey) -> Result<Self, KeyError> {
        match key.algorithm() {
            Algorithm::Ed25519
            | Algorithm::Ecdsa { .. }
            | Algorithm::SkEd25519
            | Algorithm::SkEcdsaSha2NistP256 => Ok(Self {
                key: key.into(),
                from: None,
                expires: None,
                pty: PtyPermission::default(),
            }),
            other => Err(KeyError::Algorithm(other)),
        }
    }

    fn apply_option(&mut self, option: &str) -> Result<(), KeyError> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "from" => self.from = Some(value.parse()?),
            "expiry-time" => self.expires = Some(parse_expiry(value).ok_or(KeyError::Expiry)?),
            "restrict" | "no-pty" => self.pty = PtyPermission::Forbidden,
            "pty" => self.pty = PtyPermission::Allowed,
            "no-port-forwarding" | "no-agent-forwarding" | "no-x11-forwarding" | "no-user-rc" => {}
            other => {
                let name = crate::text::sanitize(other).into_owned();
                return Err(KeyError::UnsupportedOption(name));
            }
        }
        Ok(())
    }
}

fn parse_key(text: &str) -> Result<PublicKey, KeyError> {
    let kind = text.split(' ').next().unwrap_or_default();
    if kind.contains("-cert-v01@") {
        return Err(KeyError::Certificate);
    }
    PublicKey::from_openssh(text).map_err(KeyError::InvalidKey)
}

/// Splits an entry into its options and its key. Quotes protect commas and spaces.
fn split_options(line: &str) -> Result<(Vec<String>, &str), KeyError> {
    let mut options = vec![String::new()];
    let mut quoted = false;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match c {
            ' ' | '\t' if !quoted => return Ok((options, line[at..].trim_start())),
            ',' if !quoted => options.push(String::new()),
            _ => {
                quoted ^= c == '"' && previous != '\\';
                if let Some(option) = options.last_mut() {
                    option.push(c);
                }
            }
        }
        previous = c;
    }
    if quoted {
        return Err(KeyError::UnclosedQuote);
    }
    Ok((options, ""))
}

/// Parses `YYYYMMDDZ`, `YYYYMMDDhhmmZ` or `YYYYMMDDhhmmssZ`. In OpenSSH a time without `Z` is local;
/// it is rejected here, since its meaning would change with the server's time zone.
fn parse_expiry(text: &str) -> Option<SystemTime> {
    let digits = text.strip_suffix(['Z', 'z'])?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 8 | 12 | 14) {
        return None;
    }
    let digits = format!("{digits:0<14}");
    let (date, time) = digits.split_at(8);
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
    humantime::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_rejected_by_name() {
        let certificate = "ssh-ed25519-cert-v01@openssh.com AAAA";
        assert_eq!(
            KeyEntry::parse(certificate).unwrap_err(),
            KeyError::Certificate
        );
        assert_eq!(
            KeyEntry::parse(&format!("restrict {certificate}")).unwrap_err(),
            KeyError::Certificate
        );
    }

    #[test]
    fn expiry_times_are_utc() {
        let seconds = |text| {
            let expiry: SystemTime = parse_expiry(text)?;
            Some(
                expiry
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap()
                    .as_secs(),
            )
        };
        assert_eq!(seconds("19700101Z"), Some(0));
        assert_eq!(seconds("20000301123456Z"), Some(951_914_096));
        assert_eq!(seconds("202402291200Z"), Some(1_709_208_000));
        for wrong in [
            "",
            "Z",
            "20240230Z",
            "20240101",
            "2024010199Z",
            "20240101246060Z",
            "+0240101Z",
            "20240101é",
        ] {
            assert_eq!(parse_expiry(wrong), None, "{wrong}");
        }
    }
}
