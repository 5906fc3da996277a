//! Percentiles of measured times.

use std::time::Duration;

/// Repeated measurements, sorted.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort();
        Self(times)
    }
}

impl Times {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let time = self.0.get(last * percent / 100);
        time.copied().unwrap_or_default().as_secs_f64() * 1e3
    }

    pub fn print(&self, what: &str) {
        println!(
            "  {what}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, of {}",
            self.percentile(50),
            self.percentile(95),
            self.percentile(99),
            self.len()
        );
    }
}
