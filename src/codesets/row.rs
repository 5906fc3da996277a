//! The rows of code sets, one type for each kind, and their encoding in the store.

use std::fmt;

use crate::codesets::kind::SetKind;
use crate::content::{AsOf, Date};

/// Separates the fields of a stored row. Sanitized text has no control characters, so no field
/// contains it.
const SEPARATOR: &str = "\u{1f}";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetRow {
    Icd10cm(IcdRow),
    Hcpcs(HcpcsRow),
    Clfs(ClfsRow),
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

/// An amount of dollars, exact to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub u64);

impl Cents {
    /// Parses an amount as fee schedules write it, `00064.41`, `51.3`, `99`, or as spreadsheets
    /// show it: `$1,064.40`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('$').unwrap_or(text).trim();
        let (dollars, cents) = text.split_once('.').unwrap_or((text, ""));
        // Thousands are groups of three digits, so `64,41` is no amount.
        let mut groups = dollars.split(',');
        let head = groups.next().unwrap_or_default();
        let is_grouped = dollars.len() > head.len();
        if is_grouped && (!(1..=3).contains(&head.len()) || groups.any(|group| group.len() != 3)) {
            return None;
        }
        let dollars = dollars.replace(',', "");
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if dollars.is_empty() || !digits(&dollars) || !digits(cents) || cents.len() > 2 {
            return None;
        }
        let dollars: u64 = dollars.parse().ok()?;
        let cents: u64 = format!("{cents:0<2}").parse().ok()?;
        Some(Self(dollars.checked_mul(100)?.checked_add(cents)?))
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}.{:02}", self.0 / 100, self.0 % 100)
    }
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

impl SetRow {
    /// Returns the key, which is unique within a set and orders its rows.
    ///
    /// It is the code; `-GA` for a HCPCS modifier, `83950-QW` for a CLFS row with a modifier,
    /// `83950>88271@2018-07-01` for a PTP edit.
    pub fn key(&self) -> String {
        match self {
            Self::Icd10cm(row) => row.code.clone(),
            Self::Hcpcs(row) => row.code.to_text(),
            Self::Clfs(row) => match &row.modifier {
                Some(modifier) => format!("{}-{modifier}", row.code),
                None => row.code.clone(),
            },
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

/// A field of a row. Its text form is stored, and shown where two editions are compared.
trait Field: Sized {
    fn to_text(&self) -> String;
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! fields {
    ($($type:ty: $to_text:expr, $from_text:expr;)*) => {$(
        impl Field for $type {
            fn to_text(&self) -> String {
                let to_text: fn(&Self) -> String = $to_text;
                to_text(self)
            }

            fn from_text(text: &str) -> Option<Self> {
                let from_text: fn(&str) -> Option<Self> = $from_text;
                from_text(text)
            }
        }
    )*};
}

fields! {
    String: Self::clone, |text| Some(text.to_owned());
    u16: ToString::to_string, |text| text.parse().ok();
    u32: ToString::to_string, |text| text.parse().ok();
    bool: |is_set| (if *is_set { "yes" } else { "no" }).to_owned(), |text| Some(text == "yes");
    Cents: |amount| amount.0.to_string(), |text| text.parse().ok().map(Self);
    Coverage: |coverage| coverage.letter().to_owned(), Self::from_letter;
    Date: ToString::to_string, |text| match text.parse() {
        Ok(AsOf::Day(date)) => Some(date),
        _ => None,
    };
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

impl<T: Field> Field for Option<T> {
    fn to_text(&self) -> String {
        self.as_ref().map(T::to_text).unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "" => Some(None),
            text => T::from_text(text).map(Some),
        }
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
    Hcpcs(HcpcsRow) {
        "code": code, "long": long, "short": short, "coverage": coverage, "added": added,
        "effective": effective, "terminated": terminated, "action": action
    }
    Clfs(ClfsRow) {
        "code": code, "modifier": modifier, "cents": rate, "effective": effective,
        "indicator": indicator, "year": year
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
