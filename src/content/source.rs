//! Sources of facts, and stated absences of facts.

use serde::Serialize;

use crate::content::date::AsOf;
use crate::content::keyword::keywords;
use crate::text::web_address;

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
    /// The section of the source with the statements: `Chapter 12, section 30.6`.
    pub section: Option<String>,
}

impl Source {
    /// Returns the address if it can be a link.
    pub fn link(&self) -> Option<&str> {
        web_address(self.url.as_deref()?)
    }
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
    /// Where to find the fact: `NUCC taxonomy CSV (import)`. After the import: the row that has
    /// it, or the set that does not list it.
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

    /// Returns where the reader finds the fact, unless [`Self::text`] says so.
    pub fn find_elsewhere(&self) -> Option<&str> {
        let is_in_text = matches!(
            self.reason,
            AbsenceReason::Imported | AbsenceReason::NotListed
        );
        self.find.as_deref().filter(|_| !is_in_text)
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
        /// An imported set has the fact, in another row.
        Imported = "imported",
        /// The set that was imported for the fact does not list the code.
        NotListed = "not_listed",
        /// The document has no row on the subject of a comparison.
        NoEntry = "no_entry",
    }
}

impl AbsenceReason {
    /// The reasons that authors may state. The program finds the others.
    pub const STATED: [Self; 5] = [
        Self::SourceSilent,
        Self::NotLoaded,
        Self::NotApplicable,
        Self::License,
        Self::Unpublished,
    ];
}
