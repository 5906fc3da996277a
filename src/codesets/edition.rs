//! The edition of a set, and the days on which it is in force.
//!
//! The name of an edition tells its first day. ICD-10-CM has fiscal years from October 1 on, with
//! an update on April 1; HCPCS, the CLFS and NCCI have quarters; the NUCC publishes in January and
//! July. `import::stated_edition` finds the name in a file and its name.

use serde::{Deserialize, Serialize};

use crate::codesets::kind::SetKind;
use crate::content::{AsOf, Date};
use crate::text::sanitize;

/// The maximum length of an edition's name, in bytes. It is part of a file name.
const MAX_NAME_LEN: usize = 40;

/// NCCI's version 1.0 would have been in force from January of this year: version 30.2 is from
/// July 2024.
const NCCI_BASE_YEAR: u16 = 1994;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// A name that is valid in a file name: `2025`, `2025-q2`, `practitioner-2024-07-01`,
    /// `unknown-1a2b3c4d`.
    pub name: String,
    /// Whether the file, its name or the user stated the edition.
    pub stated: bool,
}

/// One of the tables that make up an edition of NCCI's edits, by the setting that bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EditTable {
    Practitioner,
    Hospital,
    Supplier,
}

impl EditTable {
    pub const ALL: [Self; 3] = [Self::Practitioner, Self::Hospital, Self::Supplier];

    /// The beginning of an edition's name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Hospital => "hospital",
            Self::Supplier => "supplier",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Hospital => "outpatient hospital",
            Self::Supplier => "DME supplier",
        }
    }
}

/// A text that is not a valid name of an edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a valid edition name; use letters, digits, dots and hyphens, at most {MAX_NAME_LEN}"
)]
pub struct EditionError(String);

impl Edition {
    /// Makes the edition that the user names.
    pub fn from_name(name: &str) -> Result<Self, EditionError> {
        let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts_well || name.len() > MAX_NAME_LEN || !name.chars().all(is_valid) {
            return Err(EditionError(sanitize(name).into_owned()));
        }
        Ok(Self::stated(name.to_ascii_lowercase()))
    }

    pub(crate) const fn stated(name: String) -> Self {
        Self { name, stated: true }
    }

    /// Makes the edition of a file that does not state one. The digest of the file names it.
    pub(crate) fn unknown(digest: &str) -> Self {
        let digest = digest.get(..8).unwrap_or(digest);
        let name = format!("unknown-{digest}");
        Self {
            name,
            stated: false,
        }
    }

    /// Adds the table to the name, unless the name begins with one.
    #[must_use]
    pub(crate) fn with_table(self, table: Option<EditTable>) -> Self {
        match table {
            Some(table) if self.table().is_none() => Self {
                name: format!("{}-{}", table.id(), self.name),
                ..self
            },
            _ => self,
        }
    }

    /// Splits the name into the table and the period.
    fn split(&self) -> (Option<EditTable>, &str) {
        let mut tables = EditTable::ALL.into_iter();
        let split = tables.find_map(|table| {
            let period = self.name.strip_prefix(table.id())?.strip_prefix('-')?;
            Some((Some(table), period))
        });
        split.unwrap_or((None, &self.name))
    }

    pub fn table(&self) -> Option<EditTable> {
        self.split().0
    }

    /// The name without the table: `2025`, `2024-07-01`, `v302r0`.
    pub fn period(&self) -> &str {
        self.split().1
    }

    /// Returns the label for readers: `edition 2025`, `practitioner, edition v302r0`, or
    /// `unknown edition, digest 1a2b3c4d`.
    pub fn label(&self) -> String {
        let (table, period) = self.split();
        let label = match period.strip_prefix("unknown-") {
            Some(digest) if !self.stated => format!("unknown edition, digest {digest}"),
            _ => format!("edition {period}"),
        };
        match table {
            Some(table) => format!("{}, {label}", table.label()),
            None => label,
        }
    }

    /// Returns the date in the name, or else the first day.
    pub fn as_of(&self, kind: SetKind) -> AsOf {
        let first_day = || self.first_day(kind).map_or(AsOf::Unknown, AsOf::Day);
        match self.period().parse() {
            Ok(AsOf::Unknown) | Err(_) => first_day(),
            Ok(date) => date,
        }
    }

    /// Returns the first day on which the edition is in force; `None` if its name does not tell.
    pub fn first_day(&self, kind: SetKind) -> Option<Date> {
        let period = self.period();
        let year = period.strip_prefix("fy").unwrap_or(period);
        match (kind, year.parse()) {
            // Fiscal years begin in the October before.
            (kind, Ok(AsOf::Year(year))) if kind.has_fiscal_years() => {
                Date::new(year.checked_sub(1)?, 10, 1)
            }
            (_, Ok(AsOf::Year(year))) => Date::new(year, 1, 1),
            (_, Ok(AsOf::Month(year, month))) => Date::new(year, month, 1),
            (_, Ok(AsOf::Day(day))) => Some(day),
            (SetKind::Nucc, _) => nucc_first_day(period),
            (SetKind::NcciPtp, _) if period.starts_with('v') => ptp_first_day(period),
            (_, _) => {
                let (year, quarter) = period.split_once("-q")?;
                quarter_first_day(year.parse().ok()?, quarter.parse().ok()?)
            }
        }
    }

