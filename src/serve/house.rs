//! Defines what every connection of a server shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use super::entry::Entry;
use super::gate::Gate;
use super::log::Mentions;
use super::metrics::Metrics;
use super::places::Places;
use super::stock::Scratch;
use super::{Interpreter, Limits, Stock};

/// What every connection of a server shares.
#[derive(Debug)]
pub(super) struct House {
    pub entry: Entry,
    pub interpret: Interpreter,
    pub limits: watch::Sender<Limits>,
    pub stock: watch::Sender<Arc<Stock>>,
    pub phase: watch::Sender<Phase>,
    /// Is sent to when keys and settings were read again.
    pub reloads: watch::Sender<()>,
    /// Where readers were; none where nobody knows who they are.
    pub places: Option<Places>,
    pub gate: Arc<Gate>,
    pub metrics: Arc<Metrics>,
    pub mentions: Mentions,
    pub scratch: Scratch,
    pub connections: AtomicU64,
}

/// How far the server's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// Every reader is to leave.
    Ending,
}

impl House {
    /// Returns the limits of this moment.
    pub fn limits(&self) -> Limits {
        *self.limits.borrow()
    }

    /// Returns a number for the log to tell connections apart by.
    pub fn next_number(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}
