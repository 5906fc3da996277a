//! Queries: parsing text into words, phrases, scopes and codes, and other names for them.

pub(crate) mod claim;
pub(crate) mod code_names;
pub(crate) mod code_ref;
pub(crate) mod filters;
pub(crate) mod name_key;
pub(crate) mod parse;
pub(crate) mod scope;
pub(crate) mod stop_words;
pub(crate) mod synonyms;
