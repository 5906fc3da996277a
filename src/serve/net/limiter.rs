//! Decides who may connect: how many in all, how many not logged in, how many of those from one
//! address. Nobody waits in a queue; who is too many is turned away at once.
//!
//! Where too many are logging in, it is not always the newcomer who is too many. Clients say who
//! they are as soon as they are connected, and log in soon after; one that says nothing, or takes
//! its time, makes room for a newcomer, so that silent connections keep nobody out. And one address
//! does not crowd out another.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::serve::net::stream::ByteCounter;
use crate::serve::settings::Limits;

/// How long a client may say nothing before it makes room for others.
const SILENT_AFTER: Duration = Duration::from_millis(100);

/// How long a login may take before it makes room for others.
const SLOW_AFTER: Duration = Duration::from_secs(2);

/// Counts connections.
#[derive(Debug, Default)]
pub struct ConnectionLimiter(Mutex<LimiterState>);

#[derive(Debug, Default)]
struct LimiterState {
    connections: usize,
    /// Those who are not logged in, in the order in which they came.
    pending: Vec<Arc<PendingLogin>>,
}

/// A connection that is not logged in.
#[derive(Debug)]
struct PendingLogin {
    network: IpAddr,
    started: Instant,
    received: Arc<ByteCounter>,
    /// Is notified when it has to go.
    evicted: Notify,
}

/// Says why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Too many connections.
    #[error("too many readers; try again later")]
    ServerFull,
    /// Too many that are not logged in.
    #[error("too many are logging in; try again in a moment")]
    TooManyLogins,
    /// Too many of one address that are not logged in.
    #[error("too many are logging in from your address; try again in a moment")]
    TooManyFromAddress,
}

/// A connection's seat; it comes free when this is dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    limiter: Arc<ConnectionLimiter>,
    pending: Arc<PendingLogin>,
}

impl ConnectionLimiter {
    /// Lets a connection in, of which so much was heard, or turns it away.
    pub fn admit(
        self: &Arc<Self>,
        from: IpAddr,
        heard: Arc<ByteCounter>,
        limits: &Limits,
        now: Instant,
    ) -> Result<ConnectionPermit, Rejection> {
        let from = client_network(from);
        let mut counts = self.lock();
        if counts.connections >= limits.connections {
            return Err(Rejection::ServerFull);
        }
        let of_address = counts.pending_from(from);
        if of_address >= limits.logins_per_address {
            if !counts.evict_stalled(now, |knock| knock.network == from) {
                return Err(Rejection::TooManyFromAddress);
            }
        } else if counts.pending.len() >= limits.logins
            && !counts.evict_stalled(now, |_| true)
            && !counts.evict_from_busiest(of_address)
        {
            return Err(Rejection::TooManyLogins);
        }
        let knock = Arc::new(PendingLogin {
            network: from,
            started: now,
            received: heard,
            evicted: Notify::new(),
        });
        counts.pending.push(Arc::clone(&knock));
        counts.connections += 1;
        Ok(ConnectionPermit {
            limiter: Arc::clone(self),
            pending: knock,
        })
    }

    /// Returns how many connections there are.
    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LimiterState {
    fn pending_from(&self, from: IpAddr) -> usize {
        let of_address = self.pending.iter().filter(|knock| knock.network == from);
        of_address.count()
    }

    /// Turns out who has said nothing for longest, or else who has been logging in for longest, if
    /// that is too long; says whether somebody went.
    fn evict_stalled(&mut self, now: Instant, concerned: impl Fn(&PendingLogin) -> bool) -> bool {
        let longer =
            |knock: &PendingLogin, than| now.saturating_duration_since(knock.started) >= than;
        let mut knocks = self.pending.iter();
        let silent = knocks.position(|knock| {
            concerned(knock) && knock.received.get() == 0 && longer(knock, SILENT_AFTER)
        });
        let mut knocks = self.pending.iter();
        let slow = || knocks.position(|knock| concerned(knock) && longer(knock, SLOW_AFTER));
        let Some(at) = silent.or_else(slow) else {
            return false;
        };
        self.pending.remove(at).evicted.notify_one();
        true
    }

    /// Turns out who came first from the most crowded address, if that is more crowded than the
    /// newcomer's would be; says whether somebody went.
    fn evict_from_busiest(&mut self, of_newcomer: usize) -> bool {
        let mut crowds: HashMap<IpAddr, usize> = HashMap::new();
        for knock in &self.pending {
            *crowds.entry(knock.network).or_default() += 1;
        }
        let most = crowds.into_iter().max_by_key(|(_, crowd)| *crowd);
        let Some((from, _)) = most.filter(|(_, crowd)| *crowd > of_newcomer + 1) else {
            return false;
        };
        let first = self.pending.iter().position(|knock| knock.network == from);
        if let Some(first) = first {
            self.pending.remove(first).evicted.notify_one();
        }
        first.is_some()
    }
}

impl ConnectionPermit {
    /// Waits until the connection has to make room before it is logged in.
    pub fn evicted(&self) -> impl Future<Output = ()> + Send + use<> {
        let knock = Arc::clone(&self.pending);
        async move { knock.evicted.notified().await }
    }

