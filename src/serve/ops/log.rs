//! The log: one line per event on standard error, as text or JSON.
//!
//! It records each connection's user, time, address and duration. It never records search words, and
//! opened codes only with `log-codes`. Logins are always logged. Connections that do not log in are
//! sampled, since anyone can open thousands of them.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tracing::Level;
use tracing::subscriber::{SetGlobalDefaultError, set_global_default};

use crate::serve::settings::LogFormat;
use crate::sync::lock;
use crate::text::sanitize;

/// The maximum length of a client's text in the log, in characters.
const MAX_LOGGED_CHARS: usize = 64;

/// The maximum number of connections per second that are logged before they log in.
const MAX_LOGGED_PER_SECOND: u32 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogDecision {
    Log,
    Suppress,
}

/// Chooses the connections that are logged before they log in.
#[derive(Debug, Default)]
pub struct LogSampler(Mutex<SampleWindow>);

/// The counts of one second.
#[derive(Debug, Default)]
struct SampleWindow {
    started: Option<Instant>,
    logged: u32,
    suppressed: u64,
}

impl LogSampler {
    pub fn sample(&self, now: Instant) -> LogDecision {
        let mut window = lock(&self.0);
        let is_over = |since| now.saturating_duration_since(since) >= Duration::from_secs(1);
        if window.started.is_none_or(is_over) {
            if window.suppressed > 0 {
                tracing::warn!(
                    connections = window.suppressed,
                    "log limit reached; some connections were not logged before login"
                );
            }
            *window = SampleWindow {
                started: Some(now),
                ..SampleWindow::default()
            };
        }
        if window.logged < MAX_LOGGED_PER_SECOND {
            window.logged += 1;
            LogDecision::Log
        } else {
            window.suppressed += 1;
            LogDecision::Suppress
        }
    }
}

/// The error if the process has a log already.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the log: {0}")]
pub struct LogError(#[from] SetGlobalDefaultError);

/// Starts the log, and logs panics.
pub fn init(format: LogFormat) -> Result<(), LogError> {
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(Level::INFO)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Text => set_global_default(lines.finish())?,
        LogFormat::Json => set_global_default(lines.json().flatten_event(true).finish())?,
    }
    std::panic::set_hook(Box::new(|panic| {
        // A panic message may contain a user's input; its location is enough to find it.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "panic");
    }));
    Ok(())
}

/// Sanitizes and truncates a client's text for the log.
pub fn printable(text: &str) -> String {
    let clean = sanitize(text);
    match clean.char_indices().nth(MAX_LOGGED_CHARS) {
        Some((end, _)) => format!("{}...", &clean[..end]),
        None => clean.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn logged_connections_are_capped_per_second() {
        let start = Instant::now();
        let sampler = LogSampler::default();
        let count_logged = |millis: u64| {
            let now = start + Duration::from_millis(millis);
            let logged = (0..1000).filter(|_| sampler.sample(now) == LogDecision::Log);
            logged.count()
        };
        assert_eq!([0, 999, 1000].map(count_logged), [50, 0, 50]);
    }

    proptest! {
        #[test]
        fn printable_text_is_truncated_and_has_no_control_characters(word in "\\PC{0,99}|.{0,99}") {
            let text = printable(&word);
            prop_assert!(text.chars().count() <= MAX_LOGGED_CHARS + 3);
            prop_assert!(!text.contains(char::is_control));
            prop_assert!(text.ends_with("...") || text == sanitize(&word));
        }
    }
}
