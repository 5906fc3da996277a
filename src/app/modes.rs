//! The panes of the reader, one module per mode.

pub(crate) mod bookmarks;
pub(crate) mod comparison;
pub(crate) mod copy_menu;
pub(crate) mod document;
pub(crate) mod filter;
pub(crate) mod library;
pub(crate) mod note;
pub(crate) mod palette;
pub(crate) mod row_detail;
pub(crate) mod search;
pub(crate) mod text_panel;
