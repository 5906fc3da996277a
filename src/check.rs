//! Checks of documents: what is wrong with each, with several together, and with what they say on
//! codes and rates of imported code sets.
//!
//! Every file is read once, on all processors; each processor keeps what the sets answered. What
//! concerns several files is compared afterwards, by what was noted of each.

pub(crate) mod checker;
pub(crate) mod checks_of_codes;
pub(crate) mod checks_of_document;
pub(crate) mod checks_of_files;
pub(crate) mod checks_of_rates;
pub(crate) mod descriptor;
pub(crate) mod format;
pub(crate) mod near_names;
pub(crate) mod rules;
pub(crate) mod sarif;
pub(crate) mod set_lookup;

pub use checker::{CheckReport, CheckRequest, FileReport, check};
pub use format::CheckFormat;
pub use rules::ALL;
