//! Defines from where a key may be used: the `from` option of `authorized_keys`.

use std::net::IpAddr;
use std::str::FromStr;

/// A list of addresses that are let in, and of some that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPatterns(Vec<AddressRule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct AddressRule {
    allows: bool,
    pattern: Pattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// A network and how many of its leading bits count.
    Network(IpAddr, u32),
    /// Text with `*` and `?` in it.
    Wildcard(String),
}

/// Says why a list of origins cannot be honoured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressPatternsError {
    /// Names would have to be looked up, and whoever answers decided who is let in.
    #[error("`{0}` is a host name; only addresses, networks (10.0.0.0/8) and * or ? are taken")]
    HostName(String),
    /// Nothing is listed.
    #[error("nothing is listed")]
    Empty,
}

impl AddressPatterns {
    /// Says whether somebody from an address is let in: some entry must say so, and none deny it.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let mut admitted = false;
        for origin in &self.0 {
            if origin.pattern.matches(address) {
                if !origin.allows {
                    return false;
                }
                admitted = true;
            }
        }
        admitted
    }
}

impl FromStr for AddressPatterns {
    type Err = AddressPatternsError;

    fn from_str(list: &str) -> Result<Self, AddressPatternsError> {
        let origins = list
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let origins = origins.map(|item| {
            let (lets_in, item) = match item.strip_prefix('!') {
                Some(item) => (false, item),
                None => (true, item),
            };
            let pattern = Pattern::parse(item)?;
            Ok(AddressRule {
                allows: lets_in,
                pattern,
            })
        });
        let origins = origins.collect::<Result<Vec<_>, _>>()?;
        if origins.is_empty() {
            return Err(AddressPatternsError::Empty);
        }
        Ok(Self(origins))
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, AddressPatternsError> {
        let name = || AddressPatternsError::HostName(crate::text::sanitize(text).into_owned());
        if text.contains(['*', '?']) {
            let of_address = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '*' | '?');
            return if text.chars().all(of_address) {
                Ok(Self::Wildcard(text.to_ascii_lowercase()))
            } else {
                Err(name())
            };
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| name())?;
        let width = address_width(address);
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= width),
            None => Some(width),
        };
        Ok(Self::Network(address, bits.ok_or_else(name)?))
    }

    fn matches(&self, address: IpAddr) -> bool {
        match self {
            Self::Network(network, bits) => {
                let shift = address_width(*network) - bits;
                let top = |address| address_bits(address).checked_shr(shift).unwrap_or(0);
                address_width(*network) == address_width(address) && top(*network) == top(address)
            }
            Self::Wildcard(pattern) => {
                wildcard_matches(pattern.as_bytes(), address.to_string().as_bytes())
            }
        }
    }
}

const fn address_width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn address_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Matches text against `*` and `?`, with one place to go back to, so that no pattern takes long.
fn wildcard_matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut back {
                Some((after, from)) => {
                    *from += 1;
                    (p, t) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &str, address: &str) -> bool {
        let origins: AddressPatterns = list.parse().unwrap();
        origins.allows(address.parse().unwrap())
    }

    #[test]
    fn networks_and_wildcards_match_addresses() {
        assert!(allows("10.0.0.0/8", "10.255.0.1"));
        assert!(!allows("10.0.0.0/8", "11.0.0.1"));
        assert!(allows("0.0.0.0/0", "8.8.8.8"));
        assert!(!allows("0.0.0.0/0", "::2"));
        assert!(allows("192.168.*.7", "192.168.44.7"));
        assert!(!allows("192.168.*.7", "192.168.44.8"));
        assert!(allows("*,!127.0.0.?", "127.0.0.10"));
        assert!(!allows("*,!127.0.0.?", "127.0.0.1"));
        assert!(allows("fd00::/8", "fd12::1"));
        assert!(allows("127.0.0.1", "::ffff:127.0.0.1"));
    }

    #[test]
    fn host_names_are_rejected() {
        for list in [
            "ward.example",
            "*.example",
            "10.0.0.0/33",
            "10.0.0",
            "",
            "!",
        ] {
            assert!(list.parse::<AddressPatterns>().is_err(), "{list}");
        }
    }
}
