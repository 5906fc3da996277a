//! The indicators of the Physician Fee Schedule: their meanings, and the modifiers that follow from
//! them.
//!
//! The meanings are shortened from CMS's record layout of the relative value file of 2025 ([`LAYOUT`]),
//! whose columns each table names. A modifier is listed with a value where the text on that value
//! decides on it. That text names 26, TC, 50, 51, 62 and 66, and assistants at surgery; global periods
//! and their shares are what the modifiers of a global period are about, so the payer's policy on
//! these modifiers decides.

use crate::codesets::pfs::PfsRow;

use Ruling::{Allowed, ByPolicy, NotAllowed, NotApplicable, WithDocumentation};

/// The document that the meanings are from.
pub const LAYOUT: &str = "CMS record layout of RVU25D, 2025";

/// Whether Medicare expects a modifier with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Allowed,
    WithDocumentation,
    /// The indicator states a condition, and the payer's policy decides.
    ByPolicy,
    NotAllowed,
    /// The concept of the modifier does not apply to the code.
    NotApplicable,
}

impl Ruling {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::WithDocumentation => "allowed with documentation",
            Self::ByPolicy => "by policy",
            Self::NotAllowed => "not allowed",
            Self::NotApplicable => "not applicable",
        }
    }

    pub const fn is_negative(self) -> bool {
        matches!(self, Self::NotAllowed | Self::NotApplicable)
    }
}

/// An indicator: a column of the file, and the values that it may have.
#[derive(Debug)]
pub struct Indicator {
    pub name: &'static str,
    pub values: &'static [IndicatorValue],
}

#[derive(Debug)]
pub struct IndicatorValue {
    pub value: &'static str,
    pub meaning: &'static str,
    /// Modifiers, separated by spaces, and the answer for them.
    rulings: &'static [(&'static str, Ruling)],
}

/// The answer for a modifier, and the reason.
#[derive(Clone, Copy, Debug)]
pub struct ModifierRule {
    pub modifier: &'static str,
    pub ruling: Ruling,
    pub indicator: &'static Indicator,
    pub value: &'static IndicatorValue,
}

const fn value(
    value: &'static str,
    meaning: &'static str,
    rulings: &'static [(&'static str, Ruling)],
) -> IndicatorValue {
    IndicatorValue {
        value,
        meaning,
        rulings,
    }
}

/// Column 58; Attachment A.
#[rustfmt::skip]
pub static STATUS: Indicator = Indicator { name: "Status", values: &[
    value("A", "active: paid separately under the fee schedule, if covered", &[]),
    value("B", "bundled: payment is always part of the payment for other services", &[]),
    value("C", "contractors price the code, generally case by case", &[]),
    value("D", "deleted", &[]),
    value("E", "excluded from the fee schedule by regulation", &[]),
    value("F", "deleted or discontinued", &[]),
    value("G", "not valid for Medicare, which uses another code (90 days of grace)", &[]),
    value("H", "deleted modifier: the code lost its TC or 26 component", &[]),
    value("I", "not valid for Medicare, which uses another code", &[]),
    value("J", "anesthesia service: no RVUs and no amounts in this file", &[]),
    value("M", "measurement code, for reporting only", &[]),
    value("N", "not covered by Medicare", &[]),
    value("P", "bundled or excluded: no separate payment under the fee schedule", &[]),
    value("R", "restricted coverage: special instructions; if covered, priced by contractors", &[]),
    value("T", "injection: paid only if the provider bills no other service of the fee schedule that day", &[]),
    value("X", "statutory exclusion: by statute not a physician service; no payment under the fee schedule", &[]),
] };

