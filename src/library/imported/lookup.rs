//! Lookup of codes in the imported sets that list them.

use crate::codesets::{
    CorruptSet, HcpcsCode, HcpcsRow, IcdRow, ImportedSets, SetFile, SetKind, SetRow,
};
use crate::content::{CodeId, CodeSystem};

/// Returns the set that lists a code, and the code's key in it.
pub(crate) fn set_and_key<'s>(
    sets: &'s ImportedSets,
    code: &CodeId,
) -> Option<(&'s SetFile, String)> {
    let set = set_for_system(sets, code.system())?;
    let key = match code.system() {
        CodeSystem::Modifier => format!("-{}", code.value()),
        _ => code.value().replace('.', ""),
    };
    Some((set, key))
}

/// Returns the set that lists the codes of a system.
pub(crate) fn set_for_system(sets: &ImportedSets, system: CodeSystem) -> Option<&SetFile> {
    sets.latest(match system {
        CodeSystem::Icd10cm => SetKind::Icd10cm,
        CodeSystem::Hcpcs | CodeSystem::Modifier => SetKind::Hcpcs,
        // The public files list no CPT descriptors.
        CodeSystem::Cpt => return None,
    })
}

/// A code of an imported set, for the search index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCode {
    pub code: CodeId,
    /// The long description.
    pub title: String,
    /// The short description.
    pub short: String,
}

/// Returns the codes of imported sets that open as documents, in the order of the sets. The list of
/// a damaged set ends at the damage; the documents of its codes show the error.
pub fn listed_codes(sets: &ImportedSets) -> impl Iterator<Item = ListedCode> {
    [SetKind::Hcpcs, SetKind::Icd10cm]
        .into_iter()
        .filter_map(|kind| sets.latest(kind))
        .flat_map(SetFile::rows)
        .filter_map(|row| {
            let (system, value, title, short) = match row.ok()? {
                SetRow::Icd10cm(row) => (CodeSystem::Icd10cm, row.code, row.long, row.short),
                SetRow::Hcpcs(HcpcsRow {
                    code, long, short, ..
                }) => match code {
                    HcpcsCode::Code(code) => (CodeSystem::Hcpcs, code, long, short),
                    HcpcsCode::Modifier(code) => (CodeSystem::Modifier, code, long, short),
                },
                _ => return None,
            };
            let code = CodeId::new(system, &value).ok()?;
            Some(ListedCode { code, title, short })
        })
}

pub(crate) fn contains_code(sets: &ImportedSets, code: &CodeId) -> Result<bool, CorruptSet> {
    set_and_key(sets, code).map_or(Ok(false), |(set, key)| Ok(set.get(&key)?.is_some()))
}

/// Describes the status of a code in the set that lists it: `billable · 2025`.
pub(crate) fn code_status(sets: &ImportedSets, code: &CodeId) -> Result<String, CorruptSet> {
    let Some((set, key)) = set_and_key(sets, code) else {
        return Ok("in no imported set".to_owned());
    };
    let status = match set.get(&key)? {
        Some(SetRow::Icd10cm(row)) => billing_usage(&row).to_owned(),
        Some(SetRow::Hcpcs(row)) => match row.terminated {
            Some(date) => format!("terminated {date}"),
            None => "active".to_owned(),
        },
        _ => return Ok("no longer in its set".to_owned()),
    };
    // The list of codes shows the name of the set in its heading.
    Ok(format!("{status} · {}", set.header().edition.name))
}

/// Returns whether a diagnosis code is valid on a claim, or a header of the codes below it.
pub(crate) const fn billing_usage(row: &IcdRow) -> &'static str {
    if row.billable { "billable" } else { "header" }
}
