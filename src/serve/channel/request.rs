//! The request of a channel: a command line or a shell, answered with text or a session.

use std::sync::Arc;

use tokio::time::timeout;

use crate::serve::channel::context::ChannelContext;
use crate::serve::channel::session_task::{SessionTask, catch_panic};
use crate::serve::channel::session_timers::SessionEnd;
use crate::serve::command::{CommandContext, Response, TextResponse};
use crate::serve::ops::log::log_event;
use crate::serve::state::{Connection, Stage};

/// The maximum length of a command line, in bytes.
const MAX_COMMAND_LENGTH: usize = 4096;

#[derive(Clone, Debug)]
pub enum ChannelRequest {
    /// A command line; empty if the client requests a shell.
    Command(String),
    /// An invalid request, with the error message.
    Rejected(String),
}

impl ChannelRequest {
    pub fn parse_command(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(line) if line.len() <= MAX_COMMAND_LENGTH => Self::Command(line.to_owned()),
            Ok(_) => Self::Rejected("codeleaf: the command line is too long".into()),
            Err(_) => Self::Rejected("codeleaf: the command line is not UTF-8".into()),
        }
    }
}

/// Serves a channel until it closes.
pub async fn serve_channel(context: ChannelContext, request: ChannelRequest) {
    let _guard = SessionEndGuard(&context.connection);
    let status = match request {
        ChannelRequest::Rejected(message) => context.send_text(&TextResponse::error(message)).await,
        ChannelRequest::Command(line) => run_command(&context, &line).await,
    };
    if let Ok(status) = status {
        let close = async {
            let (handle, id) = (&context.handle, context.id);
            handle.exit_status_request(id, u32::from(status)).await?;
            handle.eof(id).await?;
            handle.close(id).await
        };
        // Fails if the client has disconnected.
        let _ = timeout(context.write_timeout(), close).await;
    }
}

async fn run_command(context: &ChannelContext, line: &str) -> Result<u8, SessionEnd> {
    let resume = match (&context.connection.server.positions, &context.identity) {
        (Some(positions), Some(user)) if line.trim().is_empty() => {
            positions.load(&user.fingerprint).await
        }
        _ => None,
    };
    let mut updates = context.connection.server.content.subscribe();
    let current = Arc::clone(&updates.borrow_and_update());
    let command = CommandContext {
        line,
        client: &context.client,
        content: &current,
        resume,
    };
    let task = match catch_panic(|| (context.connection.server.interpret)(&command)) {
        Ok(Response::Text(text)) => {
            context.connection.server.metrics.answers.inc();
            log_response(context, &text);
            return context.send_text(&text).await;
        }
        Ok(Response::Session(options)) => {
            catch_panic(|| SessionTask::new(context, *options, updates))
        }
        Err(panic) => Err(panic),
    };
    match task {
        Ok(mut task) => {
            let end = task.run().await;
            end.exit_status().ok_or(end)
        }
        Err(panic) => {
            // The client has no screen yet.
            context.connection.server.metrics.panics.inc();
            let message = TextResponse::error(panic.message().unwrap_or_default());
            context.send_text(&message).await?;
            panic.exit_status().ok_or(panic)
        }
    }
}

fn log_response(context: &ChannelContext, text: &TextResponse) {
    let log_codes = context.connection.server.limits().log_codes && !text.codes.is_empty();
    let codes: Vec<String> = text.codes.iter().map(ToString::to_string).collect();
    let codes = log_codes.then(|| codes.join(" "));
    log_event!(context.connection => info, status = text.status, codes, "answered");
}

/// Marks the session as ended on drop, and so after a panic too.
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
        let message = SessionEnd::Failed.message().unwrap();
        assert!(message.contains("sorry"), "{message}");
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
