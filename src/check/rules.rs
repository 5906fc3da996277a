//! The rules on documents that can be read, and on several files.

use crate::diagnostics::{Level, READING, Rule};

/// Declares the rules and a list of them.
macro_rules! rules {
    ($($name:ident = $id:literal, $level:ident, $summary:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule {
            id: $id,
            level: Level::$level,
            summary: $summary,
        };)*

        /// The rules on documents that can be read.
        pub const ALL: [&Rule; [$($id),*].len()] = [$(&$name),*];
    };
}

rules! {
    DUPLICATE_CODE = "duplicate-code", Error, "Two files of a folder are about one code";
    NO_MODIFIER_PAGE = "no-modifier-page", Error,
        "A related modifier has no document and no row of an imported set";
    FUTURE_DATE = "future-date", Warning, "A date is in the future";
    EARLY_DATE = "early-date", Warning,
        "A date is before 1966, the year in which CPT was first published";
    OVERDUE_REVIEW = "overdue-review", Warning, "The date of the next review has passed";
    UNUSED_SOURCE = "unused-source", Warning, "Nothing in the document names a source";
    UNLINKED_URL = "unlinked-url", Warning,
        "The address of a source does not begin with http:// or https://, so that it is not a link";
    UNLISTED_MODIFIER = "unlisted-modifier", Warning,
        "A payer has a rule on a modifier that the document does not list";
    MODIFIER_WITHOUT_WHEN = "modifier-without-when", Warning,
        "A document on a modifier does not state when to use it";
    AMA_DESCRIPTOR = "ama-descriptor", Warning,
        "A text on a CPT code has the style of a descriptor of the American Medical Association";
    NEAR_PAYER = "near-duplicate-payer", Warning,
        "Two payers have nearly the same name";
    NEAR_SOURCE = "near-duplicate-source", Warning,
        "Two sources have nearly the same title";
    UNLISTED_CODE = "unlisted-code", Warning,
        "The imported set does not list a code";
    CODE_NOT_IN_FORCE = "code-not-in-force", Warning,
        "A code has ended, or is not in force yet, on the date of service";
    NOT_BILLABLE = "non-billable-diagnosis", Warning,
        "A diagnosis is the header of other codes and cannot be billed";
    RATE_DIFFERS = "rate-differs", Warning,
        "A rate differs from the imported fee schedule of the same period";
    SETS_NOT_IMPORTED = "sets-not-imported", Note,
        "Codes or rates were not compared with sets that are not imported";
}

/// Every rule, those on reading a file first.
pub(crate) fn every_rule() -> impl Iterator<Item = &'static Rule> {
    READING.into_iter().chain(ALL)
}
