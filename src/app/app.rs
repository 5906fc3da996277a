//! The state of one reader.

use std::sync::Arc;

use ratatui::layout::Size;

use crate::app::action::MouseOwner;
use crate::app::command::Command;
use crate::content::{CodeId, Document, RowPath};
use crate::layout::{LayoutOptions, TableMode};
use crate::library::{IndexingProgress, Library};
use crate::search::Index;
use crate::text::Charset;

pub use crate::app::history::History;
pub use crate::app::keymap::Keymap;
pub use crate::app::modes::bookmarks::{BookmarkList, Bookmarks, NoteEditor};
pub use crate::app::modes::comparison::ComparisonView;
pub use crate::app::modes::document::{DocumentView, RowDetail};
pub use crate::app::modes::library::LibraryList;
pub use crate::app::modes::search::{ActiveSearch, SearchState};
pub use crate::app::modes::text_panel::TextPanel;
pub use crate::app::screen_layout::ScreenLayout;

/// The whole state of one reader.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) library: Arc<Library>,
    pub(crate) index: Arc<Index>,
    pub(crate) keymap: Arc<Keymap>,
    pub(crate) charset: Charset,
    pub(crate) size: Size,
    pub(crate) document_view: DocumentView,
    pub(crate) focus: Focus,
    pub(crate) active_search: Option<ActiveSearch>,
    pub(crate) message: Option<String>,
    /// How far the reading of the library has come, while it takes longer than a moment.
    pub(crate) progress: Option<IndexingProgress>,
    pub(crate) mouse_owner: MouseOwner,
    table_mode: TableMode,
    pub(crate) history: History,
    pub(crate) bookmarks: Option<Bookmarks>,
}

/// What the keys go to.
#[derive(Clone, Debug)]
pub enum Focus {
    /// A section of the open document.
    Document,
    /// One row of it, whole.
    RowDetail(RowDetail),
    /// The search field and its hits.
    Search(Box<SearchState>),
    /// The library's lists.
    Library(LibraryList),
    /// What documents say on a modifier or of a payer, side by side.
    Comparison(Box<ComparisonView>),
    /// A text of the program's own: help, or the report on a broken file.
    TextPanel(TextPanel),
    /// A note on the selected row, being written.
    Note(NoteEditor),
    /// The list of bookmarks and notes.
    Bookmarks(BookmarkList),
}

/// The name of a [`Focus`], by which keys are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A section of the open document.
    Document,
    /// One row, whole.
    RowDetail,
    /// The search field.
    Search,
    /// The library's lists.
    Library,
    /// What documents say on one topic, side by side.
    Comparison,
    /// A text of the program's own.
    TextPanel,
    /// A note that is being written.
    Note,
    /// The list of bookmarks and notes.
    Bookmarks,
}

impl Mode {
    /// Every room.
    pub const ALL: [Self; 8] = [
        Self::Document,
        Self::RowDetail,
        Self::Search,
        Self::Library,
        Self::Comparison,
        Self::TextPanel,
        Self::Note,
        Self::Bookmarks,
    ];

    /// Returns the name that `keymap.toml` uses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Document => "reading",
            Self::RowDetail => "record",
            Self::Search => "search",
            Self::Library => "library",
            Self::Comparison => "beside",
            Self::TextPanel => "text",
            Self::Note => "note",
            Self::Bookmarks => "marks",
        }
    }

    /// Returns true if keys that type a character edit a text.
    pub(crate) const fn has_text_field(self) -> bool {
        matches!(self, Self::Search | Self::Library | Self::Note)
    }

    /// Returns the room of a name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|room| room.id() == id)
    }
}

/// Where the program that a reader uses runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// On the reader's own account: everything exists.
    #[default]
    Local,
    /// On a server that others share: nothing exists that touches the machine.
    Served,
}

/// What a reader starts with.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The documents.
    pub library: Arc<Library>,
    /// What search looks through; it may come later, with [`super::Action::LibraryLoaded`].
    pub index: Arc<Index>,
    /// The keys; those of commands that the host does not have are left out.
    pub keymap: Arc<Keymap>,
    /// Where the program runs.
    pub host: Host,
    /// The reader's own notes and bookmarks; none where they cannot be kept.
    pub bookmarks: Option<Bookmarks>,
    /// The characters that the terminal shows.
    pub charset: Charset,
    /// The terminal's size, in columns and rows.
    pub size: Size,
    /// The document to open.
    pub document: Arc<Document>,
    /// The row to open it on.
    pub row_path: Option<RowPath>,
    /// The line to show first, where the row allows it.
    pub top: usize,
    /// What to say at the start.
    pub message: Option<String>,
    /// Whether tables have columns.
    pub table_mode: TableMode,
}

