//! The host on the reader's own terminal.
//!
//! crossterm's event reader is not used: its `poll` spins at full load when an SSH connection drops
//! (crossterm issue 793). Here one thread reads bytes, one handles signals, and the end of input is
//! an event like any other.
//!
//! # Exit status
//!
//! A program that ends because of an [`Event`] exits with [`ShutdownReason::exit_status`]: 143 after
//! SIGTERM, 130 after SIGINT, 131 after SIGQUIT, and 129 after SIGHUP or [`Event::Eof`], since either
//! means that the terminal is gone. A panic exits with 101, as in every Rust program.

pub(crate) mod editor;
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

use crate::app::messages::status;
use crate::app::{Action, FileLine};
use crate::session::event::{Event, ShutdownReason};
use crate::session::local::editor::run_editor;
use crate::session::local::guard::TerminalGuard;
use crate::session::local::signals::{SignalWatcher, Suspender};
use crate::session::local::tty::Tty;
use crate::sync::lock;
use crate::tty::{Capabilities, Decoder, PendingReply, Size};

/// How many events may wait. After that, input stays in the terminal's own buffer.
const EVENT_QUEUE_CAPACITY: usize = 64;

/// The most bytes of one event.
const READ_BUFFER_SIZE: usize = 4096;

/// The longest wait for the reply to a query at exit.
const MAX_DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a process that continues in the background waits for the signal that ends it. On a busy
/// machine, the signal thread may be late.
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

/// The signal watcher until its thread starts.
#[derive(Debug)]
struct DeferredSignals(Mutex<Option<SignalWatcher>>);

impl DeferredSignals {
    /// Starts the thread, unless it runs already.
    fn start(&self) -> io::Result<()> {
        let watcher = lock(&self.0).take();
        watcher.map_or(Ok(()), SignalWatcher::start)
    }
}

impl LocalTerminal {
    /// Takes over the terminal: raw mode, signal handlers, and a panic hook that restores it first.
    ///
    /// Starts no thread, so that the first frame does not wait for one. Keys wait in the terminal
    /// until [`LocalTerminal::start_reading`]; signals also until a write has to wait.
    ///
    /// Fails if standard output is not a terminal, or if there is none to read from.
    pub fn open(capabilities: Capabilities) -> io::Result<Self> {
        let guard = Arc::new(TerminalGuard::new(Tty::open()?, capabilities));
        let suspender = Arc::new(Suspender::default());
        let (sender, events) = sync_channel(EVENT_QUEUE_CAPACITY);
        // Before raw mode, so that it is always undone.
        guard.install_panic_hook(thread::current().id());
        let watcher = SignalWatcher::register(&guard, &suspender, sender.clone())?;
        let local = Self {
            guard,
            suspender,
            deferred_signals: Arc::new(DeferredSignals(Mutex::new(Some(watcher)))),
            sender,
            events,
        };
        // The kernel stops a background job that sets modes, and a write may block.
        if !local.guard.tty.is_foreground() || local.guard.tty.may_block()? {
            local.deferred_signals.start()?;
        }
        local.guard.make_raw()?;
        Ok(local)
    }

