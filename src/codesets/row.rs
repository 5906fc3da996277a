//! The rows of code sets, one type for each kind, and their encoding in the store.

use crate::codesets::amount::Cents;
use crate::codesets::kind::SetKind;
use crate::codesets::pfs::PfsRow;
use crate::codesets::stored_field::Field;
use crate::codesets::tabular::TabularRow;
use crate::content::Date;

/// Separates the fields of a stored row. Sanitized text has no control characters, so no field
/// contains it.
const SEPARATOR: &str = "\u{1f}";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetRow {
    Icd10cm(IcdRow),
    Icd10cmTabular(TabularRow),
    Hcpcs(HcpcsRow),
    Clfs(ClfsRow),
    Pfs(PfsRow),
    Nucc(NuccRow),
    NcciMue(MueRow),
    NcciPtp(PtpRow),
    PlaceOfService(PlaceRow),
}

/// A row of ICD-10-CM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcdRow {
    /// The code without its dot: `K922`.
    pub code: String,
    /// Whether it is valid on claims. Otherwise it is a header that groups its subcodes.
    pub billable: bool,
    /// The short description, at most 60 characters.
    pub short: String,
    pub long: String,
}

/// A row of HCPCS Level II.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HcpcsRow {
    pub code: HcpcsCode,
    /// The full description, with its continuation records joined.
    pub long: String,
    /// The short description, at most 28 characters.
    pub short: String,
    pub coverage: Option<Coverage>,
    pub added: Option<Date>,
    /// The effective date of the last change.
    pub effective: Option<Date>,
    /// The termination date, which may be in the future.
    pub terminated: Option<Date>,
    /// The action code of the last change: `A` added, `C` reworded, `D` discontinued, `N` none, …
    pub action: String,
}

/// The subject of a HCPCS row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HcpcsCode {
    /// A code: `G0439`.
    Code(String),
    /// A modifier: `GA`.
    Modifier(String),
}

/// Medicare's coverage code, from the record layout of the HCPCS file (field 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    CarrierJudgment,
    SpecialInstructions,
    NotPayable,
    NonCovered,
    NonCoveredByStatute,
}

impl Coverage {
    /// In the order of variants, with the letter in the file and the wording of the record layout.
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::CarrierJudgment, "C", "Carrier judgment"),
        (
            Self::SpecialInstructions,
            "D",
            "Special coverage instructions apply",
        ),
        (Self::NotPayable, "I", "Not payable by Medicare"),
        (Self::NonCovered, "M", "Non-covered by Medicare"),
        (
            Self::NonCoveredByStatute,
            "S",
            "Non-covered by Medicare statute",
        ),
    ];

    pub const fn letter(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    pub const fn label(self) -> &'static str {
        Self::ALL[self as usize].2
    }

    pub(crate) fn from_letter(letter: &str) -> Option<Self> {
        let (coverage, ..) = Self::ALL.into_iter().find(|entry| entry.1 == letter)?;
        Some(coverage)
    }
}

/// A row of the Clinical Laboratory Fee Schedule. Its descriptors belong to the AMA and are not
/// stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClfsRow {
    /// A CPT or HCPCS code.
    pub code: String,
    /// `QW` on the row of a CLIA-waived test.
    pub modifier: Option<String>,
    pub rate: Cents,
    pub effective: Date,
    /// `N` national, `L` local.
    pub indicator: String,
    /// The schedule's year.
    pub year: u16,
}

/// A row of the NUCC taxonomy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NuccRow {
    /// Ten characters, the last of them an X.
    pub code: String,
    /// The widest group.
    pub grouping: String,
    /// The class within the grouping.
    pub classification: String,
    /// The area within the classification; may be empty.
    pub specialization: String,
    /// The name that directories show.
    pub display: String,
    pub definition: String,
    /// `Individual` or `Non-Individual`.
    pub section: String,
}

/// A medically unlikely edit (MUE).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MueRow {
    /// A CPT or HCPCS code.
    pub code: String,
    /// The maximum number of units.
    pub units: u32,
    /// The adjudication indicator: `2 Date of Service Edit: Policy`.
    pub indicator: String,
    pub rationale: String,
}

/// A procedure-to-procedure (PTP) edit: column 2 is not paid together with column 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PtpRow {
    /// The code that is paid.
    pub column1: String,
    /// The code that is not paid.
    pub column2: String,
    pub effective: Date,
    /// The deletion date; `None` while the edit is in force.
    pub deleted: Option<Date>,
    /// `0` no modifier allowed, `1` a modifier allowed, `9` not applicable.
    pub modifier_indicator: String,
    pub rationale: String,
}

/// A place of service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// Two digits.
    pub code: String,
    /// `Facility` or `Non-Facility`; empty if the file does not state it.
    pub setting: String,
    pub name: String,
    pub description: String,
}

impl NuccRow {
    /// Returns the display name, or else classification and specialization.
    pub fn name(&self) -> String {
        match self.display.as_str() {
            "" => format!("{} {}", self.classification, self.specialization),
            name => name.to_owned(),
        }
        .trim()
        .to_owned()
    }
}

