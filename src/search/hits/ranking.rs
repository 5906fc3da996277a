//! Ranking: the order of hits. Everything that decides which row is better is in this file.
//!
//! The sort key of a row is one number, so that the best of many rows can be selected without
//! sorting the others. The smaller, the better. Rows are compared by, in this order:
//!
//! 1. other codes before quality measures;
//! 2. the [`Closeness`]: whole words, synonyms, beginnings of words in bare codes, typos;
//! 3. the [`Tier`]: how the words occur together;
//! 4. the cost of synonyms and typos;
//! 5. whether the row is of the open document;
//! 6. the cost of variants and prefixes;
//! 7. documents before bare codes;
//! 8. facts before absences;
//! 9. the length of the title or row;
//! 10. the order of the rows in the index.

pub(crate) mod match_keys;

use crate::search::doc_table::DocKind;
use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch};
use crate::search::fields::FieldMask;

/// How the words of a query occur together, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// The query is the code, or the code and the row's modifier.
    Code,
    /// The query is an everyday name of the code.
    Named,
    Modifier,
    /// The query is a prefix of the code.
    CodePrefix,
    Title,
    /// All words are in the row's name or heading.
    Name,
    /// All words are adjacent in a field. This is known only after the stored row is read.
    Phrase,
    Field,
    Row,
    Document,
}

impl Tier {
    const ALL: [Self; 10] = [
        Self::Code,
        Self::Named,
        Self::Modifier,
        Self::CodePrefix,
        Self::Title,
        Self::Name,
        Self::Phrase,
        Self::Field,
        Self::Row,
        Self::Document,
    ];

    /// Returns the tier of a row that matches all clauses.
    pub(crate) fn of_match(found: RowMatch) -> Self {
        if found.kind == MatchKind::CodeAndModifier {
            Self::Code
        } else if found.is_about_modifier() {
            Self::Modifier
        } else {
            Self::of_fields(found.mask)
        }
    }

    /// Returns the tier of a row with fields that match all clauses.
    const fn of_fields(mask: FieldMask) -> Self {
        if mask.intersects(FieldMask::TITLE) {
            Self::Title
        } else if mask.intersects(FieldMask::NAME.or(FieldMask::HEADING)) {
            Self::Name
        } else if mask.is_empty() {
            Self::Row
        } else {
            Self::Field
        }
    }
}

/// How close the words of a row are to those of the query, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// The words of the query, or, in a document, words that start with them.
    Words,
    Synonyms,
    /// Longer words that start with those of the query, in the title of a bare code. Among a hundred
    /// thousand titles there is always one.
    Prefixes,
    Typos,
}

impl Closeness {
    fn new(cost: MatchCost, doc_kind: DocKind) -> Self {
        if cost >= MatchCost::TYPO {
            Self::Typos
        } else if cost.has_prefix() && doc_kind == DocKind::ListedCode {
            Self::Prefixes
        } else if cost >= MatchCost::SYNONYM {
            Self::Synonyms
        } else {
            Self::Words
        }
    }
}

/// A range of bits of a sort key.
#[derive(Clone, Copy)]
struct Bits {
    low: u32,
    width: u32,
}

impl Bits {
    const fn new(low: u32, width: u32) -> Self {
        Self { low, width }
    }

    const fn set(self, value: u64) -> u64 {
        debug_assert!(value >> self.width == 0);
        value << self.low
    }

    const fn get(self, key: u64) -> u64 {
        key >> self.low & ((1 << self.width) - 1)
    }
}

const QUALITY_MEASURE: Bits = Bits::new(63, 1);
const CLOSENESS: Bits = Bits::new(60, 2);
const TIER: Bits = Bits::new(56, 4);
const COARSE_COST: Bits = Bits::new(52, 4);
const OTHER_DOC: Bits = Bits::new(51, 1);
const FINE_COST: Bits = Bits::new(47, 4);
const BARE_CODE: Bits = Bits::new(46, 1);
const ABSENCE: Bits = Bits::new(45, 1);
const LENGTH: Bits = Bits::new(37, 8);
const ROW: Bits = Bits::new(0, 32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortKey(u64);

/// The properties of a row that its sort key consists of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RankFeatures {
    pub(crate) tier: Tier,
    pub(crate) cost: MatchCost,
    pub(crate) is_in_open_doc: bool,
    pub(crate) doc_kind: DocKind,
    pub(crate) is_absence: bool,
    pub(crate) is_quality_measure: bool,
    /// The number of words, or a monotonic function of it.
    pub(crate) length: u8,
    pub(crate) row: u32,
}

impl SortKey {
    pub(crate) const MAX: Self = Self(u64::MAX);

    fn with_closeness(closeness: Closeness, tier: Tier, cost: MatchCost) -> Self {
        let coarse_cost = COARSE_COST.set(u64::from(cost.0 >> 4));
        Self(CLOSENESS.set(closeness as u64) | TIER.set(tier as u64) | coarse_cost)
    }

