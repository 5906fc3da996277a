//! Admission control: limits on connections, on pending logins, and on the sessions of one address
//! and of one key. An address is an IPv4 address or the /64 network of an IPv6 address.
//!
//! There is no queue: excess connections are rejected immediately, and so are those from addresses
//! that are not allowed or have a penalty. When too many logins are pending, a silent or slow one is
//! evicted first, so that silent connections do not block logins: clients identify themselves as soon
//! as they are connected, and log in soon after. If none is silent or slow, the oldest login of the
//! busiest address is evicted, provided that this address has more pending logins than the new one's
//! would have; otherwise the new connection is rejected.
//!
//! Sessions are counted at the login, where the client can be told why it is refused.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::Notify;

use crate::serve::net::network::Network;
use crate::serve::net::penalties::{Offense, Penalties};
use crate::serve::settings::Limits;
use crate::sync::lock;

/// The age at which a login without any input counts as silent.
const SILENT_AFTER: Duration = Duration::from_millis(100);

/// The age at which a pending login counts as slow.
const SLOW_AFTER: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct ConnectionLimiter(Mutex<LimiterState>);

#[derive(Debug, Default)]
struct LimiterState {
    connections: usize,
    /// The oldest first.
    pending: Vec<Arc<PendingLogin>>,
    sessions: HashMap<SessionOwner, usize>,
    penalties: Penalties,
}

/// Whose sessions are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum SessionOwner {
    Network(Network),
    /// The fingerprint of a key.
    Key(String),
}

/// A connection that is not logged in.
#[derive(Debug)]
struct PendingLogin {
    network: Network,
    started: Instant,
    received: Counter,
    evicted: Notify,
}

/// Why a connection is rejected. The client sees the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("connections from your address are not allowed")]
    AddressNotAllowed,
    #[error("too many failed logins from your address; try again later")]
    Penalty,
    #[error("too many readers; try again later")]
    ServerFull,
    #[error("too many logins in progress; try again in a moment")]
    TooManyLogins,
    #[error("too many logins in progress from your address; try again in a moment")]
    TooManyFromAddress,
    #[error("too many sessions from your address; close one and try again")]
    TooManySessionsFromAddress,
    #[error("too many sessions with your key; close one and try again")]
    TooManySessionsWithKey,
}

/// An admitted connection. Dropping it frees its slot and penalizes the offense, if there is one.
#[derive(Debug)]
pub struct ConnectionPermit {
    limiter: Arc<ConnectionLimiter>,
    pending: Arc<PendingLogin>,
    /// Empty until the login.
    owners: Vec<SessionOwner>,
    /// The worst so far.
    offense: Option<Offense>,
    max_penalty: Option<Duration>,
}

impl ConnectionLimiter {
    /// Admits or rejects a connection; `received` counts the bytes that its client sends.
    pub fn admit(
        self: &Arc<Self>,
        from: IpAddr,
        received: Counter,
        limits: &Limits,
        now: Instant,
    ) -> Result<ConnectionPermit, Rejection> {
        if !limits.allows(from) {
            return Err(Rejection::AddressNotAllowed);
        }
        let network = Network::of_client(from);
        let mut state = lock(&self.0);
        if limits.penalty_time.is_some() && state.penalties.applies(network, now) {
            return Err(Rejection::Penalty);
        }
        if state.connections >= limits.connections {
            return Err(Rejection::ServerFull);
        }
        let is_same = |login: &PendingLogin| login.network == network;
        let from_network = state.pending.iter().filter(|login| is_same(login)).count();
        if from_network >= limits.logins_per_address {
            if !state.evict_stalled(now, is_same) {
                return Err(Rejection::TooManyFromAddress);
            }
        } else if state.pending.len() >= limits.logins
            && !state.evict_stalled(now, |_| true)
            && !state.evict_from_busiest(from_network)
        {
            return Err(Rejection::TooManyLogins);
        }
        let pending = Arc::new(PendingLogin {
            network,
            started: now,
            received,
            evicted: Notify::new(),
        });
        state.pending.push(Arc::clone(&pending));
        state.connections += 1;
        Ok(ConnectionPermit {
            limiter: Arc::clone(self),
            pending,
            owners: Vec::new(),
            offense: Some(Offense::NoLogin),
            max_penalty: limits.penalty_time,
        })
    }

    pub fn connections(&self) -> usize {
        lock(&self.0).connections
    }
}

