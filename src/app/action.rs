//! Defines what may happen to an [`App`](crate::app::app::App), and what it may ask of the world.

use std::sync::Arc;

use ratatui::layout::{Position, Size};

use crate::app::app::ReadingPosition;
use crate::app::command::{Command, Movement};
use crate::app::modes::bookmarks::Bookmark;
use crate::content::{CodeId, Document, RowPath};
use crate::library::{ComparisonRequest, Excerpt, ExcerptRequest, IndexingProgress, Library};
use crate::search::Index;

/// Something that happens to the state.
#[derive(Clone, Debug)]
pub enum Action {
    /// A key's command.
    Command(Command),
    /// Typed or pasted text, for the search field; elsewhere it does nothing.
    Insert(String),
    /// A click at a cell of the screen, which is 0, 0 at the top left.
    Click(Position),
    /// The wheel was turned one notch.
    Wheel(Movement),
    /// The terminal has another size.
    Resize(Size),
    /// A document that was asked for is here, with the row to open it on.
    DocumentLoaded(Arc<Document>, Option<RowPath>),
    /// What a list had to ask for is here.
    ExcerptsLoaded(Vec<(ExcerptRequest, Excerpt)>),
    /// A comparison that was asked for is here, with the row of the one document it is about.
    ComparisonLoaded(ComparisonRequest, Arc<Document>, Option<RowPath>),
    /// The library is being read; it has come so far.
    Progress(IndexingProgress),
    /// The library has been read, or read again, or has only begun.
    LibraryLoaded(Arc<Library>, Arc<Index>),
    /// The open document as the library has it now.
    DocumentReloaded(Arc<Document>),
    /// Something is to be said in the status line, until the next key.
    ShowMessage(String),
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
    /// Read this document and hand it in as [`Action::DocumentLoaded`], or say why not in a note.
    LoadDocument(CodeId, Option<RowPath>),
    /// Read this document, which is open, and hand it in as [`Action::DocumentReloaded`], if it can be read.
    ReloadDocument(CodeId),
    /// Answer these questions out of the library, and hand the answers in as [`Action::ExcerptsLoaded`].
    LoadExcerpts(Vec<ExcerptRequest>),
    /// Lay what documents say side by side, and hand it in as [`Action::ComparisonLoaded`].
    LoadComparison(ComparisonRequest),
    /// Hand this text to the terminal's clipboard.
    Copy(String),
    /// Report clicks and the wheel, or stop it.
    SetMouseOwner(MouseOwner),
    /// Keep a bookmark or note.
    SaveBookmark(Bookmark),
    /// Keep where the reader is, for the next start.
    SavePosition(ReadingPosition),
}

/// Who has the mouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseOwner {
    /// The terminal: it selects text.
    #[default]
    Terminal,
    /// The reader: it points and scrolls.
    App,
}
