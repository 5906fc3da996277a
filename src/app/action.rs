//! Defines what may happen to an [`App`](super::App), and what it may ask of the world.

use std::sync::Arc;

use ratatui::layout::{Position, Size};

use super::{Command, Mark, Step, Whereabouts};
use crate::content::{CodeId, Document, Place};
use crate::library::{Ask, Excerpt, Library, Topic};
use crate::search::Index;

/// Something that happens to the state.
#[derive(Clone, Debug)]
pub enum Action {
    /// A key's command.
    Do(Command),
    /// Typed or pasted text, for the search field; elsewhere it does nothing.
    Insert(String),
    /// A click at a cell of the screen, which is 0, 0 at the top left.
    Click(Position),
    /// The wheel was turned one notch.
    Wheel(Step),
    /// The terminal has another size.
    Resize(Size),
    /// A document that was asked for is here, with the row to open it on.
    Loaded(Arc<Document>, Option<Place>),
    /// What a list had to ask for is here.
    Told(Vec<(Ask, Excerpt)>),
    /// A comparison that was asked for is here, with the row of the one document it is about.
    Compared(Topic, Arc<Document>, Option<Place>),
    /// The library has been read, or read again.
    Catalogue(Arc<Library>, Arc<Index>),
    /// Something is to be said in the status line, until the next key.
    Note(String),
}

/// What the world outside is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End the session.
    Quit,
    /// Go back to the shell until it returns.
    Suspend,
    /// Draw everything anew: the screen shows something else than was sent.
    Redraw,
    /// Read this document and hand it in as [`Action::Loaded`], or say why not in a note.
    Load(CodeId, Option<Place>),
    /// Answer these questions out of the library, and hand the answers in as [`Action::Told`].
    Ask(Vec<Ask>),
    /// Lay what documents say side by side, and hand it in as [`Action::Compared`].
    Compare(Topic),
    /// Hand this text to the terminal's clipboard.
    Copy(String),
    /// Report clicks and the wheel, or stop it.
    Mouse(Mouse),
    /// Keep a bookmark or note.
    Mark(Mark),
    /// Keep where the reader is, for the next start.
    Keep(Whereabouts),
}

/// Who has the mouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mouse {
    /// The terminal: it selects text.
    #[default]
    Terminal,
    /// The reader: it points and scrolls.
    Reader,
}