impl LimiterState {
    /// Evicts the oldest silent login that matches, or else the oldest slow one. Returns false if
    /// there is none.
    fn evict_stalled(&mut self, now: Instant, matches: impl Fn(&PendingLogin) -> bool) -> bool {
        let is_older = |login: &PendingLogin, than| {
            matches(login) && now.saturating_duration_since(login.started) >= than
        };
        let is_silent =
            |login: &PendingLogin| login.received.get() == 0 && is_older(login, SILENT_AFTER);
        self.evict_first(is_silent) || self.evict_first(|login| is_older(login, SLOW_AFTER))
    }

    /// Evicts the oldest login of the network with the most, if it has more than the newcomer's
    /// network would have. Returns false if it does not.
    fn evict_from_busiest(&mut self, from_newcomer: usize) -> bool {
        let mut counts: HashMap<Network, usize> = HashMap::new();
        for login in &self.pending {
            *counts.entry(login.network).or_default() += 1;
        }
        let busiest = counts.into_iter().max_by_key(|(_, count)| *count);
        busiest.is_some_and(|(network, count)| {
            count > from_newcomer + 1 && self.evict_first(|login| login.network == network)
        })
    }

    /// Removes a pending login, unless it is logged in already, or evicted.
    fn remove_pending(&mut self, login: &Arc<PendingLogin>) {
        self.pending.retain(|other| !Arc::ptr_eq(other, login));
    }

    fn evict_first(&mut self, matches: impl Fn(&PendingLogin) -> bool) -> bool {
        let first = self.pending.iter().position(|login| matches(login));
        if let Some(first) = first {
            self.pending.remove(first).evicted.notify_one();
        }
        first.is_some()
    }
}

impl ConnectionPermit {
    /// Waits until the connection is evicted before it is logged in.
    pub fn evicted(&self) -> impl Future<Output = ()> + Send + use<> {
        let login = Arc::clone(&self.pending);
        async move { login.evicted.notified().await }
    }

    /// Counts the session, unless its address or its key has too many. The key is given by its
    /// fingerprint.
    pub fn log_in(&mut self, key: Option<&str>, limits: &Limits) -> Result<(), Rejection> {
        let network = SessionOwner::Network(self.pending.network);
        let key = key.map(|fingerprint| SessionOwner::Key(fingerprint.to_owned()));
        let mut state = lock(&self.limiter.0);
        let count = |owner| state.sessions.get(owner).copied().unwrap_or_default();
        if count(&network) >= limits.sessions_per_address {
            return Err(Rejection::TooManySessionsFromAddress);
        }
        if key.as_ref().map_or(0, count) >= limits.sessions_per_key {
            return Err(Rejection::TooManySessionsWithKey);
        }
        self.owners = std::iter::once(network).chain(key).collect();
        for owner in &self.owners {
            *state.sessions.entry(owner.clone()).or_default() += 1;
        }
        state.remove_pending(&self.pending);
        self.offense = None;
        Ok(())
    }

