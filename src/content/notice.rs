//! Legal notices for every display and printout.

use crate::content::code::CodeSystem;

/// Required by the American Medical Association on every display of its codes.
pub const CPT_NOTICE: &str = "CPT copyright 2026 American Medical Association. All rights reserved. \
    CPT is a registered trademark of the American Medical Association.";

/// The short form of the notice, for screens and copied text.
pub const SHORT_CPT_NOTICE: &str = "CPT (c) AMA";

/// Required on every document.
pub const USE_NOTICE: &str = "Reference only; no guarantee of coverage or payment. \
    Check the payer's current policy.";

/// Required on every display of a fee.
pub const FEE_NOTICE: &str =
    "Fee schedules, relative value units and similar figures are not assigned by the AMA.";

impl CodeSystem {
    /// Returns true if pages on its codes may mention codes of the AMA, so that the short notice is
    /// shown with them.
    pub(crate) fn needs_short_cpt_notice(self) -> bool {
        self.takes_modifiers() || self == Self::Modifier
    }

    /// Returns true if pages on its codes mention codes of the AMA.
    pub(crate) fn needs_cpt_notice(self) -> bool {
        matches!(self, Self::Cpt | Self::Modifier)
    }
}

/// Returns the notices for a display of codes of several systems.
pub fn notices(systems: impl IntoIterator<Item = CodeSystem>) -> Vec<&'static str> {
    let cpt = systems.into_iter().any(CodeSystem::needs_cpt_notice);
    cpt.then_some(CPT_NOTICE)
        .into_iter()
        .chain([USE_NOTICE])
        .collect()
}
