//! The state of one reader: an [`App`], the actions that change it, and the effects it requests.
//!
//! Only [`App::update`] changes an app. It reads no clock and does no I/O: whatever the host has to
//! do comes back as an [`Effect`], and its result arrives as another [`Action`]. The texts of each
//! screen are in a module of `messages`.

pub(crate) mod action;
pub(crate) mod app;
pub(crate) mod bookmarks;
pub(crate) mod command;
pub(crate) mod copy;
pub(crate) mod detail_pane;
pub(crate) mod document_view;
pub(crate) mod history;
pub(crate) mod invalid_version;
pub(crate) mod keymap;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod mode;
pub(crate) mod modes;
pub(crate) mod mouse;
pub(crate) mod navigation;
pub(crate) mod open_row;
pub(crate) mod overlay;
pub(crate) mod pane;
pub(crate) mod panes;
pub(crate) mod preview;
pub(crate) mod reload;
pub(crate) mod screen_layout;
pub(crate) mod scroll;
pub(crate) mod search_history;
pub(crate) mod text_input;
pub(crate) mod update;

pub use action::{Action, EditTarget, Effect, FileLine, MouseOwner};
pub use app::{App, AppOptions, Focus};
pub use bookmarks::{Bookmark, Bookmarks};
pub use command::{Command, Deletion, Host, Movement};
pub use copy::CopyFormat;
pub use detail_pane::{DetailPane, SidePanes};
pub use document_view::DocumentView;
pub use history::ReadingPosition;
pub use invalid_version::InvalidVersion;
pub use keymap::{Binding, Keymap, key_name};
pub use list::{Group, GroupedList, ListLine};
pub use mode::Mode;
pub use modes::bookmarks::BookmarkList;
pub use modes::comparison::ComparisonView;
pub use modes::copy_menu::CopyMenu;
pub use modes::filter::FilterField;
pub use modes::library::items::GroupBy;
pub use modes::library::{LibraryItem, LibraryList};
pub use modes::note::NoteEditor;
pub use modes::palette::{Palette, PaletteItem};
pub use modes::row_detail::RowDetail;
pub use modes::search::filter_bar::{Filter, FilterLabel, Filters};
pub use modes::search::{ActiveSearch, HIT_LINES, MAX_HITS, SearchState, StartItem};
pub use modes::text_panel::TextPanel;
pub use screen_layout::{PaneSettings, PaneVisibility, ScreenLayout};
pub use scroll::ScrollView;
pub use search_history::{OpenedCode, SearchHistory};
pub use text_input::TextInput;
