//! Defines what the reader is doing: the state, what may happen to it, and how it changes.
//!
//! [`App`] is the whole state of one reader. [`App::update`] is the only place where it changes;
//! what the world outside must do for it comes back as an [`Effect`]. It reads no clock and does
//! no I/O.

pub(crate) mod action;
pub(crate) mod app;
pub(crate) mod command;
pub(crate) mod copy;
pub(crate) mod history;
pub(crate) mod keymap;
pub(crate) mod list;
pub(crate) mod modes;
pub(crate) mod mouse;
pub(crate) mod screen_layout;
pub(crate) mod update;

pub use action::{Action, Effect, MouseOwner};
pub use app::{App, AppOptions, Focus, Host, Mode, ReadingPosition};
pub use command::{Command, Deletion, Movement};
pub use history::History;
pub use keymap::{Binding, Keymap, key_name};
pub use list::{Group, GroupedList, ListCursor, ListLine};
pub use modes::bookmarks::{Bookmark, BookmarkList, Bookmarks, NoteEditor};
pub use modes::comparison::ComparisonView;
pub use modes::document::{DocumentView, RowDetail};
pub use modes::library::{GroupBy, LibraryItem, LibraryList};
pub use modes::search::{ActiveSearch, HIT_LINES, MAX_HITS, SCOPES, SearchState};
pub use modes::text_panel::TextPanel;
pub use screen_layout::ScreenLayout;
