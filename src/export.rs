//! Export of documents, the catalog and search results as plain text, Markdown, JSON or CSV.
//!
//! A document is exported whole, or one section or row of it. No output contains an escape sequence,
//! and each ends with the legal notices.

pub(crate) mod csv;
pub(crate) mod format;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod scope;
pub(crate) mod text;

pub use format::{ExportFormat, document, list, results};
pub use json::SCHEMA_VERSION;
pub use scope::{ExportScope, PrintOptions};
