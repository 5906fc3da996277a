//! Defines what the library takes from imported code sets: documents on codes that have none of
//! their own, and what stands beside the words of those that have.
//!
//! Nothing of it is made before somebody opens the code. What is added speaks in the editors' voice
//! and names the set as its source; what a document says itself, absences included, stays.

mod beside;
mod code;
mod mentions;
mod rows;

pub(super) use beside::enrich;
pub(super) use code::document;

use crate::content::{CodeId, System};
use crate::sets::{Damage, HcpcsCode, HcpcsRow, SetFile, SetKind, SetRow, Sets};

/// Returns the set that lists a code, and the key it has there.
fn listed<'s>(sets: &'s Sets, code: &CodeId) -> Option<(&'s SetFile, String)> {
    let set = listing(sets, code.system())?;
    Some((set, code.value().replace('.', "")))
}

/// Returns the set that lists the codes of a system.
pub(super) fn listing(sets: &Sets, system: System) -> Option<&SetFile> {
    sets.latest(match system {
        System::Icd10cm => SetKind::Icd10cm,
        System::Hcpcs => SetKind::Hcpcs,
        // The AMA's codes come with no descriptors, so that there is nothing to make a document of.
        System::Cpt => return None,
    })
}

/// A code of an imported set, as search finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The code.
    pub code: CodeId,
    /// What it is, in full.
    pub title: String,
    /// What it is called for short.
    pub short: String,
}

/// Returns the codes of imported sets that open as documents, in the order of the sets. A set that
/// turns out to be damaged ends where it does; its documents say so.
pub(super) fn all(sets: &Sets) -> impl Iterator<Item = Listed> {
    [SetKind::Hcpcs, SetKind::Icd10cm]
        .into_iter()
        .filter_map(|kind| sets.latest(kind))
        .flat_map(SetFile::rows)
        .filter_map(|row| {
            let (system, value, title, short) = match row.ok()? {
                SetRow::Icd10cm(row) => (System::Icd10cm, row.code, row.long, row.short),
                SetRow::Hcpcs(HcpcsRow {
                    code: HcpcsCode::Code(code),
                    long,
                    short,
                    ..
                }) => (System::Hcpcs, code, long, short),
                _ => return None,
            };
            let code = CodeId::new(system, &value).ok()?;
            Some(Listed { code, title, short })
        })
}

/// Says whether an imported set has a row on a code.
pub(super) fn knows(sets: &Sets, code: &CodeId) -> Result<bool, Damage> {
    match listed(sets, code) {
        Some((set, key)) => Ok(set.get(&key)?.is_some()),
        None => Ok(false),
    }
}

/// Says how a code stands in the imported set that lists it, and in which edition.
pub(super) fn usage(sets: &Sets, code: &CodeId) -> Result<String, Damage> {
    let Some((set, key)) = listed(sets, code) else {
        return Ok("in no imported set".to_owned());
    };
    let usage = match set.get(&key)? {
        Some(SetRow::Icd10cm(row)) => rows::usage(&row).to_owned(),
        Some(SetRow::Hcpcs(row)) => match row.terminated {
            Some(date) => format!("terminated {date}"),
            None => "active".to_owned(),
        },
        _ => return Ok("no longer in its set".to_owned()),
    };
    // The heading of such a list names the set.
    Ok(format!("{usage} · {}", set.header().edition.name))
}
