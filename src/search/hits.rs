//! Hits: ranks the matching rows, and builds the hits that are shown.

pub(crate) mod claim_search;
pub(crate) mod code_search;
pub(crate) mod collector;
pub(crate) mod field_choice;
pub(crate) mod group;
pub(crate) mod highlight;
pub(crate) mod phrase;
pub(crate) mod ranking;
pub(crate) mod results;
pub(crate) mod scope_values;
pub(crate) mod searcher;
pub(crate) mod snippet;
pub(crate) mod suggest;
pub(crate) mod text_match;
pub(crate) mod top_k;