/// Where a reader was, for the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingPosition {
    /// The document.
    pub code: CodeId,
    /// The selected row.
    pub row_path: Option<RowPath>,
    /// The line shown first.
    pub top: usize,
}

impl App {
    /// Opens a document.
    pub fn new(start: AppOptions) -> Self {
        let mut app = Self {
            library: start.library,
            index: start.index,
            keymap: start.keymap.for_host(start.host),
            charset: start.charset,
            size: start.size,
            document_view: DocumentView::new(start.document),
            focus: Focus::Document,
            active_search: None,
            message: start.message,
            progress: None,
            mouse_owner: MouseOwner::default(),
            table_mode: start.table_mode,
            history: History::default(),
            bookmarks: start.bookmarks,
        };
        app.document_view
            .relayout(app.layout_options(), app.screen_layout().body.height);
        if let Some(place) = &start.row_path {
            app.document_view.go_to_row(
                place,
                app.layout_options(),
                app.screen_layout().body.height,
            );
            app.document_view
                .scroll_to(start.top, app.screen_layout().body.height);
        }
        app
    }

    /// Returns the open document, its section and row.
    pub const fn document_view(&self) -> &DocumentView {
        &self.document_view
    }

    /// Returns what the keys go to.
    pub const fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Returns the name of what the keys go to.
    pub const fn mode(&self) -> Mode {
        match self.focus {
            Focus::Document => Mode::Document,
            Focus::RowDetail(_) => Mode::RowDetail,
            Focus::Search(_) => Mode::Search,
            Focus::Library(_) => Mode::Library,
            Focus::Comparison(_) => Mode::Comparison,
            Focus::TextPanel(_) => Mode::TextPanel,
            Focus::Note(_) => Mode::Note,
            Focus::Bookmarks(_) => Mode::Bookmarks,
        }
    }

    /// Returns the search that the reader went to a hit of, while its words are marked.
    pub const fn active_search(&self) -> Option<&ActiveSearch> {
        self.active_search.as_ref()
    }

    /// Returns what is to be said in the status line.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns how far the reading of the library has come, while it takes longer than a moment.
    pub const fn progress(&self) -> Option<IndexingProgress> {
        self.progress
    }

    /// Says whether more can be found later than now, because the library is still being read.
    pub fn is_library_loading(&self) -> bool {
        let has_documents = !self.library.entries().is_empty();
        !self.library.is_fully_loaded() || (self.index.is_empty() && has_documents)
    }

    /// Returns the documents.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns what search looks through.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Returns the keys.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The name of the first key that runs a command now; see [`Keymap::key_label`].
    pub fn key_label(&self, command: Command) -> Option<String> {
        self.keymap.key_label(command, self.mode(), self.charset)
    }

    /// Returns the characters that the terminal shows.
    pub const fn charset(&self) -> Charset {
        self.charset
    }

    /// Returns who has the mouse.
    pub const fn mouse_owner(&self) -> MouseOwner {
        self.mouse_owner
    }

    /// Returns whether tables have columns, or everything is read in order.
    pub const fn table_mode(&self) -> TableMode {
        self.table_mode
    }

    /// Returns where everything stands on the screen.
    pub fn screen_layout(&self) -> ScreenLayout {
        ScreenLayout::new(self.size, self.table_mode)
    }

    /// Returns where the reader is.
    pub fn reading_position(&self) -> ReadingPosition {
        ReadingPosition {
            code: self.document_view.document().code.clone(),
            row_path: self.document_view.row_path().cloned(),
            top: self.document_view.top(),
        }
    }

    /// Returns how pages are to be set.
    pub(crate) const fn layout_options(&self) -> LayoutOptions {
        LayoutOptions {
            columns: self.size.width,
            charset: self.charset,
            table_mode: self.table_mode,
        }
    }
}
