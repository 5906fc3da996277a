//! Detection of a file's kind from its first lines.

use crate::codesets::error::ImportError;
use crate::codesets::import::delimited::{
    CsvRecords, DELIMITERS, MAX_PREAMBLE_RECORDS, normalize_column_name,
};
use crate::codesets::import::formats::{
    hcpcs, icd10cm, icd10cm_tabular, nucc, pfs, place_of_service, ptp,
};
use crate::codesets::import::input::InputFile;
use crate::codesets::kind::SetKind;

/// The columns that identify a delimited file, each with its possible names.
const HEADERS: [(SetKind, &[&[&str]]); 6] = [
    (SetKind::Hcpcs, &[&["HCPC"], &["SEQNUM"], &["RECID"]]),
    (SetKind::Clfs, &[&["HCPCS"], &["MOD"], &["EFFDATE"]]),
    (SetKind::Pfs, &[&["HCPCS"], &["MOD"], &["FACTOR"]]),
    (
        SetKind::Nucc,
        &[&["CODE"], nucc::GROUPING_COLUMN, &["CLASSIFICATION"]],
    ),
    (
        SetKind::NcciMue,
        &[&["HCPCSCPTCODE"], &["MUEADJUDICATIONINDICATOR"]],
    ),
    (
        SetKind::PlaceOfService,
        &[place_of_service::CODE_COLUMN, place_of_service::NAME_COLUMN],
    ),
];

/// Makes the error of a file of no kind, which names a file that is known nevertheless.
pub(crate) fn unknown_kind(input: &InputFile) -> ImportError {
    let path = input.path.clone();
    match known_file(input) {
        Some(name) => ImportError::NotImported { path, name },
        None => ImportError::UnknownKind { path },
    }
}

/// Public files that are often downloaded beside the others, each with parts of column names.
const NOT_IMPORTED: [(&str, &[&str]); 6] = [
    (
        "addendum B of Medicare's outpatient prospective payment system (OPPS)",
        &["HCPCS", "APC", "RELATIVEWEIGHT"],
    ),
    (
        "addendum B of Medicare's outpatient prospective payment system (OPPS)",
        &["HCPCS", "APC", "PAYMENTRATE"],
    ),
    (
        "Medicare's geographic practice cost indices (GPCI)",
        &["LOCALITY", "GPCI"],
    ),
    (
        "Medicare's average sales prices of drugs (ASP)",
        &["HCPCS", "PAYMENTLIMIT"],
    ),
    ("LOINC, the codes of laboratory tests", &["LOINCNUM"]),
    ("MS-DRG, the groups of hospital stays", &["MSDRG"]),
];

/// Returns the name of a public file that is not imported.
pub(crate) fn known_file(input: &InputFile) -> Option<&'static str> {
    let by_columns = find_header(input, |fields| {
        let has = |part: &&str| fields.iter().any(|field| field.contains(part));
        let mut known = NOT_IMPORTED.into_iter();
        let (name, _) = known.find(|(_, columns)| columns.iter().all(has))?;
        Some(name)
    });
    let first_line = input.head.lines().next().unwrap_or_default();
    by_columns.or_else(|| icd10cm::known_file(first_line))
}

/// Returns the kind of a file; `None` if its first lines are in none of the layouts.
pub(crate) fn detect(input: &InputFile) -> Option<SetKind> {
    if icd10cm_tabular::is_tabular(&input.head) {
        return Some(SetKind::Icd10cmTabular);
    }
    let kind = find_header(input, kind_from_header);
    if kind.is_some() {
        return kind;
    }
    if input.any_head_line(ptp::is_header) {
        Some(SetKind::NcciPtp)
    } else if input.head.lines().next().is_some_and(icd10cm::is_row) {
        Some(SetKind::Icd10cm)
    } else if input.any_head_line(pfs::is_row) {
        Some(SetKind::Pfs)
    } else if input.any_head_line(hcpcs::is_row) {
        Some(SetKind::Hcpcs)
    } else {
        None
    }
}

/// Returns what `parse` makes of the normalized names in the header of a delimited file.
fn find_header<T>(input: &InputFile, parse: impl Fn(&[String]) -> Option<T>) -> Option<T> {
    DELIMITERS.into_iter().find_map(|delimiter| {
        let mut records = CsvRecords::new(&input.head, delimiter);
        (0..MAX_PREAMBLE_RECORDS).find_map(|_| {
            let record = records.next()?;
            let names = record.fields.iter().map(|name| normalize_column_name(name));
            parse(&names.collect::<Vec<_>>())
        })
    })
}

fn kind_from_header(fields: &[String]) -> Option<SetKind> {
    let has = |names: &&[&str]| fields.iter().any(|field| names.contains(&field.as_str()));
    let mut kinds = HEADERS.into_iter();
    let (kind, _) = kinds.find(|(_, columns)| columns.iter().all(has))?;
    Some(kind)
}
