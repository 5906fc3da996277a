//! Where the blocks of imported sets belong in a document, and their titles.

use crate::codesets::SetKind;
use crate::content::Shape;

/// The block of what the fee schedule says on modifiers.
pub(crate) const PFS_MODIFIERS_BLOCK: &str = "set-pfs-modifiers";

/// Where a block of a set belongs, and its title.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) id: &'static str,
    pub(crate) section: &'static str,
    /// The id of the block before it.
    pub(crate) after_block: &'static str,
    pub(crate) title: &'static str,
    /// `None` for a table, or prose if its rows have one cell.
    pub(crate) shape: Option<Shape>,
}

const fn place(
    id: &'static str,
    section: &'static str,
    after_block: &'static str,
    title: &'static str,
) -> Placement {
    Placement {
        id,
        section,
        after_block,
        title,
        shape: None,
    }
}

pub(crate) const PFS_MODIFIERS: Placement = place(
    PFS_MODIFIERS_BLOCK,
    "coding",
    "modifiers",
    "Modifiers by Medicare indicator (PFS)",
);
pub(crate) const PFS_INDICATORS: Placement = Placement {
    shape: Some(Shape::Facts),
    ..place(
        "set-pfs-indicators",
        "coding",
        PFS_MODIFIERS_BLOCK,
        "Medicare indicators (PFS)",
    )
};

pub(crate) const fn placement(kind: SetKind) -> Placement {
    match kind {
        SetKind::Icd10cm | SetKind::Icd10cmTabular => place(
            "set-icd10cm",
            "coding",
            "diagnoses",
            "ICD-10-CM descriptions",
        ),
        SetKind::Hcpcs => place(
            "set-hcpcs",
            "coding",
            "modifiers",
            "HCPCS modifiers (official descriptions)",
        ),
        SetKind::Clfs => place("set-clfs", "payers", "payers", "CLFS rate"),
        SetKind::Pfs => place(
            "set-pfs",
            "payers",
            "payers",
            "Medicare national amounts before geographic adjustment (PFS)",
        ),
        SetKind::Nucc => place("set-nucc", "coding", "taxonomies", "NUCC taxonomy"),
        SetKind::NcciMue => place(
            "set-mue",
            "coding",
            "related",
            "Most units a day (NCCI MUE)",
        ),
        SetKind::NcciPtp => place(
            "set-ptp",
            "coding",
            "related",
            "Not paid together (NCCI PTP)",
        ),
        SetKind::PlaceOfService => place("set-pos", "overview", "places", "Places of service"),
    }
}
