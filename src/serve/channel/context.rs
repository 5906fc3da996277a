//! Defines the desk: one channel, and how its client is written to and listened to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::ChannelId;
use russh::server::Handle;
use tokio::time::{sleep, timeout};

use crate::serve::auth::policy::KeyIdentity;
use crate::serve::channel::client_terminal::ClientTerminal;
use crate::serve::channel::input_buffer::InputBuffer;
use crate::serve::command::TextResponse;
use crate::serve::net::connection::Connection;
use crate::serve::state::ServerState;
use crate::tty::{Decoder, Input};

/// The bytes of one message to a client.
const MESSAGE_SIZE: usize = 32 * 1024;

/// Says that the client is gone, or reads nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// One channel, and what is needed to serve it.
pub struct ChannelContext {
    pub server: Arc<ServerState>,
    pub connection: Arc<Connection>,
    pub handle: Handle,
    pub id: ChannelId,
    pub input: Arc<InputBuffer>,
    pub client: ClientTerminal,
    /// Where the server knows its readers.
    pub identity: Option<KeyIdentity>,
}

impl ChannelContext {
    /// Counts and logs that a fault ended the session.
    pub fn record_panic(&self) {
        self.server.metrics.panics.inc();
        tracing::error!(
            connection = self.connection.id,
            "a fault ended this session"
        );
    }

    /// Sends a text. On a terminal nobody but this server makes lines of it.
    pub async fn send_text(&self, print: &TextResponse) -> Result<u8, Gone> {
        let has_terminal = self.client.term().is_some();
        let lines = |text: &str| {
            if has_terminal {
                text.replace('\n', "\r\n").into_bytes()
            } else {
                text.as_bytes().to_vec()
            }
        };
        self.send(lines(&print.out)).await?;
        if !print.err.is_empty() {
            let words = lines(&format!("{}\n", print.err));
            let sent = timeout(
                self.write_timeout(),
                self.handle.extended_data(self.id, 1, words),
            );
            sent.await
                .map_err(|_| self.disconnect())?
                .map_err(|_| Gone)?;
        }
        Ok(print.status)
    }

    /// Sends bytes, and waits until they are on their way.
    pub async fn send(&self, bytes: Vec<u8>) -> Result<(), Gone> {
        for message in bytes.chunks(MESSAGE_SIZE) {
            let sent = timeout(
                self.write_timeout(),
                self.handle.data(self.id, message.to_vec()),
            );
            sent.await
                .map_err(|_| self.disconnect())?
                .map_err(|_| Gone)?;
        }
        Ok(())
    }

    /// Waits for what the terminal still has to say, so that it does not say it to a shell.
    pub async fn drain_replies(&self, patience: Duration) {
        let mut decoder = Decoder::default();
        let heard = async {
            let mut inputs = Vec::new();
            while !inputs.contains(&Input::Ready) {
                inputs.clear();
                self.input.wait_for_input().await;
                let waiting = self.input.take();
                if waiting.closed {
                    return;
                }
                decoder.feed(&waiting.bytes, Instant::now(), &mut inputs);
            }
        };
        tokio::select! {
            () = heard => {}
            () = sleep(patience) => {}
        }
    }

    /// Returns how long a client may leave unread what it is sent.
    pub fn write_timeout(&self) -> Duration {
        self.server.limits().unread_time
    }

    fn disconnect(&self) -> Gone {
        self.connection.log_write_timeout();
        self.connection.stream.shut_down();
        Gone
    }
}
