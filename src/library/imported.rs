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
use crate::sets::{Damage, SetFile, SetKind, Sets};

/// Returns the set that lists a code, and the key it has there.
fn listed<'s>(sets: &'s Sets, code: &CodeId) -> Option<(&'s SetFile, String)> {
    let kind = match code.system() {
        System::Icd10cm => SetKind::Icd10cm,
        System::Hcpcs => SetKind::Hcpcs,
        // The AMA's codes come with no descriptors, so that there is nothing to make a document of.
        System::Cpt => return None,
    };
    Some((sets.latest(kind)?, code.value().replace('.', "")))
}

/// Says whether an imported set has a row on a code.
pub(super) fn knows(sets: &Sets, code: &CodeId) -> Result<bool, Damage> {
    match listed(sets, code) {
        Some((set, key)) => Ok(set.get(&key)?.is_some()),
        None => Ok(false),
    }
}
