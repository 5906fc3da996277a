//! Evaluating a query: which rows match, and how well.

pub(crate) mod bitset;
pub(crate) mod filter;
pub(crate) mod matches;
pub(crate) mod ops;
pub(crate) mod planner;
