//! Diagnostics: what is wrong with a user's file, where, and how to fix it.

pub(crate) mod diagnostic;
pub(crate) mod wording;

pub use diagnostic::{Diagnostic, Diagnostics, Report};
pub use wording::did_you_mean;
