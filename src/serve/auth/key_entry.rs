//! One entry of `authorized_keys`: options and a key.
//!
//! The syntax is that of sshd's `sshkey_read` and `sshauthopt_parse`. The parser of `ssh-key` differs:
//! it cuts a line at any `#` and knows neither tabs nor `\"`. `tests/serve/authorized_keys.rs`
//! compares this one with sshd.
//!
//! `from`, `expiry-time`, `pty`, `no-pty` and `restrict` are applied. Options for forwarding and
//! `user-rc` concern features that this server does not have. Any other option is an error.

use std::time::SystemTime;

use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, PublicKey, ssh_key};

use crate::serve::auth::address_patterns::{AddressPatterns, AddressPatternsError};
use crate::text::sanitize;

/// Options for features that this server does not have, with or without `no-`.
const UNUSED: [&str; 4] = [
    "port-forwarding",
    "agent-forwarding",
    "x11-forwarding",
    "user-rc",
];

#[derive(Clone, Debug)]
pub struct KeyEntry {
    pub key: KeyData,
    /// The addresses that the key may be used from.
    pub from: Option<AddressPatterns>,
    pub expires: Option<SystemTime>,
    pub pty: PtyPermission,
    /// The checks that a login with a security key has to pass, besides the signature.
    presence: bool,
    verification: bool,
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
    #[error("there is no key after the options")]
    NoKey,
    #[error("{0} keys are not supported; ed25519 and ECDSA keys are")]
    Algorithm(Algorithm),
    #[error("certificates are not supported: list the keys themselves")]
    Certificate,
    /// russh does not pass the flags of a signature on.
    #[error(
        "this server cannot check that a security key was touched or its PIN entered; add the \
         option no-touch-required to allow logins without that check"
    )]
    SecurityKey,
    #[error("the option `{0}` is not supported")]
    UnsupportedOption(String),
    #[error("the value of `{0}` needs double quotes")]
    UnquotedValue(&'static str),
    #[error("`from` is given twice")]
    RepeatedFrom,
    #[error("in `from`, {0}")]
    From(#[from] AddressPatternsError),
    #[error("write expiry-time as \"YYYYMMDDZ\" or \"YYYYMMDDhhmmssZ\", in UTC")]
    Expiry,
    #[error("missing closing double quote")]
    UnclosedQuote,
}

impl KeyEntry {
    /// Parses a line that does not start with a blank.
    pub fn parse(line: &[u8]) -> Result<Self, KeyError> {
        // A line starts with options or with a key type.
        let (first, _) = split_at_blank(line);
        let is_type = std::str::from_utf8(first).is_ok_and(|first| {
            let known = Algorithm::new(first);
            first.contains("-cert-v01@") || !matches!(known, Err(_) | Ok(Algorithm::Other(_)))
        });
        let (options, key) = if is_type {
            (Vec::new(), line)
        } else {
            split_options(line)?
        };
        let key = parse_key(key)?;
        let is_security_key = is_security_key(&key);
        match key.algorithm() {
            Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => {}
            _ if is_security_key => {}
            other => return Err(KeyError::Algorithm(other)),
        }
        let mut entry = Self {
            key: key.into(),
            from: None,
            expires: None,
            pty: PtyPermission::default(),
            presence: true,
            verification: false,
        };
        for option in options {
            entry.apply_option(option)?;
        }
        if is_security_key && (entry.presence || entry.verification) {
            return Err(KeyError::SecurityKey);
        }
        Ok(entry)
    }

    fn apply_option(&mut self, option: &[u8]) -> Result<(), KeyError> {
        let option = String::from_utf8_lossy(option);
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (&*option, None),
        };
        match (name.to_ascii_lowercase().as_str(), value) {
            ("from", Some(value)) => {
                let from = unquote(value).ok_or(KeyError::UnquotedValue("from"))?;
                if self.from.replace(from.parse()?).is_some() {
                    return Err(KeyError::RepeatedFrom);
                }
            }
            ("expiry-time", Some(value)) => {
                let expiry = unquote(value).ok_or(KeyError::UnquotedValue("expiry-time"))?;
                let expiry = parse_expiry(&expiry).ok_or(KeyError::Expiry)?;
                self.expires = Some(self.expires.map_or(expiry, |first| first.min(expiry)));
            }
            ("restrict" | "no-pty", None) => self.pty = PtyPermission::Forbidden,
            ("pty", None) => self.pty = PtyPermission::Allowed,
            (name @ ("touch-required" | "no-touch-required"), None) => {
                self.presence = !name.starts_with("no-");
            }
            (name @ ("verify-required" | "no-verify-required"), None) => {
                self.verification = !name.starts_with("no-");
            }
            // sshd also accepts two commas in a row, and one at the end.
            ("", None) => {}
            (name, None) if UNUSED.contains(&name.strip_prefix("no-").unwrap_or(name)) => {}
            _ => return Err(KeyError::UnsupportedOption(sanitize(name).into_owned())),
        }
        Ok(())
    }
}

