//! Defines the wire: a client's connection, which counts bytes and can be cut from outside.
//!
//! russh's task ends when its connection does, and in no other way once it waits for a client that
//! neither reads nor writes; so whoever watches over a connection must be able to end it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A client's connection.
#[derive(Debug)]
pub struct Wire(Arc<Line>);

/// What others may know of a connection, and do with it.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    received: AtomicU64,
    sent: AtomicU64,
}

impl Wire {
    /// Takes a connection.
    pub fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Line {
            stream,
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
        }))
    }

    /// Returns the line.
    pub fn line(&self) -> Arc<Line> {
        Arc::clone(&self.0)
    }
}

impl Line {
    /// Returns how many bytes came in.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Returns how many bytes went out.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Ends the connection, whatever anybody waits for.
    pub fn cut(&self) {
        // One that is gone already cannot be ended.
        let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Both);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.stream.poll_read_ready(context))?;
            match self.0.stream.try_read(buffer.initialize_unfilled()) {
                Ok(length) => {
                    buffer.advance(length);
                    self.0.received.fetch_add(length as u64, Ordering::Relaxed);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.stream.poll_write_ready(context))?;
            match self.0.stream.try_write(bytes) {
                Ok(length) => {
                    self.0.sent.fetch_add(length as u64, Ordering::Relaxed);
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
        match rustix::net::shutdown(&self.0.stream, rustix::net::Shutdown::Write) {
            Err(error) if error != rustix::io::Errno::NOTCONN => Poll::Ready(Err(error.into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}
