//! Defines the desk: one channel, and how its client is written to and listened to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::ChannelId;
use russh::server::Handle;
use tokio::time::{sleep, timeout};

use super::client::Client;
use super::connection::Connection;
use super::entry::Reader;
use super::house::House;
use super::inbox::Inbox;
use super::request::Print;
use crate::terminal::{Decoder, Input};

/// The bytes of one message to a client.
const MESSAGE: usize = 32 * 1024;

/// Says that the client is gone, or reads nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// One channel, and what is needed to serve it.
pub(super) struct Desk {
    pub house: Arc<House>,
    pub connection: Arc<Connection>,
    pub handle: Handle,
    pub id: ChannelId,
    pub inbox: Arc<Inbox>,
    pub client: Client,
    /// Where the server knows its readers.
    pub reader: Option<Reader>,
}

impl Desk {
    /// Counts and logs that a fault ended the session.
    pub fn note_fault(&self) {
        self.house.metrics.panics.inc();
        tracing::error!(
            connection = self.connection.number,
            "a fault ended this session"
        );
    }

    /// Sends a text. On a terminal nobody but this server makes lines of it.
    pub async fn print(&self, print: &Print) -> Result<u8, Gone> {
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
                self.patience(),
                self.handle.extended_data(self.id, 1, words),
            );
            sent.await.map_err(|_| self.cut())?.map_err(|_| Gone)?;
        }
        Ok(print.status)
    }

    /// Sends bytes, and waits until they are on their way.
    pub async fn send(&self, bytes: Vec<u8>) -> Result<(), Gone> {
        for message in bytes.chunks(MESSAGE) {
            let sent = timeout(self.patience(), self.handle.data(self.id, message.to_vec()));
            sent.await.map_err(|_| self.cut())?.map_err(|_| Gone)?;
        }
        Ok(())
    }

    /// Waits for what the terminal still has to say, so that it does not say it to a shell.
    pub async fn hear_out(&self, patience: Duration) {
        let mut decoder = Decoder::default();
        let heard = async {
            let mut inputs = Vec::new();
            while !inputs.contains(&Input::Ready) {
                inputs.clear();
                self.inbox.arrival().await;
                let waiting = self.inbox.take();
                if waiting.ended {
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
    pub fn patience(&self) -> Duration {
        self.house.limits().unread_time
    }

    fn cut(&self) -> Gone {
        self.connection.log_unread();
        self.connection.line.cut();
        Gone
    }
}