    /// Returns the last day before the publisher's next regular edition; `None` if that is not
    /// known.
    pub fn last_day(&self, kind: SetKind) -> Option<Date> {
        let first = self.first_day(kind)?;
        let next = match (kind, self.period().parse()) {
            (SetKind::PlaceOfService, _) => return None,
            (kind, _) if kind.has_fiscal_years() => {
                Date::new(first.year() + u16::from(first.month() >= 10), 10, 1)
            }
            (_, Ok(AsOf::Year(year))) => Date::new(year + 1, 1, 1),
            (SetKind::Nucc, _) => first.first_of_month_after(6),
            _ => first.first_of_month_after(3),
        };
        next?.previous_day()
    }
}

/// Version 25.1 is from July 2025.
fn nucc_first_day(version: &str) -> Option<Date> {
    let (year, half) = version.split_once('.')?;
    let month = match half {
        "0" => 1,
        "1" => 7,
        _ => return None,
    };
    Date::new(2000 + year.parse::<u8>().ok().map(u16::from)?, month, 1)
}

/// Version `v302r0`, which is 30.2, is from July 2024.
fn ptp_first_day(version: &str) -> Option<Date> {
    let (version, _) = version.strip_prefix('v')?.split_once('r')?;
    let version: u16 = version.parse().ok()?;
    let year = NCCI_BASE_YEAR.checked_add(version / 10)?;
    quarter_first_day(year, u8::try_from(version % 10).ok()? + 1)
}

fn quarter_first_day(year: u16, quarter: u8) -> Option<Date> {
    (1..=4)
        .contains(&quarter)
        .then(|| Date::new(year, quarter * 3 - 2, 1))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(kind: SetKind, name: &str) -> [String; 2] {
        let edition = Edition::from_name(name).unwrap();
        [edition.first_day(kind), edition.last_day(kind)]
            .map(|day| day.map(|day| day.to_string()).unwrap_or_default())
    }

    #[test]
    fn edition_is_in_force_from_its_first_to_its_last_day() {
        use SetKind::{Clfs, Hcpcs, Icd10cm, NcciMue, NcciPtp, Nucc, PlaceOfService};
        for (kind, name, first, last) in [
            (Icd10cm, "2026", "2025-10-01", "2026-09-30"),
            (Icd10cm, "FY2026", "2025-10-01", "2026-09-30"),
            (Icd10cm, "2026-04", "2026-04-01", "2026-09-30"),
            (Icd10cm, "2025-10", "2025-10-01", "2026-09-30"),
            (Hcpcs, "2019", "2019-01-01", "2019-12-31"),
            (Hcpcs, "2026-01", "2026-01-01", "2026-03-31"),
            (Hcpcs, "2026-10", "2026-10-01", "2026-12-31"),
            (Clfs, "2025-q1", "2025-01-01", "2025-03-31"),
            (Clfs, "2025-q4", "2025-10-01", "2025-12-31"),
            (Clfs, "2025-q0", "", ""),
            (Clfs, "2025-q5", "", ""),
            (
                NcciMue,
                "practitioner-2024-07-01",
                "2024-07-01",
                "2024-09-30",
            ),
            (NcciPtp, "hospital-v302r0", "2024-07-01", "2024-09-30"),
            (NcciPtp, "v313r1", "2025-10-01", "2025-12-31"),
            (NcciPtp, "v304r0", "", ""),
            (Nucc, "25.0", "2025-01-01", "2025-06-30"),
            (Nucc, "25.1", "2025-07-01", "2025-12-31"),
            (Nucc, "25.2", "", ""),
            (PlaceOfService, "2025", "2025-01-01", ""),
            (Icd10cm, "spring", "", ""),
            (Icd10cm, "0000", "", ""),
        ] {
            assert_eq!(days(kind, name), [first, last], "{kind} {name}");
        }
    }

    #[test]
    fn label_names_the_table() {
        let label = |name: &str| Edition::from_name(name).unwrap().label();
        assert_eq!(label("2025"), "edition 2025");
        assert_eq!(
            label("supplier-2024-07-01"),
            "DME supplier, edition 2024-07-01"
        );
        let unknown = Edition::unknown("1a2b3c4d5e6f").with_table(Some(EditTable::Hospital));
        let expected = "outpatient hospital, unknown edition, digest 1a2b3c4d";
        assert_eq!(unknown.label(), expected);
        let named = Edition::from_name("hospital-x").unwrap();
        assert_eq!(
            named.with_table(Some(EditTable::Hospital)).name,
            "hospital-x"
        );
    }

    #[test]
    fn edition_name_is_valid_in_a_file_name() {
        assert_eq!(Edition::from_name("FY2026").unwrap().name, "fy2026");
        assert_eq!(
            Edition::from_name("2026-04")
                .unwrap()
                .as_of(SetKind::Icd10cm),
            AsOf::Month(2026, 4)
        );
        for name in ["", "../x", "a/b", "a b", ".hidden", "é", &"x".repeat(41)] {
            assert!(Edition::from_name(name).is_err(), "{name}");
        }
    }
}
