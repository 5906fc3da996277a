//! Groups of hits, and their order.
//!
//! Hits on a code that the query names come first. Documents come before bare codes, because they
//! were written for this user. The very best hit always leads, even if it is a bare code (three
//! words of its title, say, which a document has somewhere in its text): it then has a group of its
//! own. Hits on corrected words come last.

use crate::content::CodeSystem;

/// The heading under which a hit is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitGroup {
    /// The code that the query names, or its row about the modifier; also the best hit of all.
    Best,
    /// The reader's own notes.
    Notes,
    Documents,
    /// Bare codes of an imported set.
    Codes(CodeSystem),
    /// Rows and codes that match only if a typo in the query is corrected.
    Similar,
}

impl HitGroup {
    /// Returns the name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Notes => "notes",
            Self::Similar => "similar",
            Self::Documents => "documents",
            Self::Codes(CodeSystem::Cpt) => "cpt_codes",
            Self::Codes(CodeSystem::Hcpcs) => "hcpcs_codes",
            Self::Codes(CodeSystem::Icd10cm) => "icd10cm_codes",
            Self::Codes(CodeSystem::Modifier) => "modifier_codes",
            Self::Codes(CodeSystem::PlaceOfService) => "pos_codes",
            Self::Codes(CodeSystem::Taxonomy) => "taxonomy_codes",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Best => "Best match",
            Self::Notes => "Your notes",
            Self::Similar => "Similar spellings",
            Self::Documents => "Documents",
            Self::Codes(CodeSystem::Cpt) => "CPT codes",
            Self::Codes(CodeSystem::Hcpcs) => "HCPCS codes",
            Self::Codes(CodeSystem::Icd10cm) => "ICD-10-CM codes",
            Self::Codes(CodeSystem::Modifier) => "Modifiers",
            Self::Codes(CodeSystem::PlaceOfService) => "Places of service",
            Self::Codes(CodeSystem::Taxonomy) => "NUCC taxonomy",
        }
    }
}

/// Sorts ranked hits by group; the order within each group stays. The code systems are in the order
/// of their best hits.
pub(crate) fn group_hits<T>(hits: Vec<T>, group: impl Fn(&T) -> HitGroup) -> Vec<(HitGroup, T)> {
    let mut hits: Vec<(HitGroup, T)> = hits.into_iter().map(|hit| (group(&hit), hit)).collect();
    if let Some((group @ HitGroup::Codes(_), _)) = hits.first_mut() {
        *group = HitGroup::Best;
    }
    let mut order = vec![HitGroup::Best, HitGroup::Documents];
    for (group, _) in &hits {
        if !order.contains(group) {
            order.push(*group);
        }
    }
    let position = |group| order.iter().position(|known| *known == group);
    hits.sort_by_key(|(group, _)| (*group == HitGroup::Similar, position(*group)));
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICD: HitGroup = HitGroup::Codes(CodeSystem::Icd10cm);
    const HCPCS: HitGroup = HitGroup::Codes(CodeSystem::Hcpcs);

    fn grouped(hits: &[HitGroup]) -> Vec<(HitGroup, usize)> {
        group_hits((0..hits.len()).collect(), |n| hits[*n])
    }

    #[test]
    fn best_hit_leads_then_documents_then_bare_codes() {
        assert_eq!(
            grouped(&[ICD, HCPCS, HitGroup::Documents, ICD, HitGroup::Documents]),
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
            grouped(&[HitGroup::Documents, ICD]),
            [(HitGroup::Documents, 0), (ICD, 1)]
        );
    }

    #[test]
    fn similar_spellings_come_last_and_never_lead_as_the_best() {
        assert_eq!(
            grouped(&[HitGroup::Similar, ICD, HitGroup::Documents]),
            [(HitGroup::Documents, 2), (ICD, 1), (HitGroup::Similar, 0),]
        );
    }

    #[test]
    fn queried_code_comes_first() {
        assert_eq!(
            grouped(&[HitGroup::Best, HitGroup::Documents, ICD, HitGroup::Best]),
            [
                (HitGroup::Best, 0),
                (HitGroup::Best, 3),
                (HitGroup::Documents, 1),
                (ICD, 2)
            ]
        );
    }
}
