//! The edition of a set: stated by the file, by its name or by the user, or unknown.

use serde::{Deserialize, Serialize};

use crate::codesets::kind::SetKind;
use crate::content::{AsOf, Date};
use crate::text::sanitize;

/// The maximum length of an edition's name, in bytes. It is part of a file name.
const MAX_NAME_LEN: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// A name that is valid in a file name: `2025`, `2025-q2`, `practitioner-2024-07-01`,
    /// `unknown-1a2b3c4d`.
    pub name: String,
    /// Whether the file, its name or the user stated the edition.
    pub stated: bool,
    /// The date of the edition, in the form of [`AsOf`].
    as_of: String,
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
        let name = name.to_ascii_lowercase();
        let as_of = name.parse().unwrap_or_default();
        Ok(Self::new(name, as_of))
    }

    fn new(name: String, as_of: AsOf) -> Self {
        Self {
            name,
            stated: true,
            as_of: match as_of {
                AsOf::Unknown => "unknown".to_owned(),
                known => known.to_string(),
            },
        }
    }

    pub fn as_of(&self) -> AsOf {
        self.as_of.parse().unwrap_or_default()
    }

    /// Returns the label for readers: `edition 2025`, or `unknown edition, digest 1a2b3c4d`.
    pub fn label(&self) -> String {
        if self.stated {
            format!("edition {}", self.name)
        } else {
            let digest = self.name.strip_prefix("unknown-").unwrap_or(&self.name);
            format!("unknown edition, digest {digest}")
        }
    }

    /// Makes the edition of a file that does not state one. The digest of the file names it.
    pub(crate) fn unknown(digest: &str) -> Self {
        let digest = digest.get(..8).unwrap_or(digest);
        Self {
            stated: false,
            ..Self::new(format!("unknown-{digest}"), AsOf::Unknown)
        }
    }

    /// Detects the edition from a file's content (`year`, the latest effective date and `table`)
    /// and its name; `None` if they do not state it.
    ///
    /// Names of CMS files: `icd10cm-order-2025.txt`, `HCPC2026_JAN_ANWEB.txt`, `25CLABQ2.csv`,
    /// `PPRRVU25_OCT.csv`, `MCR_MUE_PractitionerServices_Eff_07-01-2024.csv`, `ccipra-v302r0-f1.txt`. The NUCC names
    /// version 25.1 `nucc_taxonomy_251.csv`.
    pub(crate) fn detect(
        kind: SetKind,
        file_name: &str,
        year: Option<u16>,
        latest: Option<Date>,
        table: Option<&str>,
    ) -> Option<Self> {
        let tokens = tokens(file_name);
        let (period, as_of) = match kind {
            SetKind::Clfs => {
                let (year, latest) = year.zip(latest)?;
                let quarter = quarter_from_tokens(&tokens);
                let quarter = quarter.unwrap_or_else(|| latest.month().div_ceil(3));
                (format!("{year}-q{quarter}"), AsOf::Day(latest))
            }
            SetKind::Pfs => match year.zip(latest) {
                Some((year, start)) => month_of(year, start.month()),
                None => date_from_tokens(&tokens).or_else(|| relative_value_month(&tokens))?,
            },
            SetKind::Nucc => (nucc_version(&tokens)?, AsOf::Unknown),
            SetKind::NcciPtp => match ptp_version(&tokens) {
                Some(version) => (version, AsOf::Unknown),
                None => date_from_tokens(&tokens)?,
            },
            _ => date_from_tokens(&tokens)?,
        };
        Some(match table {
            Some(table) => Self::new(format!("{table}-{period}"), as_of),
            None => Self::new(period, as_of),
        })
    }
}

/// Splits a name into runs of letters and runs of digits, in lowercase.
fn tokens(name: &str) -> Vec<String> {
    let class = |b: &u8| (b.is_ascii_alphabetic(), b.is_ascii_digit());
    let name = name.to_ascii_lowercase();
    let runs = name.as_bytes().chunk_by(|a, b| class(a) == class(b));
    runs.filter(|run| run[0].is_ascii_alphanumeric())
        .map(|run| String::from_utf8_lossy(run).into_owned())
        .collect()
}

/// Returns the year, month or day in a file name.
fn date_from_tokens(tokens: &[String]) -> Option<(String, AsOf)> {
    let is_year = |token: &String| token.len() == 4 && token.starts_with("20");
    let at = tokens.iter().position(is_year)?;
    let year: u16 = tokens[at].parse().ok()?;
    // 07-01-2024
    if let [.., month, day] = &tokens[..at]
        && (month.len(), day.len()) == (2, 2)
        && let (Ok(month), Ok(day)) = (month.parse(), day.parse())
        && let Some(day) = Date::new(year, month, day)
    {
        return Some((day.to_string(), AsOf::Day(day)));
    }
    let neighbors = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    let mut neighbors = neighbors.filter_map(|index| tokens.get(index));
    Some(match neighbors.find_map(|token| parse_month(token)) {
        Some(month) => month_of(year, month),
        None => match quarter_from_tokens(tokens) {
            Some(quarter) => (format!("{year}-q{quarter}"), AsOf::Year(year)),
            None => (year.to_string(), AsOf::Year(year)),
        },
    })
}

fn month_of(year: u16, month: u8) -> (String, AsOf) {
    (format!("{year}-{month:02}"), AsOf::Month(year, month))
}

