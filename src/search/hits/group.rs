//! Defines the groups of answers, and their order.
//!
//! Whatever was asked for by its code comes first. Then documents come before bare codes, because
//! somebody wrote them for this reader. That would push the best answer down where it is a bare
//! code (three words of a title that a document has somewhere in its text), so the best answer of
//! all leads in any case, in a group of its own where it would not stand first anyway.

use crate::content::CodeSystem;

/// What an answer is listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitGroup {
    /// The code itself was asked for, or its row on a modifier; the best answer of all.
    Best,
    /// Rows of documents.
    Documents,
    /// Codes of an imported set.
    Codes(CodeSystem),
}

impl HitGroup {
    /// Returns the name that JSON uses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Documents => "documents",
            Self::Codes(CodeSystem::Cpt) => "cpt_codes",
            Self::Codes(CodeSystem::Hcpcs) => "hcpcs_codes",
            Self::Codes(CodeSystem::Icd10cm) => "icd10cm_codes",
        }
    }

    /// Returns the heading that readers see.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Best => "Best match",
            Self::Documents => "Documents",
            Self::Codes(CodeSystem::Cpt) => "CPT codes",
            Self::Codes(CodeSystem::Hcpcs) => "HCPCS codes",
            Self::Codes(CodeSystem::Icd10cm) => "ICD-10-CM codes",
        }
    }
}

/// Brings answers that are in order into groups, and keeps the order within each. Of bare codes the
/// system with the better answer comes first.
pub(crate) fn group_hits<T>(found: Vec<T>, group: impl Fn(&T) -> HitGroup) -> Vec<(HitGroup, T)> {
    let mut found: Vec<(HitGroup, T)> = found.into_iter().map(|one| (group(&one), one)).collect();
    if let Some((group @ HitGroup::Codes(_), _)) = found.first_mut() {
        *group = HitGroup::Best;
    }
    let mut order = vec![HitGroup::Best, HitGroup::Documents];
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

    const ICD: HitGroup = HitGroup::Codes(CodeSystem::Icd10cm);
    const HCPCS: HitGroup = HitGroup::Codes(CodeSystem::Hcpcs);

    fn groups(found: &[HitGroup]) -> Vec<(HitGroup, usize)> {
        group_hits((0..found.len()).collect(), |n| found[*n])
    }

    #[test]
    fn best_hit_leads_then_documents_then_bare_codes() {
        assert_eq!(
            groups(&[ICD, HCPCS, HitGroup::Documents, ICD, HitGroup::Documents]),
            [
                (HitGroup::Best, 0),
                (HitGroup::Documents, 2),
                (HitGroup::Documents, 4),
                (HCPCS, 1),
                (ICD, 3),
            ]
        );
    }

    #[test]
    fn best_document_comes_first_among_documents() {
        assert_eq!(
            groups(&[HitGroup::Documents, ICD]),
            [(HitGroup::Documents, 0), (ICD, 1)]
        );
    }

    #[test]
    fn queried_code_comes_first() {
        assert_eq!(
            groups(&[HitGroup::Best, HitGroup::Documents, ICD, HitGroup::Best]),
            [
                (HitGroup::Best, 0),
                (HitGroup::Best, 3),
                (HitGroup::Documents, 1),
                (ICD, 2)
            ]
        );
    }
}
