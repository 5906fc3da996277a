//! Hits: ranking the matching rows, and everything that is shown of them.

pub(crate) mod group;
pub(crate) mod highlight;
pub(crate) mod ranker;
pub(crate) mod results;
pub(crate) mod searcher;
pub(crate) mod snippet;
pub(crate) mod suggest;
