//! Defines the commands that keys can be bound to.

/// Something that a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Move up or down in whatever has the keys.
    Move(Movement),
    /// Section, row or character before.
    Left,
    /// Section, row or character after.
    Right,
    /// Section after, around the end.
    NextSection,
    /// Section before, around the start.
    PreviousSection,
    /// The section with this number, from 1; the place of the key among the action's keys.
    Section(u8),
    /// Open what is selected.
    Open,
    /// Back to where the reader was.
    Back,
    /// Back to where the last jump started.
    HistoryBack,
    /// Forward to where the reader came back from.
    HistoryForward,
    /// Open the search field.
    Search,
    /// Next hit.
    NextHit,
    /// Hit before.
    PreviousHit,
    /// Bookmark the row, or take its bookmark away.
    Bookmark,
    /// Write a note on the row.
    Annotate,
    /// The list of bookmarks and notes.
    Bookmarks,
    /// The list of documents.
    Library,
    /// Erase in the search field.
    Delete(Deletion),
    /// Copy the row's text.
    Copy,
    /// Copy the row's text with code, source and date.
    CopyWithCitation,
    /// Let the mouse point, or leave it to the terminal.
    ToggleMouse,
    /// The list of keys.
    Help,
    /// Draw the screen anew.
    Redraw,
    /// Back to the shell for a while.
    Suspend,
    /// Leave.
    Quit,
}

/// A move up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// One row or line up.
    Up,
    /// One row or line down.
    Down,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the first.
    Home,
    /// To the last.
    End,
}

/// What is erased from the search field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deletion {
    /// The character before the cursor.
    PreviousChar,
    /// The character under the cursor.
    NextChar,
    /// The word before the cursor.
    PreviousWord,
    /// Everything.
    All,
}

impl Command {
    /// Returns every command, in the order in which help lists them.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Move(Movement::Up),
            Self::Move(Movement::Down),
            Self::Left,
            Self::Right,
            Self::Open,
            Self::Back,
            Self::HistoryBack,
            Self::HistoryForward,
            Self::Search,
            Self::NextHit,
            Self::PreviousHit,
            Self::Move(Movement::PageDown),
            Self::Move(Movement::PageUp),
            Self::Move(Movement::Home),
            Self::Move(Movement::End),
            Self::NextSection,
            Self::PreviousSection,
            Self::Copy,
            Self::CopyWithCitation,
            Self::Bookmark,
            Self::Annotate,
            Self::Bookmarks,
            Self::Library,
            Self::ToggleMouse,
            Self::Delete(Deletion::PreviousChar),
            Self::Delete(Deletion::NextChar),
            Self::Delete(Deletion::PreviousWord),
            Self::Delete(Deletion::All),
            Self::Help,
            Self::Redraw,
            Self::Suspend,
            Self::Section(1),
            Self::Quit,
        ]
        .into_iter()
    }

    /// Returns the name that `keymap.toml` uses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Move(Movement::Up) => "up",
            Self::Move(Movement::Down) => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::Move(Movement::PageUp) => "page-up",
            Self::Move(Movement::PageDown) => "page-down",
            Self::Move(Movement::Home) => "home",
            Self::Move(Movement::End) => "end",
            Self::NextSection => "next-section",
            Self::PreviousSection => "previous-section",
            Self::Section(_) => "section",
            Self::Open => "open",
            Self::Back => "back",
            Self::HistoryBack => "history-back",
            Self::HistoryForward => "history-forward",
            Self::Search => "search",
            Self::NextHit => "next-hit",
            Self::PreviousHit => "previous-hit",
            Self::Bookmark => "bookmark",
            Self::Annotate => "annotate",
            Self::Bookmarks => "marks",
            Self::Library => "library",
            Self::Delete(Deletion::PreviousChar) => "erase",
            Self::Delete(Deletion::NextChar) => "erase-after",
            Self::Delete(Deletion::PreviousWord) => "erase-word",
            Self::Delete(Deletion::All) => "erase-all",
            Self::Copy => "copy",
            Self::CopyWithCitation => "copy-cited",
            Self::ToggleMouse => "mouse",
            Self::Help => "help",
            Self::Redraw => "redraw",
            Self::Suspend => "suspend",
            Self::Quit => "quit",
        }
    }

    /// Says whether it needs the reader's own machine, so that it does not exist for a reader who
    /// is served from afar.
    pub const fn is_local_only(self) -> bool {
        match self {
            Self::Suspend | Self::Bookmark | Self::Annotate | Self::Bookmarks => true,
            Self::Move(_)
            | Self::Left
            | Self::Right
            | Self::NextSection
            | Self::PreviousSection
            | Self::Section(_)
            | Self::Open
            | Self::Back
            | Self::HistoryBack
            | Self::HistoryForward
            | Self::Search
            | Self::NextHit
            | Self::PreviousHit
            | Self::Library
            | Self::Delete(_)
            | Self::Copy
            | Self::CopyWithCitation
            | Self::ToggleMouse
            | Self::Help
            | Self::Redraw
            | Self::Quit => false,
        }
    }

    /// Returns the command of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|command| command.id() == id)
    }
}
