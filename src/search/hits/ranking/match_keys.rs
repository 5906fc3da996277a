//! The sort keys of matches in tables, so that most of a hundred thousand rows are rejected by one
//! comparison.

use crate::search::doc_table::DocKind;
use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch};
use crate::search::fields::FieldMask;
use crate::search::hits::ranking::{BARE_CODE, LENGTH, OTHER_DOC, ROW, SortKey, Tier};

/// The keys of matches, as far as they do not depend on the row.
pub(crate) struct MatchKeys {
    by_cost: [[SortKey; 256]; 2],
    /// All bits of the length are set if it matters.
    by_mask: [[SortKey; 256]; 2],
}

impl MatchKeys {
    pub(crate) fn new() -> Self {
        let by_cost = |doc_kind| {
            let bare_code = BARE_CODE.set(u64::from(doc_kind == DocKind::ListedCode));
            table(|cost| {
                let key = SortKey::with_match(Tier::Code, MatchCost(cost), doc_kind);
                SortKey(key.0 | bare_code)
            })
        };
        let by_mask = |doc_kind| {
            table(|mask| {
                let tier = match FieldMask(mask) {
                    // The row may be about a modifier.
                    FieldMask::ALL => Tier::Code,
                    mask => Tier::of_fields(mask),
                };
                let has_length = match doc_kind {
                    DocKind::Document => tier > Tier::Title,
                    DocKind::ListedCode => tier == Tier::Title,
                };
                let length = if has_length {
                    u64::MAX >> (64 - LENGTH.width)
                } else {
                    0
                };
                let key = SortKey::with_match(tier, MatchCost::NONE, DocKind::Document);
                SortKey(key.0 | LENGTH.set(length))
            })
        };
        let doc_kinds = [DocKind::Document, DocKind::ListedCode];
        Self {
            by_cost: doc_kinds.map(by_cost),
            by_mask: doc_kinds.map(by_mask),
        }
    }

    /// Returns a key that is not higher than that of a row with a match. `length` is that of the row
    /// of a document, or of the title of a listed code.
    pub(crate) fn lower_bound(
        &self,
        found: RowMatch,
        doc_kind: DocKind,
        may_be_open: bool,
        length: u8,
    ) -> SortKey {
        let mask = match found.kind {
            MatchKind::Modifier | MatchKind::CodeAndModifier => FieldMask::ALL,
            _ => found.mask,
        };
        let by_cost = self.by_cost[doc_kind as usize][usize::from(found.cost.0)];
        let by_mask = self.by_mask[doc_kind as usize][usize::from(mask.0)];
        let other_doc = OTHER_DOC.set(u64::from(!may_be_open));
        let not_longer = !LENGTH.set(u64::from(!length));
        let row = ROW.set(u64::from(found.row));
        SortKey(by_cost.0 | by_mask.0 & not_longer | other_doc | row)
    }
}

fn table<T>(mut entry: impl FnMut(u8) -> T) -> [T; 256] {
    std::array::from_fn(|n| entry(u8::try_from(n).unwrap_or(u8::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::hits::ranking::RankFeatures;

    prop_compose! {
        fn any_match()(
            row: u32,
            mask in prop_oneof![any::<u8>(), Just(u8::MAX)],
            cost: u8,
            kind in prop::sample::select(vec![
                MatchKind::Words,
                MatchKind::Typo,
                MatchKind::Synonym(1),
                MatchKind::Modifier,
                MatchKind::CodeAndModifier,
            ]),
        ) -> RowMatch {
            RowMatch::new(row, FieldMask(mask), MatchCost(cost), kind)
        }
    }

    prop_compose! {
        fn any_features()(
            length: u8,
            [is_in_open_doc, is_absence, is_quality_measure, is_listed]: [bool; 4],
        ) -> RankFeatures {
            RankFeatures {
                is_in_open_doc,
                doc_kind: if is_listed { DocKind::ListedCode } else { DocKind::Document },
                is_absence,
                is_quality_measure,
                length,
                tier: Tier::Code,
                cost: MatchCost::NONE,
                row: 0,
            }
        }
    }

    proptest! {
        #[test]
        fn match_keys_are_lower_bounds(found in any_match(), row in any_features()) {
            let tier = Tier::of_match(found);
            let has_length = tier > Tier::Title || (tier, row.doc_kind) == (Tier::Title, DocKind::ListedCode);
            let length = row.length;
            let row = RankFeatures {
                row: found.row,
                tier,
                cost: found.cost,
                length: if has_length { length } else { 0 },
                ..row
            };
            let key = SortKey::new(row);
            let keys = MatchKeys::new();
            let bound = keys.lower_bound(found, row.doc_kind, row.is_in_open_doc, length);
            prop_assert!(keys.lower_bound(found, row.doc_kind, true, length) <= bound);
            prop_assert!(bound <= key);
            let is_exact = found.mask != FieldMask::ALL && tier >= Tier::Title;
            prop_assert_eq!(bound.tier() == tier, is_exact || tier == Tier::Code);
            prop_assert_eq!(bound.0 | key.0, key.0);
        }
    }
}
