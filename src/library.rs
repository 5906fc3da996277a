//! Defines the library: which documents there are, and where each comes from.
//!
//! A [`Library`] is a catalogue. It never changes once it is made, so that every reader can share
//! it; documents are parsed when somebody opens one.
//!
//! To make it every file must be read, once; what was read is kept in a flat file ([`super::loader::CachedCatalog`]) for
//! the next time. Who cannot wait even so long makes a library that has only begun
//! ([`Library::lazy`]): it finds one document at a time, by the kept catalogue or by file name.

pub(crate) mod built_in;
pub(crate) mod catalog;
pub(crate) mod catalog_cache;
pub(crate) mod comparison;
pub(crate) mod document_cache;
pub(crate) mod excerpt;
pub(crate) mod folders;
pub(crate) mod imported;
pub(crate) mod interner;
pub(crate) mod lazy;
pub(crate) mod library;
pub(crate) mod parallel;
pub(crate) mod progress;
pub(crate) mod scan;
pub(crate) mod snapshot;

pub use catalog::CatalogRecord;
pub use excerpt::{ComparisonRequest, Excerpt, ExcerptRequest, ExcerptSubject};
pub use folders::content_folders;
pub use imported::{ListedCode, listed_codes};
pub use library::{BrokenFile, CatalogEntry, Library, LoadError, Origin};
pub use progress::IndexingProgress;
pub use scan::{Scan, ScannedFile};
