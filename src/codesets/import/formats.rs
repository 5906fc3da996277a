//! The readers of the published formats.

pub(crate) mod clfs;
pub(crate) mod hcpcs;
pub(crate) mod icd10cm;
pub(crate) mod icd10cm_tabular;
pub(crate) mod mue;
pub(crate) mod nucc;
pub(crate) mod pfs;
pub(crate) mod place_of_service;
pub(crate) mod ptp;