/// Column 103; Attachment A.
#[rustfmt::skip]
pub static PC_TC: Indicator = Indicator { name: "PC/TC", values: &[
    value("0", "physician service, which has no professional and technical components; 26 and TC cannot be used", &[("26 TC", NotApplicable)]),
    value("1", "diagnostic test or radiology service with both components; 26 and TC can be used", &[("26 TC", Allowed)]),
    value("2", "professional component only; 26 and TC cannot be used", &[("26 TC", NotAllowed)]),
    value("3", "technical component only; 26 and TC cannot be used", &[("26 TC", NotAllowed)]),
    value("4", "global test only, with other codes for its components; 26 and TC cannot be used", &[("26 TC", NotAllowed)]),
    value("5", "incident to a physician's service; 26 and TC cannot be used", &[("26 TC", NotAllowed)]),
    value("6", "laboratory test whose interpretation by a physician may be paid separately; TC cannot be used", &[("26", Allowed), ("TC", NotAllowed)]),
    value("7", "physical therapy, not paid to independent therapists in hospitals", &[]),
    value("8", "physician's interpretation of an abnormal smear of a hospital inpatient; TC is not recognized", &[("TC", NotAllowed)]),
    value("9", "the concept of professional and technical components does not apply", &[("26 TC", NotApplicable)]),
] };

/// Columns 104 to 106.
#[rustfmt::skip]
pub static GLOBAL_DAYS: Indicator = Indicator { name: "Global days", values: &[
    value("000", "minor or endoscopic: the day of the procedure is included; visits that day are generally not paid", &[("25", ByPolicy), ("54 55 56", NotApplicable)]),
    value("010", "minor: the day of the procedure and 10 days after it are included; visits then are generally not paid", &[("24 25 58 78 79 56", ByPolicy), ("54 55", Allowed)]),
    value("090", "major: 1 day before the procedure and 90 days after it are included", &[("24 57 58 78 79 56", ByPolicy), ("54 55", Allowed)]),
    value("MMM", "maternity: the usual global period does not apply", &[]),
    value("XXX", "the global concept does not apply", &[("54 55 56", NotApplicable)]),
    value("YYY", "the contractor decides whether the global concept applies", &[("24 25 57 58 78 79 54 55 56", ByPolicy)]),
    value("ZZZ", "always in the global period of another service", &[]),
] };

/// Column 116; the layout names modifier 51.
#[rustfmt::skip]
pub static MULTIPLE: Indicator = Indicator { name: "Multiple procedure", values: &[
    value("0", "no payment adjustment for multiple procedures", &[("51", NotApplicable)]),
    value("1", "standard adjustment before 1995: 100%, 50%, 25%, 25%, 25%", &[("51", Allowed)]),
    value("2", "standard adjustment: 100%, 50%, 50%, 50%, 50%, then by report", &[("51", Allowed)]),
    value("3", "special rules for endoscopies with the same base procedure", &[("51", Allowed)]),
    value("4", "diagnostic imaging of one family: 50% of the TC and 95% of the PC after the first", &[("51", ByPolicy)]),
    value("5", "therapy: 50% of the practice expense", &[("51", ByPolicy)]),
    value("6", "diagnostic cardiovascular service: 25% off the TC after the first", &[("51", ByPolicy)]),
    value("7", "diagnostic ophthalmology service: 20% off the TC after the first", &[("51", ByPolicy)]),
    value("9", "the concept does not apply", &[("51", NotApplicable)]),
] };

/// Column 117; the layout names modifier 50.
#[rustfmt::skip]
pub static BILATERAL: Indicator = Indicator { name: "Bilateral", values: &[
    value("0", "no 150% adjustment: anatomy, or another code is the bilateral one; both sides are paid as one", &[("50", NotApplicable)]),
    value("1", "150% for both sides", &[("50", Allowed)]),
    value("2", "no 150% adjustment: the RVUs are for both sides already", &[("50", NotApplicable)]),
    value("3", "100% for each side; generally radiology and other diagnostic tests", &[("50", Allowed)]),
    value("9", "the concept does not apply", &[("50", NotApplicable)]),
] };

