//! The state that all connections share, and the state of one connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use ratatui::buffer::Buffer;
use tokio::sync::watch;

use crate::serve::auth::policy::AuthPolicy;
use crate::serve::command::Interpreter;
use crate::serve::content::ServedContent;
use crate::serve::net::limiter::ConnectionLimiter;
use crate::serve::net::stream::StreamHandle;
use crate::serve::ops::log::{LogDecision, LogSampler};
use crate::serve::ops::metrics::Metrics;
use crate::serve::positions::PositionStore;
use crate::serve::settings::Limits;
use crate::sync::lock;

/// The state that all connections of a server share.
#[derive(Debug)]
pub struct ServerState {
    pub auth: AuthPolicy,
    pub interpret: Interpreter,
    pub limits: watch::Sender<Limits>,
    pub content: watch::Sender<Arc<ServedContent>>,
    pub phase: watch::Sender<Phase>,
    /// Notifies sessions that the keys were read again.
    pub reloads: watch::Sender<()>,
    /// `None` if users log in without a key.
    pub positions: Option<PositionStore>,
    pub limiter: Arc<ConnectionLimiter>,
    pub metrics: Arc<Metrics>,
    pub log_sampler: LogSampler,
    pub buffers: BufferPool,
    pub connection_counter: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Serving,
    /// The server is stopping: every session ends itself.
    Draining,
}

impl ServerState {
    /// Returns the current limits; a reload may change them.
    pub fn limits(&self) -> Limits {
        *self.limits.borrow()
    }

    /// Returns a number that identifies a connection in the log.
    pub fn next_connection_id(&self) -> u64 {
        self.connection_counter.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A pool of frame buffers. A frame is drawn and diffed without waiting, so the server needs one
/// buffer per thread instead of one per session.
#[derive(Debug, Default)]
pub struct BufferPool(Mutex<Vec<Buffer>>);

impl BufferPool {
    pub fn with_buffer<T>(&self, draw: impl FnOnce(&mut Buffer) -> T) -> T {
        let idle = lock(&self.0).pop();
        let mut buffer = idle.unwrap_or_default();
        let drawn = draw(&mut buffer);
        lock(&self.0).push(buffer);
        drawn
    }
}

/// One connection, as its tasks share it.
#[derive(Debug)]
pub struct Connection {
    /// Identifies the connection in the log.
    pub id: u64,
    pub peer: SocketAddr,
    pub stream: Arc<StreamHandle>,
    pub stage: watch::Sender<Stage>,
    pub log_decision: LogDecision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Authenticating,
    /// Logged in, without a request yet.
    LoggedIn,
    InSession,
    SessionEnded,
}

impl Connection {
    pub fn log_evicted(&self) {
        if !self.is_log_suppressed() {
            tracing::info!(connection = self.id, "evicted to admit another login");
        }
    }

    pub fn log_write_timeout(&self) {
        tracing::warn!(connection = self.id, "the client stopped reading");
    }

    /// Returns true while the log omits this connection: the sampler skipped it, and it has not
    /// logged in.
    pub fn is_log_suppressed(&self) -> bool {
        self.log_decision == LogDecision::Suppress && *self.stage.borrow() == Stage::Authenticating
    }
}