    /// Returns the key of a row that has the query as its everyday name. `position` is that of the
    /// code among those with the name.
    pub(crate) fn named(position: u8, row: u32) -> Self {
        let tier = Self::with_closeness(Closeness::Words, Tier::Named, MatchCost::NONE);
        Self(tier.0 | LENGTH.set(u64::from(position)) | ROW.set(u64::from(row)))
    }

    pub(crate) fn new(row: RankFeatures) -> Self {
        let with_match = Self::with_match(row.tier, row.cost, row.doc_kind);
        Self(
            with_match.0
                | QUALITY_MEASURE.set(u64::from(
                    row.is_quality_measure && row.tier > Tier::CodePrefix,
                ))
                | OTHER_DOC.set(u64::from(!row.is_in_open_doc))
                | BARE_CODE.set(u64::from(row.doc_kind == DocKind::ListedCode))
                | ABSENCE.set(u64::from(row.is_absence))
                | LENGTH.set(u64::from(row.length))
                | ROW.set(u64::from(row.row)),
        )
    }

    /// Returns a key with the criteria that depend on the match only.
    fn with_match(tier: Tier, cost: MatchCost, doc_kind: DocKind) -> Self {
        let closeness = Closeness::new(cost, doc_kind);
        let fine_cost = FINE_COST.set(u64::from(cost.0 & 0xf));
        Self(Self::with_closeness(closeness, tier, cost).0 | fine_cost)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the field has 32 bits")]
    pub(crate) const fn row(self) -> u32 {
        ROW.get(self.0) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the field has 8 bits")]
    pub(crate) const fn tier(self) -> Tier {
        match TIER.get(self.0) as usize {
            tier if tier < Tier::ALL.len() => Tier::ALL[tier],
            _ => Tier::Document,
        }
    }

    /// Returns true if the row matches only after a typo is corrected.
    pub(crate) const fn has_typo(self) -> bool {
        CLOSENESS.get(self.0) == Closeness::Typos as u64
    }

    /// Moves a row from [`Tier::Field`] up to [`Tier::Phrase`].
    pub(crate) fn promote_to_phrase(&mut self) {
        if self.tier() == Tier::Field {
            self.0 -= TIER.set(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORST: RankFeatures = RankFeatures {
        tier: Tier::Document,
        cost: MatchCost(u8::MAX),
        is_in_open_doc: false,
        doc_kind: DocKind::ListedCode,
        is_absence: true,
        is_quality_measure: false,
        length: u8::MAX,
        row: u32::MAX,
    };
    const BEST: RankFeatures = RankFeatures {
        tier: Tier::Code,
        cost: MatchCost::NONE,
        is_in_open_doc: true,
        doc_kind: DocKind::Document,
        is_absence: false,
        is_quality_measure: false,
        length: 0,
        row: 0,
    };

    #[test]
    fn bit_ranges_do_not_overlap() {
        let mut taken = 0_u64;
        for bits in [
            QUALITY_MEASURE,
            CLOSENESS,
            TIER,
            COARSE_COST,
            OTHER_DOC,
            FINE_COST,
            BARE_CODE,
            ABSENCE,
            LENGTH,
            ROW,
        ] {
            let range = (u64::MAX >> (64 - bits.width)) << bits.low;
            assert_eq!(range.count_ones(), bits.width, "beyond 64 bits");
            assert_eq!(taken & range, 0, "{range:x} is taken twice");
            taken |= range;
        }
    }

    /// Each pair differs in one criterion; the better row is the worst possible in all criteria after
    /// it, and the worse row the best possible.
    #[test]
    fn earlier_criteria_outweigh_all_later_ones() {
        use DocKind::Document;
        let last_exact = MatchCost(MatchCost::INEXACT.0 - 1);
        let (coarse, next_coarse) = (MatchCost(0x13), MatchCost(0x20));
        let (fine, next_fine) = (MatchCost(1), MatchCost(2));
        let tier = Tier::Field;
        let (best, worst) = (BEST, WORST);
        #[rustfmt::skip]
        let pairs = [
            ("quality measure", worst, RankFeatures { is_quality_measure: true, tier: Tier::Title, ..best }),
            ("whole words", RankFeatures { cost: MatchCost::VARIANT, ..worst }, RankFeatures { cost: MatchCost::SYNONYM, ..best }),
            ("prefix in a document", RankFeatures { cost: last_exact, doc_kind: Document, ..worst }, RankFeatures { cost: MatchCost::SYNONYM, ..best }),
            ("synonym", RankFeatures { cost: MatchCost::SYNONYM, ..worst }, RankFeatures { cost: MatchCost::PREFIX, doc_kind: DocKind::ListedCode, ..best }),
            ("prefix in a bare code", RankFeatures { cost: last_exact, ..worst }, RankFeatures { cost: MatchCost::TYPO, ..best }),
            ("tier", RankFeatures { tier: Tier::Row, ..worst }, RankFeatures { tier: Tier::Document, cost: MatchCost::TYPO, ..best }),
            ("coarse cost", RankFeatures { tier, cost: coarse, ..worst }, RankFeatures { tier, cost: next_coarse, ..best }),
            ("open", RankFeatures { tier, cost: MatchCost(3), is_in_open_doc: true, ..worst }, RankFeatures { tier, is_in_open_doc: false, ..best }),
            ("fine cost", RankFeatures { tier, cost: fine, ..worst }, RankFeatures { tier, cost: next_fine, is_in_open_doc: false, ..best }),
            ("bare code", RankFeatures { doc_kind: Document, ..worst }, RankFeatures { is_absence: false, length: 0, row: 0, ..worst }),
            ("absence", RankFeatures { is_absence: false, ..worst }, RankFeatures { length: 0, row: 0, ..worst }),
            ("length", RankFeatures { length: 1, ..worst }, RankFeatures { length: 2, row: 0, ..worst }),
            ("row", RankFeatures { row: 1, ..worst }, RankFeatures { row: 2, ..worst }),
        ];
        for (criterion, better, worse) in pairs {
            assert!(SortKey::new(better) < SortKey::new(worse), "{criterion}");
        }
    }

    #[test]
    fn key_yields_its_tier_and_row() {
        for tier in Tier::ALL {
            for cost in [MatchCost::NONE, MatchCost::INEXACT, MatchCost(u8::MAX)] {
                let key = SortKey::new(RankFeatures {
                    tier,
                    cost,
                    ..WORST
                });
                assert_eq!((key.tier(), key.row()), (tier, u32::MAX));
            }
        }
    }

    #[test]
    fn tier_follows_from_where_the_words_occur() {
        use MatchKind::{CodeAndModifier, Modifier, Synonym, Words};
        let (title, name, body) = (FieldMask::TITLE, FieldMask::NAME, FieldMask::BODY);
        let heading = FieldMask::HEADING;
        for (clauses, tier) in [
            (&[(body, Words), (body, CodeAndModifier)][..], Tier::Code),
            (&[(body, Modifier), (body, Words)], Tier::Modifier),
            // A synonym of the modifier that the row is about, or of a word in it.
            (
                &[(FieldMask::ALL, Synonym(0)), (body, Words)],
                Tier::Modifier,
            ),
            (
                &[(FieldMask::ALL, Synonym(0)), (FieldMask::ALL, Synonym(1))],
                Tier::Modifier,
            ),
            (&[(body, Synonym(0)), (body, Words)], Tier::Field),
            (&[(title, Words), (title.or(body), Words)], Tier::Title),
            (&[(name, Words)], Tier::Name),
            (&[(heading, Words), (heading.or(body), Words)], Tier::Name),
            (&[(body, Words)], Tier::Field),
            (&[(title, Words), (body, Words)], Tier::Row),
        ] {
            let matches = clauses
                .iter()
                .map(|(mask, kind)| RowMatch::new(7, *mask, MatchCost::VARIANT, *kind));
            let all = matches.reduce(RowMatch::and).unwrap();
            assert_eq!(Tier::of_match(all), tier, "{clauses:?}");
        }
    }

    #[test]
    fn everyday_name_ranks_below_the_code_and_by_its_position() {
        let row = |tier| {
            SortKey::new(RankFeatures {
                tier,
                length: u8::MAX,
                ..BEST
            })
        };
        let (first, second) = (SortKey::named(0, 9), SortKey::named(1, 8));
        assert!(row(Tier::Code) < first && first < second && second < row(Tier::Modifier));
        assert_eq!((first.tier(), first.row()), (Tier::Named, 9));
    }

    #[test]
    fn typo_is_known_from_the_key() {
        for (cost, has_typo) in [
            (MatchCost::NONE, false),
            (MatchCost::SYNONYM, false),
            (MatchCost::TYPO, true),
            (MatchCost(u8::MAX), true),
        ] {
            let key = SortKey::new(RankFeatures { cost, ..BEST });
            assert_eq!(key.has_typo(), has_typo, "{cost:?}");
        }
    }

    #[test]
    fn promotion_moves_a_field_match_above_other_field_matches_only() {
        let new_key = |tier| SortKey::new(RankFeatures { tier, ..WORST });
        let mut promoted = new_key(Tier::Field);
        promoted.promote_to_phrase();
        assert_eq!(promoted, new_key(Tier::Phrase));
        let mut row = new_key(Tier::Row);
        row.promote_to_phrase();
        assert_eq!(row, new_key(Tier::Row));
    }
}