    /// Records an offense, of which the worst is penalized when the connection ends.
    pub fn record(&mut self, offense: Offense) {
        self.offense = self.offense.max(Some(offense));
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut state = lock(&self.limiter.0);
        state.remove_pending(&self.pending);
        state.connections -= 1;
        for owner in self.owners.drain(..) {
            if let Entry::Occupied(mut count) = state.sessions.entry(owner) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
        if let (Some(offense), Some(max)) = (self.offense, self.max_penalty) {
            let network = self.pending.network;
            state.penalties.add(network, offense, max, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::settings::Settings;

    fn limits(connections: usize, logins: usize, logins_per_address: usize) -> Limits {
        Limits {
            connections,
            logins,
            logins_per_address,
            ..Settings::default().limits().unwrap()
        }
    }

    /// A limiter with a clock.
    struct TestLimiter {
        limiter: Arc<ConnectionLimiter>,
        limits: Limits,
        start: Instant,
    }

    impl TestLimiter {
        fn new(limits: Limits) -> Self {
            Self {
                limiter: Arc::default(),
                limits,
                start: Instant::now(),
            }
        }

        fn admit_at(
            &self,
            from: &str,
            sent: u64,
            millis: u64,
        ) -> Result<ConnectionPermit, Rejection> {
            let received = Counter::default();
            received.inc_by(sent);
            let now = self.start + Duration::from_millis(millis);
            let from = from.parse().unwrap();
            self.limiter.admit(from, received, &self.limits, now)
        }

        /// Admits a client that has identified itself.
        fn admit(&self, from: &str) -> Result<ConnectionPermit, Rejection> {
            self.admit_at(from, 20, 0)
        }
    }

    fn is_evicted(permit: &ConnectionPermit) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(permit.evicted())
            .poll(&mut context)
            .is_ready()
    }

    #[test]
    fn dropped_permits_free_their_slots() {
        let server = TestLimiter::new(limits(3, 2, 1));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let mut first = server.admit(a).unwrap();
        assert_eq!(server.admit(a).unwrap_err(), Rejection::TooManyFromAddress);
        let second = server.admit(b).unwrap();
        assert_eq!(server.admit(c).unwrap_err(), Rejection::TooManyLogins);
        first.log_in(None, &server.limits).unwrap();
        let third = server.admit(a).unwrap();
        assert_eq!(server.admit(c).unwrap_err(), Rejection::ServerFull);
        drop((first, second, third));
        assert_eq!(server.limiter.connections(), 0);
        assert!(server.limiter.0.lock().unwrap().pending.is_empty());
    }

    #[test]
    fn oldest_login_of_the_busiest_address_is_evicted() {
        let server = TestLimiter::new(limits(99, 3, 3));
        let busy: Vec<ConnectionPermit> =
            (0..3).map(|_| server.admit("10.0.0.1").unwrap()).collect();
        let newcomer = server.admit("10.0.0.2").unwrap();
        assert!(is_evicted(&busy[0]) && !is_evicted(&busy[1]) && !is_evicted(&newcomer));
        // Two from one address and one from the other: no address has enough to lose one.
        assert_eq!(
            server.admit("10.0.0.2").unwrap_err(),
            Rejection::TooManyLogins
        );
        drop((busy, newcomer));
        assert!(server.limiter.0.lock().unwrap().pending.is_empty());
    }

    #[test]
    fn silent_logins_are_evicted_before_slow_ones() {
        let server = TestLimiter::new(limits(99, 3, 2));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let slow = server.admit_at(a, 20, 0).unwrap();
        let silent = server.admit_at(b, 0, 0).unwrap();
        let quick = server.admit_at(c, 20, 50).unwrap();
        assert_eq!(
            server.admit_at(a, 20, 99).unwrap_err(),
            Rejection::TooManyLogins
        );
        let held = server.admit_at(a, 20, 150).unwrap();
        assert!(is_evicted(&silent) && !is_evicted(&slow) && !is_evicted(&quick));
        // Two from one address are the limit, and neither is slow yet.
        assert_eq!(
            server.admit_at(a, 20, 1999).unwrap_err(),
            Rejection::TooManyFromAddress
        );
        let last = server.admit_at(a, 20, 2000).unwrap();
        assert!(is_evicted(&slow) && !is_evicted(&held) && !is_evicted(&last));
    }

    #[test]
    fn sessions_are_limited_per_address_and_per_key() {
        let server = TestLimiter::new(Limits {
            sessions_per_address: 2,
            sessions_per_key: 1,
            ..limits(99, 99, 99)
        });
        let log_in = |from: &str, key: Option<&str>| {
            let mut permit = server.admit(from).unwrap();
            permit.log_in(key, &server.limits).map(|()| permit)
        };
        let held = log_in("2001:db8::1", Some("a")).unwrap();
        let rejection = |from, key| log_in(from, key).map(|_| ()).unwrap_err();
        assert_eq!(
            rejection("10.0.0.1", Some("a")),
            Rejection::TooManySessionsWithKey
        );
        let other = log_in("2001:db8::2", None).unwrap();
        for key in [None, Some("b")] {
            let full = Rejection::TooManySessionsFromAddress;
            assert_eq!(rejection("2001:db8::3", key), full);
        }
        drop(held);
        let again = log_in("2001:db8::4", Some("a")).unwrap();
        drop((other, again));
        assert!(server.limiter.0.lock().unwrap().sessions.is_empty());
    }

    #[test]
    fn offenses_are_penalized_and_logins_are_not() {
        let server = TestLimiter::new(limits(9, 9, 9));
        let (a, b) = ("10.0.0.1", "10.0.0.2");
        for _ in 0..100 {
            let mut permit = server.admit(b).unwrap();
            permit.log_in(None, &server.limits).unwrap();
        }
        for _ in 0..2 {
            server.admit(a).unwrap().record(Offense::Abuse);
        }
        assert_eq!(server.admit(a).unwrap_err(), Rejection::Penalty);
        assert!(server.admit(b).is_ok());
        let off = Limits {
            penalty_time: None,
            ..server.limits.clone()
        };
        let from = a.parse().unwrap();
        let received = Counter::default();
        let admitted = server.limiter.admit(from, received, &off, server.start);
        assert!(admitted.is_ok());
    }

    #[test]
    fn only_allowed_networks_are_admitted() {
        let server = TestLimiter::new(Limits {
            allow: Some(vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]),
            ..limits(9, 9, 9)
        });
        assert!(server.admit("10.9.9.9").is_ok() && server.admit("::1").is_ok());
        assert_eq!(
            server.admit("11.0.0.1").unwrap_err(),
            Rejection::AddressNotAllowed
        );
    }
}
