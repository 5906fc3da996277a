//! Drawing: an [`App`](crate::app::App) and a [`Theme`] to a buffer of cells.
//!
//! A view reads the state and changes nothing: it only depends on the state and its area. [`draw`]
//! draws the frame around the content (`chrome`) and the pane of the current mode (`modes`). With
//! `--plain-ui`, a [`Transcript`] writes the same state in words instead.

pub(crate) mod accessible_status;
pub(crate) mod area;
pub(crate) mod canvas;
pub(crate) mod chrome;
pub(crate) mod draw;
pub(crate) mod input_line;
pub(crate) mod list;
pub(crate) mod modes;
pub(crate) mod page;
pub(crate) mod row_text;
pub(crate) mod theme;
pub(crate) mod transcript;

pub use draw::{Drawn, draw};
pub use theme::{StyleRole, Theme};
pub use transcript::{SCREEN_LINES, Transcript};
