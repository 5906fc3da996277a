//! Defines what the library takes from imported code sets: documents on codes that have none of
//! their own, and what stands beside the words of those that have.
//!
//! Nothing of it is made before somebody opens the code. What is added speaks in the editors' voice
//! and names the set as its source; what a document says itself, absences included, stays.

pub(crate) mod builder;
pub(crate) mod enrich;
pub(crate) mod references;
pub(crate) mod synthesize;

pub(crate) use crate::library::imported::enrich::enrich;
pub(crate) use crate::library::imported::synthesize::synthesize;

use crate::codesets::{CorruptSet, HcpcsCode, HcpcsRow, ImportedSets, SetFile, SetKind, SetRow};
use crate::content::{CodeId, CodeSystem};

/// Returns the set that lists a code, and the key it has there.
fn set_and_key<'s>(sets: &'s ImportedSets, code: &CodeId) -> Option<(&'s SetFile, String)> {
    let set = set_for_system(sets, code.system())?;
    Some((set, code.value().replace('.', "")))
}

/// Returns the set that lists the codes of a system.
pub(crate) fn set_for_system(sets: &ImportedSets, system: CodeSystem) -> Option<&SetFile> {
    sets.latest(match system {
        CodeSystem::Icd10cm => SetKind::Icd10cm,
        CodeSystem::Hcpcs => SetKind::Hcpcs,
        // The AMA's codes come with no descriptors, so that there is nothing to make a document of.
        CodeSystem::Cpt => return None,
    })
}

/// A code of an imported set, as search finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCode {
    /// The code.
    pub code: CodeId,
    /// What it is, in full.
    pub title: String,
    /// What it is called for short.
    pub short: String,
}

/// Returns the codes of imported sets that open as documents, in the order of the sets. A set that
/// turns out to be damaged ends where it does; its documents say so.
pub fn listed_codes(sets: &ImportedSets) -> impl Iterator<Item = ListedCode> {
    [SetKind::Hcpcs, SetKind::Icd10cm]
        .into_iter()
        .filter_map(|kind| sets.latest(kind))
        .flat_map(SetFile::rows)
        .filter_map(|row| {
            let (system, value, title, short) = match row.ok()? {
                SetRow::Icd10cm(row) => (CodeSystem::Icd10cm, row.code, row.long, row.short),
                SetRow::Hcpcs(HcpcsRow {
                    code: HcpcsCode::Code(code),
                    long,
                    short,
                    ..
                }) => (CodeSystem::Hcpcs, code, long, short),
                _ => return None,
            };
            let code = CodeId::new(system, &value).ok()?;
            Some(ListedCode { code, title, short })
        })
}

/// Says whether an imported set has a row on a code.
pub(crate) fn contains_code(sets: &ImportedSets, code: &CodeId) -> Result<bool, CorruptSet> {
    match set_and_key(sets, code) {
        Some((set, key)) => Ok(set.get(&key)?.is_some()),
        None => Ok(false),
    }
}

/// Says how a code stands in the imported set that lists it, and in which edition.
pub(crate) fn code_status(sets: &ImportedSets, code: &CodeId) -> Result<String, CorruptSet> {
    let Some((set, key)) = set_and_key(sets, code) else {
        return Ok("in no imported set".to_owned());
    };
    let usage = match set.get(&key)? {
        Some(SetRow::Icd10cm(row)) => builder::usage(&row).to_owned(),
        Some(SetRow::Hcpcs(row)) => match row.terminated {
            Some(date) => format!("terminated {date}"),
            None => "active".to_owned(),
        },
        _ => return Ok("no longer in its set".to_owned()),
    };
    // The heading of such a list names the set.
    Ok(format!("{usage} · {}", set.header().edition.name))
}
