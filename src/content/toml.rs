//! Reading documents from TOML.

pub(crate) mod compile;
pub(crate) mod fields;
pub(crate) mod invalid_entry;
pub(crate) mod parse;
pub(crate) mod read;
pub(crate) mod schema;
pub(crate) mod syntax;
