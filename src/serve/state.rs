//! The state that all connections share, and the state of one connection.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use ratatui::buffer::Buffer;
use russh::keys::PublicKey;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::serve::auth::authorized_keys::{AuthorizedKeysFile, Denial};
use crate::serve::auth::key_entry::PtyPermission;
use crate::serve::command::Interpreter;
use crate::serve::content::ServedContent;
use crate::serve::net::input_slot::SharedSlot;
use crate::serve::net::limiter::ConnectionLimiter;
use crate::serve::net::stream::StreamHandle;
use crate::serve::ops::log::log_event;
use crate::serve::ops::log_limiter::{LogDecision, LogLimiter};
use crate::serve::ops::metrics::Metrics;
use crate::serve::positions::PositionStore;
use crate::serve::settings::Limits;
use crate::sync::lock;

/// The state that all connections of a server share.
#[derive(Debug)]
pub struct ServerState {
    /// `None` if everyone may log in.
    pub authorized_keys: Option<AuthorizedKeysFile>,
    pub interpret: Interpreter,
    pub limits: watch::Sender<Arc<Limits>>,
    /// The text that clients show before the login.
    pub banner: Mutex<Option<String>>,
    pub content: watch::Sender<Arc<ServedContent>>,
    /// Whether the server is stopping: every session ends itself.
    pub draining: watch::Sender<bool>,
    /// Notifies sessions that the keys were read again.
    pub reloads: watch::Sender<()>,
    /// `None` if users log in without a key.
    pub positions: Option<PositionStore>,
    pub limiter: Arc<ConnectionLimiter>,
    pub input_slot: SharedSlot,
    pub metrics: Arc<Metrics>,
    pub log_limiter: LogLimiter,
    pub buffers: BufferPool,
    /// The number of admitted connections, whose ids count from 1.
    pub connection_counter: AtomicU64,
}

impl ServerState {
    /// The state of a server without a banner, which saves no positions.
    pub fn new(
        authorized_keys: Option<AuthorizedKeysFile>,
        interpret: Interpreter,
        limits: Limits,
        content: ServedContent,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            authorized_keys,
            interpret,
            limits: watch::channel(Arc::new(limits)).0,
            banner: Mutex::default(),
            content: watch::channel(Arc::new(content)).0,
            draining: watch::channel(false).0,
            reloads: watch::channel(()).0,
            positions: None,
            limiter: Arc::default(),
            input_slot: SharedSlot::default(),
            metrics,
            log_limiter: LogLimiter::default(),
            buffers: BufferPool::default(),
            connection_counter: AtomicU64::new(0),
        }
    }

    /// Waits until the server stops.
    pub async fn wait_for_drain(&self) {
        let mut draining = self.draining.subscribe();
        // The sender lives as long as this state.
        let _ = draining.wait_for(|is_draining| *is_draining).await;
    }

    /// Checks a key, on a thread that may block.
    pub async fn authorize(
        self: &Arc<Self>,
        key: &PublicKey,
        from: IpAddr,
    ) -> Result<PtyPermission, Denial> {
        let (server, key) = (Arc::clone(self), key.clone());
        let authorized = spawn_blocking(move || match &server.authorized_keys {
            None => Ok(PtyPermission::Allowed),
            Some(file) => file.authorize(&key, from),
        })
        .await;
        // Fails after a panic, or when the server stops.
        authorized.unwrap_or(Err(Denial::UnknownKey))
    }

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
    pub server: Arc<ServerState>,
    /// Identifies the connection in the log.
    pub id: u64,
    pub peer: SocketAddr,
    pub started: Instant,
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
        log_event!(self => info, "evicted to admit another login");
    }

    pub fn log_write_timeout(&self) {
        log_event!(self => warn, "the client stopped reading");
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
