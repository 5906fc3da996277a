//! The progress of long work.

use std::fmt;
use std::time::Duration;

use crate::text::with_thousands_separators;

/// How much of some work is done: `12,000 of 97,584 codes, 9,400/s, 10 s left`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
    /// The noun for the counted items, in the plural.
    pub unit: &'static str,
    /// Since the start of the work.
    pub elapsed: Duration,
}

/// Receives progress, on any thread.
pub type OnProgress<'p> = &'p (dyn Fn(Progress) + Sync);

impl Progress {
    /// The largest part of a number of steps that is not more than the work done.
    pub fn steps(&self, count: u64) -> u64 {
        let done = count.saturating_mul(self.done);
        done.checked_div(self.total).unwrap_or(0).min(count)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, total) = (
            with_thousands_separators(self.done),
            with_thousands_separators(self.total),
        );
        write!(f, "{done} of {total} {}", self.unit)?;
        let left = self.total.saturating_sub(self.done);
        let milliseconds = self.elapsed.as_millis().max(1);
        let rate = u128::from(self.done) * 1000 / milliseconds;
        let Ok(rate @ 1..) = u64::try_from(rate) else {
            return Ok(());
        };
        write!(f, ", {}/s", with_thousands_separators(rate))?;
        match left.div_ceil(rate) {
            0 => write!(f, ", finishing"),
            seconds @ ..120 => write!(f, ", {seconds} s left"),
            seconds => write!(
                f,
                ", {} min left",
                with_thousands_separators(seconds.div_ceil(60))
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: u64, elapsed: u64) -> Progress {
        Progress {
            done,
            total: 97_584,
            unit: "codes",
            elapsed: Duration::from_millis(elapsed),
        }
    }

    #[test]
    fn rate_and_time_left_follow_from_the_time_since_the_start() {
        for (done, elapsed, text) in [
            (0, 0, "0 of 97,584 codes"),
            (0, 9000, "0 of 97,584 codes"),
            (12_000, 1250, "12,000 of 97,584 codes, 9,600/s, 9 s left"),
            (999, 2000, "999 of 97,584 codes, 499/s, 4 min left"),
            (96_000, 8000, "96,000 of 97,584 codes, 12,000/s, 1 s left"),
            (97_584, 8000, "97,584 of 97,584 codes, 12,198/s, finishing"),
        ] {
            assert_eq!(progress(done, elapsed).to_string(), text);
        }
    }

    #[test]
    fn last_step_is_reached_at_the_end_only() {
        let steps = |done| progress(done, 1000).steps(10);
        assert_eq!(
            [0, 9_758, 9_759, 97_583, 97_584].map(steps),
            [0, 0, 1, 9, 10]
        );
        let nothing = Progress {
            total: 0,
            ..progress(0, 0)
        };
        assert_eq!(nothing.steps(10), 0);
    }
}
