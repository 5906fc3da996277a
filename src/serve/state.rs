//! The state that all connections share, and the state of one connection.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use ratatui::buffer::Buffer;
use tokio::sync::{Semaphore, watch};

use crate::serve::auth::policy::AuthPolicy;
use crate::serve::command::Interpreter;
use crate::serve::content::ServedContent;
use crate::serve::net::limiter::ConnectionLimiter;
use crate::serve::net::stream::StreamHandle;
use crate::serve::ops::log_limiter::{LogDecision, LogLimiter};
use crate::serve::ops::metrics::Metrics;
use crate::serve::positions::PositionStore;
use crate::serve::settings::Limits;
use crate::sync::lock;

/// The state that all connections of a server share.
#[derive(Debug)]
pub struct ServerState {
    pub auth: AuthPolicy,
    pub interpret: Interpreter,
    pub limits: watch::Sender<Arc<Limits>>,
    /// The text that clients show before the login.
    pub banner: Mutex<Option<String>>,
    pub content: watch::Sender<Arc<ServedContent>>,
    pub phase: watch::Sender<Phase>,
    /// Notifies sessions that the keys were read again.
    pub reloads: watch::Sender<()>,
    /// `None` if users log in without a key.
    pub positions: Option<PositionStore>,
    pub limiter: Arc<ConnectionLimiter>,
    /// The permit of [`InputSlot`](crate::serve::net::input_slot::InputSlot).
    pub input_slot: Arc<Semaphore>,
    pub metrics: Arc<Metrics>,
    pub log_limiter: LogLimiter,
    pub buffers: BufferPool,
    /// The number of admitted connections, whose ids count from 1.
    pub connection_counter: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Serving,
    /// The server is stopping: every session ends itself.
    Draining,
}

impl ServerState {
    /// The current limits; a reload may change them.
    pub fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.borrow())
    }
}

/// A pool of frame buffers. A frame is drawn and diffed without waiting, so the server needs one
/// buffer per thread instead of one per session.
#[derive(Debug, Default)]
pub struct BufferPool(Mutex<Vec<Buffer>>);

impl BufferPool {
    pub fn with_buffer<T>(&self, draw: impl FnOnce(&mut Buffer) -> T) -> T {
        let mut buffer = lock(&self.0).pop().unwrap_or_default();
        let result = draw(&mut buffer);
        lock(&self.0).push(buffer);
        result
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
        if self.is_logged() {
            tracing::info!(connection = self.id, "evicted to admit another login");
        }
    }

    pub fn log_write_timeout(&self) {
        if self.is_logged() {
            tracing::warn!(connection = self.id, "the client stopped reading");
        }
    }

    /// Returns true if the log may mention this connection in its current stage.
    pub fn is_logged(&self) -> bool {
        match self.log_decision {
            LogDecision::Log => true,
            LogDecision::AfterLogin => *self.stage.borrow() != Stage::Authenticating,
            LogDecision::Never => false,
        }
    }
}