/// True for a key whose use may need a touch or a PIN.
pub fn is_security_key(key: &PublicKey) -> bool {
    let algorithm = key.algorithm();
    algorithm == Algorithm::SkEd25519 || algorithm == Algorithm::SkEcdsaSha2NistP256
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Removes the blanks at the start.
pub fn skip_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte));
    &text[start.unwrap_or(text.len())..]
}

/// Splits off the first word, and the blanks after it.
fn split_at_blank(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| is_blank(*byte));
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    (word, skip_blanks(rest))
}

/// Parses a type and a base64 text. The comment after them may have any bytes.
fn parse_key(text: &[u8]) -> Result<PublicKey, KeyError> {
    let (kind, rest) = split_at_blank(text);
    let (base64, _) = split_at_blank(rest);
    let [kind, base64] = [kind, base64].map(String::from_utf8_lossy);
    if kind.is_empty() {
        return Err(KeyError::NoKey);
    }
    if kind.contains("-cert-v01@") {
        return Err(KeyError::Certificate);
    }
    PublicKey::from_openssh(&format!("{kind} {base64}")).map_err(KeyError::InvalidKey)
}

/// Splits an entry into its options and its key. Quotes protect commas and blanks.
fn split_options(line: &[u8]) -> Result<(Vec<&[u8]>, &[u8]), KeyError> {
    let mut options = Vec::new();
    let (mut start, mut at, mut quoted) = (0, 0, false);
    while let Some(&byte) = line.get(at)
        && (quoted || !is_blank(byte))
    {
        match byte {
            b'\\' if line.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                options.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if quoted {
        return Err(KeyError::UnclosedQuote);
    }
    options.push(&line[start..at]);
    Ok((options, skip_blanks(&line[at..])))
}

/// Removes the double quotes around a value; `None` if there are none.
fn unquote(value: &str) -> Option<String> {
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    let value = value.replace("\\\"", "\0");
    (!value.contains('"')).then(|| value.replace('\0', "\""))
}

/// Parses `YYYYMMDD`, `YYYYMMDDhhmm` or `YYYYMMDDhhmmss`, and `Z` or `UTC`. In OpenSSH a time without
/// either is local; it is rejected here, since its meaning would change with the server's time zone.
fn parse_expiry(text: &str) -> Option<SystemTime> {
    let text = text.to_ascii_uppercase();
    let digits = text.strip_suffix('Z').or(text.strip_suffix("UTC"))?;
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

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    fn error(line: &str) -> KeyError {
        KeyEntry::parse(line.as_bytes()).unwrap_err()
    }

    #[test]
    fn security_key_needs_the_option_no_touch_required() {
        // The point of this key is the generator of its curve.
        let ecdsa = "sk-ecdsa-sha2-nistp256@openssh.com \
            AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH\
            +Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfUAAAAEc3NoOg==";
        assert_eq!(error(ecdsa), KeyError::SecurityKey);
        assert!(KeyEntry::parse(format!("no-touch-required {ecdsa}").as_bytes()).is_ok());
    }

    #[test]
    fn errors_name_the_part_that_is_wrong() {
        let certificate = "ssh-ed25519-cert-v01@openssh.com AAAA";
        assert_eq!(error(certificate), KeyError::Certificate);
        assert_eq!(
            error(&format!("restrict {certificate}")),
            KeyError::Certificate
        );
        assert_eq!(error("restrict"), KeyError::NoKey);
        assert!(matches!(error("ssh-ed25519 AAAA"), KeyError::InvalidKey(_)));
        for (options, expected) in [
            (
                "command=\"sh\"",
                KeyError::UnsupportedOption("command".into()),
            ),
            (
                "restrict=\"x\"",
                KeyError::UnsupportedOption("restrict".into()),
            ),
            ("from=::1", KeyError::UnquotedValue("from")),
            ("from=\"::1\"\"\"", KeyError::UnquotedValue("from")),
            ("from=\"::1\",from=\"::1\"", KeyError::RepeatedFrom),
            ("expiry-time=\"20300101\"", KeyError::Expiry),
            ("from=\"::1", KeyError::UnclosedQuote),
        ] {
            assert_eq!(error(&format!("{options} {KEY}")), expected, "{options}");
        }
    }

    #[test]
    fn first_of_several_expiry_times_applies() {
        let line = format!("expiry-time=\"20300101Z\",expiry-time=\"20200101Z\" {KEY}");
        let entry = KeyEntry::parse(line.as_bytes()).unwrap();
        assert_eq!(entry.expires, parse_expiry("20200101Z"));
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
        assert_eq!(seconds("20000301123456utc"), Some(951_914_096));
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
