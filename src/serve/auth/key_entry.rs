//! Reads who may log in: keys in the format of OpenSSH's `authorized_keys`.
//!
//! A line that asks for something that does not exist here is not obeyed by half: its key is
//! refused, with the reason in the log, and the other lines count. What options take away
//! (`restrict`, `no-port-forwarding`, …) nobody has here anyway.

use std::net::IpAddr;

use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, PublicKey, ssh_key};

use crate::content::Date;
use crate::serve::auth::address_patterns::{AddressPatterns, AddressPatternsError};

/// The keys of a file.
#[derive(Clone, Debug, Default)]
pub struct AuthorizedKeys {
    entries: Vec<KeyEntry>,
    rejected: Vec<RejectedKey>,
}

/// What the owner of a key may do.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    key: KeyData,
    from: Option<AddressPatterns>,
    expires: Option<UnixSeconds>,
    /// Whether the reader may be opened, or only one-shot text be had.
    pub pty: PtyPermission,
}

/// Whether somebody may have a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PtyPermission {
    /// Yes.
    #[default]
    Allowed,
    /// No: `no-pty` or `restrict`.
    Forbidden,
}

/// Seconds since 1970, UTC.
type UnixSeconds = u64;

/// A line whose key is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedKey {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub error: KeyError,
}

/// Says why a line's key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no key.
    #[error("this is no public key: {0}")]
    InvalidKey(ssh_key::Error),
    /// Its signatures cannot be checked here.
    #[error("{0} keys are not supported; ed25519 and ECDSA keys are")]
    Algorithm(Algorithm),
    /// Certificates are not read.
    #[error("certificates are not supported: list the keys themselves")]
    Certificate,
    /// The option means nothing here.
    #[error("the option `{0}` is not supported, so the key is refused")]
    Option(String),
    /// The option's value cannot be honoured.
    #[error("in `from`, {0}")]
    From(#[from] AddressPatternsError),
    /// The time is not written as it should be.
    #[error("write expiry-time as \"YYYYMMDDZ\" or \"YYYYMMDDhhmmssZ\", in UTC")]
    Expiry,
    /// A quote is not closed.
    #[error("a double quote is not closed")]
    UnclosedQuote,
}

/// Says why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The key is not listed.
    #[error("unknown key")]
    UnknownKey,
    /// The key is not good for this address.
    #[error("key not allowed from this address")]
    AddressNotAllowed,
    /// The key is no longer good.
    #[error("key expired")]
    Expired,
}

impl AuthorizedKeys {
    /// Reads a file.
    pub fn parse(text: &str) -> Self {
        let mut keys = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match KeyEntry::parse(line) {
                Ok(grant) => keys.entries.push(grant),
                Err(error) => keys.rejected.push(RejectedKey {
                    line: index + 1,
                    error,
                }),
            }
        }
        keys
    }

    /// Returns the lines whose keys are refused.
    pub fn rejected(&self) -> &[RejectedKey] {
        &self.rejected
    }

    /// Returns how many keys are let in.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Says whether nobody is let in.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns what the owner of a key may do, who comes from an address at a moment, in seconds
    /// since 1970. Where a key is listed twice, the first line that lets it in counts.
    pub fn authorize(&self, key: &PublicKey, from: IpAddr, now: u64) -> Result<&KeyEntry, Denial> {
        let mut denial = Denial::UnknownKey;
        for grant in self.entries.iter().filter(|g| g.key == *key.key_data()) {
            if grant.expires.is_some_and(|until| until <= now) {
                denial = Denial::Expired;
            } else if grant.from.as_ref().is_some_and(|from_| !from_.allows(from)) {
                denial = Denial::AddressNotAllowed;
            } else {
                return Ok(grant);
            }
        }
        Err(denial)
    }
}

impl KeyEntry {
    fn parse(line: &str) -> Result<Self, KeyError> {
        // A line starts with its options or with the type of its key.
        if ["ssh-", "ecdsa-", "sk-"]
            .iter()
            .any(|kind| line.starts_with(kind))
        {
            return Self::new(parse_key(line)?);
        }
        let (options, rest) = split_options(line)?;
        let mut grant = Self::new(parse_key(rest)?)?;
        for option in options {
            grant.apply_option(&option)?;
        }
        Ok(grant)
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
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name.to_ascii_lowercase(), value.trim_matches('"')),
            None => (option.to_ascii_lowercase(), ""),
        };
        match name.as_str() {
            "from" => self.from = Some(value.parse()?),
            "expiry-time" => self.expires = Some(parse_expiry(value).ok_or(KeyError::Expiry)?),
            "restrict" | "no-pty" => self.pty = PtyPermission::Forbidden,
            "pty" => self.pty = PtyPermission::Allowed,
            "no-port-forwarding" | "no-agent-forwarding" | "no-x11-forwarding" | "no-user-rc" => {}
            _ => {
                return Err(KeyError::Option(crate::text::sanitize(&name).into_owned()));
            }
        }
        Ok(())
    }
}

