//! Restrictions of the hits that are not part of the query's text.

use crate::content::CodeId;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitFilters {
    pub kind: HitKind,
    /// Leaves out diagnoses that have more specific codes below them.
    pub billable_only: bool,
    /// The only document with hits.
    pub document: Option<CodeId>,
}

/// What a hit is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HitKind {
    #[default]
    All,
    /// Rows of documents, not codes of imported sets.
    Documents,
    Diagnoses,
    /// Procedures, supplies and drugs.
    Procedures,
    /// Pages of modifiers, and rows on them.
    Modifiers,
    /// Rows on payers.
    Payers,
}

impl HitKind {
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Documents,
        Self::Diagnoses,
        Self::Procedures,
        Self::Modifiers,
        Self::Payers,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Documents => "Documents",
            Self::Diagnoses => "Diagnoses",
            Self::Procedures => "Procedures",
            Self::Modifiers => "Modifiers",
            Self::Payers => "Payers",
        }
    }
}
