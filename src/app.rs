//! Defines what the reader is doing: the state, what may happen to it, and how it changes.
//!
//! [`App`] is the whole state of one reader. [`App::update`] is the only place where it changes;
//! what the world outside must do for it comes back as an [`Effect`]. It reads no clock and does
//! no I/O.

mod action;
mod beside;
mod clipping;
mod command;
mod groups;
mod history;
mod keymap;
mod layout;
mod listing;
mod own;
mod pointing;
mod reading;
mod searching;
mod sheet;
mod update;

use std::sync::Arc;

use ratatui::layout::Size;

use crate::content::{Charset, CodeId, Document, Place};
use crate::library::Library;
use crate::page::{Flow, Setting};
use crate::search::{Index, Progress};

pub use action::{Action, Effect, Mouse};
pub use beside::Beside;
pub use command::{Command, Erasure, Step};
pub use groups::{Choice, Groups, Heading, Line};
pub use history::History;
pub use keymap::{Binding, Keymap, key_name};
pub use layout::Layout;
pub use listing::{By, Listed, Listing};
pub use own::{Mark, Marks, Own, Writing};
pub use reading::{Opened, Reading};
pub use searching::{Found, HIT_LINES, MOST_HITS, SCOPES, Searching};
pub use sheet::Sheet;

/// The whole state of one reader.
#[derive(Clone, Debug)]
pub struct App {
    library: Arc<Library>,
    index: Arc<Index>,
    keymap: Arc<Keymap>,
    charset: Charset,
    size: Size,
    reading: Reading,
    focus: Focus,
    found: Option<Found>,
    note: Option<String>,
    /// How far the reading of the library has come, while it takes longer than a moment.
    progress: Option<Progress>,
    mouse: Mouse,
    flow: Flow,
    history: History,
    own: Option<Own>,
}

/// What the keys go to.
#[derive(Clone, Debug)]
pub enum Focus {
    /// A section of the open document.
    Reading,
    /// One row of it, whole.
    Record(Opened),
    /// The search field and its hits.
    Search(Box<Searching>),
    /// The library's lists.
    Library(Listing),
    /// What documents say on a modifier or of a payer, side by side.
    Beside(Box<Beside>),
    /// A text of the program's own: help, or the report on a broken file.
    Text(Sheet),
    /// A note on the selected row, being written.
    Note(Writing),
    /// The list of bookmarks and notes.
    Marks(Marks),
}

/// The name of a [`Focus`], by which keys are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// A section of the open document.
    Reading,
    /// One row, whole.
    Record,
    /// The search field.
    Search,
    /// The library's lists.
    Library,
    /// What documents say on one topic, side by side.
    Beside,
    /// A text of the program's own.
    Text,
    /// A note that is being written.
    Note,
    /// The list of bookmarks and notes.
    Marks,
}

impl Room {
    /// Every room.
    pub const ALL: [Self; 8] = [
        Self::Reading,
        Self::Record,
        Self::Search,
        Self::Library,
        Self::Beside,
        Self::Text,
        Self::Note,
        Self::Marks,
    ];

    /// Returns the name that `keymap.toml` uses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Record => "record",
            Self::Search => "search",
            Self::Library => "library",
            Self::Beside => "beside",
            Self::Text => "text",
            Self::Note => "note",
            Self::Marks => "marks",
        }
    }

    /// Returns the room of a name.
    pub fn named(id: &str) -> Option<Self> {
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
pub struct Start {
    /// The documents.
    pub library: Arc<Library>,
    /// What search looks through; it may come later, with [`Action::Catalogue`].
    pub index: Arc<Index>,
    /// The keys; those of commands that the host does not have are left out.
    pub keymap: Arc<Keymap>,
    /// Where the program runs.
    pub host: Host,
    /// The reader's own notes and bookmarks; none where they cannot be kept.
    pub own: Option<Own>,
    /// The characters that the terminal shows.
    pub charset: Charset,
    /// The terminal's size, in columns and rows.
    pub size: Size,
    /// The document to open.
    pub document: Arc<Document>,
    /// The row to open it on.
    pub place: Option<Place>,
    /// The line to show first, where the row allows it.
    pub top: usize,
    /// What to say at the start.
    pub note: Option<String>,
    /// Whether tables have columns.
    pub flow: Flow,
}

/// Where a reader was, for the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The document.
    pub code: CodeId,
    /// The selected row.
    pub place: Option<Place>,
    /// The line shown first.
    pub top: usize,
}

impl App {
    /// Opens a document.
    pub fn new(start: Start) -> Self {
        let mut app = Self {
            library: start.library,
            index: start.index,
            keymap: start.keymap.for_host(start.host),
            charset: start.charset,
            size: start.size,
            reading: Reading::new(start.document),
            focus: Focus::Reading,
            found: None,
            note: start.note,
            progress: None,
            mouse: Mouse::default(),
            flow: start.flow,
            history: History::default(),
            own: start.own,
        };
        app.reading.set(app.setting(), app.layout().body.height);
        if let Some(place) = &start.place {
            app.reading
                .go(place, app.setting(), app.layout().body.height);
            app.reading.scroll_to(start.top, app.layout().body.height);
        }
        app
    }

    /// Returns the open document, its section and row.
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Returns what the keys go to.
    pub const fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Returns the name of what the keys go to.
    pub const fn room(&self) -> Room {
        match self.focus {
            Focus::Reading => Room::Reading,
            Focus::Record(_) => Room::Record,
            Focus::Search(_) => Room::Search,
            Focus::Library(_) => Room::Library,
            Focus::Beside(_) => Room::Beside,
            Focus::Text(_) => Room::Text,
            Focus::Note(_) => Room::Note,
            Focus::Marks(_) => Room::Marks,
        }
    }

    /// Returns the search that the reader went to a hit of, while its words are marked.
    pub const fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Returns what is to be said in the status line.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Returns how far the reading of the library has come, while it takes longer than a moment.
    pub const fn progress(&self) -> Option<Progress> {
        self.progress
    }

    /// Says whether more can be found later than now, because the library is still being read.
    pub fn is_reading_on(&self) -> bool {
        let has_documents = !self.library.entries().is_empty();
        !self.library.is_whole() || (self.index.is_empty() && has_documents)
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

    /// Returns the characters that the terminal shows.
    pub const fn charset(&self) -> Charset {
        self.charset
    }

    /// Returns who has the mouse.
    pub const fn mouse(&self) -> Mouse {
        self.mouse
    }

    /// Returns whether tables have columns, or everything is read in order.
    pub const fn flow(&self) -> Flow {
        self.flow
    }

    /// Returns where everything stands on the screen.
    pub fn layout(&self) -> Layout {
        Layout::of(self.size, self.flow)
    }

    /// Returns where the reader is.
    pub fn whereabouts(&self) -> Whereabouts {
        Whereabouts {
            code: self.reading.document().code.clone(),
            place: self.reading.place().cloned(),
            top: self.reading.top(),
        }
    }

    /// Returns how pages are to be set.
    const fn setting(&self) -> Setting {
        Setting {
            columns: self.size.width,
            charset: self.charset,
            flow: self.flow,
        }
    }
}
