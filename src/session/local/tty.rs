//! The terminal of the process: its file descriptors and modes.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

use crate::app::messages::status;
use crate::tty::Size;

#[derive(Debug)]
pub(crate) struct Tty {
    input: OwnedFd,
    output: OwnedFd,
    /// The modes that the terminal had when it was opened.
    cooked: Termios,
}

impl Tty {
    /// Opens the terminal of standard output. Input comes from standard input or, if that is not a
    /// terminal, from the controlling terminal.
    pub(crate) fn open() -> io::Result<Self> {
        let stdout = io::stdout();
        if !termios::isatty(&stdout) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                status::NO_TERMINAL,
            ));
        }
        let stdin = io::stdin();
        let input = if termios::isatty(&stdin) {
            stdin.as_fd().try_clone_to_owned()?
        } else {
            open("/dev/tty", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?
        };
        let cooked = retry(|| termios::tcgetattr(&input))?;
        Ok(Self {
            output: reopen_output(stdout.as_fd())?,
            input,
            cooked,
        })
    }

    pub(crate) fn try_clone_input(&self) -> io::Result<OwnedFd> {
        self.input.try_clone()
    }

    pub(crate) fn size(&self) -> Size {
        size_of(self.output.as_fd()).unwrap_or(Size::DEFAULT)
    }

    /// Sets raw mode. In a background job, the kernel stops the process here until the job is in
    /// the foreground.
    pub(crate) fn make_raw(&self) -> io::Result<()> {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        Ok(retry(|| {
            termios::tcsetattr(&self.input, OptionalActions::Now, &raw)
        })?)
    }

    pub(crate) fn make_cooked(&self) -> io::Result<()> {
        Ok(retry(|| {
            termios::tcsetattr(&self.input, OptionalActions::Now, &self.cooked)
        })?)
    }

    pub(crate) fn discard_input(&self) {
        // An error no longer matters at exit.
        let _ = termios::tcflush(&self.input, QueueSelector::IFlush);
    }

    /// Checks the job of this process. In the background, setting modes would stop the process, and
    /// would change those that the shell has set.
    pub(crate) fn is_foreground(&self) -> bool {
        termios::tcgetpgrp(&self.input).map_or(true, |group| {
            group.as_raw_pid() == nix::unistd::getpgrp().as_raw()
        })
    }

    pub(crate) fn wait_for_input(&self) -> io::Result<()> {
        wait(self.input.as_fd(), PollFlags::IN, None)
    }

    /// Reads available bytes, and waits for the first.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(&self.input, &mut *buffer) {
                Err(Errno::INTR) => {}
                // Another process made the terminal non-blocking.
                Err(Errno::AGAIN) => self.wait_for_input()?,
                other => return Ok(other?),
            }
        }
    }

    /// A write to a blocking descriptor may exceed its timeout.
    pub(crate) fn may_block(&self) -> io::Result<bool> {
        let flags = retry(|| rustix::fs::fcntl_getfl(&self.output))?;
        Ok(!flags.contains(OFlags::NONBLOCK))
    }

    /// Writes as much as the terminal accepts within a time, and returns the number of bytes.
    pub(crate) fn write(&self, bytes: &[u8], timeout: Duration) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.output, bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    wait(self.output.as_fd(), PollFlags::OUT, Some(timeout))?;
                    return match rustix::io::write(&self.output, bytes) {
                        Err(Errno::INTR | Errno::AGAIN) => Ok(0),
                        other => Ok(other?),
                    };
                }
                other => return Ok(other?),
            }
        }
    }
}

/// Returns the size of the terminal of standard output. `None` if that is not a terminal.
pub fn stdout_size() -> Option<Size> {
    size_of(io::stdout().as_fd())
}

fn size_of(output: BorrowedFd<'_>) -> Option<Size> {
    let size = termios::tcgetwinsize(output).ok()?;
    Some(Size::from_reported(size.ws_col, size.ws_row))
}

/// Opens the terminal again for writing, because the non-blocking mode of an inherited descriptor
/// would be shared with the shell. Falls back to the inherited descriptor, whose writes may block.
fn reopen_output(inherited: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let reopened = termios::ttyname(inherited, Vec::new())
        .and_then(|name| open(name.as_c_str(), flags, Mode::empty()))
        .or_else(|_| open("/dev/tty", flags, Mode::empty()));
    match reopened {
        Ok(output) => Ok(output),
        Err(_) => inherited.try_clone_to_owned(),
    }
}

fn wait(fd: BorrowedFd<'_>, events: PollFlags, timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut polled = [PollFd::from_borrowed_fd(fd, events)];
    match poll(&mut polled, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}
