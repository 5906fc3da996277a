//! The rows of Medicare's Physician Fee Schedule (PFS).

use crate::codesets::amount::{Cents, Decimal};

/// Relative value units.
pub type Rvu = Decimal<2>;

/// A row of the relative value file: a code, or one of its lines for modifier 26, TC or 53. The
/// descriptors belong to the AMA and are not stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PfsRow {
    /// A CPT or HCPCS code.
    pub code: String,
    pub modifier: Option<String>,
    /// See [`crate::codesets::indicators`] for this and the other indicators.
    pub status: char,
    pub work: Rvu,
    pub non_facility_expense: Rvu,
    /// Whether the procedure is rarely or never performed in this setting.
    pub non_facility_na: bool,
    pub facility_expense: Rvu,
    pub facility_na: bool,
    pub malpractice: Rvu,
    pub non_facility_total: Rvu,
    pub facility_total: Rvu,
    pub pc_tc: char,
    pub global: String,
    /// The shares of the global package, which are zero unless it has a postoperative period.
    pub preoperative: Decimal<2>,
    pub intraoperative: Decimal<2>,
    pub postoperative: Decimal<2>,
    pub multiple: char,
    pub bilateral: char,
    pub assistant: char,
    pub co_surgeons: char,
    pub team: char,
    /// The base procedure of a family of endoscopies, if the code is in one.
    pub endoscopic_base: String,
    pub conversion_factor: Decimal<4>,
}

impl PfsRow {
    /// Returns the code, with its modifier: `71046-26`.
    pub fn line(&self) -> String {
        match &self.modifier {
            Some(modifier) => format!("{}-{modifier}", self.code),
            None => self.code.clone(),
        }
    }

    /// Returns the national amount for a total, which is not adjusted to a locality. `None` if
    /// Medicare does not pay by these units: only those with status A, R or T are used for payment.
    pub fn amount(&self, total: Rvu) -> Option<Cents> {
        /// The unit of the product, in cents: 2 + 4 decimal places, less the 2 of a cent.
        const UNIT: u64 = 10_000;
        let is_paid = matches!(self.status, 'A' | 'R' | 'T') && total.0 > 0;
        let product = u64::from(total.0) * u64::from(self.conversion_factor.0);
        is_paid.then_some(Cents((product + UNIT / 2) / UNIT))
    }
}
