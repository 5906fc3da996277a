//! Gives the terminal back, once, whoever comes to do it: the program's end, a signal or a panic.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crate::session::local::tty::Tty;
use crate::sync::lock;
use crate::tty::{Capabilities, Screen};

/// How long a terminal that does not read is waited for when the program leaves.
const SHUTDOWN_WRITE_TIMEOUT: Duration = Duration::from_millis(300);

/// How long one wait for room in the terminal's buffer lasts, after which it is looked whether the
/// program leaves.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The terminal, and what has to be undone to it.
#[derive(Debug)]
pub(crate) struct TerminalGuard {
    pub(crate) tty: Tty,
    capabilities: Capabilities,
    is_raw: AtomicBool,
    is_drawn_on: AtomicBool,
    /// Set once the program is to end: nothing may take long any more.
    shutting_down: AtomicBool,
    left: AtomicBool,
    /// What other threads' panics said, for when there is a place to print it.
    panics: Mutex<Vec<String>>,
}

impl TerminalGuard {
    pub(crate) fn new(tty: Tty, capabilities: Capabilities) -> Self {
        Self {
            tty,
            capabilities,
            is_raw: AtomicBool::new(false),
            is_drawn_on: AtomicBool::new(false),
            shutting_down: AtomicBool::new(false),
            left: AtomicBool::new(false),
            panics: Mutex::default(),
        }
    }

    pub(crate) fn make_raw(&self) -> io::Result<()> {
        self.is_raw.store(true, Ordering::SeqCst);
        self.tty.make_raw()
    }

    /// Turns off all that was turned on by drawing. The modes stay as they are.
    pub(crate) fn reset_screen(&self) {
        if self.is_drawn_on.swap(false, Ordering::SeqCst) {
            let bytes = Screen::reset_sequence(self.capabilities, self.tty.size());
            let give_up = Instant::now() + SHUTDOWN_WRITE_TIMEOUT;
            // A terminal that is gone needs nothing restored.
            let _ = self.write_until(&bytes, || Instant::now() >= give_up);
        }
    }

    /// Gives the terminal back. Does nothing the second time.
    pub(crate) fn restore(&self) {
        self.reset_screen();
        if self.is_raw.swap(false, Ordering::SeqCst) && self.tty.is_foreground() {
            let _ = self.tty.make_cooked();
        }
        let panics = std::mem::take(&mut *lock(&self.panics));
        for panic in panics {
            eprintln!("{panic}");
        }
    }

    /// Waits for bytes that are meant for this program, and reads some.
    ///
    /// While the terminal is another job's, nothing is read: the kernel would stop this process for
    /// it, even one that is just being ended, and take the shell's input if it did not.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.tty.wait_for_input()?;
            if self.is_raw.load(Ordering::SeqCst) && self.tty.is_foreground() {
                return self.tty.read(buffer);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Says whether the program is to end.
    pub(crate) fn is_shutting_down(&self) -> bool {
        self.shutting_down.load(Ordering::SeqCst)
    }

    /// Notes that the program is to end, so that no write waits for long.
    pub(crate) fn begin_shutdown(&self) {
        self.shutting_down.store(true, Ordering::SeqCst);
    }

    /// Notes that the program is about to end by itself.
    pub(crate) fn mark_left(&self) {
        self.begin_shutdown();
        self.left.store(true, Ordering::SeqCst);
    }

    /// Ends the program if it does not end by itself within a second: it may be busy, or wait for
    /// a terminal that is gone.
    pub(crate) fn exit_after_grace(&self, status: u8) {
        self.begin_shutdown();
        let give_up = Instant::now() + Duration::from_secs(1);
        while Instant::now() < give_up {
            std::thread::sleep(Duration::from_millis(20));
            if self.left.load(Ordering::SeqCst) {
                return;
            }
        }
        self.restore();
        std::process::exit(i32::from(status));
    }

    /// Writes what the terminal takes without being waited for, and returns how much that is.
    /// What is written to a terminal that was given back is dropped: it shows a shell.
    pub(crate) fn write_nonblocking(&self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_raw.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        self.is_drawn_on.store(true, Ordering::SeqCst);
        self.tty.write(bytes, Duration::ZERO)
    }

    /// Writes everything, however slowly the terminal takes it, unless the program is to end. The
    /// terminal may have been given back meanwhile.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        if !self.is_raw.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut give_up = None;
        self.write_until(bytes, || {
            let now = Instant::now();
            self.is_shutting_down() && now >= *give_up.get_or_insert(now + SHUTDOWN_WRITE_TIMEOUT)
        })
    }

    fn write_until(&self, mut bytes: &[u8], mut gives_up: impl FnMut() -> bool) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.tty.write(bytes, POLL_INTERVAL)?;
            bytes = &bytes[written..];
            if written == 0 && gives_up() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }

    /// Makes panics give the terminal back before they print: those of one thread, since the
    /// program goes on after those of others, and keeps what they say for later.
    pub(crate) fn install_panic_hook(self: &Arc<Self>, owner: ThreadId) {
        let restore = Arc::clone(self);
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let in_use = restore.is_raw.load(Ordering::SeqCst);
            if in_use && std::thread::current().id() != owner {
                lock(&restore.panics).push(panic.to_string());
            } else {
                restore.restore();
                print(panic);
            }
        }));
    }
}
