//! Keeps what a reader finds again at the next start: where they were, bookmarks and notes.
//!
//! The files are plain TOML in the user's own folders. Each is written to a temporary name and then
//! renamed, so that a kill at any moment leaves the old one or the new one. Nobody waits for it:
//! a thread writes, and where it cannot, the reader gets a note and reads on.

pub(crate) mod bookmarks;
pub(crate) mod dirs;
pub(crate) mod position;
pub(crate) mod writer;

pub use bookmarks::{load_bookmarks, save_bookmark};
pub use dirs::{UserDataError, UserDirs};
pub use position::{load_position, save_position};
pub use writer::{StateWriter, WriteJob};
