//! Defines what is known of a connection, from its first byte to its last.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

use crate::serve::net::stream::StreamHandle;
use crate::serve::ops::log::LogDecision;

/// What is known of a connection.
#[derive(Debug)]
pub struct Connection {
    /// Tells connections apart in the log.
    pub id: u64,
    pub peer: SocketAddr,
    pub stream: Arc<StreamHandle>,
    pub stage: watch::Sender<Stage>,
    /// Whether the log has it that there is this connection.
    pub log_decision: LogDecision,
}

impl Connection {
    /// Notes that it made room for another that logs in.
    pub fn log_evicted(&self) {
        if !self.is_log_suppressed() {
            tracing::info!(connection = self.id, "made room for another login");
        }
    }

    /// Notes that the client was cut off.
    pub fn log_write_timeout(&self) {
        tracing::warn!(connection = self.id, "the client reads nothing any more");
    }

    /// Says whether the log is to know nothing of it: it was one of too many, and did not log in.
    pub fn is_log_suppressed(&self) -> bool {
        self.log_decision == LogDecision::Suppress && *self.stage.borrow() == Stage::Authenticating
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not logged in.
    Authenticating,
    /// Logged in, and nothing asked for.
    LoggedIn,
    /// Reading.
    InSession,
    /// The session has ended.
    SessionEnded,
}
