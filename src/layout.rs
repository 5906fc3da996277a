//! Defines the page: what a section of a document is at one width.
//!
//! A [`Page`] is lines of positioned, coloured-by-role text, wrapped once per width and kept until
//! the width changes. It also knows which lines belong to which row, so that scrolling can be
//! clamped without drawing anything. A table never loses a word: its columns wrap by word, and
//! where they would be narrower than their longest word, each row is set field by field.

pub(crate) mod builder;
pub(crate) mod page;
pub(crate) mod row_detail;
pub(crate) mod section;
pub(crate) mod table;

pub use page::{
    LayoutOptions, MAX_TEXT_WIDTH, MIN_COLUMNS_FOR_MARGIN, Notices, Page, PageLine, PageRow, Role,
    RowKind, Span, TableMode, gutter, margin,
};
