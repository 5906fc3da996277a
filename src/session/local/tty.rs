//! Defines the terminal of the process: where its bytes come from and go to, and its modes.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::termios;
use rustix::termios::{OptionalActions, QueueSelector, Termios};

use crate::tty::Size;

/// The terminal of the process.
#[derive(Debug)]
pub(crate) struct Tty {
    input: OwnedFd,
    output: OwnedFd,
    /// The modes that the terminal had when it was opened.
    cooked: Termios,
}

impl Tty {
    /// Finds the terminal: standard output, and standard input or, where that is none, the
    /// terminal that controls the process.
    pub(crate) fn open() -> io::Result<Self> {
        let stdout = io::stdout();
        if !termios::isatty(&stdout) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "standard output is not a terminal",
            ));
        }
        let stdin = io::stdin();
        let input = if termios::isatty(&stdin) {
            stdin.as_fd().try_clone_to_owned()?
        } else {
            OwnedFd::from(File::open("/dev/tty")?)
        };
        let cooked = retry(|| termios::tcgetattr(&input))?;
        Ok(Self {
            output: reopen_output(stdout.as_fd())?,
            input,
            cooked,
        })
    }

    /// Returns the size that the terminal reports now.
    pub(crate) fn size(&self) -> Size {
        termios::tcgetwinsize(&self.output).map_or(Size::DEFAULT, |size| {
            Size::from_reported(size.ws_col, size.ws_row)
        })
    }

    /// Makes keys arrive one by one, unseen and as bytes; Ctrl-C and Ctrl-Z too. In a background
    /// job the kernel stops the process here until it is in the foreground.
    pub(crate) fn make_raw(&self) -> io::Result<()> {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        Ok(retry(|| {
            termios::tcsetattr(&self.input, OptionalActions::Now, &raw)
        })?)
    }

    /// Gives the terminal its modes back.
    pub(crate) fn make_cooked(&self) -> io::Result<()> {
        Ok(retry(|| {
            termios::tcsetattr(&self.input, OptionalActions::Now, &self.cooked)
        })?)
    }

    /// Throws away what was typed and not yet read.
    pub(crate) fn discard_input(&self) {
        // There is nobody left to tell.
        let _ = termios::tcflush(&self.input, QueueSelector::IFlush);
    }

    /// Says whether the terminal is this job's. Another job's terminal must not be touched: to set
    /// its modes would stop this process, and the shell has set them to its liking.
    pub(crate) fn is_foreground(&self) -> bool {
        termios::tcgetpgrp(&self.input).map_or(true, |group| {
            group.as_raw_pid() == nix::unistd::getpgrp().as_raw()
        })
    }

    /// Waits for bytes.
    pub(crate) fn wait_for_input(&self) -> io::Result<()> {
        wait(self.input.as_fd(), PollFlags::IN, None)
    }

    /// Reads the bytes that are there.
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

    /// Says whether a write may wait for the terminal longer than it is told to.
    pub(crate) fn may_block(&self) -> io::Result<bool> {
        let flags = retry(|| rustix::fs::fcntl_getfl(&self.output))?;
        Ok(!flags.contains(OFlags::NONBLOCK))
    }

    /// Writes some bytes if the terminal takes any within a time.
    pub(crate) fn write(&self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.output, bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    wait(self.output.as_fd(), PollFlags::OUT, Some(patience))?;
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

/// Opens the terminal again for writing, so that its non-blocking mode is not shared with the
/// shell, as that of an inherited descriptor is. Where that cannot be done writes may block, and
/// the inherited descriptor has to do.
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

fn wait(fd: BorrowedFd<'_>, events: PollFlags, patience: Option<Duration>) -> io::Result<()> {
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    let mut polled = [PollFd::from_borrowed_fd(fd, events)];
    match poll(&mut polled, patience.as_ref()) {
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
