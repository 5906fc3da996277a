//! Lookup of codes in the imported sets that list them.

use crate::codesets::{
    CorruptSet, HcpcsCode, HcpcsRow, IcdRow, ImportedSets, SetFile, SetKind, SetRow,
};
use crate::content::{CodeId, CodeSystem};

/// Returns the kind of set that describes the codes of a system.
const fn kind_for_system(system: CodeSystem) -> Option<SetKind> {
    match system {
        CodeSystem::Icd10cm => Some(SetKind::Icd10cm),
        CodeSystem::Hcpcs | CodeSystem::Modifier => Some(SetKind::Hcpcs),
        // The public files list no CPT descriptors.
        CodeSystem::Cpt => None,
    }
}

/// Returns the kinds of set that have figures on the codes of a system, but no descriptions.
const fn kinds_with_figures(system: CodeSystem) -> &'static [SetKind] {
    match system {
        CodeSystem::Cpt | CodeSystem::Hcpcs => &[SetKind::Pfs, SetKind::Clfs, SetKind::NcciMue],
        CodeSystem::Icd10cm | CodeSystem::Modifier => &[],
    }
}

/// Returns the edition in force that lists the codes of a system.
pub(crate) fn set_for_system(sets: &ImportedSets, system: CodeSystem) -> Option<&SetFile> {
    sets.in_force(kind_for_system(system)?)
}

/// Returns the row of a code and the set that has it: preferably a set that describes it; the
/// edition in force, or else the one before it, or after it, that is nearest to it.
pub(crate) fn find_row<'s>(
    sets: &'s ImportedSets,
    code: &CodeId,
) -> Result<Option<(&'s SetFile, SetRow)>, CorruptSet> {
    let figures = kinds_with_figures(code.system()).iter().copied();
    for kind in kind_for_system(code.system()).into_iter().chain(figures) {
        let found = find_row_of_kind(sets, kind, code)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn find_row_of_kind<'s>(
    sets: &'s ImportedSets,
    kind: SetKind,
    code: &CodeId,
) -> Result<Option<(&'s SetFile, SetRow)>, CorruptSet> {
    let key = match code.system() {
        CodeSystem::Modifier => format!("-{}", code.value()),
        _ => code.value().replace('.', ""),
    };
    let editions: Vec<&SetFile> = sets.editions(kind).collect();
    let in_force = sets.in_force(kind).map(|set| set.header().name());
    let at = editions
        .iter()
        .position(|set| Some(set.header().name()) == in_force);
    let (earlier, later) = editions.split_at(at.map_or(0, |at| at + 1));
    for set in earlier.iter().rev().chain(later) {
        if let Some(row) = set.get(&key)? {
            return Ok(Some((set, row)));
        }
    }
    Ok(None)
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
        .filter_map(|kind| sets.in_force(kind))
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
    Ok(find_row(sets, code)?.is_some())
}

/// Describes the status of a code in the set that lists it: `billable · 2025`.
pub(crate) fn code_status(sets: &ImportedSets, code: &CodeId) -> Result<String, CorruptSet> {
    if set_for_system(sets, code.system()).is_none() {
        return Ok("in no imported set".to_owned());
    }
    let Some((set, row)) = find_row(sets, code)? else {
        return Ok("no longer in its set".to_owned());
    };
    let status = match row {
        SetRow::Icd10cm(row) => billing_usage(&row).to_owned(),
        SetRow::Hcpcs(row) => match row.terminated {
            Some(date) => format!("terminated {date}"),
            None => "active".to_owned(),
        },
        _ => String::new(),
    };
    // The list of codes shows the name of the set in its heading.
    Ok(format!("{status} · {}", set.header().edition.name))
}

/// Returns whether a diagnosis code is valid on a claim, or a header of the codes below it.
pub(crate) const fn billing_usage(row: &IcdRow) -> &'static str {
    if row.billable { "billable" } else { "header" }
}