/// Column 118.
#[rustfmt::skip]
pub static ASSISTANT: Indicator = Indicator { name: "Assistant at surgery", values: &[
    value("0", "not paid unless documents establish medical necessity", &[("80 81 82 AS", WithDocumentation)]),
    value("1", "by statute, an assistant may not be paid", &[("80 81 82 AS", NotAllowed)]),
    value("2", "an assistant may be paid", &[("80 81 82 AS", Allowed)]),
    value("9", "the concept does not apply", &[("80 81 82 AS", NotApplicable)]),
] };

/// Column 119; the layout names modifier 62.
#[rustfmt::skip]
pub static CO_SURGEONS: Indicator = Indicator { name: "Co-surgeons", values: &[
    value("0", "co-surgeons are not permitted", &[("62", NotAllowed)]),
    value("1", "co-surgeons may be paid if documents establish the need for two surgeons", &[("62", WithDocumentation)]),
    value("2", "co-surgeons are permitted, without documents if they are of two specialties", &[("62", Allowed)]),
    value("9", "the concept does not apply", &[("62", NotApplicable)]),
] };

/// Column 120; the layout names modifier 66.
#[rustfmt::skip]
pub static TEAM: Indicator = Indicator { name: "Team surgery", values: &[
    value("0", "team surgeons are not permitted", &[("66", NotAllowed)]),
    value("1", "team surgeons may be paid if documents establish the need for a team; by report", &[("66", WithDocumentation)]),
    value("2", "team surgeons are permitted; by report", &[("66", Allowed)]),
    value("9", "the concept does not apply", &[("66", NotApplicable)]),
] };

/// The text on modifier 53 in columns 6 and 7, for a code with a line for 53 and for others. No
/// indicator is about 53.
const DISCONTINUED: (&str, &str) = (
    "no indicator, but a line with RVUs and an amount of its own, for a procedure that the physician ended early",
    "no indicator and no line for it: contractors review such a claim and price it individually",
);

impl Indicator {
    fn value(&self, value: &str) -> Option<&'static IndicatorValue> {
        self.values.iter().find(|known| known.value == value)
    }
}

impl PfsRow {
    /// Returns the indicators that the row has a known value of, in the order of display.
    pub fn indicators(&self) -> Vec<(&'static Indicator, &'static IndicatorValue)> {
        let values = [
            (&STATUS, self.status.to_string()),
            (&PC_TC, self.pc_tc.to_string()),
            (&BILATERAL, self.bilateral.to_string()),
            (&MULTIPLE, self.multiple.to_string()),
            (&CO_SURGEONS, self.co_surgeons.to_string()),
            (&TEAM, self.team.to_string()),
            (&ASSISTANT, self.assistant.to_string()),
            (&GLOBAL_DAYS, self.global.clone()),
        ];
        let values = values.into_iter();
        let known = values.filter_map(|(it, value)| Some((it, it.value(&value)?)));
        known.collect()
    }

    /// Returns the answer for modifier 53 and its reason; `None` for a code without an amount.
    pub fn discontinued_rule(&self, has_line: bool) -> Option<(Ruling, &'static str)> {
        let has_amount = self.amount(self.facility_total).is_some();
        let (with_line, without_line) = DISCONTINUED;
        match (has_line, has_amount) {
            (true, _) => Some((Allowed, with_line)),
            (false, true) => Some((ByPolicy, without_line)),
            (false, false) => None,
        }
    }

    /// Returns the answer for each modifier that the row's indicators decide on.
    pub fn modifier_rules(&self) -> Vec<ModifierRule> {
        let mut rules = Vec::new();
        for (indicator, value) in self.indicators() {
            for (modifiers, ruling) in value.rulings {
                rules.extend(modifiers.split(' ').map(|modifier| ModifierRule {
                    modifier,
                    ruling: *ruling,
                    indicator,
                    value,
                }));
            }
        }
        rules
    }
}
