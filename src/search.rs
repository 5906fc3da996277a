//! Search: an index of documents and listed codes, and queries on it.
//!
//! ```text
//! Documents ─► IndexBuilder ─► Index ─┐
//! text ─► Query ──────────────────────┴─► matching rows ─► ranking ─► Results
//! ```
//!
//! A hit is a row. The [`Index`] has the rows and fields that contain each term, but not their
//! texts, which are ten times as large. The few rows that are shown are read again: from stored
//! rows in the index file of a large library, and through [`DocumentSource`] in a small one.

pub(crate) mod build;
pub(crate) mod code_list;
pub(crate) mod columns;
pub(crate) mod doc_table;
pub(crate) mod eval;
pub(crate) mod fields;
pub(crate) mod folding;
pub(crate) mod format;
pub(crate) mod fuzzy;
pub(crate) mod hits;
pub(crate) mod index;
pub(crate) mod postings;
pub(crate) mod query;
pub(crate) mod row_store;
pub(crate) mod row_table;
pub(crate) mod term_dict;
pub(crate) mod term_map;
pub(crate) mod title_table;
pub(crate) mod tokenizer;

pub use build::builder::IndexBuilder;
pub use code_list::{CodeDocId, CodeList};
pub use hits::claim_search::{missing_code, missing_modifier};
pub use hits::group::HitGroup;
pub use hits::highlight::Highlighter;
pub use hits::results::{Hit, MatchReason, Results};
pub use hits::snippet::Snippet;
pub use index::{DocumentSource, Index};
pub use query::claim::{ClaimLine, parse_claim};
pub use query::code_ref::{CodeRef, parse_code_refs};
pub use query::filters::{HitFilters, HitKind};
pub use query::parse::Query;
pub use query::synonyms::Synonyms;
