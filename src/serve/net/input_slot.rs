//! The slot in which expensive input is handled, of one client at a time.
//!
//! A key exchange costs a hundred times as much as a key press, and anyone can request it without
//! logging in. With the slot, all key exchanges together occupy at most one processor, and clients
//! wait in the order of their input.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long to wait for the slot. A throttled client may hold it longer, while russh delays the
/// rejection of its login.
const MAX_WAIT: Duration = Duration::from_millis(100);

type Waiting = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>;

/// One client's access to the slot. Dropping it frees the slot.
pub struct InputSlot {
    shared: Arc<Semaphore>,
    waiting: Option<Waiting>,
    held: Option<OwnedSemaphorePermit>,
}

impl InputSlot {
    /// `shared` is a semaphore with one permit.
    pub const fn new(shared: Arc<Semaphore>) -> Self {
        Self {
            shared,
            waiting: None,
            held: None,
        }
    }

    /// Waits for the slot, but not longer than [`MAX_WAIT`].
    pub fn poll_acquire(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.held.is_none() {
            let waiting = self.waiting.get_or_insert_with(|| {
                let acquired = Arc::clone(&self.shared).acquire_owned();
                Box::pin(async { timeout(MAX_WAIT, acquired).await.ok()?.ok() })
            });
            self.held = ready!(waiting.as_mut().poll(context));
            self.waiting = None;
        }
        Poll::Ready(())
    }

    pub fn release(&mut self) {
        self.held = None;
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn one_client_holds_the_slot_and_others_wait_in_order() {
        let shared = Arc::new(Semaphore::new(1));
        let [mut first, mut second, mut third] =
            [(); 3].map(|()| InputSlot::new(Arc::clone(&shared)));
        let waker = std::task::Waker::noop();
        let mut context = Context::from_waker(waker);
        assert!(first.poll_acquire(&mut context).is_ready());
        assert!(second.poll_acquire(&mut context).is_pending());
        assert!(third.poll_acquire(&mut context).is_pending());
        first.release();
        assert!(third.poll_acquire(&mut context).is_pending());
        assert!(second.poll_acquire(&mut context).is_ready());
        drop(second);
        assert!(third.poll_acquire(&mut context).is_ready());
        // A client that never releases the slot delays others only so long.
        poll_fn(|context| first.poll_acquire(context)).await;
    }
}
