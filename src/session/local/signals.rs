//! Turns signals into events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};
use std::{io, thread};

use nix::unistd::{getpgrp, getppid, getsid};
use rustix::process::{Signal, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::session::event::{Event, ShutdownReason};
use crate::session::local::guard::TerminalGuard;

/// How long the process may take to stop once it has sent itself the signal, and to learn that it
/// goes on.
const STOP_TIMEOUT: Duration = Duration::from_millis(50);

/// Stops the process, and knows whether it has been.
#[derive(Debug, Default)]
pub(crate) struct Suspender {
    /// The process is about to stop, or was stopped by [`Suspender::stop`].
    stopping: AtomicBool,
    /// A SIGCONT came since.
    continued: AtomicBool,
}

impl Suspender {
    /// Stops the process and the rest of its job, as the terminal does on Ctrl-Z unless it is in
    /// raw mode: `cargo run` and `make` must stop with what they run, or the shell goes on waiting
    /// for them. Returns when the process goes on.
    ///
    /// SIGSTOP stops all of them at the same time. With SIGTSTP, which this process catches, the
    /// others would stop first, and a shell that is quick would let the job go on before this
    /// process stopped, then for ever.
    pub(crate) fn suspend(&self) -> io::Result<()> {
        self.continued.store(false, Ordering::SeqCst);
        self.stopping.store(true, Ordering::SeqCst);
        let stopped = kill_current_process_group(Signal::STOP);
        let sent = Instant::now();
        while stopped.is_ok()
            && !self.continued.load(Ordering::SeqCst)
            && sent.elapsed() < STOP_TIMEOUT
        {
            thread::sleep(Duration::from_millis(1));
        }
        self.stopping.store(false, Ordering::SeqCst);
        Ok(stopped?)
    }
}

/// Says whether somebody is there to let the process go on once it has stopped. The kernel asks
/// the same before it obeys Ctrl-Z: what `ssh -t HOST codeleaf` runs would stop for ever.
///
/// In a container, the parent or its session may lie outside: their number is 0 then, which
/// rustix's `getsid` does not allow for.
pub(crate) fn can_suspend() -> bool {
    let session = getsid(None).ok();
    let leads_session = session == Some(getpgrp());
    let parent = getppid();
    let has_shell = parent.as_raw() != 0 && getsid(Some(parent)).ok() == session;
    has_shell && !leads_session
}

/// Signals that are caught, and wait for the thread that takes them.
///
/// The first frame does not wait for that thread: it starts when the program first waits for
/// something. What was caught until then is taken then.
#[derive(Debug)]
pub(crate) struct SignalWatcher {
    signals: Signals,
    guard: Arc<TerminalGuard>,
    suspender: Arc<Suspender>,
    events: SyncSender<Event>,
}

impl SignalWatcher {
    /// Catches signals from now on.
    pub(crate) fn register(
        restore: &Arc<TerminalGuard>,
        stop: &Arc<Suspender>,
        events: SyncSender<Event>,
    ) -> io::Result<Self> {
        Ok(Self {
            signals: Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT])?,
            guard: Arc::clone(restore),
            suspender: Arc::clone(stop),
            events,
        })
    }

    /// Starts the thread that takes signals.
    pub(crate) fn start(mut self) -> io::Result<()> {
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in &mut self.signals {
                    let Some(event) = event_for_signal(signal, &self.guard, &self.suspender) else {
                        continue;
                    };
                    let reason = match event {
                        Event::Shutdown(reason) => Some(reason),
                        _ => None,
                    };
                    if reason.is_some() {
                        self.guard.begin_shutdown();
                    }
                    if self.events.send(event).is_err() {
                        return;
                    }
                    if let Some(reason) = reason {
                        self.guard.exit_after_grace(reason.exit_status());
                    }
                }
            })?;
        Ok(())
    }
}

/// Returns what a signal means to the session, if it is for the session.
fn event_for_signal(signal: i32, restore: &TerminalGuard, stop: &Suspender) -> Option<Event> {
    Some(match signal {
        SIGTERM => Event::Shutdown(ShutdownReason::Terminated),
        SIGHUP => Event::Shutdown(ShutdownReason::HungUp),
        SIGINT => Event::Shutdown(ShutdownReason::Interrupted),
        SIGQUIT => Event::Shutdown(ShutdownReason::Quit),
        SIGWINCH => Event::Resize(restore.tty.size()),
        SIGTSTP => Event::Suspend,
        SIGCONT if stop.stopping.load(Ordering::SeqCst) => {
            stop.continued.store(true, Ordering::SeqCst);
            return None;
        }
        // Somebody stopped the process by force, and the shell has used the terminal.
        SIGCONT => match restore.make_raw() {
            Ok(()) => Event::Resumed,
            Err(_) => Event::Eof,
        },
        _ => return None,
    })
}
