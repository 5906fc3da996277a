//! Parsing a query: words, phrases, scopes, codes and synonyms.

pub(crate) mod code_ref;
pub(crate) mod parse;
pub(crate) mod synonyms;
