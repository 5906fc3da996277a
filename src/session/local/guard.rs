//! The restoration of the terminal, exactly once, at exit, on a signal or on a panic.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crate::session::local::tty::Tty;
use crate::sync::lock;
use crate::tty::{Capabilities, Screen};

/// How long a stalled terminal may delay the exit.
const SHUTDOWN_WRITE_TIMEOUT: Duration = Duration::from_millis(300);

/// The time between two checks for a shutdown while waiting for the terminal.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The terminal, and the state that its restoration needs.
#[derive(Debug)]
pub(crate) struct TerminalGuard {
    pub(crate) tty: Tty,
    capabilities: Capabilities,
    is_raw: AtomicBool,
    is_drawn_on: AtomicBool,
    /// Set when the program has to end, so that nothing may take long.
    shutting_down: AtomicBool,
    /// Set when the program is about to exit by itself.
    left: AtomicBool,
    /// Panic messages of other threads, which are printed once the terminal is restored.
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

    /// Turns off everything that drawing turned on. The terminal stays in raw mode.
    pub(crate) fn reset_screen(&self) {
        if self.is_drawn_on.swap(false, Ordering::SeqCst) {
            let bytes = Screen::reset_sequence(self.capabilities, self.tty.size());
            let deadline = Instant::now() + SHUTDOWN_WRITE_TIMEOUT;
            // Fails if the terminal is gone, which needs no restoration.
            let _ = self.write_until(&bytes, || Instant::now() >= deadline);
        }
    }

    /// Restores screen and modes. Does nothing the second time.
    pub(crate) fn restore(&self) {
        self.reset_screen();
        if self.is_raw.swap(false, Ordering::SeqCst) && self.tty.is_foreground() {
            let _ = self.tty.make_cooked();
        }
        // Printing may panic, so the lock is released first.
        let panics = std::mem::take(&mut *lock(&self.panics));
        for panic in panics {
            eprintln!("{panic}");
        }
    }

    /// Waits for input, and reads some.
    ///
    /// Reads nothing while another job is in the foreground: the kernel would stop this process, or
    /// the shell would lose its input.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.tty.wait_for_input()?;
            if self.is_raw.load(Ordering::SeqCst) && self.tty.is_foreground() {
                return self.tty.read(buffer);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    pub(crate) fn is_shutting_down(&self) -> bool {
        self.shutting_down.load(Ordering::SeqCst)
    }

    /// Limits the time of all writes, because the program has to end.
    pub(crate) fn begin_shutdown(&self) {
        self.shutting_down.store(true, Ordering::SeqCst);
    }

    /// Prevents [`TerminalGuard::exit_after_grace`], because the program exits by itself.
    pub(crate) fn mark_left(&self) {
        self.begin_shutdown();
        self.left.store(true, Ordering::SeqCst);
    }

    /// Exits if the program does not exit by itself within a second: it may be busy, or wait for a
    /// terminal that is gone.
    pub(crate) fn exit_after_grace(&self, status: u8) {
        self.begin_shutdown();
        let deadline = Instant::now() + Duration::from_secs(1);
        while Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
            if self.left.load(Ordering::SeqCst) {
                return;
            }
        }
        self.restore();
        std::process::exit(i32::from(status));
    }

    /// Writes as much as the terminal accepts without waiting, and returns the number of bytes.
    /// Drops everything after the terminal was restored, because it shows a shell.
    pub(crate) fn write_nonblocking(&self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_raw.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        self.is_drawn_on.store(true, Ordering::SeqCst);
        self.tty.write(bytes, Duration::ZERO)
    }

    /// Writes everything, however slow the terminal is, unless the program has to end. Drops
    /// everything after the terminal was restored.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        if !self.is_raw.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut deadline = None;
        self.write_until(bytes, || {
            let now = Instant::now();
            self.is_shutting_down() && now >= *deadline.get_or_insert(now + SHUTDOWN_WRITE_TIMEOUT)
        })
    }

    fn write_until(
        &self,
        mut bytes: &[u8],
        mut is_overdue: impl FnMut() -> bool,
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.tty.write(bytes, POLL_INTERVAL)?;
            bytes = &bytes[written..];
            if written == 0 && is_overdue() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }

    /// Restores the terminal before a panic of the owner thread is printed. The program survives
    /// panics of other threads, so their messages are held until it exits.
    pub(crate) fn install_panic_hook(self: &Arc<Self>, owner: ThreadId) {
        let guard = Arc::clone(self);
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let in_use = guard.is_raw.load(Ordering::SeqCst);
            if in_use && std::thread::current().id() != owner {
                lock(&guard.panics).push(panic.to_string());
            } else {
                guard.restore();
                print(panic);
            }
        }));
    }
}
