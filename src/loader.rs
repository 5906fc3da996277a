//! The loader: opens the library and its search index, from the cache or from files.

pub(crate) mod index_cache;
pub(crate) mod indexer;
pub(crate) mod library_loader;
pub(crate) mod watcher;

pub use index_cache::{CacheError, IndexCache};
pub use library_loader::{LibraryLoader, LoadedLibrary};
pub use watcher::{Change, FileWatcher};
