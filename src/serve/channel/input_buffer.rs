//! Holds what a client sent until its session takes it, and never more than was agreed.
//!
//! russh hands data in from the task that also sends what the session writes; to wait there for
//! room would have each wait for the other. So what comes too fast is dropped: bytes beyond the
//! limit, and of several sizes all but the last.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::tty::Size;

/// What a client sent.
#[derive(Debug)]
pub struct InputBuffer {
    pending: Mutex<PendingInput>,
    capacity: usize,
    notify: Notify,
}

/// What waits to be taken.
#[derive(Debug, Default)]
pub struct PendingInput {
    /// Input, in order.
    pub bytes: Vec<u8>,
    /// When the first of it came.
    pub received_at: Option<Instant>,
    /// How many bytes were dropped.
    pub dropped: usize,
    /// The terminal's size, where it has changed.
    pub size: Option<Size>,
    /// Whether nothing more will come.
    pub closed: bool,
}

impl InputBuffer {
    /// Opens an inbox for some bytes at most.
    pub fn new(most: usize) -> Self {
        Self {
            pending: Mutex::default(),
            capacity: most,
            notify: Notify::new(),
        }
    }

    /// Takes input in.
    pub fn push(&self, bytes: &[u8], now: Instant) {
        let mut waiting = self.lock();
        let room = self
            .capacity
            .saturating_sub(waiting.bytes.len())
            .min(bytes.len());
        waiting.bytes.extend_from_slice(&bytes[..room]);
        waiting.dropped += bytes.len() - room;
        waiting.received_at.get_or_insert(now);
        drop(waiting);
        self.notify.notify_one();
    }

    /// Takes a size in.
    pub fn resize(&self, size: Size) {
        self.lock().size = Some(size);
        self.notify.notify_one();
    }

    /// Notes that nothing more will come.
    pub fn close(&self) {
        self.lock().closed = true;
        self.notify.notify_one();
    }

    /// Waits until something came.
    pub async fn wait_for_input(&self) {
        self.notify.notified().await;
    }

    /// Says whether nothing more will come, even where something still waits.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Returns all that waits. That nothing more will come is said every time.
    pub fn take(&self) -> PendingInput {
        let mut waiting = self.lock();
        let ended = waiting.closed;
        let taken = std::mem::take(&mut *waiting);
        waiting.closed = ended;
        taken
    }

    fn lock(&self) -> MutexGuard<'_, PendingInput> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_beyond_the_capacity_is_dropped() {
        let inbox = InputBuffer::new(10);
        let now = Instant::now();
        for _ in 0..1000 {
            inbox.push(b"abcdef", now);
            inbox.resize(Size::DEFAULT);
        }
        let taken = inbox.take();
        assert_eq!(taken.bytes, b"abcdefabcd");
        assert_eq!(taken.dropped, 5990);
        assert_eq!(taken.size, Some(Size::DEFAULT));
        assert_eq!(taken.received_at, Some(now));
        assert!(inbox.take().bytes.is_empty());
        inbox.close();
        assert!(inbox.take().closed && inbox.take().closed);
    }
}
