//! The event loop of a session on the local terminal.

use std::io;
use std::time::Instant;

use ratatui::buffer::Buffer;

use crate::app::messages::status;
use crate::app::{Action, Effect};
use crate::session::event::{Event, ShutdownReason};
use crate::session::local::LocalTerminal;
use crate::session::session::Session;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By the reader's command.
    Quit,
    Shutdown(ShutdownReason),
    /// The terminal is gone.
    Disconnected,
}

impl Exit {
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Shutdown(reason) => reason.exit_status(),
            Self::Disconnected => ShutdownReason::HungUp.exit_status(),
        }
    }
}

/// Runs a session until it ends, and restores the terminal. `perform_effect` carries out the effects
/// that do not concern the terminal, and may answer with an event.
///
/// All waiting events are handled before a frame is drawn, so that a storm of keys or resizes costs
/// one frame.
pub fn run(
    terminal: LocalTerminal,
    mut session: Session,
    mut perform_effect: impl FnMut(Effect) -> Option<Event>,
) -> io::Result<Exit> {
    terminal.start_reading()?;
    let mut out = terminal.writer();
    let mut scratch = Buffer::default();
    let mut exit = None;
    while exit.is_none() {
        let drawn = session.draw(Instant::now(), &mut scratch, &mut out);
        if drawn.is_err() {
            // The terminal is gone, or accepted no bytes after a signal.
            let signal = terminal.events().try_iter().find_map(|event| match event {
                Event::Shutdown(reason) => Some(reason),
                _ => None,
            });
            exit = Some(signal.map_or(Exit::Disconnected, Exit::Shutdown));
            break;
        }
        let first = terminal.wait(session.deadline());
        let mut waiting: Vec<Event> = std::iter::once(first)
            .chain(terminal.events().try_iter())
            .collect();
        // A stack, so that the answer to an effect comes before later events.
        waiting.reverse();
        while exit.is_none()
            && let Some(event) = waiting.pop()
        {
            match event {
                Event::Shutdown(reason) => exit = Some(Exit::Shutdown(reason)),
                Event::Eof => exit = Some(Exit::Disconnected),
                _ => {}
            }
            for effect in session.handle(event, Instant::now()) {
                match effect {
                    Effect::Quit => exit = exit.or(Some(Exit::Quit)),
                    Effect::Suspend => match terminal.suspend() {
                        Ok(events) => waiting.extend(events.into_iter().rev()),
                        Err(error) => {
                            let message = status::cannot_suspend(error);
                            waiting.push(Event::Action(Action::ShowMessage(message)));
                        }
                    },
                    Effect::Edit(line) => match terminal.edit(&line) {
                        Ok(events) => waiting.extend(events.into_iter().rev()),
                        Err(_) => exit = exit.or(Some(Exit::Disconnected)),
                    },
                    effect => waiting.extend(perform_effect(effect)),
                }
            }
        }
    }
    let pending = match exit {
        // No reply will come.
        Some(Exit::Disconnected | Exit::Shutdown(ShutdownReason::HungUp)) => None,
        _ => session.pending_reply(Instant::now()),
    };
    drop(out);
    terminal.leave(pending);
    Ok(exit.unwrap_or(Exit::Quit))
}
