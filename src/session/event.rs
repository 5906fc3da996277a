//! The events that a host sends to a session.

use crate::app::Action;
use crate::tty::Size;

#[derive(Clone, Debug)]
pub enum Event {
    Bytes(Vec<u8>),
    Resize(Size),
    /// The terminal is gone, or its input ended.
    Eof,
    /// The time of [`crate::session::Session::deadline`] has come.
    Deadline,
    /// The process received SIGTSTP.
    Suspend,
    /// The process continues after a suspension. The terminal may show anything.
    Resumed,
    Shutdown(ShutdownReason),
    /// An answer to an effect, or news of the library.
    Action(Action),
}

/// Why the program has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownReason {
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or a terminal that is gone.
    HungUp,
    /// SIGINT.
    Interrupted,
    /// SIGQUIT.
    Quit,
}

impl ShutdownReason {
    /// The exit status that a shell reports for the signal: 128 plus the signal's number.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Quit => 131,
            Self::Terminated => 143,
        }
    }
}
