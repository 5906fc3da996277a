//! Detection of the edition that a file's content, its name, or its archive's name states.
//!
//! Names of CMS files: `icd10cm-order-2025.txt`, `icd10cm-order-April-1-2026.txt`,
//! `icd10cm-tabular-April-1-2026.xml`, `HCPC2026_JAN_ANWEB.txt`, `HCPC17_CONTR_ANWEB.txt`,
//! `25CLABQ2.csv`, `PPRRVU25_OCT.csv`, `MCR_MUE_PractitionerServices_Eff_07-01-2024.csv`,
//! `ccipra-v302r0-f1.txt`. The NUCC names version 25.1 `nucc_taxonomy_251.csv`.

use crate::codesets::edition::{EditTable, Edition};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::FileMetadata;
use crate::codesets::kind::SetKind;
use crate::content::Date;

/// Returns the edition that a file states; `None` if it states none.
///
/// The name of the archive counts if the file's own name states no edition, or only the year in
/// which the archive's name has a month: CMS publishes the April update of ICD-10-CM under the
/// file name of October.
pub(crate) fn stated_edition(
    kind: SetKind,
    input: &InputFile,
    metadata: &FileMetadata,
) -> Option<Edition> {
    let own = period(kind, &tokens(&input.name()), metadata);
    let archive = input.archive.as_ref();
    let archive = archive.and_then(|name| period(kind, &tokens(name), metadata));
    Some(Edition::stated(match (own, archive) {
        (Some(own), Some(archive)) if archive.starts_with(&format!("{own}-")) => archive,
        (own, archive) => own.or(archive)?,
    }))
}

/// Returns the table that a file of NCCI's edits, its name or its archive's name states.
pub(crate) fn stated_table(
    kind: SetKind,
    input: &InputFile,
    metadata: &FileMetadata,
) -> Option<EditTable> {
    if !matches!(kind, SetKind::NcciMue | SetKind::NcciPtp) {
        return None;
    }
    let names = [Some(input.name()), input.archive.clone()];
    let mut names = names.into_iter().flatten();
    let table = names.find_map(|name| table_from_tokens(&tokens(&name)));
    metadata.table.or(table)
}

