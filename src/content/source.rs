//! Sources of facts, and stated absences of facts.

use serde::Serialize;

use crate::content::date::AsOf;
use crate::content::keyword::keywords;

/// The name of a source, unique in its document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    pub id: SourceId,
    pub title: String,
    /// A name for narrow columns: `publication`, `CMS PFS`.
    pub short: String,
    pub kind: SourceKind,
    /// The date of its statements.
    pub as_of: AsOf,
    /// The date when the editors read it, for a source that states no date.
    pub read: AsOf,
    pub url: Option<String>,
}

keywords! {
    /// The authority of a source.
    SourceKind {
        /// A file or page of the body that makes the rules.
        Primary = "primary",
        /// A text about the rules by someone else.
        Secondary = "secondary",
        /// The editors of this library.
        InHouse = "house",
    }
}

/// A stated absence: why a field or block has no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unavailable {
    pub reason: AbsenceReason,
    /// A quotation of the source on the absence.
    pub stated: Option<String>,
    /// The source that states the absence, or that does not state the fact.
    pub source: Option<SourceId>,
    /// The date when the editors last checked.
    pub checked: AsOf,
    /// Where to find the fact: `NUCC taxonomy CSV (import)`.
    pub find: Option<String>,
}

impl Unavailable {
    /// Makes an absence that names a reason only.
    pub const fn new(reason: AbsenceReason) -> Self {
        Self {
            reason,
            stated: None,
            source: None,
            checked: AsOf::Unknown,
            find: None,
        }
    }
}

keywords! {
    /// The reason for a stated absence.
    AbsenceReason {
        /// The source does not state the fact.
        SourceSilent = "source_silent",
        /// The fact is in a file that was not imported.
        NotLoaded = "not_loaded",
        /// The fact cannot exist for this code.
        NotApplicable = "not_applicable",
        /// The owner's license forbids distribution.
        License = "licence",
        Unpublished = "unpublished",
    }
}

impl AbsenceReason {
    /// The label in tables, which have little space.
    pub const fn short_label(self) -> &'static str {
        match self {
            Self::SourceSilent => "source silent",
            Self::NotLoaded => "not loaded",
            Self::NotApplicable => "not applicable",
            Self::License => "not shipped",
            Self::Unpublished => "unpublished",
        }
    }

    /// The label in the row's details.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SourceSilent => "not available · the source is silent",
            Self::NotLoaded => "not loaded · import the file to see it",
            Self::NotApplicable => "not applicable",
            Self::License => "not shipped · its owner's licence forbids it",
            Self::Unpublished => "not published by anyone",
        }
    }
}
