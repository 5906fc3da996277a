//! Writes what happens to standard error, a line an event, as text or JSON.
//!
//! Who, when, from where and how long: yes. What was searched: never. Which codes were opened:
//! only where the administrator asks for it. Who logs in is always there; of connections that come
//! to nothing, only so many a second, since anybody can make thousands.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;

use crate::serve::settings::LogFormat;
use crate::text::sanitize;

/// The longest word of a client that is logged, in characters.
const MAX_LOGGED_CHARS: usize = 64;

/// How many connections a second the log speaks of before they are logged in.
const MAX_LOGGED_PER_SECOND: u32 = 50;

/// Whether the log speaks of a connection before it is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogDecision {
    /// It does.
    Log,
    /// It does not: there are too many.
    Suppress,
}

/// Decides of which connections the log speaks.
#[derive(Debug, Default)]
pub struct LogSampler(Mutex<SampleWindow>);

/// What happened in a second.
#[derive(Debug, Default)]
struct SampleWindow {
    started: Option<Instant>,
    logged: u32,
    suppressed: u64,
}

impl LogSampler {
    /// Decides of one more connection.
    pub fn sample(&self) -> LogDecision {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        second.sample(Instant::now())
    }
}

impl SampleWindow {
    fn sample(&mut self, now: Instant) -> LogDecision {
        let over = |since| now.saturating_duration_since(since) >= Duration::from_secs(1);
        if self.started.is_none_or(over) {
            if self.suppressed > 0 {
                tracing::warn!(
                    connections = self.suppressed,
                    "too many to speak of each before it is logged in"
                );
            }
            *self = Self {
                started: Some(now),
                ..Self::default()
            };
        }
        if self.logged < MAX_LOGGED_PER_SECOND {
            self.logged += 1;
            LogDecision::Log
        } else {
            self.suppressed += 1;
            LogDecision::Suppress
        }
    }
}

/// Says that the log cannot be set up: something else logs already.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the log: {0}")]
pub struct LogError(#[from] tracing::subscriber::SetGlobalDefaultError);

/// Starts the log, panics included.
pub fn init(format: LogFormat) -> Result<(), LogError> {
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(Level::INFO)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Text => tracing::subscriber::set_global_default(lines.finish())?,
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true);
            tracing::subscriber::set_global_default(lines.finish())?;
        }
    }
    std::panic::set_hook(Box::new(|panic| {
        // The words of a panic may hold what somebody typed; the place is enough to find it.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "panic");
    }));
    Ok(())
}

/// Returns a word of a client as it may be logged: printable, and not longer than is useful.
pub fn printable(word: &str) -> String {
    let clean = sanitize(word);
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
    fn client_text_is_truncated_and_printable() {
        assert_eq!(printable("xterm\u{1b}[31m\nroot"), "xterm[31m root");
        assert_eq!(
            printable(&"é".repeat(500)),
            format!("{}...", "é".repeat(64))
        );
    }

    #[test]
    fn logged_connections_are_capped_per_second() {
        let start = Instant::now();
        let mut second = SampleWindow::default();
        let mut made = |after: u64| {
            let now = start + Duration::from_millis(after);
            let mentions = (0..1000).filter(|_| second.sample(now) == LogDecision::Log);
            mentions.count()
        };
        assert_eq!([made(0), made(999), made(1000)], [50, 0, 50]);
    }

    proptest! {
        #[test]
        fn printable_text_has_no_control_characters(word in any::<String>()) {
            let said = printable(&word);
            prop_assert!(said.chars().count() <= MAX_LOGGED_CHARS + 3);
            prop_assert!(!said.contains(char::is_control));
        }
    }
}
