//! Sources of facts, and stated absences of facts.

use serde::Serialize;

use crate::content::date::AsOf;

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
}

/// The authority of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A file or page of the body that makes the rules.
    Primary,
    /// A text about the rules by someone else.
    Secondary,
    /// The editors of this library.
    House,
}

impl SourceKind {
    pub const ALL: [Self; 3] = [Self::Primary, Self::Secondary, Self::House];

    /// Returns the keyword in content files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::House => "house",
        }
    }
}

/// A stated absence: the reason why a field or block has no content.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    /// The source does not state the fact.
    SourceSilent,
    /// The fact is in a file that was not imported.
    NotLoaded,
    /// The fact cannot exist for this code.
    NotApplicable,
    /// The owner's license forbids distribution.
    #[serde(rename = "licence")]
    License,
    Unpublished,
}

impl AbsenceReason {
    pub const ALL: [Self; 5] = [
        Self::SourceSilent,
        Self::NotLoaded,
        Self::NotApplicable,
        Self::License,
        Self::Unpublished,
    ];

    /// Returns the keyword in content files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SourceSilent => "source_silent",
            Self::NotLoaded => "not_loaded",
            Self::NotApplicable => "not_applicable",
            Self::License => "licence",
            Self::Unpublished => "unpublished",
        }
    }

    /// Returns the label in tables, which have little space.
    pub const fn short_label(self) -> &'static str {
        match self {
            Self::SourceSilent => "source silent",
            Self::NotLoaded => "not loaded",
            Self::NotApplicable => "not applicable",
            Self::License => "not shipped",
            Self::Unpublished => "unpublished",
        }
    }

    /// Returns the label in the row's details.
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