fn parse_key(text: &str) -> Result<PublicKey, KeyError> {
    if text
        .split(' ')
        .next()
        .is_some_and(|kind| kind.contains("-cert-v01@"))
    {
        return Err(KeyError::Certificate);
    }
    PublicKey::from_openssh(text).map_err(KeyError::InvalidKey)
}

/// Splits a line's options from the rest; commas and spaces inside quotes do not count.
fn split_options(line: &str) -> Result<(Vec<String>, &str), KeyError> {
    let mut options = vec![String::new()];
    let mut quoted = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            ',' if !quoted => {
                options.push(String::new());
                before = c;
                continue;
            }
            ' ' | '\t' if !quoted => return Ok((options, line[at..].trim_start())),
            _ => {}
        }
        if let Some(option) = options.last_mut() {
            option.push(c);
        }
        before = c;
    }
    if quoted {
        return Err(KeyError::UnclosedQuote);
    }
    Ok((options, ""))
}

/// Reads `YYYYMMDDZ`, `YYYYMMDDhhmmZ` or `YYYYMMDDhhmmssZ`. OpenSSH takes a time without the `Z`
/// for local time; a server that is moved would change its meaning, so it is not taken.
fn parse_expiry(text: &str) -> Option<UnixSeconds> {
    let digits = text.strip_suffix(['Z', 'z'])?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 8 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u64> {
        digits.get(from..to).map_or(Some(0), |d| d.parse().ok())
    };
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let date = Date::new(
        u16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    )?;
    let days = date.days_since_1970()?;
    let (hours, minutes, seconds) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANNA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ anna";

    fn parse_entry(line: &str) -> Result<KeyEntry, KeyError> {
        KeyEntry::parse(line)
    }

    fn authorize(line: &str, from: &str, now: u64) -> Result<PtyPermission, Denial> {
        let keys = AuthorizedKeys::parse(line);
        assert_eq!(keys.rejected(), [], "{line}");
        let key = PublicKey::from_openssh(ANNA).unwrap();
        keys.authorize(&key, from.parse().unwrap(), now)
            .map(|g| g.pty)
    }

    #[test]
    fn only_listed_keys_are_authorized() {
        let file = format!("# readers\n\n{ANNA}\n");
        assert_eq!(authorize(&file, "10.0.0.1", 0), Ok(PtyPermission::Allowed));
        let keys = AuthorizedKeys::parse("");
        let key = PublicKey::from_openssh(ANNA).unwrap();
        let denied = keys.authorize(&key, "10.0.0.1".parse().unwrap(), 0);
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
        for (options, screen) in [
            ("restrict", PtyPermission::Forbidden),
            ("no-pty,no-X11-forwarding", PtyPermission::Forbidden),
            ("restrict,pty", PtyPermission::Allowed),
        ] {
            assert_eq!(
                authorize(&format!("{options} {ANNA}"), "::1", 0),
                Ok(screen)
            );
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
        assert_eq!(keys.len(), 1);
        let lines: Vec<usize> = keys.rejected().iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3, 4, 5, 6, 7]);
        assert_eq!(
            parse_entry(&format!("command=\"sh -c 'echo, hi'\" {ANNA}")).unwrap_err(),
            KeyError::Option("command".into())
        );
    }

    #[test]
    fn certificates_are_rejected_by_name() {
        let certificate = "ssh-ed25519-cert-v01@openssh.com AAAA";
        assert_eq!(parse_entry(certificate).unwrap_err(), KeyError::Certificate);
        assert_eq!(
            parse_entry(&format!("restrict {certificate}")).unwrap_err(),
            KeyError::Certificate
        );
    }

    #[test]
    fn expiry_times_are_utc() {
        assert_eq!(parse_expiry("19700101Z"), Some(0));
        assert_eq!(parse_expiry("20000301123456Z"), Some(951_914_096));
        assert_eq!(parse_expiry("202402291200Z"), Some(1_709_208_000));
        for wrong in [
            "",
            "Z",
            "20240230Z",
            "20240101",
            "2024010199Z",
            "20240101246060Z",
        ] {
            assert_eq!(parse_expiry(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panicking(text in any::<String>(), options in "[a-z\",=!\\\\ -]{0,40}") {
            AuthorizedKeys::parse(&text);
            let line = format!("{options} {ANNA}");
            let keys = AuthorizedKeys::parse(&line);
            prop_assert!(keys.len() + keys.rejected().len() <= 1);
        }
    }
}
