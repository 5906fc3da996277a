//! Checks of documents, each by itself and all together, and of their codes and rates against
//! imported code sets.
//!
//! Every file is read once, on all processors; each processor caches the answers of the sets. Files
//! are compared with each other afterwards, by the `FileFacts` of each.

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
