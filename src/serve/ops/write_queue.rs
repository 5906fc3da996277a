//! A bounded queue of writes, and the thread that performs them.
//!
//! Sessions do not wait for a disk that hangs or a pipe that nobody reads: items over the capacity are
//! dropped.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// The maximum number of queued writes.
pub const CAPACITY: usize = 1024;

/// How long [`WriteQueue::flush`] waits.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct WriteQueue<T>(SyncSender<Entry<T>>);

#[derive(Debug)]
enum Entry<T> {
    Write(T),
    Flush(SyncSender<()>),
}

impl<T: Send + 'static> WriteQueue<T> {
    /// Starts the thread, which calls `write` for each item in order.
    pub fn start(name: &str, mut write: impl FnMut(T) + Send + 'static) -> io::Result<Self> {
        let (queue, entries) = sync_channel(CAPACITY);
        let run = move || {
            for entry in entries {
                match entry {
                    Entry::Write(item) => write(item),
                    // Fails if the caller no longer waits.
                    Entry::Flush(done) => drop(done.send(())),
                }
            }
        };
        thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self(queue))
    }

    /// Queues an item. Returns false if the queue is full.
    pub fn push(&self, item: T) -> bool {
        self.0.try_send(Entry::Write(item)).is_ok()
    }

    /// Waits until the queued items are written, but not longer than a second. Returns true if they
    /// are.
    pub fn flush(&self) -> bool {
        let (done, finished) = sync_channel(1);
        self.0.try_send(Entry::Flush(done)).is_ok() && finished.recv_timeout(FLUSH_TIMEOUT).is_ok()
    }
}
