//! The panes, one module per mode. The modes that only show a page are drawn by `view::draw`.

pub(crate) mod bookmarks;
pub(crate) mod copy;
pub(crate) mod document;
pub(crate) mod library;
pub(crate) mod note;
pub(crate) mod palette;
pub(crate) mod search;