impl SetRow {
    /// Returns the key, which is unique within a set and orders its rows.
    ///
    /// It is the code; `section E08-E13` or `chapter 4` of the tabular list; `-GA` for a HCPCS modifier, `83950-QW` for a row of a fee schedule with a
    /// modifier, `83950>88271@2018-07-01` for a PTP edit.
    pub fn key(&self) -> String {
        match self {
            Self::Icd10cm(row) => row.code.clone(),
            Self::Icd10cmTabular(row) => row.key.clone(),
            Self::Hcpcs(row) => row.code.to_text(),
            Self::Clfs(row) => match &row.modifier {
                Some(modifier) => format!("{}-{modifier}", row.code),
                None => row.code.clone(),
            },
            Self::Pfs(row) => row.line(),
            Self::Nucc(row) => row.code.clone(),
            Self::NcciMue(row) => row.code.clone(),
            Self::NcciPtp(row) => format!("{}>{}@{}", row.column1, row.column2, row.effective),
            Self::PlaceOfService(row) => row.code.clone(),
        }
    }

    /// Returns a second key that finds the row: a PTP edit is also found by its column 2 code.
    pub(crate) fn secondary_key(&self) -> Option<String> {
        let Self::NcciPtp(row) = self else {
            return None;
        };
        Some(format!("{}<{}@{}", row.column2, row.column1, row.effective))
    }

    /// Returns the name and the text of each field, as they are shown: amounts in dollars.
    pub fn shown_fields(&self) -> Vec<(&'static str, String)> {
        let shown = |(name, text): (&'static str, String)| match name {
            "cents" => {
                let rate = Cents::from_text(&text).map(|rate| rate.to_string());
                ("rate", rate.unwrap_or(text))
            }
            "notes" => ("notes", text.replace('\n', "; ")),
            name => (name, text),
        };
        self.fields().into_iter().map(shown).collect()
    }

    /// Encodes the fields, in order, as text.
    pub(crate) fn encode(&self) -> String {
        let fields: Vec<String> = self.fields().into_iter().map(|(_, text)| text).collect();
        fields.join(SEPARATOR)
    }
}

impl Field for Coverage {
    fn to_text(&self) -> String {
        self.letter().to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::from_letter(text)
    }
}

impl Field for HcpcsCode {
    fn to_text(&self) -> String {
        match self {
            Self::Code(code) => code.clone(),
            Self::Modifier(modifier) => format!("-{modifier}"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(match text.strip_prefix('-') {
            Some(modifier) => Self::Modifier(modifier.to_owned()),
            None => Self::Code(text.to_owned()),
        })
    }
}

/// Defines [`SetRow::fields`] and [`SetRow::decode`] from a table of the fields of each kind, in
/// the order in which they are stored.
macro_rules! fields_of_kinds {
    ($($kind:ident($row:ident) { $($name:literal: $field:ident),* })*) => {
        impl SetRow {
            pub const fn kind(&self) -> SetKind {
                match self {
                    $(Self::$kind(_) => SetKind::$kind,)*
                }
            }

            /// Returns the name and the text of each field, as they are stored.
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$kind(row) => vec![$(($name, row.$field.to_text())),*],)*
                }
            }

            /// Decodes a row of a kind; `None` if the text is not one.
            pub(crate) fn decode(kind: SetKind, text: &str) -> Option<Self> {
                let mut texts = text.split(SEPARATOR);
                let row = match kind {
                    $(SetKind::$kind => Self::$kind($row {
                        $($field: Field::from_text(texts.next()?)?),*
                    }),)*
                };
                texts.next().is_none().then_some(row)
            }
        }
    };
}

fields_of_kinds! {
    Icd10cm(IcdRow) { "code": code, "billable": billable, "short": short, "long": long }
    Icd10cmTabular(TabularRow) {
        "code": key, "title": title, "parent": parent, "notes": notes
    }
    Hcpcs(HcpcsRow) {
        "code": code, "long": long, "short": short, "coverage": coverage, "added": added,
        "effective": effective, "terminated": terminated, "action": action
    }
    Clfs(ClfsRow) {
        "code": code, "modifier": modifier, "cents": rate, "effective": effective,
        "indicator": indicator, "year": year
    }
    Pfs(PfsRow) {
        "code": code, "modifier": modifier, "status": status, "work": work,
        "non_facility_expense": non_facility_expense, "non_facility_na": non_facility_na,
        "facility_expense": facility_expense, "facility_na": facility_na,
        "malpractice": malpractice, "non_facility_total": non_facility_total,
        "facility_total": facility_total, "pc_tc": pc_tc, "global": global,
        "preoperative": preoperative, "intraoperative": intraoperative,
        "postoperative": postoperative, "multiple": multiple, "bilateral": bilateral,
        "assistant": assistant, "co_surgeons": co_surgeons, "team": team,
        "endoscopic_base": endoscopic_base, "conversion_factor": conversion_factor
    }
    Nucc(NuccRow) {
        "code": code, "grouping": grouping, "classification": classification,
        "specialization": specialization, "display": display, "definition": definition,
        "section": section
    }
    NcciMue(MueRow) {
        "code": code, "units": units, "indicator": indicator, "rationale": rationale
    }
    NcciPtp(PtpRow) {
        "column1": column1, "column2": column2, "effective": effective, "deleted": deleted,
        "modifier": modifier_indicator, "rationale": rationale
    }
    PlaceOfService(PlaceRow) {
        "code": code, "setting": setting, "name": name, "description": description
    }
}
