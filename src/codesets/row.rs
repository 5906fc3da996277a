//! Defines the rows of code sets, typed by kind, and how each is written down in the store.

use std::fmt;

use crate::codesets::kind::SetKind;
use crate::content::{AsOf, Date};

/// What separates the fields of a stored row. Sanitised text has no control characters, so that
/// none of it can be mistaken for one.
const SEPARATOR: char = '\u{1f}';

/// One row of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetRow {
    /// A diagnosis.
    Icd10cm(IcdRow),
    /// A supply, a service or a modifier.
    Hcpcs(HcpcsRow),
    /// A laboratory rate.
    Clfs(ClfsRow),
    /// A specialty.
    Nucc(NuccRow),
    /// The most units a day.
    NcciMue(MueRow),
    /// Two codes that are not paid together.
    NcciPtp(PtpRow),
    /// A place of service.
    PlaceOfService(PlaceRow),
}

/// A row of ICD-10-CM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcdRow {
    /// The code without its dot: `K922`.
    pub code: String,
    /// Whether claims may carry it; a header only groups the codes below it.
    pub billable: bool,
    /// The short description, of at most 60 characters.
    pub short: String,
    /// The description in full.
    pub long: String,
}

/// A row of HCPCS Level II.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HcpcsRow {
    /// The code or modifier.
    pub code: HcpcsCode,
    /// The description in full, its continuation records joined.
    pub long: String,
    /// The short description, of at most 28 characters.
    pub short: String,
    /// What Medicare says on coverage.
    pub coverage: Option<Coverage>,
    /// When the code was added.
    pub added: Option<Date>,
    /// Since when the last change holds.
    pub effective: Option<Date>,
    /// When it ended, or will.
    pub terminated: Option<Date>,
    /// The last change's letter: `A` added, `C` reworded, `D` discontinued, `N` none, …
    pub action: String,
}

/// What a HCPCS row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HcpcsCode {
    /// A code: `G0439`.
    Code(String),
    /// A modifier: `GA`.
    Modifier(String),
}

/// Medicare's coverage code, after the record layout of the HCPCS file (field 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// `C`.
    CarrierJudgment,
    /// `D`.
    SpecialInstructions,
    /// `I`.
    NotPayable,
    /// `M`.
    NonCovered,
    /// `S`.
    NonCoveredByStatute,
}

impl Coverage {
    const ALL: [Self; 5] = [
        Self::CarrierJudgment,
        Self::SpecialInstructions,
        Self::NotPayable,
        Self::NonCovered,
        Self::NonCoveredByStatute,
    ];

    /// Returns the letter of the file.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::CarrierJudgment => "C",
            Self::SpecialInstructions => "D",
            Self::NotPayable => "I",
            Self::NonCovered => "M",
            Self::NonCoveredByStatute => "S",
        }
    }

    /// Returns the record layout's own words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CarrierJudgment => "Carrier judgment",
            Self::SpecialInstructions => "Special coverage instructions apply",
            Self::NotPayable => "Not payable by Medicare",
            Self::NonCovered => "Non-covered by Medicare",
            Self::NonCoveredByStatute => "Non-covered by Medicare statute",
        }
    }

    /// Returns the coverage that a letter stands for.
    pub(crate) fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.letter() == letter)
    }
}

/// A row of the Clinical Laboratory Fee Schedule. The descriptors are the AMA's and not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClfsRow {
    /// The CPT or HCPCS code.
    pub code: String,
    /// `QW`, on the line of a waived test.
    pub modifier: Option<String>,
    /// The rate.
    pub rate: Cents,
    /// Since when it holds.
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
    /// Reads an amount as fee schedules write it: `00064.41`, `51.3`, `99`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (dollars, cents) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if dollars.is_empty() || !digits(dollars) || !digits(cents) || cents.len() > 2 {
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
    /// The code: ten characters, of which the last is an X.
    pub code: String,
    /// The widest group.
    pub grouping: String,
    /// The class within it.
    pub classification: String,
    /// The area within that, where there is one.
    pub specialization: String,
    /// The name that directories show.
    pub display: String,
    /// What it is.
    pub definition: String,
    /// `Individual` or `Non-Individual`.
    pub section: String,
}

/// A medically unlikely edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MueRow {
    /// The CPT or HCPCS code.
    pub code: String,
    /// The most units that are paid.
    pub units: u32,
    /// How the edit is applied: `2 Date of Service Edit: Policy`.
    pub indicator: String,
    /// Why.
    pub rationale: String,
}

/// A procedure-to-procedure edit: the second code is not paid beside the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PtpRow {
    /// The code that is paid.
    pub column1: String,
    /// The code that is not.
    pub column2: String,
    /// Since when.
    pub effective: Date,
    /// Until when; in force where there is none.
    pub deleted: Option<Date>,
    /// `0` no modifier helps, `1` one may, `9` not applicable.
    pub modifier_indicator: String,
    /// Why.
    pub rationale: String,
}

/// A place of service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// Two digits.
    pub code: String,
    /// `Facility` or `Non-Facility`, where the file says so.
    pub setting: String,
    /// The name.
    pub name: String,
    /// What it is.
    pub description: String,
}