    /// Starts the threads for input and signals. To be called once.
    pub fn start_reading(&self) -> io::Result<()> {
        self.deferred_signals.start()?;
        let guard = Arc::clone(&self.guard);
        let events = self.sender.clone();
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || {
                let mut buffer = [0; READ_BUFFER_SIZE];
                while let Ok(length @ 1..) = guard.read(&mut buffer) {
                    let bytes = buffer[..length].to_vec();
                    if events.send(Event::Bytes(bytes)).is_err() {
                        return;
                    }
                }
                guard.begin_shutdown();
                if events.send(Event::Eof).is_ok() {
                    guard.exit_after_grace(ShutdownReason::HungUp.exit_status());
                }
            })?;
        Ok(())
    }

    pub fn size(&self) -> Size {
        self.guard.tty.size()
    }

    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// A sender for events from other threads. It blocks while the queue is full.
    pub fn sender(&self) -> SyncSender<Event> {
        self.sender.clone()
    }

    /// A writer to the terminal. It waits for a slow terminal, but not for long during a shutdown.
    /// An error means that the terminal is gone.
    pub fn writer(&self) -> impl Write + use<> {
        Output {
            guard: Arc::clone(&self.guard),
            deferred_signals: Arc::clone(&self.deferred_signals),
        }
    }

    /// Waits for the next event or, at the given time, returns [`Event::Deadline`].
    pub fn wait(&self, until: Option<Instant>) -> Event {
        let event = match until {
            Some(until) => {
                let timeout = until.saturating_duration_since(Instant::now());
                match self.events.recv_timeout(timeout) {
                    Err(RecvTimeoutError::Timeout) => return Event::Deadline,
                    event => event.ok(),
                }
            }
            None => self.events.recv().ok(),
        };
        // Never fails, because `self` has a sender.
        event.unwrap_or(Event::Eof)
    }

    /// Restores the terminal, stops the process as Ctrl-Z does, and takes over the terminal again
    /// when the process continues. Returns the events for the session: none if the process
    /// continues only to end.
    ///
    /// Fails, without stopping, if there is no shell to continue the process.
    pub fn suspend(&self) -> io::Result<Vec<Event>> {
        if !signals::can_suspend() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, status::NO_SHELL));
        }
        self.guard.restore();
        self.suspender.suspend()?;
        // `kill %1` continues a stopped job in the background, where setting modes would stop it
        // again. So wait for the signal that ends it. After `bg`, stopping again is right.
        let deadline = Instant::now() + SHUTDOWN_SIGNAL_TIMEOUT;
        while !self.guard.tty.is_foreground()
            && !self.guard.is_shutting_down()
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(5));
        }
        if self.guard.is_shutting_down() {
            return Ok(Vec::new());
        }
        self.guard.make_raw()?;
        Ok(vec![Event::Resize(self.size()), Event::Resumed])
    }

    /// Gives the terminal to the user's editor, and takes it over again when the editor ends.
    /// Returns the events for the session.
    pub fn edit(&self, line: &FileLine) -> io::Result<Vec<Event>> {
        self.guard.restore();
        self.suspender.set_lent(true);
        let result = self
            .guard
            .tty
            .try_clone_input()
            .and_then(|terminal| run_editor(line, terminal));
        self.suspender.set_lent(false);
        self.guard.make_raw()?;
        let mut events = vec![
            Event::Resize(self.size()),
            Event::Resumed,
            Event::Action(Action::FilesChanged),
        ];
        if let Err(error) = result {
            let message = status::cannot_edit(error);
            events.push(Event::Action(Action::ShowMessage(message)));
        }
        Ok(events)
    }

    /// Restores the terminal for good.
    ///
    /// If the reply to a query is outstanding, waits for it, for a second at most. Discards it and
    /// all other input, because none of it is meant for the shell.
    pub fn leave(self, pending: Option<(PendingReply, Duration)>) {
        self.guard.mark_left();
        self.guard.reset_screen();
        if let Some((reply, timeout)) = pending {
            self.discard_reply(reply, Instant::now() + timeout.min(MAX_DRAIN_TIMEOUT));
        }
        self.guard.restore();
    }

    fn discard_reply(&self, reply: PendingReply, deadline: Instant) {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        while let Some(timeout) = deadline.checked_duration_since(Instant::now()) {
            match self.events.recv_timeout(timeout) {
                Ok(Event::Bytes(bytes)) => decoder.feed(&bytes, Instant::now(), &mut inputs),
                Ok(Event::Eof | Event::Shutdown(_)) | Err(_) => break,
                Ok(_) => {}
            }
            if reply.is_in(&inputs) {
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
