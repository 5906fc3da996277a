//! Derived files: a checksummed container, its encoding, and fingerprints of what it was made from.
//!
//! The catalog cache, the search index and imported code sets can be rebuilt from other files.
//! They are stored in a [`Container`], which verifies every page before it is used.

pub(crate) mod container;
pub(crate) mod fingerprint;
pub(crate) mod part_reader;
pub(crate) mod varint;

pub use container::{Backing, Container, ContainerError, ContainerWriter, PartTag};
pub use fingerprint::Fingerprint;
pub use part_reader::PartReader;
