//! Queries: parsing text into words, phrases, scopes and codes, and synonyms for them.

pub(crate) mod claim;
pub(crate) mod code_ref;
pub(crate) mod parse;
pub(crate) mod scope;
pub(crate) mod synonyms;
