//! Signals as events, and suspension by SIGSTOP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};
use std::{io, thread};

use nix::unistd::{getpgrp, getppid, getsid};
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::session::event::{Event, ShutdownReason};
use crate::session::local::guard::TerminalGuard;

/// The longest time from sending SIGSTOP to stopping, and from continuing to the SIGCONT handler.
const STOP_TIMEOUT: Duration = Duration::from_millis(50);

/// Suspends the process, and recognizes the SIGCONT that follows.
#[derive(Debug, Default)]
pub(crate) struct Suspender {
    /// Whether [`Suspender::suspend`] is running.
    stopping: AtomicBool,
    /// Whether SIGCONT has arrived since.
    continued: AtomicBool,
    /// Whether another program has the terminal.
    lent: AtomicBool,
}

impl Suspender {
    /// While another program has the terminal, keys such as Ctrl-C are for that program.
    pub(crate) fn set_lent(&self, lent: bool) {
        self.lent.store(lent, Ordering::SeqCst);
    }

    /// Stops the whole job, as the terminal does on Ctrl-Z outside raw mode: if `cargo run` or
    /// `make` did not stop too, the shell would keep waiting for them. Returns when the process
    /// continues.
    ///
    /// SIGSTOP stops all processes of the job at once. This process catches SIGTSTP, so that with
    /// SIGTSTP the others would stop first, and a quick shell could continue the job before this
    /// process stopped, which would then stay stopped.
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

/// Returns true if a shell can continue the process after it has stopped. The kernel makes the same
/// check on Ctrl-Z: a process started by `ssh -t HOST codeleaf` would stay stopped forever.
///
/// In a container, the parent or its session may be outside, with the ID 0, which rustix's `getsid`
/// does not support.
pub(crate) fn can_suspend() -> bool {
    let session = getsid(None).ok();
    let leads_session = session == Some(getpgrp());
    let parent = getppid();
    let has_shell = parent.as_raw() != 0 && getsid(Some(parent)).ok() == session;
    has_shell && !leads_session
}

/// A signal handler whose thread starts later.
///
/// The first frame does not wait for the thread, which starts when the program first waits for
/// something. Signals that arrive earlier are handled then.
#[derive(Debug)]
pub(crate) struct SignalWatcher {
    signals: Signals,
    guard: Arc<TerminalGuard>,
    suspender: Arc<Suspender>,
    events: SyncSender<Event>,
}

impl SignalWatcher {
    /// Catches signals from now on. They wait for the thread.
    pub(crate) fn register(
        guard: &Arc<TerminalGuard>,
        suspender: &Arc<Suspender>,
        events: SyncSender<Event>,
    ) -> io::Result<Self> {
        Ok(Self {
            signals: Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT])?,
            guard: Arc::clone(guard),
            suspender: Arc::clone(suspender),
            events,
        })
    }

    /// Starts the thread that turns signals into events.
    pub(crate) fn start(mut self) -> io::Result<()> {
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in &mut self.signals {
                    let Some(event) = event_for_signal(signal, &self.guard, &self.suspender) else {
                        continue;
                    };
                    let exit_status = match event {
                        Event::Shutdown(reason) => Some(reason.exit_status()),
                        _ => None,
                    };
                    if exit_status.is_some() {
                        self.guard.begin_shutdown();
                    }
                    if self.events.send(event).is_err() {
                        return;
                    }
                    if let Some(status) = exit_status {
                        self.guard.exit_after_grace(status);
                    }
                }
            })?;
        Ok(())
    }
}

/// The event for a signal. `None` if the signal is not for the session.
fn event_for_signal(signal: i32, guard: &TerminalGuard, suspender: &Suspender) -> Option<Event> {
    if suspender.lent.load(Ordering::SeqCst) {
        match signal {
            // Ctrl-Z stops the job, which is this process and the other program.
            SIGTSTP => drop(kill_process(getpid(), Signal::STOP)),
            SIGTERM => return Some(Event::Shutdown(ShutdownReason::Terminated)),
            SIGHUP => return Some(Event::Shutdown(ShutdownReason::HungUp)),
            _ => {}
        }
        return None;
    }
    Some(match signal {
        SIGTERM => Event::Shutdown(ShutdownReason::Terminated),
        SIGHUP => Event::Shutdown(ShutdownReason::HungUp),
        SIGINT => Event::Shutdown(ShutdownReason::Interrupted),
        SIGQUIT => Event::Shutdown(ShutdownReason::Quit),
        SIGWINCH => Event::Resize(guard.tty.size()),
        SIGTSTP => Event::Suspend,
        SIGCONT if suspender.stopping.load(Ordering::SeqCst) => {
            suspender.continued.store(true, Ordering::SeqCst);
            return None;
        }
        // After SIGSTOP from another process, the shell has used the terminal.
        SIGCONT => match guard.make_raw() {
            Ok(()) => Event::Resumed,
            Err(_) => Event::Eof,
        },
        _ => return None,
    })
}
