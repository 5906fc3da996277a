//! The addresses that a key may be used from: the `from` option of `authorized_keys`.

use std::net::IpAddr;
use std::str::FromStr;

use crate::serve::net::network::{Network, NetworkError};

/// A list of address patterns, each with whether it allows: those with a leading `!` deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPatterns(Vec<(bool, Pattern)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Network(Network),
    /// Text with `*` and `?`.
    Wildcard(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressPatternsError {
    /// Host names are not resolved, since a forged answer could let anyone in.
    #[error("{0}; host names are not looked up")]
    Network(#[from] NetworkError),
    #[error("a pattern is empty")]
    EmptyPattern,
}

impl AddressPatterns {
    /// True if a pattern allows the address and none denies it.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let rules = self.0.iter();
        let mut matching = rules.filter(|(_, pattern)| pattern.matches(address));
        matching.clone().all(|(allows, _)| *allows) && matching.next().is_some()
    }
}

impl FromStr for AddressPatterns {
    type Err = AddressPatternsError;

    fn from_str(list: &str) -> Result<Self, AddressPatternsError> {
        let rule = |item: &str| {
            let denied = item.strip_prefix('!');
            Ok((denied.is_none(), Pattern::parse(denied.unwrap_or(item))?))
        };
        let rules: Result<_, _> = list.split(',').map(rule).collect();
        rules.map(Self)
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, AddressPatternsError> {
        if text.is_empty() {
            return Err(AddressPatternsError::EmptyPattern);
        }
        let is_valid = |c: char| c.is_ascii_hexdigit() || ".:*?".contains(c);
        if text.contains(['*', '?']) && text.chars().all(is_valid) {
            return Ok(Self::Wildcard(text.to_ascii_lowercase()));
        }
        Ok(Self::Network(text.parse()?))
    }

    fn matches(&self, address: IpAddr) -> bool {
        match self {
            Self::Network(network) => network.contains(address),
            Self::Wildcard(pattern) => {
                wildcard_matches(pattern.as_bytes(), address.to_string().as_bytes())
            }
        }
    }
}

/// Matches text against `*` and `?`, in time proportional to the product of the lengths.
fn wildcard_matches(pattern: &[u8], text: &[u8]) -> bool {
    // Whether the pattern so far matches the first n bytes.
    let mut matches = vec![false; text.len() + 1];
    matches[0] = true;
    for c in pattern {
        let shortest = matches.iter().position(|is_match| *is_match);
        for n in (1..matches.len()).rev() {
            matches[n] = match c {
                b'*' => shortest.is_some_and(|shortest| shortest <= n),
                _ => matches[n - 1] && (*c == b'?' || *c == text[n - 1]),
            };
        }
        matches[0] &= *c == b'*';
    }
    matches[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &str, address: &str) -> bool {
        let patterns: AddressPatterns = list.parse().unwrap();
        patterns.allows(address.parse().unwrap())
    }

    #[test]
    fn networks_and_wildcards_match_addresses() {
        assert!(allows("11.0.0.0/8,10.0.0.0/8", "10.255.0.1"));
        assert!(allows("192.168.*.7", "192.168.44.7"));
        assert!(!allows("192.168.*.7", "192.168.44.8"));
        assert!(allows("10.0.0.1*", "10.0.0.1") && allows("10.0.0.1*", "10.0.0.17"));
        assert!(allows("*0*.*1", "10.0.0.1") && !allows("*0*.*2?", "10.0.0.2"));
        assert!(allows("*,!127.0.0.?", "127.0.0.10"));
        assert!(!allows("*,!127.0.0.?", "127.0.0.1"));
        assert!(allows("127.0.0.1", "::ffff:127.0.0.1"));
    }

    #[test]
    fn host_names_and_empty_patterns_are_rejected() {
        for list in [
            "ward.example",
            "*.example",
            "10.0.0",
            "",
            "!",
            "10.0.0.1,",
            "10.0.0.1, 10.0.0.2",
        ] {
            assert!(list.parse::<AddressPatterns>().is_err(), "{list}");
        }
    }
}
