//! The actions that change an app, and the effects that an app requests.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::layout::{Position, Size};

use crate::app::bookmarks::Bookmark;
use crate::app::command::{Command, Movement};
use crate::app::history::ReadingPosition;
use crate::app::invalid_version::InvalidVersion;
use crate::app::screen_layout::PaneSettings;
use crate::app::search_history::SearchHistory;
use crate::content::{CodeId, Document, RowPath};
use crate::library::{ComparisonRequest, Excerpt, ExcerptRequest, Library, Progress};
use crate::search::Index;

/// A change of the state: input, an answer to an effect, or news of the library.
#[derive(Clone, Debug)]
pub enum Action {
    Command(Command),
    /// Typed text. Only panes with a text field use it.
    Insert(String),
    /// A key that types nothing and has no command.
    UnboundKey,
    /// The start of a code that was typed over a document, and the position before it.
    CodeTyped(String, ReadingPosition),
    /// Pasted text, without control characters.
    Paste(String),
    /// A click on a cell of the screen; 0, 0 is top left.
    Click(Position),
    /// One notch of the mouse wheel.
    Wheel(Movement),
    Resize(Size),
    /// The cursor has rested for a moment since [`super::App::is_moving`] became true.
    Rest,
    /// Answers [`Effect::LoadDocument`], with the row to select.
    DocumentLoaded(Arc<Document>, Option<RowPath>),
    /// Answers [`Effect::ReloadDocument`].
    DocumentReloaded(Arc<Document>),
    /// Answers [`Effect::ReloadDocument`] if the file of the document has errors.
    DocumentInvalid(InvalidVersion),
    /// Files of the library have changed. The library is loaded again later.
    FilesChanged,
    /// Answers [`Effect::Locate`].
    Located(FileLine),
    /// Answers [`Effect::LoadExcerpts`].
    ExcerptsLoaded(Vec<(ExcerptRequest, Excerpt)>),
    /// Answers [`Effect::LoadComparison`], with the row that is shown, if it is a single one.
    ComparisonLoaded(ComparisonRequest, Arc<Document>, Option<RowPath>),
    /// Earlier searches, as the last session saved them.
    SearchHistoryLoaded(SearchHistory),
    /// Answers [`Effect::LoadPreview`]; without a document if it cannot be read.
    PreviewLoaded(CodeId, Option<Arc<Document>>),
    Progress(Progress),
    /// The library was opened, in part or in full, or opened again.
    LibraryLoaded(Arc<Library>, Arc<Index>),
    /// A message for the status line, until the next key.
    ShowMessage(String),
}

/// A request to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Quit,
    Suspend,
    /// Repaint the whole screen: the terminal may show something else than was sent.
    Redraw,
    /// Answered by [`Action::DocumentLoaded`], or [`Action::ShowMessage`] with the error.
    LoadDocument(CodeId, Option<RowPath>),
    /// Read the open document again. Answered by [`Action::DocumentReloaded`] or
    /// [`Action::DocumentInvalid`], unless there is nothing to read.
    ReloadDocument(CodeId),
    /// Find a line to edit. Answered by [`Action::Located`], or [`Action::ShowMessage`] if there is
    /// no file.
    Locate(EditTarget),
    /// Open a file in the user's editor, and return.
    Edit(FileLine),
    /// Answered by [`Action::ExcerptsLoaded`].
    LoadExcerpts(Vec<ExcerptRequest>),
    /// Answered by [`Action::ComparisonLoaded`], unless there is nothing to compare.
    LoadComparison(ComparisonRequest),
    /// Read a document to show beside a list. Answered by [`Action::PreviewLoaded`].
    LoadPreview(CodeId),
    /// Send a text to the terminal's clipboard.
    Copy(String),
    SetMouseOwner(MouseOwner),
    /// Switch to the next built-in theme.
    NextTheme,
    /// Save the name of the theme for the next start.
    SaveTheme(&'static str),
    SavePanes(PaneSettings),
    SaveBookmark(Bookmark),
    SavePosition(ReadingPosition),
    SaveSearchHistory(SearchHistory),
}

/// A line of a file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    pub path: PathBuf,
    pub line: usize,
}

/// The line that the user wants to edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditTarget {
    /// A row of a document, or the document.
    Row(CodeId, Option<RowPath>),
    /// A file with errors, at the first one.
    File(PathBuf),
}

/// What handles clicks and the wheel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseOwner {
    /// The terminal, which selects text.
    #[default]
    Terminal,
    App,
}
