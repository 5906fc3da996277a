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

use super::Limits;
use super::wire::Count;

/// How long a client may say nothing before it makes room for others.
const SILENT: Duration = Duration::from_millis(100);

/// How long a login may take before it makes room for others.
const SLOW: Duration = Duration::from_secs(2);

/// Counts connections.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    /// Those who are not logged in, in the order in which they came.
    knocks: Vec<Arc<Knock>>,
}

/// A connection that is not logged in.
#[derive(Debug)]
struct Knock {
    from: IpAddr,
    since: Instant,
    heard: Arc<Count>,
    /// Is notified when it has to go.
    turned_out: Notify,
}

/// Says why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Crowd {
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

/// A connection's seat; it comes free when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    gate: Arc<Gate>,
    knock: Arc<Knock>,
}

impl Gate {
    /// Lets a connection in, of which so much was heard, or turns it away.
    pub fn enter(
        self: &Arc<Self>,
        from: IpAddr,
        heard: Arc<Count>,
        limits: &Limits,
        now: Instant,
    ) -> Result<Seat, Crowd> {
        let from = household(from);
        let mut counts = self.counts();
        if counts.connections >= limits.connections {
            return Err(Crowd::Connections);
        }
        let of_address = counts.of(from);
        if of_address >= limits.logins_per_address {
            if !counts.turn_out(now, |knock| knock.from == from) {
                return Err(Crowd::Address);
            }
        } else if counts.knocks.len() >= limits.logins
            && !counts.turn_out(now, |_| true)
            && !counts.thin_out(of_address)
        {
            return Err(Crowd::Logins);
        }
        let knock = Arc::new(Knock {
            from,
            since: now,
            heard,
            turned_out: Notify::new(),
        });
        counts.knocks.push(Arc::clone(&knock));
        counts.connections += 1;
        Ok(Seat {
            gate: Arc::clone(self),
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
    fn of(&self, from: IpAddr) -> usize {
        let of_address = self.knocks.iter().filter(|knock| knock.from == from);
        of_address.count()
    }

    /// Turns out who has said nothing for longest, or else who has been logging in for longest, if
    /// that is too long; says whether somebody went.
    fn turn_out(&mut self, now: Instant, concerned: impl Fn(&Knock) -> bool) -> bool {
        let longer = |knock: &Knock, than| now.saturating_duration_since(knock.since) >= than;
        let mut knocks = self.knocks.iter();
        let silent = knocks
            .position(|knock| concerned(knock) && knock.heard.get() == 0 && longer(knock, SILENT));
        let mut knocks = self.knocks.iter();
        let slow = || knocks.position(|knock| concerned(knock) && longer(knock, SLOW));
        let Some(at) = silent.or_else(slow) else {
            return false;
        };
        self.knocks.remove(at).turned_out.notify_one();
        true
    }

    /// Turns out who came first from the most crowded address, if that is more crowded than the
    /// newcomer's would be; says whether somebody went.
    fn thin_out(&mut self, of_newcomer: usize) -> bool {
        let mut crowds: HashMap<IpAddr, usize> = HashMap::new();
        for knock in &self.knocks {
            *crowds.entry(knock.from).or_default() += 1;
        }
        let most = crowds.into_iter().max_by_key(|(_, crowd)| *crowd);
        let Some((from, _)) = most.filter(|(_, crowd)| *crowd > of_newcomer + 1) else {
            return false;
        };
        let first = self.knocks.iter().position(|knock| knock.from == from);
        if let Some(first) = first {
            self.knocks.remove(first).turned_out.notify_one();
        }
        first.is_some()
    }
}

impl Seat {
    /// Waits until the connection has to make room before it is logged in.
    pub fn turned_out(&self) -> impl Future<Output = ()> + Send + use<> {
        let knock = Arc::clone(&self.knock);
        async move { knock.turned_out.notified().await }
    }

    /// Notes that the connection is logged in.
    pub fn logged_in(&mut self) {
        // It is not among them any more once it is logged in or turned out.
        let mut counts = self.gate.counts();
        counts
            .knocks
            .retain(|knock| !Arc::ptr_eq(knock, &self.knock));
    }
}

impl Drop for Seat {
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

    /// A gate, and who comes to it when.
    struct Entrance {
        gate: Arc<Gate>,
        limits: Limits,
        opened: Instant,
    }

    impl Entrance {
        fn new(limits: Limits) -> Self {
            Self {
                gate: Arc::default(),
                limits,
                opened: Instant::now(),
            }
        }

        fn enter(&self, from: &str, said: usize, millis: u64) -> Result<Seat, Crowd> {
            let heard = Count::default();
            heard.add(said);
            let now = self.opened + Duration::from_millis(millis);
            let from = from.parse().unwrap();
            self.gate.enter(from, Arc::new(heard), &self.limits, now)
        }

        /// Somebody who says who they are.
        fn knock(&self, from: &str) -> Result<Seat, Crowd> {
            self.enter(from, 20, 0)
        }
    }

    fn is_out(place: &Seat) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(place.turned_out())
            .poll(&mut context)
            .is_ready()
    }

    #[test]
    fn every_seat_comes_free() {
        let entrance = Entrance::new(limits(3, 2, 1));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let mut first = entrance.knock(a).unwrap();
        assert_eq!(entrance.knock(a).unwrap_err(), Crowd::Address);
        let second = entrance.knock(b).unwrap();
        assert_eq!(entrance.knock(c).unwrap_err(), Crowd::Logins);
        first.logged_in();
        let third = entrance.knock(a).unwrap();
        assert_eq!(entrance.knock(c).unwrap_err(), Crowd::Connections);
        drop((first, second, third));
        assert_eq!(entrance.gate.connections(), 0);
        assert!(entrance.gate.counts().knocks.is_empty());
    }

    #[test]
    fn who_came_first_to_the_most_crowded_address_makes_room() {
        let entrance = Entrance::new(limits(99, 3, 3));
        let crowd: Vec<Seat> = (0..3)
            .map(|_| entrance.knock("10.0.0.1").unwrap())
            .collect();
        let newcomer = entrance.knock("10.0.0.2").unwrap();
        assert!(is_out(&crowd[0]) && !is_out(&crowd[1]) && !is_out(&newcomer));
        // Two of one address and one of the other: nobody is crowded enough to go.
        assert_eq!(entrance.knock("10.0.0.2").unwrap_err(), Crowd::Logins);
        drop((crowd, newcomer));
        assert!(entrance.gate.counts().knocks.is_empty());
    }

    #[test]
    fn who_says_nothing_makes_room_and_then_who_is_slow() {
        let entrance = Entrance::new(limits(99, 3, 2));
        let (a, b, c) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        let slow = entrance.enter(a, 20, 0).unwrap();
        let silent = entrance.enter(b, 0, 0).unwrap();
        let quick = entrance.enter(c, 20, 50).unwrap();
        assert_eq!(entrance.enter(a, 20, 99).unwrap_err(), Crowd::Logins);
        let held = entrance.enter(a, 20, 150).unwrap();
        assert!(is_out(&silent) && !is_out(&slow) && !is_out(&quick));
        // Two of one address is all that there may be, while nobody there is slow.
        assert_eq!(entrance.enter(a, 20, 1999).unwrap_err(), Crowd::Address);
        let last = entrance.enter(a, 20, 2000).unwrap();
        assert!(is_out(&slow) && !is_out(&held) && !is_out(&last));
    }

    #[test]
    fn one_network_of_many_addresses_counts_once() {
        let entrance = Entrance::new(limits(9, 9, 1));
        let held = entrance.knock("2001:db8::1").unwrap();
        assert_eq!(
            entrance.knock("2001:db8::ffff").unwrap_err(),
            Crowd::Address
        );
        assert!(entrance.knock("2001:db8:0:1::1").is_ok());
        drop(held);
    }
}
