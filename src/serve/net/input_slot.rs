//! The slot in which expensive input is handled, of one client at a time.
//!
//! A key exchange costs a hundred times as much as a key press, and anyone can request it without
//! logging in. After its use the slot stays closed for three times as long as the work took, so that
//! the key exchanges in it take at most a quarter of a processor. Clients wait in the order of their
//! input, and not longer than [`MAX_WAIT`].

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::error::Elapsed;
use tokio::time::{sleep_until, timeout};

use crate::serve::net::rate_limiter::RateLimiter;

/// How long to wait for the slot. A throttled client may hold it longer, while russh delays the
/// rejection of its login.
const MAX_WAIT: Duration = Duration::from_millis(200);

/// The microseconds of work per second in the long run, and at once.
const WORK_RATE: u32 = 250_000;
const WORK_BURST: u32 = 20_000;

/// The most that one use of the slot counts: the rest is waiting.
const MAX_WORK: Duration = Duration::from_millis(10);

/// The slot, which limits the microseconds of work.
#[derive(Clone, Debug)]
pub struct SharedSlot(Arc<Mutex<RateLimiter>>);

impl Default for SharedSlot {
    fn default() -> Self {
        let limiter = RateLimiter::new(WORK_RATE, WORK_BURST, Instant::now());
        Self(Arc::new(Mutex::new(limiter)))
    }
}

type Waiting = Pin<Box<dyn Future<Output = Result<SlotGuard, Elapsed>> + Send>>;

/// One client's access to the slot. Dropping it frees the slot.
pub struct InputSlot {
    shared: SharedSlot,
    waiting: Option<Waiting>,
    held: Option<SlotGuard>,
}

/// The use of the slot. Dropping it counts the work.
struct SlotGuard {
    limiter: OwnedMutexGuard<RateLimiter>,
    started: Instant,
}

impl InputSlot {
    pub const fn new(shared: SharedSlot) -> Self {
        Self {
            shared,
            waiting: None,
            held: None,
        }
    }

    /// Waits for the slot. After [`MAX_WAIT`] the client goes on without it.
    pub fn poll_acquire(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.held.is_none() {
            let acquire = || SlotGuard::acquire(self.shared.clone());
            let wait = || Box::pin(timeout(MAX_WAIT, acquire())) as Waiting;
            let waiting = self.waiting.get_or_insert_with(wait);
            self.held = ready!(waiting.as_mut().poll(context)).ok();
            self.waiting = None;
        }
        Poll::Ready(())
    }

    pub fn release(&mut self) {
        self.held = None;
    }
}

impl SlotGuard {
    async fn acquire(shared: SharedSlot) -> Self {
        let limiter = shared.0.lock_owned().await;
        if let Some(open) = limiter.blocked_until(Instant::now()) {
            sleep_until(open.into()).await;
        }
        Self {
            limiter,
            started: Instant::now(),
        }
    }
}

impl Drop for SlotGuard {
    fn drop(&mut self) {
        let work = self.started.elapsed().min(MAX_WORK);
        self.limiter.record_time(work, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Waker;
    use std::thread::sleep;

    use super::*;

    impl SharedSlot {
        pub fn is_free(&self) -> bool {
            self.0.try_lock().is_ok()
        }
    }

    #[tokio::test]
    async fn one_client_holds_the_slot_and_others_wait_in_order() {
        let shared = SharedSlot::default();
        let [mut first, mut second, mut third] = [(); 3].map(|()| InputSlot::new(shared.clone()));
        let mut context = Context::from_waker(Waker::noop());
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

    #[tokio::test]
    async fn slot_takes_at_most_a_quarter_of_a_processor() {
        let shared = SharedSlot::default();
        let started = Instant::now();
        let mut worked = Duration::ZERO;
        for _ in 0..25 {
            // Like a client that disconnects after each key exchange.
            let mut client = InputSlot::new(shared.clone());
            poll_fn(|context| client.poll_acquire(context)).await;
            let held = Instant::now();
            sleep(Duration::from_millis(4));
            worked += held.elapsed().min(MAX_WORK);
        }
        // The burst and the last use are not waited for.
        let burst = Duration::from_micros(u64::from(WORK_BURST));
        let least = worked.saturating_sub(burst + MAX_WORK) * 4;
        assert!(started.elapsed() >= least, "{:?}", started.elapsed());
    }
}
