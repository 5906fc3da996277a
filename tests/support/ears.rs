//! A client's connection that can stop reading, as a malicious client does.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection that is read until its flag is set.
pub struct StallableStream {
    stalled: Arc<AtomicBool>,
    stream: TcpStream,
}

impl StallableStream {
    /// The connection, and the flag that stops its reads.
    pub fn new(stream: TcpStream) -> (Self, Arc<AtomicBool>) {
        let stalled = Arc::default();
        let stallable = Self {
            stalled: Arc::clone(&stalled),
            stream,
        };
        (stallable, stalled)
    }
}

impl AsyncRead for StallableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.stalled.load(Ordering::Relaxed) {
            // Needs no waker, since it never reads again.
            Poll::Pending
        } else {
            Pin::new(&mut self.stream).poll_read(context, buffer)
        }
    }
}

impl AsyncWrite for StallableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
