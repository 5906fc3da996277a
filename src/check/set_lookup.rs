//! Looks codes up in imported sets, for the checks of one processor.

use std::collections::{BTreeSet, HashMap};

use crate::codesets::{ImportedSets, SetFile, SetHeader, SetKind, SetRow};
use crate::content::{CodeId, CodeSystem, Date};
use crate::library::imported::lookup::find_row_of_kind;
use crate::library::imported::validity::Validity;

/// The sets with rates and limits for CPT codes. None has descriptions; the first lists nearly all
/// codes.
const KINDS_WITH_CPT: [SetKind; 3] = [SetKind::Pfs, SetKind::Clfs, SetKind::NcciMue];

/// The answer of the imported sets on a code.
#[derive(Clone, Debug)]
pub(crate) enum Listing {
    /// No set that lists such codes is imported, or it is damaged.
    Unknown,
    /// The edition in force has the code.
    Listed(Box<SetRow>),
    /// Another edition has it. The text says when it was valid.
    OtherEdition { set: String, note: String },
    /// No edition has it. The text names the set in force.
    Unlisted { set: String },
    /// No edition has it, and the edition in `set` is not in force on the date of service.
    UnlistedOnOtherDays { set: String },
}

/// The imported sets, with a cache of their answers.
pub(crate) struct SetLookup<'s> {
    pub(crate) sets: &'s ImportedSets,
    /// The date of service; today's without one.
    pub(crate) as_of: Option<Date>,
    answers: HashMap<CodeId, Listing>,
    /// The kinds that a document needs and that are not imported.
    pub(crate) missing: BTreeSet<SetKind>,
}

impl<'s> SetLookup<'s> {
    pub(crate) fn new(sets: &'s ImportedSets, today: Option<Date>) -> Self {
        Self {
            sets,
            as_of: sets.as_of().or(today),
            answers: HashMap::new(),
            missing: BTreeSet::new(),
        }
    }

    /// Looks up a code in the imported sets.
    pub(crate) fn look_up(&mut self, code: &CodeId) -> Listing {
        let Some(kind) = kind_with(code) else {
            return Listing::Unknown;
        };
        if self.sets.in_force(kind).is_none() {
            self.missing.insert(kind);
            return Listing::Unknown;
        }
        if let Some(answer) = self.answers.get(code) {
            return answer.clone();
        }
        let answer = self.find(kind, code);
        self.answers.insert(code.clone(), answer.clone());
        answer
    }

    fn find(&self, kind: SetKind, code: &CodeId) -> Listing {
        let others = KINDS_WITH_CPT.into_iter().skip(1);
        let others = others.filter(|_| code.system() == CodeSystem::Cpt);
        for kind in [kind].into_iter().chain(others) {
            match find_row_of_kind(self.sets, kind, code) {
                Ok(Some((set, row))) => return self.listing(set, row),
                Ok(None) => {}
                // The library reports the damage.
                Err(_) => return Listing::Unknown,
            }
        }
        let Some(set) = self.sets.in_force(kind) else {
            return Listing::Unknown;
        };
        let (validity, set) = (Validity::new(self.sets, set), set_name(set.header()));
        match validity {
            Validity::Outdated { .. } | Validity::NotYet { .. } => {
                Listing::UnlistedOnOtherDays { set }
            }
            _ => Listing::Unlisted { set },
        }
    }

    fn listing(&self, set: &SetFile, row: SetRow) -> Listing {
        let validity = Validity::new(self.sets, set);
        match (&validity, validity.note(set.header())) {
            (Validity::Ended { .. } | Validity::Later { .. }, Some(note)) => {
                let set = set_name(set.header());
                Listing::OtherEdition { set, note }
            }
            _ => Listing::Listed(Box::new(row)),
        }
    }
}

/// The name of a set in messages: `ICD-10-CM, edition 2025`.
pub(crate) fn set_name(header: &SetHeader) -> String {
    format!("{}, {}", header.kind.short_title(), header.edition.label())
}

/// The set that lists the codes of a system. `None` for CPT's modifiers, which no public file lists.
fn kind_with(code: &CodeId) -> Option<SetKind> {
    Some(match code.system() {
        CodeSystem::Icd10cm => SetKind::Icd10cm,
        CodeSystem::Modifier if is_cpt_modifier(code.value()) => return None,
        CodeSystem::Hcpcs | CodeSystem::Modifier => SetKind::Hcpcs,
        CodeSystem::PlaceOfService => SetKind::PlaceOfService,
        CodeSystem::Taxonomy => SetKind::Nucc,
        CodeSystem::Cpt => SetKind::Pfs,
    })
}

/// CPT's modifiers begin with a digit, except for P1 to P6 (the patient's physical status).
fn is_cpt_modifier(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit())
        || matches!(value.as_bytes(), [b'P', b'1'..=b'6'])
}
