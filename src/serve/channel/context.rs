//! One session channel: its connection, and how to write to its client.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::ChannelId;
use russh::server::Handle;
use tokio::time::timeout;

use crate::serve::auth::authorized_keys::KeyIdentity;
use crate::serve::channel::client_terminal::ClientTerminal;
use crate::serve::channel::input_buffer::InputBuffer;
use crate::serve::channel::session_timers::SessionEnd;
use crate::serve::command::TextResponse;
use crate::serve::state::Connection;
use crate::tty::{Decoder, PendingReply};

/// The maximum size of a data message, in bytes.
const MESSAGE_SIZE: usize = 32 * 1024;

pub struct ChannelContext {
    pub connection: Arc<Connection>,
    pub handle: Handle,
    pub id: ChannelId,
    pub input: Arc<InputBuffer>,
    pub client: ClientTerminal,
    /// `None` if users log in without a key.
    pub identity: Option<KeyIdentity>,
}

impl ChannelContext {
    /// Sends a text, and returns its exit status. As in each method here, the error is
    /// [`SessionEnd::Disconnected`]. On a terminal, lines end in CR LF: there is no
    /// kernel tty that would convert them.
    pub async fn send_text(&self, text: &TextResponse) -> Result<u8, SessionEnd> {
        let has_terminal = self.client.term().is_some();
        let lines = |text: &str| {
            let line_end = if has_terminal { "\r\n" } else { "\n" };
            text.replace('\n', line_end).into_bytes()
        };
        self.send(lines(&text.out)).await?;
        if !text.err.is_empty() {
            let err = lines(&format!("{}\n", text.err));
            let write = self.handle.extended_data(self.id, 1, err);
            self.finish_write(write).await?;
        }
        Ok(text.status)
    }

    /// Sends bytes, and waits until russh has taken them.
    pub async fn send(&self, bytes: Vec<u8>) -> Result<(), SessionEnd> {
        for message in bytes.chunks(MESSAGE_SIZE) {
            let write = self.handle.data(self.id, message.to_vec());
            self.finish_write(write).await?;
        }
        Ok(())
    }

    /// Waits for a write, and disconnects the client if it takes too long.
    async fn finish_write<E>(
        &self,
        write: impl Future<Output = Result<(), E>>,
    ) -> Result<(), SessionEnd> {
        if let Ok(written) = timeout(self.write_timeout(), write).await {
            return written.map_err(|_| SessionEnd::Disconnected);
        }
        self.connection.log_write_timeout();
        self.connection.stream.shut_down();
        Err(SessionEnd::Disconnected)
    }

    /// Reads the terminal's outstanding replies up to the last one, so that they do not reach the user's shell.
    pub async fn drain_replies(&self, reply: PendingReply, limit: Duration) {
        let mut decoder = Decoder::default();
        let drained = async {
            let mut inputs = Vec::new();
            while !reply.is_in(&inputs) {
                inputs.clear();
                self.input.wait_for_input().await;
                let pending = self.input.take();
                if pending.closed {
                    return;
                }
                decoder.feed(&pending.bytes, Instant::now(), &mut inputs);
            }
        };
        // A terminal may not reply.
        let _ = timeout(limit, drained).await;
    }

    pub fn write_timeout(&self) -> Duration {
        self.connection.server.limits().unread_time
    }
}
