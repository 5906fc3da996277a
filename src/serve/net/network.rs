//! Networks of addresses.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv6Net};
use serde::Deserialize;

use crate::text::sanitize;

/// An IPv4 or IPv6 network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
    Invalid(String),
    /// As with sshd: the writer may have meant the address or the network.
    #[error("`{0}` has address bits after the prefix; write {1}, or the address alone")]
    HostBits(IpNet, IpNet),
}

impl Network {
    /// The network that counts as one client: an IPv4 address, or the /64 network of an IPv6
    /// address, since one household or office has a whole network of those.
    pub fn of_client(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().into(),
            address @ IpAddr::V4(_) => address.into(),
        })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let address = |_| text.parse().map(|address: IpAddr| address.into());
        let network: IpNet = text
            .parse()
            .or_else(address)
            .map_err(|_| NetworkError::Invalid(sanitize(text).into_owned()))?;
        if network == network.trunc() {
            Ok(Self(network))
        } else {
            Err(NetworkError::HostBits(network, network.trunc()))
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn network_contains_its_addresses() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(!contains("0.0.0.0/0", "::2"));
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(contains("fd00::/8", "fd12::1"));
        for wrong in ["", "10.0.0", "10.0.0.0/33", "10.0.0.1/8", "ward.example"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ipv6_network_counts_as_one_client() {
        let client = |address: &str| Network::of_client(address.parse().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:10.0.0.1"), client("10.0.0.1"));
        assert_ne!(client("10.0.0.1"), client("10.0.0.2"));
    }
}
