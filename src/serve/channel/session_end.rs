//! Defines how sessions end, and what is said then.

/// How a reader's session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The reader left.
    Left,
    /// Nothing was pressed for too long.
    Idle,
    /// It lasted for as long as it may.
    Over,
    /// The reader's key was taken out.
    Revoked,
    /// The server ends.
    Shutdown,
    /// A fault.
    Failed,
    /// The client is gone.
    Gone,
}

impl SessionEnd {
    /// Returns what the reader is told.
    pub const fn message(self) -> Option<&'static str> {
        match self {
            Self::Left | Self::Gone => None,
            Self::Idle => Some("codeleaf: ended, since no key was pressed for long; come back"),
            Self::Over => Some("codeleaf: ended, since sessions have a time limit; come back"),
            Self::Revoked => Some("codeleaf: ended, since your key is not let in any more"),
            Self::Shutdown => Some("codeleaf: the server is stopping; come back in a moment"),
            Self::Failed => {
                Some("codeleaf: sorry, a fault ended this session; it is in the server's log")
            }
        }
    }

    /// Returns the exit status; none where nobody is there to hear it.
    pub const fn exit_status(self) -> Option<u8> {
        match self {
            Self::Left => Some(0),
            Self::Idle | Self::Over | Self::Revoked => Some(1),
            // As the local reader's after SIGTERM.
            Self::Shutdown => Some(143),
            // As any panic's.
            Self::Failed => Some(101),
            Self::Gone => None,
        }
    }
}
