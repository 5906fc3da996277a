//! Reading documents from TOML: parse tables past every error, then compile them.

pub(crate) mod compile;
pub(crate) mod date_field;
pub(crate) mod field_errors;
pub(crate) mod from_toml;
pub(crate) mod line_errors;
pub(crate) mod locate;
pub(crate) mod outline;
pub(crate) mod parse;
pub(crate) mod read;
pub(crate) mod row_limit;
pub(crate) mod schema;
pub(crate) mod syntax;
pub(crate) mod tree;