fn period(kind: SetKind, tokens: &[String], metadata: &FileMetadata) -> Option<String> {
    match kind {
        SetKind::Clfs => {
            let (year, latest) = metadata.year.zip(metadata.latest_effective)?;
            let quarter = stated_quarter(tokens).unwrap_or_else(|| quarter_of(latest));
            Some(format!("{year}-q{quarter}"))
        }
        SetKind::Pfs => match metadata.latest_effective {
            Some(start) => Some(format!("{}-{:02}", start.year(), start.month())),
            None => stated_period(kind, tokens),
        },
        // The file states the fiscal year. A name may have the month of an update in that year.
        SetKind::Icd10cmTabular => {
            let year = metadata.year?;
            let in_year = |name: &String| {
                let edition = Edition::stated(name.clone());
                edition.last_day(kind).is_some_and(|day| day.year() == year)
            };
            let named = stated_period(kind, tokens).filter(in_year);
            Some(named.unwrap_or_else(|| year.to_string()))
        }
        SetKind::Nucc => nucc_version(tokens),
        SetKind::NcciPtp => ptp_version(tokens).or_else(|| stated_period(kind, tokens)),
        _ => stated_period(kind, tokens),
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

/// Returns the year, quarter, month or day in a name: `2025`, `2025-q2`, `2025-04`, `2024-07-01`.
fn stated_period(kind: SetKind, tokens: &[String]) -> Option<String> {
    let (at, year) = stated_year(tokens)?;
    let token = |index: Option<usize>| Some(tokens.get(index?)?.as_str());
    let before = token(at.checked_sub(1));
    let before_that = token(at.checked_sub(2));
    let after = token(Some(at + 1));
    // 07-01-2024, April-1-2026, 2026-04
    let (month, day) = match (before_that, before.and_then(number)) {
        (Some(month), Some(day)) if number(month).is_some() => (number(month), Some(day)),
        (Some(month), Some(_)) => (parse_month(month), None),
        _ => (None, None),
    };
    let is_two_digits = |token: &&str| token.len() == 2;
    let month = month
        .or_else(|| parse_month(before?))
        .or_else(|| parse_month(after?))
        .or_else(|| after.filter(is_two_digits).and_then(number));
    let date = month.and_then(|month| Date::new(year, month, day.unwrap_or(1)));
    Some(match (date, stated_quarter(tokens)) {
        // ICD-10-CM is updated in April, and was in January 2021; other dates are of the upload.
        (Some(date), _) if kind.has_fiscal_years() && !matches!(date.month(), 1 | 4 | 10) => {
            year.to_string()
        }
        (Some(date), _) if day.is_some() && !kind.has_fiscal_years() => date.to_string(),
        (Some(date), _) => format!("{year}-{:02}", date.month()),
        (None, Some(quarter)) => format!("{year}-q{quarter}"),
        (None, None) => year.to_string(),
    })
}

/// Returns the position and the value of a year of four digits, or of two after `HCPC` or `PPRRVU`.
fn stated_year(tokens: &[String]) -> Option<(usize, u16)> {
    let is_year = |token: &String| token.len() == 4 && token.starts_with("20");
    if let Some(at) = tokens.iter().position(is_year) {
        return Some((at, tokens[at].parse().ok()?));
    }
    let is_short = |pair: &[String]| matches!(&*pair[0], "hcpc" | "pprrvu") && pair[1].len() == 2;
    let at = tokens.windows(2).position(is_short)? + 1;
    Some((at, 2000 + u16::from(number(&tokens[at])?)))
}

/// Parses a number of one or two digits.
fn number(token: &str) -> Option<u8> {
    (token.len() <= 2).then(|| token.parse().ok())?
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
fn stated_quarter(tokens: &[String]) -> Option<u8> {
    tokens.windows(2).find_map(|pair| {
        let quarter = number(&pair[1])?;
        (pair[0].ends_with('q') && (1..=4).contains(&quarter)).then_some(quarter)
    })
}

const fn quarter_of(date: Date) -> u8 {
    date.month().div_ceil(3)
}

/// Returns the version in `nucc_taxonomy_251`: `25.1`.
fn nucc_version(tokens: &[String]) -> Option<String> {
    tokens.windows(2).find_map(|pair| {
        let (word, version) = (&pair[0], &pair[1]);
        let is_version = word == "taxonomy" && version.len() == 3 && version.parse::<u16>().is_ok();
        is_version.then(|| format!("{}.{}", &version[..2], &version[2..]))
    })
}

/// Returns the version in `ccipra-v302r0-f1`: `v302r0`.
fn ptp_version(tokens: &[String]) -> Option<String> {
    tokens.windows(4).find_map(|part| {
        let is_version = part[0] == "v" && part[2] == "r" && number(&part[3]).is_some();
        is_version.then(|| format!("v{}r{}", part[1], part[3]))
    })
}

/// Returns the table that a name states. NCCI's own names are `ccipra` and `ccioph`.
fn table_from_tokens(tokens: &[String]) -> Option<EditTable> {
    tokens.iter().find_map(|token| match token.as_str() {
        "ccipra" | "practitioner" | "practitionerservices" => Some(EditTable::Practitioner),
        "ccioph" | "hospital" | "outpatienthospitalservices" => Some(EditTable::Hospital),
        "supplier" | "dmesupplierservices" => Some(EditTable::Supplier),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(kind: SetKind, name: &str) -> Option<String> {
        period(kind, &tokens(name), &FileMetadata::default())
    }

    #[test]
    fn period_is_read_from_a_name() {
        use SetKind::{Hcpcs, Icd10cm, NcciMue, NcciPtp, Nucc, Pfs, PlaceOfService};
        for (kind, name, period) in [
            (Icd10cm, "icd10cm-order-2025.txt", "2025"),
            (Icd10cm, "icd10cm-order-April-2025.txt", "2025-04"),
            (Icd10cm, "icd10cm-order-April-1-2026.txt", "2026-04"),
            (Icd10cm, "icd10cm-order-2026-04.txt", "2026-04"),
            (Icd10cm, "april-1-2026-code-descriptions.zip", "2026-04"),
            (Icd10cm, "2025-code-tables-06-05-2025.zip", "2025"),
            (Icd10cm, "icd10cm-order-2025-06-05.txt", "2025"),
            (Hcpcs, "HCPC2026_JAN_ANWEB.txt", "2026-01"),
            (Hcpcs, "HCPC2026_JAN_ANWEB_12292025.xlsx", "2026-01"),
            (
                Hcpcs,
                "october-2024-alpha-numeric-hcpcs-file.zip",
                "2024-10",
            ),
            (Hcpcs, "HCPC17_CONTR_ANWEB.txt", "2017"),
            (Hcpcs, "hcpcs-2019-anweb.txt", "2019"),
            (Hcpcs, "hcpcs-2025q3.txt", "2025-q3"),
            (
                NcciMue,
                "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
                "2024-07-01",
            ),
            (NcciMue, "mue 7-1-2024.csv", "2024-07-01"),
            (NcciMue, "mue-13-01-2024.csv", "2024"),
            (NcciPtp, "ccipra-v302r0-f1.txt", "v302r0"),
            (
                NcciPtp,
                "medicare-ncci-2026q1-practitioner-ptp-edits.zip",
                "2026-q1",
            ),
            (Pfs, "pprrvu-2025-oct.csv", "2025-10"),
            (Pfs, "PPRRVU25_OCT.txt", "2025-10"),
            (Nucc, "nucc_taxonomy_251.csv", "25.1"),
            (PlaceOfService, "places-2025.csv", "2025"),
        ] {
            assert_eq!(stated(kind, name).as_deref(), Some(period), "{name}");
        }
    }

    #[test]
    fn name_without_edition_yields_none() {
        for (kind, name) in [
            (SetKind::Icd10cm, "order.txt"),
            (SetKind::Icd10cm, "icd10cm-order.txt"),
            (SetKind::Icd10cm, "icd10cm-order-20255.txt"),
            (SetKind::PlaceOfService, "place-of-service.csv"),
            (SetKind::Hcpcs, "HCPC177.txt"),
            (SetKind::Nucc, "nucc-format-sample.csv"),
            (SetKind::Clfs, "clfs-2025-q2.csv"),
        ] {
            assert_eq!(stated(kind, name), None, "{name}");
        }
    }

    #[test]
    fn quarters_are_1_to_4_after_a_q() {
        for (name, quarter) in [
            ("CLABQ0", None),
            ("CLABQ1", Some(1)),
            ("clfs-q4", Some(4)),
            ("CLABQ5", None),
            ("CLAB2", None),
            ("q", None),
        ] {
            assert_eq!(stated_quarter(&tokens(name)), quarter, "{name}");
        }
        for (month, quarter) in [
            (1, 1),
            (3, 1),
            (4, 2),
            (6, 2),
            (7, 3),
            (9, 3),
            (10, 4),
            (12, 4),
        ] {
            assert_eq!(
                quarter_of(Date::new(2025, month, 1).unwrap()),
                quarter,
                "{month}"
            );
        }
    }

    #[test]
    fn versions_have_their_exact_form() {
        for (name, version) in [
            ("nucc_taxonomy_251", Some("25.1")),
            ("nucc_taxonomy_25", None),
            ("nucc_taxonomy_2510", None),
            ("nucc_taxonomy_abc", None),
            ("nucc_251", None),
        ] {
            assert_eq!(nucc_version(&tokens(name)).as_deref(), version, "{name}");
        }
        for (name, version) in [
            ("ccipra-v302r0-f1", Some("v302r0")),
            ("v302r12", Some("v302r12")),
            ("ccipra-v302-f1", None),
            ("ccipra-302r0", None),
            ("ccipra-v302s0", None),
            ("ccipra-v302rx", None),
            ("ccipra-v302r100", None),
            ("w302r0", None),
        ] {
            assert_eq!(ptp_version(&tokens(name)).as_deref(), version, "{name}");
        }
    }

    #[test]
    fn table_is_read_from_a_name() {
        for (name, table) in [
            ("ccipra-v302r0-f1.txt", Some(EditTable::Practitioner)),
            ("ccioph-v302r0-f1.txt", Some(EditTable::Hospital)),
            ("2026q1-hospital-ptp-edits.zip", Some(EditTable::Hospital)),
            (
                "MCR_MUE_DMESupplierServices_Eff.csv",
                Some(EditTable::Supplier),
            ),
            ("ptp.txt", None),
        ] {
            assert_eq!(table_from_tokens(&tokens(name)), table, "{name}");
        }
    }

    #[test]
    fn clfs_quarter_comes_from_the_name_or_the_latest_date() {
        let metadata = FileMetadata {
            year: Some(2025),
            latest_effective: Date::new(2025, 4, 1),
            ..FileMetadata::default()
        };
        let stated = |name| period(SetKind::Clfs, &tokens(name), &metadata).unwrap();
        assert_eq!(stated("a.csv"), "2025-q2");
        assert_eq!(stated("25CLABQ3.csv"), "2025-q3");
    }
}
