//! Building an index: partial indexes, one per thread, merged in the order of the library.

pub(crate) mod builder;
pub(crate) mod merge;
pub(crate) mod partial_index;
