//! Runs a session on the reader's own terminal.

use std::io;
use std::time::Instant;

use ratatui::buffer::Buffer;

use crate::app::{Action, Effect};
use crate::session::event::{Event, ShutdownReason};
use crate::session::local::LocalTerminal;
use crate::session::session::Session;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The reader left.
    Quit,
    /// The program was told to end.
    Shutdown(ShutdownReason),
    /// The terminal is gone.
    Disconnected,
}

impl Exit {
    /// Returns the exit status that goes with it.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Shutdown(reason) => reason.exit_status(),
            Self::Disconnected => ShutdownReason::HungUp.exit_status(),
        }
    }
}

/// Runs a session until it ends, and gives the terminal back. `hands` carries out what is not the
/// terminal's: it loads documents and keeps the reader's place, and may answer with an event.
///
/// Everything that is waiting is handed in before one frame is drawn, so that a storm of keys or
/// resizes costs one frame.
pub fn run(
    local: LocalTerminal,
    mut session: Session,
    mut perform_effect: impl FnMut(Effect) -> Option<Event>,
) -> io::Result<Exit> {
    local.start_reading()?;
    let mut out = local.writer();
    let mut scratch = Buffer::default();
    let mut ending = None;
    while ending.is_none() {
        if session
            .draw(Instant::now(), &mut scratch, &mut out)
            .is_err()
        {
            // A program that is told to end gives up on a terminal that takes nothing.
            let told = local.events().try_iter().find_map(|event| match event {
                Event::Shutdown(reason) => Some(reason),
                _ => None,
            });
            ending = Some(told.map_or(Exit::Disconnected, Exit::Shutdown));
            break;
        }
        let first = local.wait(session.deadline());
        let mut waiting: Vec<Event> = std::iter::once(first)
            .chain(local.events().try_iter())
            .collect();
        // Answers of `hands` count before what came after the question.
        waiting.reverse();
        while let Some(event) = waiting.pop() {
            match event {
                Event::Shutdown(reason) => ending = Some(Exit::Shutdown(reason)),
                Event::Eof => ending = Some(Exit::Disconnected),
                _ => {}
            }
            for effect in session.handle(event, Instant::now()) {
                match effect {
                    Effect::Quit => ending = ending.or(Some(Exit::Quit)),
                    Effect::Suspend => match local.suspend() {
                        Ok(events) => waiting.extend(events.into_iter().rev()),
                        Err(error) => {
                            let message = format!("Cannot suspend: {error}");
                            waiting.push(Event::Action(Action::ShowMessage(message)));
                        }
                    },
                    effect => waiting.extend(perform_effect(effect)),
                }
            }
            if ending.is_some() {
                break;
            }
        }
    }
    let answer = match ending {
        // Nobody answers any more, and nobody would get the answer.
        Some(Exit::Disconnected | Exit::Shutdown(ShutdownReason::HungUp)) => None,
        _ => session.drain_timeout(Instant::now()),
    };
    drop(out);
    local.leave(answer);
    Ok(ending.unwrap_or(Exit::Quit))
}
