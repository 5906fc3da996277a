//! Detection of a file's kind from its first lines.

use std::path::Path;

use crate::codesets::error::ImportError;
use crate::codesets::import::delimited::{CsvRecords, MAX_PREAMBLE_RECORDS, normalize_column_name};
use crate::codesets::import::formats::{hcpcs, icd10cm, pfs, place_of_service, ptp};
use crate::codesets::import::input::InputFile;
use crate::codesets::kind::SetKind;

/// The columns that identify a delimited file, each with its possible names.
const HEADERS: [(SetKind, &[&[&str]]); 6] = [
    (SetKind::Hcpcs, &[&["HCPC"], &["SEQNUM"], &["RECID"]]),
    (SetKind::Clfs, &[&["HCPCS"], &["MOD"], &["EFFDATE"]]),
    (SetKind::Pfs, &[&["HCPCS"], &["MOD"], &["FACTOR"]]),
    (
        SetKind::Nucc,
        &[&["CODE"], &["GROUPING"], &["CLASSIFICATION"]],
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

pub fn detect_kind(path: &Path) -> Result<SetKind, ImportError> {
    detect(&InputFile::open(path)?).ok_or_else(|| ImportError::UnknownKind {
        path: path.to_owned(),
    })
}

/// Returns the kind of a file; `None` if its first lines are in none of the layouts.
pub(crate) fn detect(input: &InputFile) -> Option<SetKind> {
    let mut records = CsvRecords::new(&input.head);
    for _ in 0..MAX_PREAMBLE_RECORDS {
        let Some(record) = records.next() else { break };
        let kind = kind_from_header(&record.fields);
        if kind.is_some() {
            return kind;
        }
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

fn kind_from_header(fields: &[String]) -> Option<SetKind> {
    let fields: Vec<String> = fields.iter().map(|f| normalize_column_name(f)).collect();
    let has = |names: &&[&str]| fields.iter().any(|field| names.contains(&field.as_str()));
    let mut kinds = HEADERS.into_iter();
    let (kind, _) = kinds.find(|(_, columns)| columns.iter().all(has))?;
    Some(kind)
}
