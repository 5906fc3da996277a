//! Penalties for networks whose connections end without a login, as with sshd's
//! `PerSourcePenalties`.
//!
//! Each offense prolongs the penalty of a network. While more than [`THRESHOLD`] is left, its
//! connections are rejected before the key exchange, so that it can offend only as fast as its
//! penalties expire.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::serve::net::network::Network;

/// The maximum number of networks with a penalty.
const MAX_NETWORKS: usize = 4096;

/// A penalty up to this long has no effect: people mistype and use the wrong key.
const THRESHOLD: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offense {
    /// The connection ended without a login.
    NoLogin,
    RefusedLogin,
    /// A logged-in client did not stop to request what is refused.
    Abuse,
}

/// When the penalty of each network is over.
#[derive(Debug, Default)]
pub struct Penalties(HashMap<Network, Instant>);

impl Offense {
    const fn penalty(self) -> Duration {
        Duration::from_secs(match self {
            Self::NoLogin => 1,
            Self::RefusedLogin => 5,
            Self::Abuse => 10,
        })
    }
}

impl Penalties {
    /// Prolongs the penalty of a network, up to a maximum from now on.
    pub fn add(&mut self, network: Network, offense: Offense, max: Duration, now: Instant) {
        if self.0.len() >= MAX_NETWORKS && !self.0.contains_key(&network) {
            self.make_room(now);
        }
        let end = self.0.entry(network).or_insert(now);
        *end = (*end).max(now) + offense.penalty();
        *end = (*end).min(now + max);
    }

    pub fn applies(&self, network: Network, now: Instant) -> bool {
        let end = self.0.get(&network);
        end.is_some_and(|end| end.saturating_duration_since(now) > THRESHOLD)
    }

    /// Forgets the penalties that are over, or else the one that is over first.
    fn make_room(&mut self, now: Instant) {
        self.0.retain(|_, end| *end > now);
        if self.0.len() >= MAX_NETWORKS
            && let Some((&network, _)) = self.0.iter().min_by_key(|(_, end)| **end)
        {
            self.0.remove(&network);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const MAX: Duration = Duration::from_secs(60);

    fn network(number: u32) -> Network {
        Network::of_client(Ipv4Addr::from_bits(number).into())
    }

    #[test]
    fn penalty_applies_above_the_threshold_until_it_expires() {
        let (mut penalties, start) = (Penalties::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            penalties.add(network(1), Offense::RefusedLogin, MAX, start);
        }
        assert!(!penalties.applies(network(1), start));
        penalties.add(network(1), Offense::NoLogin, MAX, start);
        assert!(penalties.applies(network(1), start));
        assert!(!penalties.applies(network(1), after(1)));
        assert!(!penalties.applies(network(2), start));
        for _ in 0..1000 {
            penalties.add(network(1), Offense::Abuse, MAX, start);
        }
        assert!(penalties.applies(network(1), after(44)));
        assert!(!penalties.applies(network(1), after(45)));
    }

    #[test]
    fn penalties_use_bounded_memory_and_the_longest_stay() {
        let (mut penalties, now) = (Penalties::default(), Instant::now());
        for _ in 0..2 {
            penalties.add(network(0), Offense::Abuse, MAX, now);
        }
        for number in 1..6_000 {
            penalties.add(network(number), Offense::NoLogin, MAX, now);
        }
        assert_eq!(penalties.0.len(), MAX_NETWORKS);
        assert!(penalties.applies(network(0), now));
    }
}
