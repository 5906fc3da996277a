//! Diagnostics: the errors in a user's file, where they are, and how to fix them.

pub(crate) mod diagnostic;
pub(crate) mod rule;
pub(crate) mod wording;

pub use diagnostic::{Diagnostic, Diagnostics, Report};
pub use rule::{Level, READING, Rule};
pub use wording::did_you_mean;
