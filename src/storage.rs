//! Files that the program writes: a checksummed container, its encoding, and atomic replacement.
//!
//! The catalog cache, the search index and imported code sets can be rebuilt from other files.
//! They are stored in a [`Container`], which verifies every page before it is used.

pub(crate) mod atomic_file;
pub(crate) mod container;
pub(crate) mod fingerprint;
pub(crate) mod part_reader;
pub(crate) mod varint;

pub use atomic_file::{AtomicFile, remove_stale, write_atomic};
pub use container::{Backing, Container, ContainerError, ContainerWriter, PartTag};
pub use fingerprint::Fingerprint;
pub use part_reader::PartReader;
