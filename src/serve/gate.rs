//! Decides who may connect: how many in all, how many not logged in, how many of those from one
//! address. Nobody waits in a queue; who is too many is turned away at once.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Limits;

/// Counts connections.
#[derive(Debug, Default)]
pub struct Gate(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    logins: usize,
    logins_of: HashMap<IpAddr, usize>,
}

/// Says why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Crowd {
    /// Too many connections.
    #[error("too many readers; try again later")]
    Connections,
    /// Too many that are not logged in.
    #[error("too many are logging in; try again in a moment")]
    Logins,
    /// Too many of one address that are not logged in.
    #[error("too many are logging in from your address; try again in a moment")]
    Address,
}

/// A connection's place; it comes free when this is dropped.
#[derive(Debug)]
pub struct Place {
    gate: Arc<Gate>,
    /// The address, while the connection is not logged in.
    logging_in: Option<IpAddr>,
}

impl Gate {
    /// Lets a connection in, or turns it away.
    pub fn enter(self: &Arc<Self>, from: IpAddr, limits: &Limits) -> Result<Place, Crowd> {
        let from = household(from);
        let mut counts = self.counts();
        if counts.connections >= limits.connections {
            return Err(Crowd::Connections);
        }
        if counts.logins >= limits.logins {
            return Err(Crowd::Logins);
        }
        let of_address = counts.logins_of.entry(from).or_default();
        if *of_address >= limits.logins_per_address {
            return Err(Crowd::Address);
        }
        *of_address += 1;
        counts.connections += 1;
        counts.logins += 1;
        Ok(Place {
            gate: Arc::clone(self),
            logging_in: Some(from),
        })
    }

    /// Returns how many connections there are.
    pub fn connections(&self) -> usize {
        self.counts().connections
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes that the connection is logged in.
    pub fn logged_in(&mut self) {
        if let Some(from) = self.logging_in.take() {
            let mut counts = self.gate.counts();
            counts.logins -= 1;
            if let Some(of_address) = counts.logins_of.get_mut(&from) {
                *of_address -= 1;
                if *of_address == 0 {
                    counts.logins_of.remove(&from);
                }
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.logged_in();
        self.gate.counts().connections -= 1;
    }
}

/// Returns what counts as one address: of IPv6 the network that one household or office has, whose
/// machines could otherwise come from as many addresses as they like.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::Settings;

    fn limits(connections: usize, logins: usize, logins_per_address: usize) -> Limits {
        Limits {
            connections,
            logins,
            logins_per_address,
            ..Settings::default().limits().unwrap()
        }
    }

    #[test]
    fn every_place_comes_free() {
        let gate = Arc::new(Gate::default());
        let limits = limits(3, 2, 1);
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let enter = |from: &str| gate.enter(from.parse().unwrap(), &limits);
        let mut first = enter(a).unwrap();
        assert_eq!(enter(a).unwrap_err(), Crowd::Address);
        let second = enter(b).unwrap();
        assert_eq!(enter(c).unwrap_err(), Crowd::Logins);
        first.logged_in();
        let third = enter(a).unwrap();
        assert_eq!(enter(c).unwrap_err(), Crowd::Connections);
        drop((first, second, third));
        assert_eq!(gate.connections(), 0);
        assert!(gate.counts().logins_of.is_empty());
        assert_eq!(gate.counts().logins, 0);
    }

    #[test]
    fn one_network_of_many_addresses_counts_once() {
        let gate = Arc::new(Gate::default());
        let limits = limits(9, 9, 1);
        let enter = |from: &str| gate.enter(from.parse().unwrap(), &limits);
        let held = enter("2001:db8::1").unwrap();
        assert_eq!(enter("2001:db8::ffff").unwrap_err(), Crowd::Address);
        assert!(enter("2001:db8:0:1::1").is_ok());
        drop(held);
    }
}
