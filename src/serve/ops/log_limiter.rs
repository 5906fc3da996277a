//! Limits on what clients can write into the log.
//!
//! Anyone can open thousands of connections that do not log in, so these are sampled. A client that
//! logs in and out without pause is sampled by its address. The lines of one connection are limited
//! where they are written.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::serve::net::network::Network;
use crate::serve::net::rate_limiter::RateLimiter;
use crate::sync::lock;

/// The number of connections per second that are logged before they log in.
const MAX_LOGGED_PER_SECOND: u32 = 50;

/// The number of connections per second from one address that are logged in the long run.
const ADDRESS_RATE: u32 = 1;

/// The number of connections from one address that are logged at once.
const ADDRESS_BURST: u32 = 100;

/// The number of addresses above which those that have been silent are forgotten.
const MAX_ADDRESSES: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogDecision {
    Log,
    /// Too many connections: log this one once it has logged in.
    AfterLogin,
    /// Too many connections from one address: do not log this one.
    Never,
}

/// Chooses the connections that are logged.
#[derive(Debug, Default)]
pub struct LogLimiter(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// `None` before the first connection.
    all: Option<RateLimiter>,
    addresses: HashMap<Network, RateLimiter>,
    suppressed: u64,
    reported: Option<Instant>,
}

impl LogLimiter {
    /// Decides about a new connection from an address.
    pub fn decide(&self, from: Network, now: Instant) -> LogDecision {
        let mut state = lock(&self.0);
        let decision = state.decide(from, now);
        state.suppressed += u64::from(decision != LogDecision::Log);
        let is_due = |reported| now.saturating_duration_since(reported) >= Duration::from_secs(1);
        if state.suppressed > 0 && state.reported.is_none_or(is_due) {
            state.reported = Some(now);
            let connections = std::mem::take(&mut state.suppressed);
            tracing::warn!(
                connections,
                "log limit reached; some connections were not logged"
            );
        }
        decision
    }
}

impl State {
    fn decide(&mut self, from: Network, now: Instant) -> LogDecision {
        if self.addresses.len() >= MAX_ADDRESSES {
            self.addresses.retain(|_, limiter| !limiter.is_idle(now));
        }
        let new = || RateLimiter::new(ADDRESS_RATE, ADDRESS_BURST, now);
        let address = self.addresses.entry(from).or_insert_with(new);
        if !address.try_record(now) {
            return LogDecision::Never;
        }
        let new = || RateLimiter::new(MAX_LOGGED_PER_SECOND, MAX_LOGGED_PER_SECOND, now);
        if self.all.get_or_insert_with(new).try_record(now) {
            LogDecision::Log
        } else {
            LogDecision::AfterLogin
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    /// Decides about 1,000 connections that come at once, and counts the given decision.
    fn count(
        limiter: &LogLimiter,
        address: impl Fn(u32) -> u32,
        now: Instant,
        decision: LogDecision,
    ) -> usize {
        let decide = |n| {
            limiter.decide(
                Network::of_client(Ipv4Addr::from_bits(address(n)).into()),
                now,
            )
        };
        (0..1000).filter(|n| decide(*n) == decision).count()
    }

    #[test]
    fn connections_are_limited_in_all_and_per_address() {
        // `Instant` starts at boot, which may be less than a burst ago.
        let start = Instant::now() + Duration::from_secs(600);
        let after = |seconds| start + Duration::from_secs(seconds);
        let limiter = LogLimiter::default();
        assert_eq!(count(&limiter, |n| n, start, LogDecision::Log), 51);
        assert_eq!(count(&limiter, |n| n, after(1), LogDecision::Log), 50);
        let limiter = LogLimiter::default();
        assert_eq!(count(&limiter, |_| 7, start, LogDecision::Never), 899);
        assert_eq!(count(&limiter, |_| 7, after(10), LogDecision::Never), 990);
        assert_eq!(count(&limiter, |n| n, after(20), LogDecision::Never), 0);
    }

    #[test]
    fn silent_addresses_are_forgotten() {
        let start = Instant::now() + Duration::from_secs(600);
        let limiter = LogLimiter::default();
        for second in 0..40 {
            let now = start + Duration::from_secs(second * 2);
            count(
                &limiter,
                |n| n + 1000 * u32::try_from(second).unwrap(),
                now,
                LogDecision::Log,
            );
        }
        assert!(lock(&limiter.0).addresses.len() <= MAX_ADDRESSES);
    }
}
