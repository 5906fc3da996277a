//! Defines what every connection of a server shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::serve::entry::AuthPolicy;
use crate::serve::gate::ConnectionLimiter;
use crate::serve::log::LogSampler;
use crate::serve::metrics::Metrics;
use crate::serve::places::PositionStore;
use crate::serve::request::Interpreter;
use crate::serve::settings::Limits;
use crate::serve::stock::{BufferPool, ServedContent};

/// What every connection of a server shares.
#[derive(Debug)]
pub(super) struct ServerState {
    pub auth: AuthPolicy,
    pub interpret: Interpreter,
    pub limits: watch::Sender<Limits>,
    pub content: watch::Sender<Arc<ServedContent>>,
    pub phase: watch::Sender<Phase>,
    /// Is sent to when keys and settings were read again.
    pub reloads: watch::Sender<()>,
    /// Where readers were; none where nobody knows who they are.
    pub positions: Option<PositionStore>,
    pub limiter: Arc<ConnectionLimiter>,
    pub metrics: Arc<Metrics>,
    pub log_sampler: LogSampler,
    pub buffers: BufferPool,
    pub connection_counter: AtomicU64,
}

/// How far the server's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// Every reader is to leave.
    Draining,
}

impl ServerState {
    /// Returns the limits of this moment.
    pub fn limits(&self) -> Limits {
        *self.limits.borrow()
    }

    /// Returns a number for the log to tell connections apart by.
    pub fn next_connection_id(&self) -> u64 {
        self.connection_counter.fetch_add(1, Ordering::Relaxed) + 1
    }
}
