//! Writes what happens to standard error, a line an event, as text or JSON.
//!
//! Who, when, from where and how long: yes. What was searched: never. Which codes were opened:
//! only where the administrator asks for it. Who logs in is always there; of connections that come
//! to nothing, only so many a second, since anybody can make thousands.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;

use super::LogFormat;
use crate::content::sanitize;

/// The longest word of a client that is logged, in characters.
const LONGEST: usize = 64;

/// How many connections a second the log speaks of before they are logged in.
const MENTIONED: u32 = 50;

/// Whether the log speaks of a connection before it is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    /// It does.
    Made,
    /// It does not: there are too many.
    Spared,
}

/// Decides of which connections the log speaks.
#[derive(Debug, Default)]
pub(super) struct Mentions(Mutex<Second>);

/// What happened in a second.
#[derive(Debug, Default)]
struct Second {
    since: Option<Instant>,
    made: u32,
    spared: u64,
}

impl Mentions {
    /// Decides of one more connection.
    pub fn make(&self) -> Mention {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        second.make(Instant::now())
    }
}

impl Second {
    fn make(&mut self, now: Instant) -> Mention {
        let over = |since| now.saturating_duration_since(since) >= Duration::from_secs(1);
        if self.since.is_none_or(over) {
            if self.spared > 0 {
                tracing::warn!(
                    connections = self.spared,
                    "too many to speak of each before it is logged in"
                );
            }
            *self = Self {
                since: Some(now),
                ..Self::default()
            };
        }
        if self.made < MENTIONED {
            self.made += 1;
            Mention::Made
        } else {
            self.spared += 1;
            Mention::Spared
        }
    }
}

/// Says that the log cannot be set up: something else logs already.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the log: {0}")]
pub struct LogError(#[from] tracing::subscriber::SetGlobalDefaultError);

/// Starts the log, panics included.
pub fn start(format: LogFormat) -> Result<(), LogError> {
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
pub fn said(word: &str) -> String {
    let clean = sanitize(word);
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &clean[..end]),
        None => clean.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_client_says_is_cut_and_printable() {
        assert_eq!(said("xterm\u{1b}[31m\nroot"), "xterm[31m root");
        assert_eq!(said(&"é".repeat(500)), format!("{}...", "é".repeat(64)));
    }

    #[test]
    fn of_many_connections_a_second_some_are_mentioned() {
        let start = Instant::now();
        let mut second = Second::default();
        let mut made = |after: u64| {
            let now = start + Duration::from_millis(after);
            let mentions = (0..1000).filter(|_| second.make(now) == Mention::Made);
            mentions.count()
        };
        assert_eq!([made(0), made(999), made(1000)], [50, 0, 50]);
    }

    proptest! {
        #[test]
        fn nothing_said_breaks_a_line(word in any::<String>()) {
            let said = said(&word);
            prop_assert!(said.chars().count() <= LONGEST + 3);
            prop_assert!(!said.contains(char::is_control));
        }
    }
}
