//! Runs what was asked for on a channel: a text, or the very session that a local reader has.
//!
//! A session is a state machine and has no thread: this task wakes when input came, when a moment
//! it waits for has come, or when the server has something to say, hands all of it in, draws once
//! and waits until the frame is on its way. A client that does not read holds up nobody else, and
//! one frame of it at most is kept.

use std::sync::Arc;

use tokio::time::timeout;

use crate::serve::channel::catch_panic::{PanicError, catch_panic};
use crate::serve::channel::context::{ChannelContext, Gone};
use crate::serve::channel::session_end::SessionEnd;
use crate::serve::channel::session_task::SessionTask;
use crate::serve::command::{CommandContext, Response, TextResponse};
use crate::serve::net::connection::{Connection, Stage};
use crate::serve::settings::CodeLogging;

/// The longest command line, in bytes.
const MAX_COMMAND_LENGTH: usize = 4096;

/// What a client asks for.
#[derive(Clone, Debug)]
pub enum ChannelRequest {
    /// A command line; an empty one is a shell's.
    Command(String),
    /// Something that does not exist here, with words that say so.
    Rejected(String),
}

impl ChannelRequest {
    /// Reads a command line.
    pub fn parse_command(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(line) if line.len() <= MAX_COMMAND_LENGTH => Self::Command(line.to_owned()),
            Ok(_) => Self::Rejected("codeleaf: the command line is too long".into()),
            Err(_) => Self::Rejected("codeleaf: the command line is not UTF-8".into()),
        }
    }
}

/// Serves the channel until its end.
pub async fn serve_channel(desk: ChannelContext, asked: ChannelRequest) {
    let _done = SessionEndGuard(&desk.connection);
    let status = match asked {
        ChannelRequest::Rejected(words) => desk.send_text(&TextResponse::error(words)).await,
        ChannelRequest::Command(line) => run_command(&desk, &line).await,
    };
    if let Ok(status) = status {
        // Where the client has gone meanwhile, nobody needs to be told.
        let farewell = async {
            let (handle, id) = (&desk.handle, desk.id);
            handle.exit_status_request(id, u32::from(status)).await?;
            handle.eof(id).await?;
            handle.close(id).await
        };
        let _ = timeout(desk.write_timeout(), farewell).await;
    }
}

async fn run_command(desk: &ChannelContext, line: &str) -> Result<u8, Gone> {
    let resume = match (&desk.server.positions, &desk.identity) {
        (Some(places), Some(reader)) if line.trim().is_empty() => {
            places.load(&reader.fingerprint).await
        }
        _ => None,
    };
    let mut stock = desk.server.content.subscribe();
    let current = Arc::clone(&stock.borrow_and_update());
    let call = CommandContext {
        line,
        client: &desk.client,
        content: &current,
        resume,
    };
    match catch_panic(|| (desk.server.interpret)(&call)) {
        Ok(Response::Text(print)) => {
            desk.server.metrics.answers.inc();
            log_response(desk, &print);
            desk.send_text(&print).await
        }
        Ok(Response::Session(opening)) => {
            match catch_panic(|| SessionTask::new(desk, *opening, stock)) {
                Ok(mut reading) => reading.run().await.exit_status().ok_or(Gone),
                Err(PanicError) => send_panic_message(desk).await,
            }
        }
        Err(PanicError) => send_panic_message(desk).await,
    }
}

/// Says sorry where there is no screen yet.
async fn send_panic_message(desk: &ChannelContext) -> Result<u8, Gone> {
    desk.record_panic();
    let words = SessionEnd::Failed.message().unwrap_or_default();
    let status = SessionEnd::Failed.exit_status().unwrap_or_default();
    let apology = TextResponse {
        status,
        ..TextResponse::error(words)
    };
    desk.send_text(&apology).await
}

fn log_response(desk: &ChannelContext, print: &TextResponse) {
    let codes = match desk.server.limits().code_logging {
        CodeLogging::Enabled => print.codes.as_slice(),
        CodeLogging::Disabled => &[],
    };
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    tracing::info!(
        connection = desk.connection.id,
        status = print.status,
        codes = (!codes.is_empty()).then(|| codes.join(" ")),
        "answered"
    );
}

/// Notes at the end that a session has ended, also where a fault ended it.
struct SessionEndGuard<'a>(&'a Connection);

impl Drop for SessionEndGuard<'_> {
    fn drop(&mut self) {
        self.0.stage.send_replace(Stage::SessionEnded);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_message_apologizes_with_status_101() {
        let words = SessionEnd::Failed.message().unwrap();
        assert!(words.contains("sorry"), "{words}");
        assert_eq!(SessionEnd::Failed.exit_status(), Some(101));
    }

    #[test]
    fn long_or_non_utf8_commands_are_rejected() {
        assert!(
            matches!(ChannelRequest::parse_command(b"list"), ChannelRequest::Command(line) if line == "list")
        );
        assert!(matches!(
            ChannelRequest::parse_command(&[0xFF]),
            ChannelRequest::Rejected(_)
        ));
        let long = vec![b'a'; MAX_COMMAND_LENGTH + 1];
        assert!(matches!(
            ChannelRequest::parse_command(&long),
            ChannelRequest::Rejected(_)
        ));
    }
}
