//! Defines the wire: a client's connection, which counts bytes, is read no faster than a client may
//! send, gives up a client that does not read, and can be cut from outside.
//!
//! russh's task ends when its connection does, and in no other way once it waits for a client that
//! neither reads nor writes; so whoever watches over a connection must be able to end it.

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

use crate::serve::net::rate_limiter::RateLimiter;
use crate::serve::settings::Limits;

/// The bytes on their way to a client that the system is to keep. It would keep megabytes for one
/// that does not read; a few screens are enough for one that does.
const SEND_BUFFER_SIZE: usize = 64 * 1024;

/// How many bytes a client sends before it is logged in, at least.
const HANDSHAKE_BYTES: u64 = 4096;

/// A client's connection.
#[derive(Debug)]
pub struct LimitedStream {
    handle: Arc<StreamHandle>,
    rate_limiter: RateLimiter,
    /// What is waited for before more is read.
    read_pause: Option<Pin<Box<Sleep>>>,
    /// How long the client may leave unread what it is sent.
    write_timeout: Duration,
    /// When that is over, while it does.
    write_deadline: Option<Pin<Box<Sleep>>>,
}

/// What others may know of a connection, and do with it.
#[derive(Debug)]
pub struct StreamHandle {
    stream: TcpStream,
    received: Arc<ByteCounter>,
    sent: ByteCounter,
}

/// Counts bytes.
#[derive(Debug, Default)]
pub struct ByteCounter(AtomicU64);

impl ByteCounter {
    /// Adds some, and returns how many there were before.
    pub fn add(&self, bytes: usize) -> u64 {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed)
    }

    /// Returns how many there are.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl LimitedStream {
    /// Takes a client's connection, under the limits for clients.
    pub fn new(stream: TcpStream, limits: &Limits) -> Self {
        // A terminal's bytes are few and each matters. Failing is no reason to refuse anybody.
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

    /// Returns the line.
    pub fn handle(&self) -> Arc<StreamHandle> {
        Arc::clone(&self.handle)
    }
}

impl StreamHandle {
    /// Returns how many bytes came in, now and from now on.
    pub const fn received(&self) -> &Arc<ByteCounter> {
        &self.received
    }

    /// Returns how many bytes went out.
    pub const fn sent(&self) -> &ByteCounter {
        &self.sent
    }

    /// Counts what came in.
    fn count_received(&self, length: usize) {
        if self.received.add(length) < HANDSHAKE_BYTES {
            self.acknowledge_now();
        }
    }

    /// Has what came in be acknowledged at once. OpenSSH's client holds its half of the exchange of
    /// keys back until its list of methods is acknowledged, to which there is nothing to answer, so
    /// that both sides would wait for 40 ms.
    fn acknowledge_now(&self) {
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_quickack(&self.stream, true);
    }

    /// Ends the connection, whatever anybody waits for.
    pub fn shut_down(&self) {
        // One that is gone already cannot be ended.
        let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Both);
    }
}

impl AsyncRead for LimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(rest) = &mut self.read_pause {
            ready!(rest.as_mut().poll(context));
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
    /// Writes, or fails with [`io::ErrorKind::TimedOut`] where the client has read nothing for too
    /// long: russh waits for it, and does not even ask whether it is still there.
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = Arc::clone(&self.handle);
        loop {
            if line.stream.poll_write_ready(context)?.is_pending() {
                let patience = self.write_timeout;
                let unread = self
                    .write_deadline
                    .get_or_insert_with(|| Box::pin(sleep(patience)));
                ready!(unread.as_mut().poll(context));
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            match line.stream.try_write(bytes) {
                Ok(length) => {
                    line.sent.add(length);
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
