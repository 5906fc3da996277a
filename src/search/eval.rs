//! Evaluating a query: the rows and documents that match each clause.

pub(crate) mod block_union;
pub(crate) mod filter;
pub(crate) mod matches;
pub(crate) mod ops;
pub(crate) mod plan;
pub(crate) mod planner;
pub(crate) mod term_expansion;
