//! Editing of content files: rows from spreadsheets, the canonical layout, and a JSON Schema.
//!
//! Files are edited with `toml_edit`, so that comments and the notation of values stay.

pub(crate) mod format;
pub(crate) mod json_schema;
pub(crate) mod row_kind;
pub(crate) mod rows;

pub use format::format_document;
pub use json_schema::json_schema;
pub use row_kind::RowKind;
pub use rows::{AddedRows, Folder, add_rows};