    /// Notes that the connection is logged in.
    pub fn mark_logged_in(&mut self) {
        // It is not among them any more once it is logged in or turned out.
        let mut counts = self.limiter.lock();
        counts
            .pending
            .retain(|knock| !Arc::ptr_eq(knock, &self.pending));
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.mark_logged_in();
        self.limiter.lock().connections -= 1;
    }
}

/// Returns what counts as one address: of IPv6 the network that one household or office has, whose
/// machines could otherwise come from as many addresses as they like.
fn client_network(address: IpAddr) -> IpAddr {
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
    use crate::serve::settings::Settings;

    fn limits(connections: usize, logins: usize, logins_per_address: usize) -> Limits {
        Limits {
            connections,
            logins,
            logins_per_address,
            ..Settings::default().limits().unwrap()
        }
    }

    /// A gate, and who comes to it when.
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
            said: usize,
            millis: u64,
        ) -> Result<ConnectionPermit, Rejection> {
            let heard = ByteCounter::default();
            heard.add(said);
            let now = self.start + Duration::from_millis(millis);
            let from = from.parse().unwrap();
            self.limiter.admit(from, Arc::new(heard), &self.limits, now)
        }

        /// Somebody who says who they are.
        fn admit(&self, from: &str) -> Result<ConnectionPermit, Rejection> {
            self.admit_at(from, 20, 0)
        }
    }

    fn is_evicted(place: &ConnectionPermit) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(place.evicted())
            .poll(&mut context)
            .is_ready()
    }

    #[test]
    fn dropped_permits_free_their_slots() {
        let entrance = TestLimiter::new(limits(3, 2, 1));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let mut first = entrance.admit(a).unwrap();
        assert_eq!(
            entrance.admit(a).unwrap_err(),
            Rejection::TooManyFromAddress
        );
        let second = entrance.admit(b).unwrap();
        assert_eq!(entrance.admit(c).unwrap_err(), Rejection::TooManyLogins);
        first.mark_logged_in();
        let third = entrance.admit(a).unwrap();
        assert_eq!(entrance.admit(c).unwrap_err(), Rejection::ServerFull);
        drop((first, second, third));
        assert_eq!(entrance.limiter.connections(), 0);
        assert!(entrance.limiter.lock().pending.is_empty());
    }

    #[test]
    fn oldest_login_of_the_busiest_address_is_evicted() {
        let entrance = TestLimiter::new(limits(99, 3, 3));
        let crowd: Vec<ConnectionPermit> = (0..3)
            .map(|_| entrance.admit("10.0.0.1").unwrap())
            .collect();
        let newcomer = entrance.admit("10.0.0.2").unwrap();
        assert!(is_evicted(&crowd[0]) && !is_evicted(&crowd[1]) && !is_evicted(&newcomer));
        // Two of one address and one of the other: nobody is crowded enough to go.
        assert_eq!(
            entrance.admit("10.0.0.2").unwrap_err(),
            Rejection::TooManyLogins
        );
        drop((crowd, newcomer));
        assert!(entrance.limiter.lock().pending.is_empty());
    }

    #[test]
    fn silent_logins_are_evicted_before_slow_ones() {
        let entrance = TestLimiter::new(limits(99, 3, 2));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let slow = entrance.admit_at(a, 20, 0).unwrap();
        let silent = entrance.admit_at(b, 0, 0).unwrap();
        let quick = entrance.admit_at(c, 20, 50).unwrap();
        assert_eq!(
            entrance.admit_at(a, 20, 99).unwrap_err(),
            Rejection::TooManyLogins
        );
        let held = entrance.admit_at(a, 20, 150).unwrap();
        assert!(is_evicted(&silent) && !is_evicted(&slow) && !is_evicted(&quick));
        // Two of one address is all that there may be, while nobody there is slow.
        assert_eq!(
            entrance.admit_at(a, 20, 1999).unwrap_err(),
            Rejection::TooManyFromAddress
        );
        let last = entrance.admit_at(a, 20, 2000).unwrap();
        assert!(is_evicted(&slow) && !is_evicted(&held) && !is_evicted(&last));
    }

    #[test]
    fn ipv6_network_counts_as_one_address() {
        let entrance = TestLimiter::new(limits(9, 9, 1));
        let held = entrance.admit("2001:db8::1").unwrap();
        assert_eq!(
            entrance.admit("2001:db8::ffff").unwrap_err(),
            Rejection::TooManyFromAddress
        );
        assert!(entrance.admit("2001:db8:0:1::1").is_ok());
        drop(held);
    }
}
