//! The loader: opens the library and its search index, from cache or from files.

pub(crate) mod catalog_cache;
pub(crate) mod index_cache;
pub(crate) mod indexer;
pub(crate) mod lazy;
pub(crate) mod library_loader;
pub(crate) mod parallel;

pub use catalog_cache::{CachedCatalog, EncodedCatalog};
pub use index_cache::{CacheError, IndexCache};
pub use indexer::IndexingProgress;
pub use library_loader::{LibraryLoader, LoadedLibrary};
pub use parallel::{parallel_map_ordered, thread_count};
