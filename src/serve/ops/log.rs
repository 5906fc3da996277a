//! The log: one line per event on standard error, as text or JSON.
//!
//! It records each connection's user, time, address and duration. It never records search words, and
//! opened codes only with `log-codes`. Lines are queued and written by a thread, so that neither a
//! full disk nor a pipe that nobody reads affects readers. Lines that cannot be queued or written
//! are dropped and counted.

use std::io;
use std::panic::PanicHookInfo;

use prometheus_client::metrics::counter::Counter;
use tracing::Level;
use tracing::subscriber::set_global_default;

use crate::serve::ops::write_queue::WriteQueue;
use crate::serve::settings::LogFormat;
use crate::text::sanitize;

/// The maximum length of a client's text in the log, in characters.
const MAX_LOGGED_CHARS: usize = 64;

tokio::task_local! {
    /// The connection that a task serves, for the log line of a panic.
    pub static CONNECTION: u64;
}

/// A writer that never blocks and never fails. Each write is one line.
#[derive(Clone, Debug)]
pub struct LogWriter {
    queue: WriteQueue<Vec<u8>>,
    dropped: Counter,
}

impl LogWriter {
    /// Starts the thread that writes to `sink`.
    pub fn start(mut sink: impl io::Write + Send + 'static, dropped: Counter) -> io::Result<Self> {
        let failed = dropped.clone();
        let queue = WriteQueue::start("log", move |line: Vec<u8>| {
            if sink.write_all(&line).is_err() {
                failed.inc();
            }
        })?;
        Ok(Self { queue, dropped })
    }

    /// Waits a moment until the queued lines are written.
    pub fn finish(&self) {
        self.queue.flush();
    }
}

impl io::Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if !self.queue.push(line.to_vec()) {
            self.dropped.inc();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts the log of the process, and logs panics.
pub fn init(format: LogFormat, dropped: Counter) -> io::Result<LogWriter> {
    let log = LogWriter::start(io::stderr(), dropped)?;
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_max_level(Level::INFO)
        .with_target(false)
        .with_ansi(false)
        // It would report errors with `eprintln!`, which panics if standard error cannot be written.
        .log_internal_errors(false);
    let set = match format {
        LogFormat::Text => set_global_default(lines.finish()),
        LogFormat::Json => set_global_default(lines.json().flatten_event(true).finish()),
    };
    // Fails if the process has a log already.
    set.map_err(io::Error::other)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(log)
}

/// Logs a panic in one line. Its message may contain a user's input; its location is enough to find
/// it.
pub fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    // Outside of sessions there is none.
    let connection = CONNECTION.try_with(|connection| *connection).ok();
    tracing::error!(connection, place, "panic");
}

/// Logs an event of a [`Connection`](crate::serve::state::Connection), unless its lines are left out.
macro_rules! log_event {
    ($connection:expr => $level:ident, $($event:tt)+) => {
        if $connection.is_logged() {
            tracing::$level!(connection = $connection.id, $($event)+);
        }
    };
}
pub(in crate::serve) use log_event;

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
    use std::io::Write;
    use std::sync::mpsc::{SyncSender, sync_channel};

    use proptest::prelude::*;

    use super::*;
    use crate::serve::ops::write_queue::CAPACITY;

    /// Reports the first line, then blocks until it is told to go on.
    struct Stuck(SyncSender<()>, std::sync::mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            // Fails once the test no longer waits.
            let _ = self.0.send(());
            let _ = self.1.recv();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_beyond_the_queue_are_dropped_and_counted() {
        let (written, first) = sync_channel(1);
        let (go_on, wait) = sync_channel::<()>(1);
        let dropped = Counter::default();
        let mut log = LogWriter::start(Stuck(written, wait), dropped.clone()).unwrap();
        log.write_all(b"first\n").unwrap();
        first.recv().unwrap();
        for _ in 0..CAPACITY + 7 {
            log.write_all(b"more\n").unwrap();
        }
        assert_eq!(dropped.get(), 7);
        drop((go_on, first));
        log.finish();
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
