//! Defines the commands that keys can be bound to.

/// Something that a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Move up or down in whatever has the keys.
    Go(Step),
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
    Marks,
    /// The list of documents.
    Library,
    /// Erase in the search field.
    Erase(Erasure),
    /// Copy the row's text.
    Copy,
    /// Copy the row's text with code, source and date.
    CopyCited,
    /// Let the mouse point, or leave it to the terminal.
    Mouse,
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
pub enum Step {
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
pub enum Erasure {
    /// The character before the cursor.
    Before,
    /// The character under the cursor.
    After,
    /// The word before the cursor.
    Word,
    /// Everything.
    All,
}

impl Command {
    /// Returns every command, in the order in which help lists them.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Go(Step::Up),
            Self::Go(Step::Down),
            Self::Left,
            Self::Right,
            Self::Open,
            Self::Back,
            Self::HistoryBack,
            Self::HistoryForward,
            Self::Search,
            Self::NextHit,
            Self::PreviousHit,
            Self::Go(Step::PageDown),
            Self::Go(Step::PageUp),
            Self::Go(Step::Home),
            Self::Go(Step::End),
            Self::NextSection,
            Self::PreviousSection,
            Self::Copy,
            Self::CopyCited,
            Self::Bookmark,
            Self::Annotate,
            Self::Marks,
            Self::Library,
            Self::Mouse,
            Self::Erase(Erasure::Before),
            Self::Erase(Erasure::After),
            Self::Erase(Erasure::Word),
            Self::Erase(Erasure::All),
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
            Self::Go(Step::Up) => "up",
            Self::Go(Step::Down) => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::Go(Step::PageUp) => "page-up",
            Self::Go(Step::PageDown) => "page-down",
            Self::Go(Step::Home) => "home",
            Self::Go(Step::End) => "end",
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
            Self::Marks => "marks",
            Self::Library => "library",
            Self::Erase(Erasure::Before) => "erase",
            Self::Erase(Erasure::After) => "erase-after",
            Self::Erase(Erasure::Word) => "erase-word",
            Self::Erase(Erasure::All) => "erase-all",
            Self::Copy => "copy",
            Self::CopyCited => "copy-cited",
            Self::Mouse => "mouse",
            Self::Help => "help",
            Self::Redraw => "redraw",
            Self::Suspend => "suspend",
            Self::Quit => "quit",
        }
    }

    /// Says whether it needs the reader's own machine, so that it does not exist for a reader who
    /// is served from afar.
    pub const fn is_local(self) -> bool {
        match self {
            Self::Suspend | Self::Bookmark | Self::Annotate | Self::Marks => true,
            Self::Go(_)
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
            | Self::Erase(_)
            | Self::Copy
            | Self::CopyCited
            | Self::Mouse
            | Self::Help
            | Self::Redraw
            | Self::Quit => false,
        }
    }

    /// Returns the command of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::all().find(|command| command.id() == id)
    }
}
