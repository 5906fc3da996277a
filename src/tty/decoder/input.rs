//! Decoded terminal input: keys, pasted text and mouse events.

use crossterm::event::KeyEvent;

use crate::tty::capabilities::background::Background;

/// One event of terminal input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key press, with the modifiers that `crokey` gives when it parses the key's name.
    Key(KeyEvent),
    /// Pasted text: one line, without control characters.
    Paste(String),
    Mouse(MouseEvent),
    /// The answer to a device-status query: the terminal has read everything before the query.
    Ready,
    /// The answer to a query of the background color.
    Background(Background),
}

/// A reply that a terminal still owes. Replies come in the order of the queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingReply {
    /// [`Input::Ready`].
    Status,
    /// [`Input::Background`].
    Background,
}

impl PendingReply {
    /// Returns true if the reply is among some input.
    pub fn is_in(self, inputs: &[Input]) -> bool {
        inputs.iter().any(|input| match self {
            Self::Status => *input == Input::Ready,
            Self::Background => matches!(input, Input::Background(_)),
        })
    }
}

/// A mouse event. Column and row count from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseEvent {
    pub kind: MouseKind,
    pub column: u16,
    pub row: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button was pressed.
    Press,
    WheelUp,
    WheelDown,
}
