//! Imported code sets in the library: documents for codes that have none, and blocks that add rows
//! of sets to documents.
//!
//! Everything is made when a code is opened. Added rows speak in the editors' voice and cite the
//! set as their source. The document's own rows stay as they are, except that an absence that says
//! to import a set points to the imported row ([`pointers`]), and that a claim about a modifier that a
//! set contradicts is marked as disputed.

pub(crate) mod builder;
pub(crate) mod enrich;
pub(crate) mod hierarchy;
pub(crate) mod lookup;
pub(crate) mod pfs_rows;
pub(crate) mod placement;
pub(crate) mod pointers;
pub(crate) mod references;
pub(crate) mod set_rows;
pub(crate) mod synthesize;
pub(crate) mod tabular_rows;
pub(crate) mod validity;
