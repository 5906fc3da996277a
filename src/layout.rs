//! Layout: the lines of a document section at one width.
//!
//! A [`Page`] is a list of lines of positioned text spans with roles, wrapped once per width. It
//! also records the lines of each row, so that scrolling is clamped without drawing. Tables wrap by
//! word and never cut one: if a column would be narrower than its longest word, each row is laid
//! out field by field.

pub(crate) mod about;
pub(crate) mod annotations;
pub(crate) mod builder;
pub(crate) mod grid;
pub(crate) mod majority;
pub(crate) mod page;
pub(crate) mod payer_values;
pub(crate) mod row_detail;
pub(crate) mod section;
pub(crate) mod table;

pub use page::{
    LayoutOptions, MAX_TEXT_WIDTH, MIN_COLUMNS_FOR_MARGIN, Medium, Page, PageEnd, PageLine,
    PageRow, Role, RowKind, Span, TableMode, gutter, margin,
};
