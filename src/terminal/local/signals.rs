//! Turns signals into events.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getppid, getsid, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::restore::Restore;
use crate::terminal::{Event, Reason};

/// How the process stops, and how its signals are taken while it does.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// A SIGTSTP is on its way that this process sent itself.
    sent: AtomicBool,
    /// The process is about to stop or has been stopped by [`Stop::stop`].
    stopping: AtomicBool,
}

impl Stop {
    /// Stops the process and the rest of its job, as the terminal does on Ctrl-Z unless it is in
    /// raw mode: `cargo run` and `make` must stop with what they run, or the shell goes on
    /// waiting for them. Returns when the process goes on.
    pub(super) fn stop(&self) -> io::Result<()> {
        self.stopping.store(true, Ordering::SeqCst);
        self.sent.store(true, Ordering::SeqCst);
        kill_current_process_group(Signal::TSTP)?;
        for _ in 0..100 {
            if !self.sent.load(Ordering::SeqCst) {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.sent.store(false, Ordering::SeqCst);
        let stopped = emulate_default_handler(SIGTSTP);
        // The signal that ends the stop is taken by another thread, perhaps a moment later.
        thread::sleep(Duration::from_millis(1));
        self.stopping.store(false, Ordering::SeqCst);
        stopped
    }
}

/// Says whether somebody is there to let the process go on once it has stopped. The kernel asks
/// the same before it obeys Ctrl-Z: what `ssh -t HOST codeleaf` runs would stop for ever.
pub(super) fn can_stop() -> bool {
    let session = getsid(None).ok();
    let leads_session = session == Some(getpgrp());
    let has_shell = getppid().is_some_and(|parent| getsid(Some(parent)).ok() == session);
    has_shell && !leads_session
}

/// Starts the thread that takes signals.
pub(super) fn listen(
    restore: &Arc<Restore>,
    stop: &Arc<Stop>,
    events: SyncSender<Event>,
) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT])?;
    let restore = Arc::clone(restore);
    let stop = Arc::clone(stop);
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in &mut signals {
                let event = match signal {
                    SIGTERM => Event::Leave(Reason::Terminated),
                    SIGHUP => Event::Leave(Reason::HungUp),
                    SIGINT => Event::Leave(Reason::Interrupted),
                    SIGQUIT => Event::Leave(Reason::Quit),
                    SIGWINCH => Event::Resize(restore.tty.size()),
                    SIGTSTP if stop.sent.swap(false, Ordering::SeqCst) => continue,
                    SIGTSTP => Event::Suspend,
                    SIGCONT if stop.stopping.load(Ordering::SeqCst) => continue,
                    // Somebody stopped the process by force, and the shell has used the terminal.
                    SIGCONT => match restore.make_raw() {
                        Ok(()) => Event::Resumed,
                        Err(_) => Event::Eof,
                    },
                    _ => continue,
                };
                let reason = match event {
                    Event::Leave(reason) => Some(reason),
                    _ => None,
                };
                if reason.is_some() {
                    restore.hurry();
                }
                if events.send(event).is_err() {
                    return;
                }
                if let Some(reason) = reason {
                    restore.insist(reason.exit_status());
                }
            }
        })?;
    Ok(())
}
