//! The byte stream of a client, with limits on both directions.
//!
//! Input is read no faster than the rate limit, and input that may be expensive only in the
//! [`InputSlot`]. A write fails once the client has read nothing for the write timeout. Bytes are
//! counted, and a [`StreamHandle`] can shut the stream down: russh's task ends only with its stream,
//! even while it waits for a client that neither reads nor writes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, sleep_until};

use crate::serve::net::input_slot::InputSlot;
use crate::serve::net::rate_limiter::RateLimiter;
use crate::serve::settings::Limits;

/// The size of the kernel's send buffer: a few screens. By default it would grow to megabytes for a
/// client that does not read.
const SEND_BUFFER_SIZE: usize = 64 * 1024;

/// The minimum number of bytes that a client sends before it is logged in.
const HANDSHAKE_BYTES: u64 = 4096;

/// The bytes that are read without delay: enough for a login and a long paste.
const BURST: u32 = 64 * 1024;

/// The bytes after the key exchange that are read without the slot: enough for a login with the ten
/// keys of an agent, and too few for many more key exchanges.
const LOGIN_BYTES: u64 = 16 * 1024;

/// The microseconds per second that the handling of a logged-in client's input may take without the
/// slot, in the long run and at once. Key exchanges without pause take more, typing much less.
const WORK_RATE: u32 = 10_000;
const WORK_BURST: u32 = 50_000;

pub struct LimitedStream {
    pub handle: Arc<StreamHandle>,
    rate_limiter: RateLimiter,
    work_limiter: RateLimiter,
    /// When input was read that is being handled.
    handling_since: Option<Instant>,
    /// Delays the next read.
    read_pause: Option<Pin<Box<Sleep>>>,
    /// Whether the client has sent more than its rate limit allows, or its input took more work.
    is_throttled: bool,
    slot: InputSlot,
    write_timeout: Duration,
    /// Runs while the kernel's send buffer is full.
    write_deadline: Option<Pin<Box<Sleep>>>,
}

/// The part of a stream that other tasks use.
#[derive(Debug)]
pub struct StreamHandle {
    stream: TcpStream,
    /// Bytes.
    pub received: Counter,
    pub sent: Counter,
    /// The number of received bytes from which on input needs the slot.
    slot_needed_from: AtomicU64,
}

impl LimitedStream {
    pub fn new(stream: TcpStream, limits: &Limits, slot: InputSlot) -> Self {
        let now = Instant::now();
        // A connection works without either option, so failures are ignored.
        let _ = stream.set_nodelay(true);
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(&stream, SEND_BUFFER_SIZE);
        Self {
            handle: Arc::new(StreamHandle {
                stream,
                received: Counter::default(),
                sent: Counter::default(),
                slot_needed_from: AtomicU64::new(0),
            }),
            rate_limiter: RateLimiter::new(limits.input_rate, BURST, now),
            work_limiter: RateLimiter::new(WORK_RATE, WORK_BURST, now),
            handling_since: None,
            read_pause: None,
            is_throttled: false,
            slot,
            write_timeout: limits.unread_time,
            write_deadline: None,
        }
    }
}

impl StreamHandle {
    /// Counts input, and disables delayed acknowledgment during the handshake. OpenSSH's client
    /// holds back its half of the key exchange until its list of methods is acknowledged, which has
    /// no answer that could carry the acknowledgment: both sides would wait for 40 ms.
    fn count_received(&self, length: usize) {
        if self.received.inc_by(length as u64) < HANDSHAKE_BYTES {
            #[cfg(target_os = "linux")]
            let _ = rustix::net::sockopt::set_tcp_quickack(&self.stream, true);
        }
    }

    /// Reads the input of a login without the slot, now that keys are exchanged.
    pub fn mark_keys_exchanged(&self) {
        let end = self.received.get().saturating_add(LOGIN_BYTES);
        self.slot_needed_from.store(end, Ordering::Relaxed);
    }

