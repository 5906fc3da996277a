//! Defines who says so: sources with their dates, and stated absences with their reasons.

use serde::Serialize;

use crate::content::date::AsOf;

/// The name by which a document refers to one of its sources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The name that rows refer to.
    pub id: SourceId,
    /// The title in full.
    pub title: String,
    /// A name for narrow places: `publication`, `CMS PFS`.
    pub short: String,
    /// How close the source is to whoever decides.
    pub kind: SourceKind,
    /// As of when it speaks.
    pub as_of: AsOf,
}

/// How close a source is to whoever decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The deciding body's own file or page.
    Primary,
    /// Somebody who writes about it.
    Secondary,
    /// The editors of this library.
    House,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Primary, Self::Secondary, Self::House];

    /// Returns the word that content files use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::House => "house",
        }
    }
}

/// A fact that was promised and is not there: a value, never a blank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unavailable {
    /// Why it is not there.
    pub reason: AbsenceReason,
    /// The source's own words about the absence.
    pub stated: Option<String>,
    /// The source that was silent, or that says so.
    pub source: Option<SourceId>,
    /// When somebody last looked.
    pub checked: AsOf,
    /// Where it can be had: `NUCC taxonomy CSV (import)`.
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

/// Why a fact is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    /// The source does not say.
    SourceSilent,
    /// It comes from a file that was not imported.
    NotLoaded,
    /// It cannot exist for this code.
    NotApplicable,
    /// Its owner's terms forbid shipping it.
    Licence,
    /// Nobody publishes it.
    Unpublished,
}

impl AbsenceReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::SourceSilent,
        Self::NotLoaded,
        Self::NotApplicable,
        Self::Licence,
        Self::Unpublished,
    ];

    /// Returns the word that content files use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SourceSilent => "source_silent",
            Self::NotLoaded => "not_loaded",
            Self::NotApplicable => "not_applicable",
            Self::Licence => "licence",
            Self::Unpublished => "unpublished",
        }
    }

    /// Returns what readers see in a cell of a table, where the opened row says it at length.
    pub const fn short_label(self) -> &'static str {
        match self {
            Self::SourceSilent => "source silent",
            Self::NotLoaded => "not loaded",
            Self::NotApplicable => "not applicable",
            Self::Licence => "not shipped",
            Self::Unpublished => "unpublished",
        }
    }

    /// Returns what readers see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SourceSilent => "not available · the source is silent",
            Self::NotLoaded => "not loaded · import the file to see it",
            Self::NotApplicable => "not applicable",
            Self::Licence => "not shipped · its owner's licence forbids it",
            Self::Unpublished => "not published by anyone",
        }
    }
}
