//! The byte stream of a client, with limits on both directions.
//!
//! Input is read no faster than the rate limit. A write fails once the client has read nothing for
//! the write timeout. Bytes are counted, and a [`StreamHandle`] can shut the stream down: russh's
//! task ends only with its stream, even while it waits for a client that neither reads nor writes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, sleep_until};

use crate::num::saturating_u32;
use crate::serve::settings::Limits;

/// The size of the kernel's send buffer: a few screens. By default it would grow to megabytes for a
/// client that does not read.
const SEND_BUFFER_SIZE: usize = 64 * 1024;

/// The minimum number of bytes that a client sends before it is logged in.
const HANDSHAKE_BYTES: u64 = 4096;

/// The bytes that are read without delay: enough for a key exchange and a long paste.
const BURST: u32 = 64 * 1024;

#[derive(Debug)]
pub struct LimitedStream {
    pub handle: Arc<StreamHandle>,
    rate_limiter: RateLimiter,
    /// Delays the next read.
    read_pause: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    /// Runs while the kernel's send buffer is full.
    write_deadline: Option<Pin<Box<Sleep>>>,
}

/// The part of a stream that other tasks use.
#[derive(Debug)]
pub struct StreamHandle {
    stream: TcpStream,
    pub received: Arc<ByteCounter>,
    pub sent: ByteCounter,
}

#[derive(Debug, Default)]
pub struct ByteCounter(AtomicU64);

impl ByteCounter {
    /// Adds bytes, and returns the count before.
    pub fn add(&self, bytes: usize) -> u64 {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed)
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl LimitedStream {
    pub fn new(stream: TcpStream, limits: &Limits) -> Self {
        // A connection works without either option, so failures are ignored.
        let _ = stream.set_nodelay(true);
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(&stream, SEND_BUFFER_SIZE);
        Self {
            handle: Arc::new(StreamHandle {
                stream,
                received: Arc::default(),
                sent: ByteCounter::default(),
            }),
            rate_limiter: RateLimiter::new(limits.input_rate, Instant::now()),
            read_pause: None,
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
        if self.received.add(length) < HANDSHAKE_BYTES {
            #[cfg(target_os = "linux")]
            let _ = rustix::net::sockopt::set_tcp_quickack(&self.stream, true);
        }
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
        if let Some(pause) = &mut self.read_pause {
            ready!(pause.as_mut().poll(context));
            self.read_pause = None;
        }
        loop {
            ready!(self.handle.stream.poll_read_ready(context))?;
            match self.handle.stream.try_read(buffer.initialize_unfilled()) {
                Ok(length) => {
                    buffer.advance(length);
                    self.handle.count_received(length);
                    let next = self.rate_limiter.record(length, Instant::now());
                    self.read_pause = next.map(|next| Box::pin(sleep_until(next.into())));
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
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
                    handle.sent.add(length);
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

/// A rate limiter for input (GCRA: the generic cell rate algorithm).
///
/// A user presses a few keys per second. A client that sends as fast as it can would occupy a
/// processor with decryption alone. If the server reads slowly, the client's kernel makes it wait.
#[derive(Debug)]
struct RateLimiter {
    /// Bytes per second in the long run.
    rate: u32,
    /// When the bytes read so far would have arrived at that rate.
    theoretical_arrival: Instant,
}

impl RateLimiter {
    fn new(rate: u32, now: Instant) -> Self {
        Self {
            rate: rate.max(1),
            theoretical_arrival: now,
        }
    }

    /// Records a read. Returns when the next read is allowed, if that is later than `now`.
    fn record(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        self.theoretical_arrival =
            self.theoretical_arrival.max(now) + self.time_for(saturating_u32(bytes));
        let next = self.theoretical_arrival.checked_sub(self.time_for(BURST))?;
        (next > now).then_some(next)
    }

    fn time_for(&self, bytes: u32) -> Duration {
        Duration::from_secs(1) * bytes / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_never_throttled_and_floods_are() {
        // `Instant` starts at boot, which may be less than a burst ago.
        let start = Instant::now() + Duration::from_secs(60);
        let mut limiter = RateLimiter::new(16 * 1024, start);
        let mut now = start;
        for _ in 0..10_000 {
            now += Duration::from_millis(20);
            assert_eq!(limiter.record(100, now), None);
        }
        assert_eq!(limiter.record(60 * 1024, now), None, "a paste");
        let flood_start = now;
        for _ in 0..1000 {
            now = limiter.record(8192, now).unwrap_or(now);
        }
        let seconds = (now - flood_start).as_secs();
        assert!((495..=500).contains(&seconds), "{seconds} s for 8 MB");
    }
}
