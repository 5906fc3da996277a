//! The commands that keys can be bound to.

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
    /// To the next pane or, with a single pane, like `NextSection`.
    NextPane,
    /// To the previous pane or, with a single pane, like `PreviousSection`.
    PreviousPane,
    /// A section by number, from 1. The first key of the binding is for the first section.
    Section(u8),
    Open,
    Back,
    /// To where the last jump started.
    HistoryBack,
    HistoryForward,
    Search,
    /// Filters the rows of the open section.
    Filter,
    NextHit,
    PreviousHit,
    /// Searches for billable diagnoses only, or for all codes again.
    FilterBillable,
    /// Searches the open document only, or everything again.
    FilterThisDocument,
    /// Adds or removes the bookmark on the row.
    Bookmark,
    /// Opens the note on the row.
    Annotate,
    Bookmarks,
    /// Opens the file of the document in the user's editor.
    Edit,
    /// Shows the errors in the file of the open document.
    ShowErrors,
    Library,
    Delete(Deletion),
    /// Opens the copy menu; in the menu, copies the row.
    Copy,
    CopyWithCitation,
    /// Marks the row for copying.
    MarkRow,
    /// Deletes the selected bookmark and its note.
    DeleteBookmark,
    UndoDelete,
    /// Opens the command palette.
    Palette,
    NextTheme,
    /// Leaves a text field or menu, like [`Command::Back`].
    Cancel,
    /// To the start of a text field.
    FieldStart,
    FieldEnd,
    /// A screen down, like [`Movement::PageDown`], where the key does not mark rows.
    NextScreen,
    /// Shows one pane, or as many as fit.
    TogglePanes,
    /// Gives the left of two panes fewer columns.
    SplitLeft,
    SplitRight,
    /// Hands the mouse from the terminal to the app, or back.
    ToggleMouse,
    Help,
    Redraw,
    Suspend,
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    Up,
    Down,
    PageUp,
    PageDown,
    HalfPageUp,
    HalfPageDown,
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
    /// On an account that gives no more than the reader: commands that write or leave are refused.
    Secure,
}

/// Every command with its name in `keymap.toml`.
const COMMANDS: [(Command, &str); 54] = [
    (Command::Move(Movement::Up), "up"),
    (Command::Move(Movement::Down), "down"),
    (Command::Left, "left"),
    (Command::Right, "right"),
    (Command::Open, "open"),
    (Command::Back, "back"),
    (Command::HistoryBack, "history-back"),
    (Command::HistoryForward, "history-forward"),
    (Command::Search, "search"),
    (Command::Filter, "filter"),
    (Command::NextHit, "next-hit"),
    (Command::PreviousHit, "previous-hit"),
    (Command::FilterBillable, "filter-billable"),
    (Command::FilterThisDocument, "filter-document"),
    (Command::Move(Movement::PageDown), "page-down"),
    (Command::Move(Movement::PageUp), "page-up"),
    (Command::NextScreen, "next-screen"),
    (Command::Move(Movement::HalfPageDown), "half-page-down"),
    (Command::Move(Movement::HalfPageUp), "half-page-up"),
    (Command::Move(Movement::Home), "home"),
    (Command::Move(Movement::End), "end"),
    (Command::NextPane, "next-pane"),
    (Command::PreviousPane, "previous-pane"),
    (Command::NextSection, "next-section"),
    (Command::PreviousSection, "previous-section"),
    (Command::Copy, "copy"),
    (Command::CopyWithCitation, "copy-cited"),
    (Command::MarkRow, "mark"),
    (Command::DeleteBookmark, "delete-bookmark"),
    (Command::UndoDelete, "undo"),
    (Command::Palette, "palette"),
    (Command::NextTheme, "theme"),
    (Command::Cancel, "cancel"),
    (Command::FieldStart, "field-start"),
    (Command::FieldEnd, "field-end"),
    (Command::Bookmark, "bookmark"),
    (Command::Annotate, "annotate"),
    (Command::Bookmarks, "marks"),
    (Command::Edit, "edit"),
    (Command::ShowErrors, "errors"),
    (Command::Library, "library"),
    (Command::TogglePanes, "panes"),
    (Command::SplitLeft, "split-left"),
    (Command::SplitRight, "split-right"),
    (Command::ToggleMouse, "mouse"),
    (Command::Delete(Deletion::PreviousChar), "erase"),
    (Command::Delete(Deletion::NextChar), "erase-after"),
    (Command::Delete(Deletion::PreviousWord), "erase-word"),
    (Command::Delete(Deletion::All), "erase-all"),
    (Command::Help, "help"),
    (Command::Redraw, "redraw"),
    (Command::Suspend, "suspend"),
    (Command::Section(1), "section"),
    (Command::Quit, "quit"),
];

impl Command {
    pub fn all() -> impl Iterator<Item = Self> {
        COMMANDS.iter().map(|(command, _)| *command)
    }

    /// The command with a name in `keymap.toml`.
    pub fn from_id(id: &str) -> Option<Self> {
        let (command, _) = COMMANDS.iter().find(|(_, known)| *known == id)?;
        Some(*command)
    }

    /// The name in `keymap.toml`.
    pub fn id(self) -> &'static str {
        let mut commands = COMMANDS.iter();
        let named = commands.find(|(command, _)| match (command, self) {
            (Self::Section(_), Self::Section(_)) => true,
            _ => *command == self,
        });
        named.map_or("", |(_, id)| id)
    }

    /// The names of all commands in `keymap.toml`.
    pub fn ids() -> [&'static str; COMMANDS.len()] {
        COMMANDS.map(|(_, id)| id)
    }

    /// Returns true if readers on a host have the command.
    pub const fn is_available(self, host: Host) -> bool {
        match self {
            Self::Suspend
            | Self::Bookmark
            | Self::Annotate
            | Self::Bookmarks
            | Self::Edit
            | Self::ShowErrors
            | Self::DeleteBookmark
            | Self::UndoDelete => matches!(host, Host::Local),
            Self::Copy | Self::CopyWithCitation | Self::MarkRow => !matches!(host, Host::Secure),
            Self::Move(_)
            | Self::Left
            | Self::Right
            | Self::NextSection
            | Self::PreviousSection
            | Self::NextPane
            | Self::PreviousPane
            | Self::Section(_)
            | Self::Open
            | Self::Back
            | Self::HistoryBack
            | Self::HistoryForward
            | Self::Search
            | Self::Filter
            | Self::NextHit
            | Self::PreviousHit
            | Self::FilterBillable
            | Self::FilterThisDocument
            | Self::Library
            | Self::Delete(_)
            | Self::TogglePanes
            | Self::SplitLeft
            | Self::SplitRight
            | Self::ToggleMouse
            | Self::Palette
            | Self::NextTheme
            | Self::Cancel
            | Self::FieldStart
            | Self::FieldEnd
            | Self::NextScreen
            | Self::Help
            | Self::Redraw
            | Self::Quit => true,
        }
    }
}
