//! Defines the host on the reader's own terminal.
//!
//! crossterm's event reader is not used: its `poll` spins at full load when an SSH line drops
//! (crossterm issue 793). Here one thread reads bytes, one takes signals, and the end of input,
//! whatever its cause, is an event like any other.
//!
//! # Exit status
//!
//! A program that ends because of an [`Event`] is to return [`ShutdownReason::exit_status`]: 143 after
//! SIGTERM, 130 after SIGINT, 131 after SIGQUIT, 129 after SIGHUP, and 129 after [`Event::Eof`]
//! too, since a terminal that is gone without a signal is gone all the same. A panic is 101, as in
//! every Rust program.

pub(crate) mod guard;
pub(crate) mod host;
pub(crate) mod signals;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tty;

use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::session::event::{Event, ShutdownReason};
use crate::session::local::guard::TerminalGuard;
use crate::session::local::signals::{SignalWatcher, Suspender};
use crate::session::local::tty::Tty;
use crate::sync::lock;
use crate::tty::{Capabilities, Decoder, Input, Size};

/// How many events wait to be taken, after which the terminal's own buffer has to keep bytes.
const EVENT_QUEUE_CAPACITY: usize = 64;

/// The most bytes of one event.
const READ_BUFFER_SIZE: usize = 4096;

/// The longest that an answer is waited for on leaving.
const MAX_DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a process that goes on in the background waits for the signal that is to end it. The
/// thread that takes signals may get no processor for a while on a busy machine.
const SHUTDOWN_SIGNAL_TIMEOUT: Duration = Duration::from_secs(1);

/// The reader's own terminal, in raw mode while this exists.
#[derive(Debug)]
pub struct LocalTerminal {
    guard: Arc<TerminalGuard>,
    suspender: Arc<Suspender>,
    deferred_signals: Arc<DeferredSignals>,
    sender: SyncSender<Event>,
    events: Receiver<Event>,
}

/// The watch for signals until it starts.
#[derive(Debug)]
struct DeferredSignals(Mutex<Option<SignalWatcher>>);

impl DeferredSignals {
    /// Starts the watch, unless it has been started.
    fn start(&self) -> io::Result<()> {
        let watch = lock(&self.0).take();
        watch.map_or(Ok(()), SignalWatcher::start)
    }
}

impl LocalTerminal {
    /// Takes over the terminal: raw mode, signals, and a panic hook that gives it back before the
    /// hook that was there prints. Nothing is written to it yet, and nothing read: keys wait in the
    /// terminal until [`LocalTerminal::start_reading`], and signals until that or until the terminal is waited for,
    /// so that the first frame does not wait for a thread.
    ///
    /// Fails if standard output is no terminal, or if there is none to read from.
    pub fn open(capabilities: Capabilities) -> io::Result<Self> {
        let restore = Arc::new(TerminalGuard::new(Tty::open()?, capabilities));
        let stop = Arc::new(Suspender::default());
        let (sender, events) = sync_channel(EVENT_QUEUE_CAPACITY);
        // Before raw mode, so that from its first moment there is somebody to undo it.
        restore.install_panic_hook(thread::current().id());
        let watch = SignalWatcher::register(&restore, &stop, sender.clone())?;
        let local = Self {
            guard: restore,
            suspender: stop,
            deferred_signals: Arc::new(DeferredSignals(Mutex::new(Some(watch)))),
            sender,
            events,
        };
        // The kernel stops a background job when it sets modes, and a write may block.
        if !local.guard.tty.is_foreground() || local.guard.tty.may_block()? {
            local.deferred_signals.start()?;
        }
        local.guard.make_raw()?;
        Ok(local)
    }

