//! Runs what was asked for on a channel: a text, or the very session that a local reader has.
//!
//! A session is a state machine and has no thread: this task wakes when input came, when a moment
//! it waits for has come, or when the server has something to say, hands all of it in, draws once
//! and waits until the frame is on its way. A client that does not read holds up nobody else, and
//! one frame of it at most is kept.

use std::sync::Arc;

use tokio::time::timeout;

use super::connection::{Connection, Stage};
use super::desk::{Desk, Gone};
use super::ending::Ending;
use super::guard::{Panicked, guarded};
use super::reading::Reading;
use super::request::{Call, Print, Request};
use super::settings::Codes;

/// The longest command line, in bytes.
const LONGEST_LINE: usize = 4096;

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

/// Serves the channel until its end.
pub(super) async fn attend(desk: Desk, asked: Asked) {
    let _done = Done(&desk.connection);
    let status = match asked {
        Asked::Nothing(words) => desk.print(&Print::refusal(words)).await,
        Asked::Line(line) => answer(&desk, &line).await,
    };
    if let Ok(status) = status {
        // Where the client has gone meanwhile, nobody needs to be told.
        let farewell = async {
            let (handle, id) = (&desk.handle, desk.id);
            handle.exit_status_request(id, u32::from(status)).await?;
            handle.eof(id).await?;
            handle.close(id).await
        };
        let _ = timeout(desk.patience(), farewell).await;
    }
}

async fn answer(desk: &Desk, line: &str) -> Result<u8, Gone> {
    let resume = match (&desk.house.places, &desk.reader) {
        (Some(places), Some(reader)) if line.trim().is_empty() => {
            places.find(&reader.fingerprint).await
        }
        _ => None,
    };
    let mut stock = desk.house.stock.subscribe();
    let current = Arc::clone(&stock.borrow_and_update());
    let call = Call {
        line,
        client: &desk.client,
        stock: &current,
        resume,
    };
    match guarded(|| (desk.house.interpret)(&call)) {
        Ok(Request::Print(print)) => {
            desk.house.metrics.answers.inc();
            log_answer(desk, &print);
            desk.print(&print).await
        }
        Ok(Request::Read(opening)) => match guarded(|| Reading::open(desk, *opening, stock)) {
            Ok(mut reading) => reading.run().await.status().ok_or(Gone),
            Err(Panicked) => apologise(desk).await,
        },
        Err(Panicked) => apologise(desk).await,
    }
}

/// Says sorry where there is no screen yet.
async fn apologise(desk: &Desk) -> Result<u8, Gone> {
    desk.note_fault();
    let words = Ending::Failed.words().unwrap_or_default();
    let status = Ending::Failed.status().unwrap_or_default();
    let apology = Print {
        status,
        ..Print::refusal(words)
    };
    desk.print(&apology).await
}

fn log_answer(desk: &Desk, print: &Print) {
    let codes = match desk.house.limits().codes {
        Codes::Logged => print.codes.as_slice(),
        Codes::Unlogged => &[],
    };
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    tracing::info!(
        connection = desk.connection.number,
        status = print.status,
        codes = (!codes.is_empty()).then(|| codes.join(" ")),
        "answered"
    );
}

/// Notes at the end that a session has ended, also where a fault ended it.
struct Done<'a>(&'a Connection);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.stage.send_replace(Stage::Done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_apologised_for() {
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