    /// Reads input without the slot, as long as it respects the limits on its rate and its work.
    pub fn mark_logged_in(&self) {
        self.slot_needed_from.store(u64::MAX, Ordering::Relaxed);
    }

    fn is_logged_in(&self) -> bool {
        self.slot_needed_from.load(Ordering::Relaxed) == u64::MAX
    }

    fn needs_slot(&self) -> bool {
        self.received.get() >= self.slot_needed_from.load(Ordering::Relaxed)
    }

    /// Ends the connection, whatever its tasks wait for.
    pub fn shut_down(&self) {
        // Fails if the connection is gone already.
        let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Both);
    }
}

impl AsyncRead for LimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // russh reads again once it has handled the previous input.
        self.slot.release();
        if let Some(since) = self.handling_since.take()
            && self.handle.is_logged_in()
        {
            let blocked = self
                .work_limiter
                .record_time(since.elapsed(), Instant::now());
            self.is_throttled |= blocked.is_some();
        }
        if let Some(pause) = &mut self.read_pause {
            ready!(pause.as_mut().poll(context));
            self.read_pause = None;
        }
        loop {
            ready!(self.handle.stream.poll_read_ready(context))?;
            if self.is_throttled || self.handle.needs_slot() {
                ready!(self.slot.poll_acquire(context));
            }
            match self.handle.stream.try_read(buffer.initialize_unfilled()) {
                Ok(length) => {
                    buffer.advance(length);
                    self.handle.count_received(length);
                    let now = Instant::now();
                    self.handling_since = Some(now);
                    let next = self.rate_limiter.record(length, now);
                    self.is_throttled = next.is_some();
                    self.read_pause = next.map(|next| Box::pin(sleep_until(next.into())));
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.slot.release(),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for LimitedStream {
    /// Fails with [`io::ErrorKind::TimedOut`] if the client has read nothing for the write timeout.
    /// russh itself would wait forever, without keepalives.
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.slot.release();
        let handle = Arc::clone(&self.handle);
        loop {
            if handle.stream.poll_write_ready(context)?.is_pending() {
                let write_timeout = self.write_timeout;
                let deadline = self
                    .write_deadline
                    .get_or_insert_with(|| Box::pin(sleep(write_timeout)));
                ready!(deadline.as_mut().poll(context));
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            match handle.stream.try_write(bytes) {
                Ok(length) => {
                    handle.sent.inc_by(length as u64);
                    self.write_deadline = None;
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match rustix::net::shutdown(&self.handle.stream, rustix::net::Shutdown::Write) {
            Err(error) if error != rustix::io::Errno::NOTCONN => Poll::Ready(Err(error.into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;
    use crate::serve::net::input_slot::SharedSlot;
    use crate::serve::settings::Settings;

    /// A client, and the server's end of its connection.
    async fn connect(shared: &SharedSlot) -> (TcpStream, LimitedStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let limits = Settings::default().limits().unwrap();
        let slot = InputSlot::new(shared.clone());
        (client, LimitedStream::new(stream, &limits, slot))
    }

    #[tokio::test]
    async fn client_whose_input_takes_much_work_needs_the_slot() {
        let shared = SharedSlot::default();
        let (mut client, mut stream) = connect(&shared).await;
        stream.handle.mark_logged_in();
        for needs_slot in [false, true] {
            client.write_all(b"j").await.unwrap();
            stream.read_u8().await.unwrap();
            assert_eq!(shared.is_free(), !needs_slot);
            std::thread::sleep(Duration::from_millis(70));
        }
    }

    #[tokio::test]
    async fn idle_client_does_not_hold_the_slot() {
        let shared = SharedSlot::default();
        let (mut client, mut stream) = connect(&shared).await;
        client.write_all(b"ssh").await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        // The input is being handled.
        assert!(!shared.is_free());
        let next = timeout(Duration::from_millis(10), stream.read_u8());
        assert!(next.await.is_err());
        assert!(shared.is_free());
        stream.handle.mark_logged_in();
        client.write_all(b"j").await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), b'j');
        assert!(shared.is_free());
    }
}
