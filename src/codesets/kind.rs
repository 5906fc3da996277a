//! The kinds of public files that can be imported, and their license terms.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codesets::indicators;
use crate::diagnostics::did_you_mean;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetKind {
    /// ICD-10-CM, from CMS's order file.
    Icd10cm,
    /// The tabular list of ICD-10-CM, from CMS's XML file.
    Icd10cmTabular,
    /// HCPCS Level II with its modifiers, from CMS's alphanumeric ("ANWEB") file.
    Hcpcs,
    /// Medicare's Clinical Laboratory Fee Schedule.
    Clfs,
    /// Medicare's Physician Fee Schedule, from CMS's relative value file.
    Pfs,
    /// NUCC's taxonomy of provider specialties.
    Nucc,
    /// NCCI medically unlikely edits.
    NcciMue,
    /// NCCI procedure-to-procedure edits.
    NcciPtp,
    /// CMS's place-of-service codes.
    #[serde(rename = "pos")]
    PlaceOfService,
}

impl SetKind {
    /// Every kind, in the order of lists.
    pub const ALL: [Self; 9] = [
        Self::Icd10cm,
        Self::Icd10cmTabular,
        Self::Hcpcs,
        Self::Clfs,
        Self::Pfs,
        Self::Nucc,
        Self::NcciMue,
        Self::NcciPtp,
        Self::PlaceOfService,
    ];

    /// Returns the name that commands and file names use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Icd10cm => "icd10cm",
            Self::Icd10cmTabular => "icd10cm-tabular",
            Self::Hcpcs => "hcpcs",
            Self::Clfs => "clfs",
            Self::Pfs => "pfs",
            Self::Nucc => "nucc",
            Self::NcciMue => "ncci-mue",
            Self::NcciPtp => "ncci-ptp",
            Self::PlaceOfService => "pos",
        }
    }

    /// Returns the title that is shown as a source.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Icd10cm => "ICD-10-CM",
            Self::Icd10cmTabular => "ICD-10-CM tabular list",
            Self::Hcpcs => "CMS HCPCS Level II",
            Self::Clfs => "CMS Clinical Laboratory Fee Schedule (CLFS)",
            Self::Pfs => "CMS Physician Fee Schedule (PFS)",
            Self::Nucc => "NUCC Health Care Provider Taxonomy",
            Self::NcciMue => "CMS NCCI medically unlikely edits (MUE)",
            Self::NcciPtp => "CMS NCCI procedure-to-procedure edits (PTP)",
            Self::PlaceOfService => "CMS place of service codes",
        }
    }

    /// Returns true if the editions are those of ICD-10-CM, which has fiscal years.
    pub(crate) const fn has_fiscal_years(self) -> bool {
        matches!(self, Self::Icd10cm | Self::Icd10cmTabular)
    }

    /// Returns the document that the meanings of abbreviations are from, if rows show meanings.
    pub(crate) const fn record_layout(self) -> Option<&'static str> {
        match self {
            Self::Pfs => Some(indicators::LAYOUT),
            _ => None,
        }
    }

    pub const fn short_title(self) -> &'static str {
        match self {
            Self::Icd10cm => "ICD-10-CM",
            Self::Icd10cmTabular => "ICD-10-CM tabular list",
            Self::Hcpcs => "HCPCS Level II",
            Self::Clfs => "CMS CLFS",
            Self::Pfs => "CMS PFS",
            Self::Nucc => "NUCC",
            Self::NcciMue => "NCCI MUE",
            Self::NcciPtp => "NCCI PTP",
            Self::PlaceOfService => "CMS POS",
        }
    }

    /// Returns the license terms of the file. They are printed at import and stored in the set.
    pub const fn notice(self) -> &'static str {
        match self {
            Self::Icd10cm | Self::Icd10cmTabular => {
                "ICD-10-CM is published by NCHS and CMS for use in the United States and is in the \
                 public domain there."
            }
            Self::Hcpcs => {
                "HCPCS Level II is maintained by CMS and is in the public domain, except codes \
                 that CMS marks as owned by others (dental codes belong to the American Dental \
                 Association)."
            }
            Self::Clfs | Self::Pfs => {
                "CPT codes are copyright American Medical Association, all rights reserved; you \
                 imported this file under the AMA's terms. Its descriptors are the AMA's and were \
                 not stored. Fee schedules, relative value units and similar figures are not \
                 assigned by the AMA."
            }
            Self::Nucc => {
                "The Health Care Provider Taxonomy is copyright American Medical Association on \
                 behalf of the National Uniform Claim Committee; you imported this file under the \
                 NUCC's terms. It is for your own use and not to be passed on."
            }
            Self::NcciMue | Self::NcciPtp => {
                "CPT codes are copyright American Medical Association, all rights reserved; you \
                 imported this file under the AMA's terms, which CMS asks you to accept before the \
                 download. It is for your own use and not to be passed on."
            }
            Self::PlaceOfService => {
                "Place of service codes are maintained by CMS and are in the public domain."
            }
        }
    }
}

impl fmt::Display for SetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A word that is not the name of a kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a kind of code set; {hint}")]
pub struct ParseSetKindError {
    pub word: String,
    /// The names that may have been meant.
    pub hint: String,
}

impl FromStr for SetKind {
    type Err = ParseSetKindError;

    fn from_str(s: &str) -> Result<Self, ParseSetKindError> {
        let known = Self::ALL.map(Self::id);
        let mut kinds = Self::ALL.into_iter();
        let kind = kinds.find(|kind| kind.id().eq_ignore_ascii_case(s));
        kind.ok_or_else(|| ParseSetKindError {
            word: crate::text::sanitize(s).into_owned(),
            hint: did_you_mean(s, &known),
        })
    }
}
