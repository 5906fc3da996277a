//! The library: the catalog of documents, built in or from the user's folders, and what imported
//! code sets add to them.
//!
//! A [`Library`] is immutable, so that all readers share it. It lists its documents and parses one
//! when it is opened.
//!
//! To list them, every file must be read once. The results are cached ([`CachedCatalog`]). A
//! [`Library::lazy`] library does not even wait for that: it finds one document at a time, through
//! the cached catalog or by file name.

pub(crate) mod built_in;
pub(crate) mod catalog_cache;
pub(crate) mod catalog_record;
pub(crate) mod comparison;
pub(crate) mod document_cache;
pub(crate) mod entry;
pub(crate) mod excerpt;
pub(crate) mod imported;
pub(crate) mod interner;
pub(crate) mod layers;
pub(crate) mod lazy;
pub(crate) mod library;
pub(crate) mod nearest;
pub(crate) mod parallel;
pub(crate) mod progress;
pub(crate) mod scan;
pub(crate) mod serving;
pub(crate) mod snapshot;
pub(crate) mod uses;

pub use catalog_cache::{CachedCatalog, EncodedCatalog};
pub use catalog_record::CatalogRecord;
pub use comparison::ComparisonRequest;
pub use entry::{BrokenFile, CatalogEntry, LoadError, Origin};
pub use excerpt::{Excerpt, ExcerptRequest, ExcerptSubject};
pub use imported::hierarchy::way_back;
pub use imported::lookup::{ListedCode, listed_code_count, listed_codes};
pub use layers::content_folders;
pub use library::Library;
pub use progress::{OnProgress, Progress};
pub use scan::{Scan, ScannedFile};
