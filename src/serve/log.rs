//! Writes what happens to standard error, a line an event, as text or JSON.
//!
//! Who, when, from where and how long: yes. What was searched: never. Which codes were opened:
//! only where the administrator asks for it.

use std::io;

use tracing::Level;

use super::LogFormat;
use crate::content::sanitize;

/// The longest word of a client that is logged, in characters.
const LONGEST: usize = 64;

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

    proptest! {
        #[test]
        fn nothing_said_breaks_a_line(word in any::<String>()) {
            let said = said(&word);
            prop_assert!(said.chars().count() <= LONGEST + 3);
            prop_assert!(!said.contains(char::is_control));
        }
    }
}
