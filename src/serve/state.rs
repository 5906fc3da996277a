//! Defines what every connection of a server shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::serve::auth::policy::AuthPolicy;
use crate::serve::command::Interpreter;
use crate::serve::content::{BufferPool, ServedContent};
use crate::serve::net::limiter::ConnectionLimiter;
use crate::serve::ops::log::LogSampler;
use crate::serve::ops::metrics::Metrics;
use crate::serve::positions::PositionStore;
use crate::serve::settings::Limits;

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
