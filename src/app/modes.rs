//! The modes of the reader, one module per pane.

pub(crate) mod bookmarks;
pub(crate) mod comparison;
pub(crate) mod document;
pub(crate) mod library;
pub(crate) mod search;
pub(crate) mod text_panel;
