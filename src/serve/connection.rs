//! Defines what is known of a connection, from its first byte to its last.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

use super::log::Mention;
use super::wire::Line;

/// What is known of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// Tells connections apart in the log.
    pub number: u64,
    pub peer: SocketAddr,
    pub line: Arc<Line>,
    pub stage: watch::Sender<Stage>,
    /// Whether the log has it that there is this connection.
    pub mention: Mention,
}

impl Connection {
    /// Notes that it made room for another that logs in.
    pub fn log_turned_out(&self) {
        if !self.goes_unmentioned() {
            tracing::info!(connection = self.number, "made room for another login");
        }
    }

    /// Notes that the client was cut off.
    pub fn log_unread(&self) {
        tracing::warn!(
            connection = self.number,
            "the client reads nothing any more"
        );
    }

    /// Says whether the log is to know nothing of it: it was one of too many, and did not log in.
    pub fn goes_unmentioned(&self) -> bool {
        self.mention == Mention::Spared && *self.stage.borrow() == Stage::Knocking
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not logged in.
    Knocking,
    /// Logged in, and nothing asked for.
    LoggedIn,
    /// Reading.
    Reading,
    /// The session has ended.
    Done,
}
