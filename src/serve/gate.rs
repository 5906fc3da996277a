//! Decides who may connect: how many in all, how many not logged in, how many of those from one
//! address. Nobody waits in a queue; who is too many is turned away at once.
//!
//! Where too many are logging in, that is the one who has waited longest at the most crowded
//! address, so that silent connections from a few addresses keep nobody else out.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Limits;

/// Counts connections.
#[derive(Debug, Default)]
pub struct Gate(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    logins: usize,
    /// Those who are not logged in, by address, who has waited longest first.
    logins_of: HashMap<IpAddr, VecDeque<Knock>>,
}

/// A connection that is not logged in; it is told when it has to go.
type Knock = Arc<Notify>;

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
    from: IpAddr,
    knock: Knock,
}

impl Gate {
    /// Lets a connection in, or turns it away.
    pub fn enter(self: &Arc<Self>, from: IpAddr, limits: &Limits) -> Result<Place, Crowd> {
        let from = household(from);
        let mut counts = self.counts();
        if counts.connections >= limits.connections {
            return Err(Crowd::Connections);
        }
        let of_address = counts.logins_of.get(&from).map_or(0, VecDeque::len);
        if of_address >= limits.logins_per_address {
            return Err(Crowd::Address);
        }
        if counts.logins >= limits.logins && !counts.make_room(of_address) {
            return Err(Crowd::Logins);
        }
        let knock = Knock::default();
        let others = counts.logins_of.entry(from).or_default();
        others.push_back(Arc::clone(&knock));
        counts.connections += 1;
        counts.logins += 1;
        Ok(Place {
            gate: Arc::clone(self),
            from,
            knock,
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

impl Counts {
    /// Turns out who has waited longest at the most crowded address, if that is more crowded than
    /// the newcomer's would be; says whether somebody went.
    fn make_room(&mut self, of_newcomer: usize) -> bool {
        let most = self.logins_of.iter().max_by_key(|(_, knocks)| knocks.len());
        let Some((&from, _)) = most.filter(|(_, knocks)| knocks.len() > of_newcomer + 1) else {
            return false;
        };
        let oldest = self.logins_of.get_mut(&from).and_then(VecDeque::pop_front);
        if let Some(oldest) = &oldest {
            self.logins -= 1;
            oldest.notify_one();
        }
        oldest.is_some()
    }
}

impl Place {
    /// Returns what is notified when the connection has to make room before it is logged in.
    pub fn turned_out(&self) -> Arc<Notify> {
        Arc::clone(&self.knock)
    }

    /// Notes that the connection is logged in.
    pub fn logged_in(&mut self) {
        let mut counts = self.gate.counts();
        let counts = &mut *counts;
        let Some(knocks) = counts.logins_of.get_mut(&self.from) else {
            return;
        };
        // It is not among them any more once it is logged in or turned out.
        if let Some(at) = knocks
            .iter()
            .position(|knock| Arc::ptr_eq(knock, &self.knock))
        {
            knocks.remove(at);
            counts.logins -= 1;
        }
        if knocks.is_empty() {
            counts.logins_of.remove(&self.from);
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
    fn who_waited_longest_at_the_most_crowded_address_makes_room() {
        let gate = Arc::new(Gate::default());
        let limits = limits(99, 3, 3);
        let enter = |from: &str| gate.enter(from.parse().unwrap(), &limits);
        let crowd: Vec<Place> = (0..3).map(|_| enter("10.0.0.1").unwrap()).collect();
        let newcomer = enter("10.0.0.2").unwrap();
        let is_out = |place: &Place| {
            let notified = Box::pin(place.knock.notified());
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            std::future::Future::poll(std::pin::pin!(notified), &mut context).is_ready()
        };
        assert!(is_out(&crowd[0]) && !is_out(&crowd[1]) && !is_out(&newcomer));
        // Two of one address and one of the other: nobody is crowded enough to go.
        assert_eq!(enter("10.0.0.2").unwrap_err(), Crowd::Logins);
        drop((crowd, newcomer));
        assert_eq!(gate.counts().logins, 0);
        assert!(gate.counts().logins_of.is_empty());
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
