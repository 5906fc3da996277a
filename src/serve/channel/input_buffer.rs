//! A bounded buffer of a client's input, between the russh handler and the session task.
//!
//! The handler runs in the task that also sends the session's output. If it waited for room in the
//! buffer, it and the session could wait for each other. So input over the capacity is dropped, and a
//! new size replaces an earlier one.

use std::sync::Mutex;
use std::time::Instant;

use tokio::sync::Notify;

use crate::sync::lock;
use crate::tty::Size;

#[derive(Debug)]
pub struct InputBuffer {
    pending: Mutex<PendingInput>,
    /// In bytes.
    capacity: usize,
    notify: Notify,
}

#[derive(Debug, Default)]
pub struct PendingInput {
    pub bytes: Vec<u8>,
    /// When the first byte arrived.
    pub received_at: Option<Instant>,
    /// The number of bytes over the capacity.
    pub dropped: usize,
    /// The new terminal size, if it has changed.
    pub size: Option<Size>,
    pub closed: bool,
}

impl InputBuffer {
    pub fn new(capacity: usize) -> Self {
        Self {
            pending: Mutex::default(),
            capacity,
            notify: Notify::new(),
        }
    }

    pub fn push(&self, bytes: &[u8], now: Instant) {
        self.update(|pending| {
            let room = self.capacity.saturating_sub(pending.bytes.len());
            let accepted = &bytes[..room.min(bytes.len())];
            pending.bytes.extend_from_slice(accepted);
            pending.dropped += bytes.len() - accepted.len();
            pending.received_at.get_or_insert(now);
        });
    }

    pub fn resize(&self, size: Size) {
        self.update(|pending| pending.size = Some(size));
    }

    /// Marks the end of the input.
    pub fn close(&self) {
        self.update(|pending| pending.closed = true);
    }

    fn update(&self, change: impl FnOnce(&mut PendingInput)) {
        change(&mut lock(&self.pending));
        self.notify.notify_one();
    }

    pub async fn wait_for_input(&self) {
        self.notify.notified().await;
    }

    pub fn is_closed(&self) -> bool {
        lock(&self.pending).closed
    }

    /// Empties the buffer. `closed` stays set.
    pub fn take(&self) -> PendingInput {
        let mut pending = lock(&self.pending);
        let closed = pending.closed;
        let taken = std::mem::take(&mut *pending);
        pending.closed = closed;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_beyond_the_capacity_is_dropped() {
        let buffer = InputBuffer::new(10);
        let now = Instant::now();
        for _ in 0..1000 {
            buffer.push(b"abcdef", now);
            buffer.resize(Size::DEFAULT);
        }
        let taken = buffer.take();
        assert_eq!(taken.bytes, b"abcdefabcd");
        assert_eq!(taken.dropped, 5990);
        assert_eq!(taken.size, Some(Size::DEFAULT));
        assert_eq!(taken.received_at, Some(now));
        assert!(buffer.take().bytes.is_empty());
        buffer.close();
        assert!(buffer.take().closed && buffer.take().closed);
    }
}
