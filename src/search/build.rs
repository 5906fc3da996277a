//! Building an index: partial indexes, one per thread, and their merge.

pub(crate) mod builder;
pub(crate) mod merge;
pub(crate) mod partial_index;
pub(crate) mod prominence;
pub(crate) mod store_writer;