/// Returns the month in `PPRRVU25_OCT`.
fn relative_value_month(tokens: &[String]) -> Option<(String, AsOf)> {
    let at = tokens.iter().position(|token| token == "pprrvu")?;
    let year: u16 = tokens
        .get(at + 1)?
        .parse()
        .ok()
        .filter(|year| *year < 100)?;
    Some(month_of(2000 + year, parse_month(tokens.get(at + 2)?)?))
}

/// Parses the name of a month, in full or its first three letters.
fn parse_month(word: &str) -> Option<u8> {
    const MONTHS: &str = "january february march april may june july august september october \
                          november december";
    let is_month = |month: &str| month == word || month.get(..3) == Some(word);
    let mut months = (1..).zip(MONTHS.split(' '));
    months.find_map(|(number, month)| is_month(month).then_some(number))
}

/// Returns the quarter in `q2` or `CLABQ2`.
fn quarter_from_tokens(tokens: &[String]) -> Option<u8> {
    tokens.windows(2).find_map(|pair| {
        let quarter: u8 = pair[1].parse().ok()?;
        (pair[0].ends_with('q') && (1..=4).contains(&quarter)).then_some(quarter)
    })
}

/// Returns the version in `nucc_taxonomy_251`: `25.1`.
fn nucc_version(tokens: &[String]) -> Option<String> {
    tokens.windows(2).find_map(|pair| {
        let (word, version) = (&pair[0], &pair[1]);
        let is_version = word == "taxonomy" && version.len() == 3 && version.parse::<u16>().is_ok();
        is_version.then(|| format!("{}.{}", &version[..2], &version[2..]))
    })
}

/// Returns the version in `ccipra-v302r0-f1`: `practitioner-v302r0`. Practitioners and hospitals
/// have separate tables.
fn ptp_version(tokens: &[String]) -> Option<String> {
    let version = tokens.windows(4).find_map(|part| {
        (part[0] == "v" && part[2] == "r").then(|| format!("v{}r{}", part[1], part[3]))
    })?;
    let table = |prefix: &str| tokens.iter().any(|token| token == prefix);
    Some(if table("ccipra") {
        format!("practitioner-{version}")
    } else if table("ccioph") {
        format!("hospital-{version}")
    } else {
        version
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(kind: SetKind, name: &str) -> Option<(String, String)> {
        let edition = Edition::detect(kind, name, None, None, None)?;
        Some((edition.name.clone(), edition.as_of().to_string()))
    }

    #[test]
    fn edition_is_read_from_file_name() {
        for (kind, name, edition, as_of) in [
            (SetKind::Icd10cm, "icd10cm-order-2025.txt", "2025", "2025"),
            (
                SetKind::Icd10cm,
                "icd10cm-order-April-2025.txt",
                "2025-04",
                "2025-04",
            ),
            (
                SetKind::Hcpcs,
                "HCPC2026_JAN_ANWEB.txt",
                "2026-01",
                "2026-01",
            ),
            (
                SetKind::NcciMue,
                "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
                "2024-07-01",
                "2024-07-01",
            ),
            (
                SetKind::NcciPtp,
                "ccipra-v302r0-f1.txt",
                "practitioner-v302r0",
                "no date",
            ),
            (SetKind::Pfs, "pprrvu-2025-oct.csv", "2025-10", "2025-10"),
            (SetKind::Pfs, "PPRRVU25_OCT.txt", "2025-10", "2025-10"),
            (SetKind::Nucc, "nucc_taxonomy_251.csv", "25.1", "no date"),
        ] {
            let expected = Some((edition.to_owned(), as_of.to_owned()));
            assert_eq!(detected(kind, name), expected, "{name}");
        }
    }

    #[test]
    fn file_name_without_edition_yields_none() {
        for (kind, name) in [
            (SetKind::Icd10cm, "order.txt"),
            (SetKind::PlaceOfService, "place-of-service.csv"),
            (SetKind::Nucc, "nucc-format-sample.csv"),
            (SetKind::Clfs, "clfs-2025-q2.csv"),
        ] {
            assert_eq!(detected(kind, name), None, "{name}");
        }
        let unknown = Edition::unknown("1a2b3c4d5e6f");
        assert_eq!(unknown.label(), "unknown edition, digest 1a2b3c4d");
    }

    #[test]
    fn clfs_edition_comes_from_year_and_effective_date() {
        let latest = Date::new(2025, 4, 1);
        let edition =
            |name| Edition::detect(SetKind::Clfs, name, Some(2025), latest, None).unwrap();
        assert_eq!(edition("a.csv").name, "2025-q2");
        assert_eq!(edition("25CLABQ3.csv").name, "2025-q3");
        assert_eq!(edition("a.csv").as_of().to_string(), "2025-04-01");
    }

    #[test]
    fn edition_name_is_valid_in_a_file_name() {
        assert_eq!(Edition::from_name("FY2026").unwrap().name, "fy2026");
        assert_eq!(
            Edition::from_name("2026-04").unwrap().as_of(),
            AsOf::Month(2026, 4)
        );
        for name in ["", "../x", "a/b", "a b", ".hidden", "é", &"x".repeat(41)] {
            assert!(Edition::from_name(name).is_err(), "{name}");
        }
    }
}
