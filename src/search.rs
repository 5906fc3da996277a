//! Defines search: what matches some words, where, and why.
//!
//! ```text
//! text ─► Query ─┐
//!                ├─► needs (rows for each word) ─► ranking ─► Results (hits, marker, nearest)
//! Documents ─► IndexBuilder ─► Index
//! ```
//!
//! The unit is the row: a hit lands on one. An [`Index`] knows for each word the rows that have it
//! and the fields it stands in, but not the texts, which are ten times as large; these are read
//! again for the few rows that are shown: of a large library from a file of the index's own, of a
//! small one through [`DocumentSource`].

pub(crate) mod build;
pub(crate) mod code_list;
pub(crate) mod doc_table;
pub(crate) mod eval;
pub(crate) mod fields;
pub(crate) mod folding;
pub(crate) mod format;
pub(crate) mod hits;
pub(crate) mod index;
pub(crate) mod postings;
pub(crate) mod query;
pub(crate) mod row_store;
pub(crate) mod term_dict;
pub(crate) mod term_map;
pub(crate) mod title_table;
pub(crate) mod tokenizer;

pub use build::builder::IndexBuilder;
pub use code_list::{CodeDocId, CodeList};
pub use hits::group::HitGroup;
pub use hits::highlight::Highlighter;
pub use hits::results::{Hit, MatchReason, Results};
pub use hits::snippet::Snippet;
pub use index::{DocumentSource, Index};
pub use query::code_ref::{CodeRef, parse_code_refs};
pub use query::parse::Query;
pub use query::synonyms::Synonyms;
