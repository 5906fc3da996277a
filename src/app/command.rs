//! The commands that keys can be bound to.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    Move(Movement),
    /// To the previous section, row, list or character.
    Left,
    /// To the next section, row, list or character.
    Right,
    /// Around the end.
    NextSection,
    /// Around the start.
    PreviousSection,
    /// A section by number, from 1. The first key of the binding is for the first section.
    Section(u8),
    Open,
    /// Leaves the pane.
    Back,
    /// To where the last jump started.
    HistoryBack,
    HistoryForward,
    Search,
    NextHit,
    PreviousHit,
    /// Adds or removes the bookmark on the row.
    Bookmark,
    /// Opens the note on the row.
    Annotate,
    /// Lists bookmarks and notes.
    Bookmarks,
    Library,
    Delete(Deletion),
    Copy,
    CopyWithCitation,
    /// Hands the mouse from the terminal to the app, or back.
    ToggleMouse,
    Help,
    Redraw,
    Suspend,
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// One row or line up.
    Up,
    /// One row or line down.
    Down,
    PageUp,
    PageDown,
    /// To the first row or line, or the start of a text.
    Home,
    /// To the last row or line, or the end of a text.
    End,
}

/// A deletion from a text field, relative to the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deletion {
    PreviousChar,
    NextChar,
    PreviousWord,
    All,
}

/// Where the reader's program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// On the reader's own account, with every command.
    #[default]
    Local,
    /// On a shared server, without the commands that need the reader's machine.
    Served,
}

impl Command {
    /// Every command, in the order in which help lists them.
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

    /// The name in `keymap.toml`.
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

    /// Returns true if the command needs the reader's own machine, so that a served reader does not
    /// have it.
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

    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|command| command.id() == id)
    }
}
