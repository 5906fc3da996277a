//! Files: every file is opened, read, locked and replaced through this room.
//!
//! A user's path may name a pipe, a device or an endless file. [`open`] refuses anything that is not
//! a regular file without waiting for it, and [`read`] stops at a limit. Files that the program
//! writes belong to the user alone, and are replaced as a whole.

pub(crate) mod atomic_file;
pub(crate) mod read;

pub use atomic_file::{AtomicFile, create_folder, lock, remove_stale, replace, write_atomic};
pub use read::{FileError, open, open_trusted, read, read_text, read_to_limit, require_trusted};
