//! Runs what was asked for on a channel: a text, or the very session that a local reader has.
//!
//! A session is a state machine and has no thread: this task wakes when input came, when a moment
//! it waits for has come, or when the server has something to say, hands all of it in, draws once
//! and waits until the frame is on its way. A client that does not read holds up nobody else, and
//! one frame of it at most is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::ChannelId;
use russh::server::Handle;
use tokio::time::{sleep, timeout};

use super::client::Client;
use super::connection::{Connection, Stage};
use super::ending::Ending;
use super::entry::Reader;
use super::house::House;
use super::inbox::Inbox;
use super::reading::Reading;
use super::request::{Call, Print, Request};

/// The longest command line, in bytes.
const LONGEST_LINE: usize = 4096;

/// The bytes of one message to a client.
const MESSAGE: usize = 32 * 1024;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// A command line; an empty one is a shell's.
    Line(String),
    /// Something that does not exist here, with words that say so.
    Nothing(String),
}

impl Asked {
    /// Reads a command line.
    pub fn line(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(line) if line.len() <= LONGEST_LINE => Self::Line(line.to_owned()),
            Ok(_) => Self::Nothing("codeleaf: the command line is too long".into()),
            Err(_) => Self::Nothing("codeleaf: the command line is not UTF-8".into()),
        }
    }
}

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
    /// Serves the channel until its end.
    pub async fn attend(self, asked: Asked) {
        let _done = Done(&self.connection);
        let status = match asked {
            Asked::Nothing(words) => self.print(&Print::refusal(words)).await,
            Asked::Line(line) => self.answer(&line).await,
        };
        if let Ok(status) = status {
            // Where the client has gone meanwhile, nobody needs to be told.
            let farewell = async {
                let (handle, id) = (&self.handle, self.id);
                handle.exit_status_request(id, u32::from(status)).await?;
                handle.eof(id).await?;
                handle.close(id).await
            };
            let _ = timeout(self.patience(), farewell).await;
        }
    }

    async fn answer(&self, line: &str) -> Result<u8, Gone> {
        let resume = match (&self.house.places, &self.reader) {
            (Some(places), Some(reader)) if line.trim().is_empty() => {
                places.find(&reader.fingerprint).await
            }
            _ => None,
        };
        let mut stock = self.house.stock.subscribe();
        let current = Arc::clone(&stock.borrow_and_update());
        let call = Call {
            line,
            client: &self.client,
            stock: &current,
            resume,
        };
        match guarded(|| (self.house.interpret)(&call)) {
            Ok(Request::Print(print)) => {
                self.house.metrics.answers.inc();
                self.log_answer(&print);
                self.print(&print).await
            }
            Ok(Request::Read(opening)) => match guarded(|| Reading::open(self, *opening, stock)) {
                Ok(mut reading) => reading.run().await.status().ok_or(Gone),
                Err(Panicked) => self.apologise().await,
            },
            Err(Panicked) => self.apologise().await,
        }
    }

    /// Says sorry where there is no screen yet.
    async fn apologise(&self) -> Result<u8, Gone> {
        self.note_fault();
        let words = Ending::Failed.words().unwrap_or_default();
        let status = Ending::Failed.status().unwrap_or_default();
        let apology = Print {
            status,
            ..Print::refusal(words)
        };
        self.print(&apology).await
    }

    /// Counts and logs that a fault ended the session.
    pub fn note_fault(&self) {
        self.house.metrics.panics.inc();
        tracing::error!(
            connection = self.connection.number,
            "a fault ended this session"
        );
    }

    fn log_answer(&self, print: &Print) {
        let codes = match self.house.limits().codes {
            super::settings::Codes::Logged => print.codes.as_slice(),
            super::settings::Codes::Unlogged => &[],
        };
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        tracing::info!(
            connection = self.connection.number,
            status = print.status,
            codes = (!codes.is_empty()).then(|| codes.join(" ")),
            "answered"
        );
    }

    /// Sends a text. On a terminal nobody but this server makes lines of it.
    async fn print(&self, print: &Print) -> Result<u8, Gone> {
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
        let mut decoder = crate::terminal::Decoder::default();
        let heard = async {
            let mut inputs = Vec::new();
            while !inputs.contains(&crate::terminal::Input::Ready) {
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
    fn patience(&self) -> Duration {
        self.house.limits().unread_time
    }

    fn cut(&self) -> Gone {
        self.connection.log_unread();
        self.connection.line.cut();
        Gone
    }
}

/// Notes at the end that a session has ended, also where a fault ended it.
struct Done<'a>(&'a Connection);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.stage.send_replace(Stage::Done);
    }
}

/// Says that something panicked. The panic itself is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Does something that must not take others down with it. What it worked on is to be given up when
/// this fails.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_what_it_happened_in_and_nothing_else() {
        let caught = guarded(|| -> u8 { panic!("as a fault would") });
        assert_eq!(caught, Err(Panicked));
        assert_eq!(guarded(|| 7), Ok(7));
        let words = Ending::Failed.words().unwrap();
        assert!(words.contains("sorry"), "{words}");
        assert_eq!(Ending::Failed.status(), Some(101));
    }

    #[test]
    fn a_command_line_is_short_text() {
        assert!(matches!(Asked::line(b"list"), Asked::Line(line) if line == "list"));
        assert!(matches!(Asked::line(&[0xFF]), Asked::Nothing(_)));
        let long = vec![b'a'; LONGEST_LINE + 1];
        assert!(matches!(Asked::line(&long), Asked::Nothing(_)));
    }
}