impl SetRow {
    /// Returns the key, which orders the rows of a set and differs within it.
    ///
    /// It is the code; a HCPCS modifier is `-GA`, a line with a modifier `83950-QW`, a pair
    /// `83950>88271@2018-07-01`.
    pub fn key(&self) -> String {
        match self {
            Self::Icd10cm(row) => row.code.clone(),
            Self::Hcpcs(row) => match &row.code {
                HcpcsCode::Code(code) => code.clone(),
                HcpcsCode::Modifier(modifier) => format!("-{modifier}"),
            },
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

    /// Returns the key under which the row is found as well: a pair by its second code.
    pub(crate) fn secondary_key(&self) -> Option<String> {
        match self {
            Self::NcciPtp(row) => {
                Some(format!("{}<{}@{}", row.column2, row.column1, row.effective))
            }
            _ => None,
        }
    }

    /// Returns the fields with their names, as the store keeps them and differences name them.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let day = |date: &Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        match self {
            Self::Icd10cm(row) => vec![
                ("code", row.code.clone()),
                (
                    "billable",
                    (if row.billable { "yes" } else { "no" }).to_owned(),
                ),
                ("short", row.short.clone()),
                ("long", row.long.clone()),
            ],
            Self::Hcpcs(row) => vec![
                ("code", self.key()),
                ("long", row.long.clone()),
                ("short", row.short.clone()),
                (
                    "coverage",
                    row.coverage.map_or("", Coverage::letter).to_owned(),
                ),
                ("added", day(&row.added)),
                ("effective", day(&row.effective)),
                ("terminated", day(&row.terminated)),
                ("action", row.action.clone()),
            ],
            Self::Clfs(row) => vec![
                ("code", row.code.clone()),
                ("modifier", row.modifier.clone().unwrap_or_default()),
                ("cents", row.rate.0.to_string()),
                ("effective", row.effective.to_string()),
                ("indicator", row.indicator.clone()),
                ("year", row.year.to_string()),
            ],
            Self::Nucc(row) => vec![
                ("code", row.code.clone()),
                ("grouping", row.grouping.clone()),
                ("classification", row.classification.clone()),
                ("specialization", row.specialization.clone()),
                ("display", row.display.clone()),
                ("definition", row.definition.clone()),
                ("section", row.section.clone()),
            ],
            Self::NcciMue(row) => vec![
                ("code", row.code.clone()),
                ("units", row.units.to_string()),
                ("indicator", row.indicator.clone()),
                ("rationale", row.rationale.clone()),
            ],
            Self::NcciPtp(row) => vec![
                ("column1", row.column1.clone()),
                ("column2", row.column2.clone()),
                ("effective", row.effective.to_string()),
                ("deleted", day(&row.deleted)),
                ("modifier", row.modifier_indicator.clone()),
                ("rationale", row.rationale.clone()),
            ],
            Self::PlaceOfService(row) => vec![
                ("code", row.code.clone()),
                ("setting", row.setting.clone()),
                ("name", row.name.clone()),
                ("description", row.description.clone()),
            ],
        }
    }

    /// Writes the row down for the store.
    pub(crate) fn encode(&self) -> String {
        let mut out = String::new();
        for (index, (_, text)) in self.fields().iter().enumerate() {
            if index > 0 {
                out.push(SEPARATOR);
            }
            out.push_str(text);
        }
        out
    }

    /// Reads a row of the store; nothing where it is none of this kind.
    pub(crate) fn decode(kind: SetKind, text: &str) -> Option<Self> {
        let mut parts = text.split(SEPARATOR).map(str::to_owned);
        let mut next = || parts.next();
        let row = match kind {
            SetKind::Icd10cm => Self::Icd10cm(IcdRow {
                code: next()?,
                billable: next()? == "yes",
                short: next()?,
                long: next()?,
            }),
            SetKind::Hcpcs => {
                let code = next()?;
                Self::Hcpcs(HcpcsRow {
                    code: match code.strip_prefix('-') {
                        Some(modifier) => HcpcsCode::Modifier(modifier.to_owned()),
                        None => HcpcsCode::Code(code),
                    },
                    long: next()?,
                    short: next()?,
                    coverage: Coverage::from_letter(&next()?),
                    added: parse_date(&next()?),
                    effective: parse_date(&next()?),
                    terminated: parse_date(&next()?),
                    action: next()?,
                })
            }
            SetKind::Clfs => Self::Clfs(ClfsRow {
                code: next()?,
                modifier: next().filter(|modifier| !modifier.is_empty()),
                rate: Cents(next()?.parse().ok()?),
                effective: parse_date(&next()?)?,
                indicator: next()?,
                year: next()?.parse().ok()?,
            }),
            SetKind::Nucc => Self::Nucc(NuccRow {
                code: next()?,
                grouping: next()?,
                classification: next()?,
                specialization: next()?,
                display: next()?,
                definition: next()?,
                section: next()?,
            }),
            SetKind::NcciMue => Self::NcciMue(MueRow {
                code: next()?,
                units: next()?.parse().ok()?,
                indicator: next()?,
                rationale: next()?,
            }),
            SetKind::NcciPtp => Self::NcciPtp(PtpRow {
                column1: next()?,
                column2: next()?,
                effective: parse_date(&next()?)?,
                deleted: parse_date(&next()?),
                modifier_indicator: next()?,
                rationale: next()?,
            }),
            SetKind::PlaceOfService => Self::PlaceOfService(PlaceRow {
                code: next()?,
                setting: next()?,
                name: next()?,
                description: next()?,
            }),
        };
        next().is_none().then_some(row)
    }
}

/// Reads a date as the store writes it: `2025-01-01`.
fn parse_date(text: &str) -> Option<Date> {
    match text.parse() {
        Ok(AsOf::Day(date)) => Some(date),
        _ => None,
    }
}
