//! The state that survives a restart: the reading position, bookmarks and notes, the search history,
//! and settings that were changed with keys.
//!
//! The files are TOML, but for the settings, in the user's XDG folders, replaced atomically. A thread writes them, so that
//! the reader does not wait; errors are shown as messages.

pub(crate) mod bookmarks;
pub(crate) mod dirs;
pub(crate) mod position;
pub(crate) mod search_history;
pub(crate) mod settings;
pub(crate) mod writer;

pub use bookmarks::{load_bookmarks, save_bookmark};
pub use dirs::{UserDataError, UserDirs};
pub use position::{load_position, save_position};
pub use search_history::{load_search_history, save_search_history};
pub use settings::{Settings, load_settings, update_settings};
pub use writer::{StateWriter, WriteJob};
