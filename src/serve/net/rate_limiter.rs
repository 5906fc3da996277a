//! A rate limiter.

use std::time::{Duration, Instant};

use crate::num::saturating_u32;

/// A rate limiter that allows bursts (GCRA: the generic cell rate algorithm).
#[derive(Debug)]
pub struct RateLimiter {
    /// Units per second in the long run.
    rate: u32,
    /// Units that may come at once.
    burst: u32,
    /// When the units so far would have come at that rate.
    theoretical_arrival: Instant,
}

impl RateLimiter {
    pub fn new(rate: u32, burst: u32, now: Instant) -> Self {
        Self {
            rate: rate.max(1),
            burst,
            theoretical_arrival: now,
        }
    }

    /// Records units, and returns what [`RateLimiter::blocked_until`] does then.
    pub fn record(&mut self, units: usize, now: Instant) -> Option<Instant> {
        self.theoretical_arrival =
            self.theoretical_arrival.max(now) + self.time_for(saturating_u32(units));
        self.blocked_until(now)
    }

    /// Records time, in units of microseconds.
    pub fn record_time(&mut self, time: Duration, now: Instant) -> Option<Instant> {
        let units = usize::try_from(time.as_micros()).unwrap_or(usize::MAX);
        self.record(units, now)
    }

    /// Records one unit if it is allowed now, and returns whether it is.
    pub fn try_record(&mut self, now: Instant) -> bool {
        let is_allowed = self.blocked_until(now).is_none();
        if is_allowed {
            self.record(1, now);
        }
        is_allowed
    }

    /// Returns true if the whole burst is allowed again.
    pub fn is_idle(&self, now: Instant) -> bool {
        self.theoretical_arrival <= now
    }

    /// When the next units are allowed, if that is later than `now`.
    pub fn blocked_until(&self, now: Instant) -> Option<Instant> {
        let next = self
            .theoretical_arrival
            .checked_sub(self.time_for(self.burst))?;
        (next > now).then_some(next)
    }

    fn time_for(&self, units: u32) -> Duration {
        Duration::from_secs(1) * units / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_never_throttled_and_floods_are() {
        // `Instant` starts at boot, which may be less than a burst ago.
        let start = Instant::now() + Duration::from_secs(60);
        let mut limiter = RateLimiter::new(16 * 1024, 64 * 1024, start);
        let mut now = start;
        for _ in 0..10_000 {
            now += Duration::from_millis(20);
            assert_eq!(limiter.record(100, now), None);
        }
        assert_eq!(limiter.record(60 * 1024, now), None, "a paste");
        let flood_start = now;
        for _ in 0..1000 {
            now = limiter.record(8192, now).unwrap_or(now);
        }
        let seconds = (now - flood_start).as_secs();
        assert!((495..=500).contains(&seconds), "{seconds} s for 8 MB");
    }

    #[test]
    fn refused_units_do_not_count() {
        let start = Instant::now() + Duration::from_secs(60);
        let mut limiter = RateLimiter::new(2, 10, start);
        let allowed = |limiter: &mut RateLimiter, seconds| {
            let now = start + Duration::from_secs(seconds);
            (0..1000).filter(|_| limiter.try_record(now)).count()
        };
        assert_eq!(allowed(&mut limiter, 0), 11);
        assert_eq!(allowed(&mut limiter, 3), 6);
        assert_eq!(allowed(&mut limiter, 60), 11);
    }
}
