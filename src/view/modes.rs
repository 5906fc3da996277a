//! The panes on screen, one module per mode.

pub(crate) mod bookmarks;
pub(crate) mod document;
pub(crate) mod library;
pub(crate) mod search;
