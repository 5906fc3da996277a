//! Says when a client that sends too fast may be read on.
//!
//! Whoever reads a reference presses a few keys a second. A client that sends as fast as it can
//! would cost the server a processor for deciphering alone, whatever becomes of what it says; one
//! that is read slowly has to wait, since its own system takes no more.

use std::time::{Duration, Instant};

/// The bytes that are read at once, however fast they come: the exchange of keys and a long paste.
const BURST: u32 = 64 * 1024;

/// What a client may send.
#[derive(Debug)]
pub struct RateLimiter {
    /// In a second, in the long run.
    rate: u32,
    /// When all that was read would have been sent at that rate.
    theoretical_arrival: Instant,
}

impl RateLimiter {
    /// Starts with nothing sent, at so many bytes a second.
    pub fn new(rate: u32, now: Instant) -> Self {
        let rate = rate.max(1);
        Self {
            rate,
            theoretical_arrival: now,
        }
    }

    /// Notes that bytes were read; returns when to read on, where that is later than now.
    pub fn record(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.theoretical_arrival = self.theoretical_arrival.max(now) + self.time_for(bytes);
        let next = self.theoretical_arrival.checked_sub(self.time_for(BURST))?;
        (next > now).then_some(next)
    }

    fn time_for(&self, bytes: u32) -> Duration {
        Duration::from_secs(1) * bytes / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_never_throttled_and_floods_are() {
        // Moments are counted from the machine's start, which may be a second ago.
        let start = Instant::now() + Duration::from_secs(60);
        let mut inflow = RateLimiter::new(16 * 1024, start);
        let mut now = start;
        for _ in 0..10_000 {
            now += Duration::from_millis(20);
            assert_eq!(inflow.record(100, now), None);
        }
        assert_eq!(inflow.record(60 * 1024, now), None, "a paste");
        let flooded = now;
        for _ in 0..1000 {
            now = inflow.record(8192, now).unwrap_or(now);
        }
        let seconds = (now - flooded).as_secs();
        assert!((495..=500).contains(&seconds), "{seconds} s for 8 MB");
    }
}
