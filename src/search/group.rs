//! Defines the groups of answers, and their order.
//!
//! Whatever was asked for by its code comes first. Then documents come before bare codes, because
//! somebody wrote them for this reader. That would push the best answer down where it is a bare
//! code (three words of a title that a document has somewhere in its text), so the best answer of
//! all leads in any case, in a group of its own where it would not stand first anyway.

use crate::content::System;

/// What an answer is listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The code itself was asked for, or its row on a modifier; the best answer of all.
    Best,
    /// Rows of documents.
    Documents,
    /// Codes of an imported set.
    Codes(System),
}

impl Group {
    /// Returns the name that JSON uses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Documents => "documents",
            Self::Codes(System::Cpt) => "cpt_codes",
            Self::Codes(System::Hcpcs) => "hcpcs_codes",
            Self::Codes(System::Icd10cm) => "icd10cm_codes",
        }
    }

    /// Returns the heading that readers see.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Best => "Best match",
            Self::Documents => "Documents",
            Self::Codes(System::Cpt) => "CPT codes",
            Self::Codes(System::Hcpcs) => "HCPCS codes",
            Self::Codes(System::Icd10cm) => "ICD-10-CM codes",
        }
    }
}

/// Brings answers that are in order into groups, and keeps the order within each. Of bare codes the
/// system with the better answer comes first.
pub(super) fn grouped<T>(found: Vec<T>, group: impl Fn(&T) -> Group) -> Vec<(Group, T)> {
    let mut found: Vec<(Group, T)> = found.into_iter().map(|one| (group(&one), one)).collect();
    if let Some((group @ Group::Codes(_), _)) = found.first_mut() {
        *group = Group::Best;
    }
    let mut order = vec![Group::Best, Group::Documents];
    for (group, _) in &found {
        if !order.contains(group) {
            order.push(*group);
        }
    }
    found.sort_by_key(|(group, _)| order.iter().position(|known| known == group));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICD: Group = Group::Codes(System::Icd10cm);
    const HCPCS: Group = Group::Codes(System::Hcpcs);

    fn groups(found: &[Group]) -> Vec<(Group, usize)> {
        grouped((0..found.len()).collect(), |n| found[*n])
    }

    #[test]
    fn the_best_answer_leads_and_then_documents_come_before_bare_codes() {
        assert_eq!(
            groups(&[ICD, HCPCS, Group::Documents, ICD, Group::Documents]),
            [
                (Group::Best, 0),
                (Group::Documents, 2),
                (Group::Documents, 4),
                (HCPCS, 1),
                (ICD, 3),
            ]
        );
    }

    #[test]
    fn a_document_that_is_best_stands_first_among_its_like() {
        assert_eq!(
            groups(&[Group::Documents, ICD]),
            [(Group::Documents, 0), (ICD, 1)]
        );
    }

    #[test]
    fn a_code_that_was_asked_for_comes_first_whatever_it_is() {
        assert_eq!(
            groups(&[Group::Best, Group::Documents, ICD, Group::Best]),
            [
                (Group::Best, 0),
                (Group::Best, 3),
                (Group::Documents, 1),
                (ICD, 2)
            ]
        );
    }
}
