//! Holds what a client sent until its session takes it, and never more than was agreed.
//!
//! russh hands data in from the task that also sends what the session writes; to wait there for
//! room would have each wait for the other. So what comes too fast is dropped: bytes beyond the
//! limit, and of several sizes all but the last.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::terminal::Size;

/// What a client sent.
#[derive(Debug)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    most: usize,
    arrival: Notify,
}

/// What waits to be taken.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Input, in order.
    pub bytes: Vec<u8>,
    /// When the first of it came.
    pub since: Option<Instant>,
    /// How many bytes were dropped.
    pub dropped: usize,
    /// The terminal's size, where it has changed.
    pub size: Option<Size>,
    /// Whether nothing more will come.
    pub ended: bool,
}

impl Inbox {
    /// Opens an inbox for some bytes at most.
    pub fn new(most: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            most,
            arrival: Notify::new(),
        }
    }

    /// Takes input in.
    pub fn push(&self, bytes: &[u8], now: Instant) {
        let mut waiting = self.waiting();
        let room = self
            .most
            .saturating_sub(waiting.bytes.len())
            .min(bytes.len());
        waiting.bytes.extend_from_slice(&bytes[..room]);
        waiting.dropped += bytes.len() - room;
        waiting.since.get_or_insert(now);
        drop(waiting);
        self.arrival.notify_one();
    }

    /// Takes a size in.
    pub fn resize(&self, size: Size) {
        self.waiting().size = Some(size);
        self.arrival.notify_one();
    }

    /// Notes that nothing more will come.
    pub fn end(&self) {
        self.waiting().ended = true;
        self.arrival.notify_one();
    }

    /// Waits until something came.
    pub async fn arrival(&self) {
        self.arrival.notified().await;
    }

    /// Says whether nothing more will come, even where something still waits.
    pub fn has_ended(&self) -> bool {
        self.waiting().ended
    }

    /// Returns all that waits. That nothing more will come is said every time.
    pub fn take(&self) -> Waiting {
        let mut waiting = self.waiting();
        let ended = waiting.ended;
        let taken = std::mem::take(&mut *waiting);
        waiting.ended = ended;
        taken
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_waits_than_was_agreed() {
        let inbox = Inbox::new(10);
        let now = Instant::now();
        for _ in 0..1000 {
            inbox.push(b"abcdef", now);
            inbox.resize(Size::DEFAULT);
        }
        let taken = inbox.take();
        assert_eq!(taken.bytes, b"abcdefabcd");
        assert_eq!(taken.dropped, 5990);
        assert_eq!(taken.size, Some(Size::DEFAULT));
        assert_eq!(taken.since, Some(now));
        assert!(inbox.take().bytes.is_empty());
        inbox.end();
        assert!(inbox.take().ended && inbox.take().ended);
    }
}