    /// Starts to read and to take signals; to be called once.
    pub fn start_reading(&self) -> io::Result<()> {
        self.deferred_signals.start()?;
        let restore = Arc::clone(&self.guard);
        let events = self.sender.clone();
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || {
                let mut buffer = [0; READ_BUFFER_SIZE];
                while let Ok(length @ 1..) = restore.read(&mut buffer) {
                    if events
                        .send(Event::Bytes(buffer[..length].to_vec()))
                        .is_err()
                    {
                        return;
                    }
                }
                restore.begin_shutdown();
                if events.send(Event::Eof).is_ok() {
                    restore.exit_after_grace(ShutdownReason::HungUp.exit_status());
                }
            })?;
        Ok(())
    }

    /// Returns the terminal's size now.
    pub fn size(&self) -> Size {
        self.guard.tty.size()
    }

    /// Returns where events arrive.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Returns a way in for the events of others. It waits while the program is behind.
    pub fn sender(&self) -> SyncSender<Event> {
        self.sender.clone()
    }

    /// Returns a writer to the terminal. It waits for a slow terminal as long as the program is to
    /// go on, and not for long once it is to end; an error means that the terminal is gone.
    pub fn writer(&self) -> impl Write + use<> {
        Output {
            guard: Arc::clone(&self.guard),
            deferred_signals: Arc::clone(&self.deferred_signals),
        }
    }

    /// Waits for the next event, or, if a moment is given, until that: [`Event::Deadline`].
    pub fn wait(&self, until: Option<Instant>) -> Event {
        let event = match until {
            Some(until) => {
                let patience = until.saturating_duration_since(Instant::now());
                match self.events.recv_timeout(patience) {
                    Err(RecvTimeoutError::Timeout) => return Event::Deadline,
                    event => event.ok(),
                }
            }
            None => self.events.recv().ok(),
        };
        // This host has a sender itself, so there always is one.
        event.unwrap_or(Event::Eof)
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal over
    /// again when it goes on. Returns what a session is to be told then: nothing if the process
    /// goes on only to end.
    ///
    /// Fails, without stopping, if no shell is there to let the process go on.
    pub fn suspend(&self) -> io::Result<Vec<Event>> {
        if !signals::can_suspend() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "no shell is there to come back from",
            ));
        }
        self.guard.restore();
        self.suspender.suspend()?;
        // `kill %1` lets a stopped job go on in the background, to end. There, to set the terminal's
        // modes would stop it again, so it has to learn of its end first; after `bg`, to be stopped
        // again is as it should be.
        let give_up = Instant::now() + SHUTDOWN_SIGNAL_TIMEOUT;
        while !self.guard.tty.is_foreground()
            && !self.guard.is_shutting_down()
            && Instant::now() < give_up
        {
            thread::sleep(Duration::from_millis(5));
        }
        if self.guard.is_shutting_down() {
            return Ok(Vec::new());
        }
        self.guard.make_raw()?;
        Ok(vec![Event::Resize(self.size()), Event::Resumed])
    }

    /// Gives the terminal back for good.
    ///
    /// With an answer of the terminal outstanding, waits for it as long as given, a second at most,
    /// and discards it and what was typed meanwhile: none of it is meant for the shell.
    pub fn leave(self, outstanding: Option<Duration>) {
        self.guard.mark_left();
        self.guard.reset_screen();
        if let Some(patience) = outstanding {
            self.discard_answer(Instant::now() + patience.min(MAX_DRAIN_TIMEOUT));
        }
        self.guard.restore();
    }

    fn discard_answer(&self, give_up: Instant) {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        while let Some(patience) = give_up.checked_duration_since(Instant::now()) {
            match self.events.recv_timeout(patience) {
                Ok(Event::Bytes(bytes)) => decoder.feed(&bytes, Instant::now(), &mut inputs),
                Ok(Event::Eof | Event::Shutdown(_)) | Err(_) => break,
                Ok(_) => {}
            }
            if inputs.contains(&Input::Ready) {
                break;
            }
            inputs.clear();
        }
        self.guard.tty.discard_input();
    }
}

impl Drop for LocalTerminal {
    fn drop(&mut self) {
        self.guard.mark_left();
        self.guard.restore();
    }
}

/// A writer to the terminal.
struct Output {
    guard: Arc<TerminalGuard>,
    deferred_signals: Arc<DeferredSignals>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.guard.write_nonblocking(bytes)?;
        if written < bytes.len() {
            self.deferred_signals.start()?;
            self.guard.write(&bytes[written..])?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
