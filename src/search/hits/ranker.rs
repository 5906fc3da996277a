//! Defines the order of the answers: rows that have everything a query needs, best first.
//!
//! A row's place in the order is one number, so that the best of many are picked without sorting
//! the rest. From high to low it says: how the words stand together ([`Tier`]), whether they are
//! spelled as asked, whether the row belongs to the document that is open, how exactly the words
//! match, documents before bare codes, facts before absences, short before long, and then the
//! order of the documents.

use std::ops::Range;

use crate::content::CodeId;

use crate::search::doc_table::{DocKind, RowToDoc, SubjectKind};
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{
    MatchCost, MatchKind, QueryMatches, RowMatch, TermMatches, gallop,
};
use crate::search::fields::FieldMask;
use crate::search::index::Index;

/// How what was asked for stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// The code, or the row of the modifier of the code.
    Code,
    /// The row is about the modifier.
    Modifier,
    /// The code begins so.
    CodePrefix,
    /// All words in the title.
    Title,
    /// All words in what the row is called, or in its heading.
    Name,
    /// All words next to one another in a field; only known once the text is read again.
    Phrase,
    /// All words in one field.
    Field,
    /// All words in one row.
    Row,
    /// All words in one document.
    Document,
}

impl Tier {
    const ALL: [Self; 9] = [
        Self::Code,
        Self::Modifier,
        Self::CodePrefix,
        Self::Title,
        Self::Name,
        Self::Phrase,
        Self::Field,
        Self::Row,
        Self::Document,
    ];
}

/// An answer and its place in the order; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ScoredRow {
    key: u64,
    pub(crate) doc: u32,
}

const TIER_SHIFT: u32 = 56;
const COARSE_COST_SHIFT: u32 = 52;
const NOT_OPEN_SHIFT: u32 = 51;
const FINE_COST_SHIFT: u32 = 47;
const BARE_CODE_SHIFT: u32 = 46;
const ABSENCE_SHIFT: u32 = 45;
const LENGTH_SHIFT: u32 = 37;

impl ScoredRow {
    pub(crate) const fn row(self) -> u32 {
        (self.key & 0xffff_ffff) as u32
    }

    pub(crate) fn tier(self) -> Tier {
        let tier = (self.key >> TIER_SHIFT) as usize % Tier::ALL.len();
        Tier::ALL[tier]
    }

    /// Moves an answer whose words turned out to stand next to one another up.
    pub(crate) fn promote(&mut self) {
        if self.tier() == Tier::Field {
            self.key -= 1 << TIER_SHIFT;
        }
    }
}

/// Ranks rows for one query.
pub(crate) struct Ranker<'a> {
    index: &'a Index,
    scope_filter: &'a ScopeFilter,
    open_doc: Option<u32>,
    top: TopK,
}

/// The best answers so far; the others are only counted, so that a query which half of all rows
/// answer takes no memory for them.
#[derive(Debug)]
pub(crate) struct TopK {
    rows: Vec<ScoredRow>,
    limit: usize,
    total: usize,
    /// What is not better than this is not among the best.
    threshold: u64,
}

impl TopK {
    const fn new(most: usize) -> Self {
        Self {
            rows: Vec::new(),
            limit: most,
            total: 0,
            threshold: u64::MAX,
        }
    }

    fn push(&mut self, one: ScoredRow) {
        self.total += 1;
        if one.key < self.threshold {
            self.rows.push(one);
            if self.rows.len() >= self.limit.saturating_mul(2).max(1024) {
                self.prune();
            }
        }
    }

    fn prune(&mut self) {
        if self.rows.len() > self.limit {
            let (_, first_out, _) = self.rows.select_nth_unstable(self.limit);
            self.threshold = first_out.key;
            self.rows.truncate(self.limit);
        }
    }

    /// Returns the best answers, in order, and how many there are in all.
    pub(crate) fn finish(mut self) -> (Vec<ScoredRow>, usize) {
        self.prune();
        self.rows.sort_unstable();
        (self.rows, self.total)
    }
}

impl<'a> Ranker<'a> {
    /// Returns the best answers to a query, each row once.
    pub(crate) fn rank(
        index: &'a Index,
        needs: &QueryMatches,
        bounds: &'a ScopeFilter,
        open: Option<&CodeId>,
        most: usize,
    ) -> TopK {
        let mut ranking = Self {
            index,
            scope_filter: bounds,
            open_doc: open.and_then(|code| index.docs.find(code)),
            top: TopK::new(most),
        };
        match &needs.by_clause[..] {
            [] => ranking.rank_scope_only(),
            [one] => ranking.rank_single(one),
            several => ranking.rank_conjunction(several),
        }
        ranking.top
    }

    /// Nothing but scopes was asked for.
    fn rank_scope_only(&mut self) {
        if self.scope_filter.is_unrestricted() {
            return;
        }
        for (doc, row) in self.scope_filter.rows(self.index) {
            let tier = if self.scope_filter.restricts_rows() {
                Tier::Row
            } else {
                Tier::Title
            };
            self.push(doc, row, tier, MatchCost::default());
        }
    }

    fn rank_single(&mut self, need: &TermMatches) {
        let mut walk = self.index.docs.row_to_doc();
        let mut by_code = [&need.code_docs[..], &need.code_prefix_docs[..]];
        let any_by_code = by_code.iter().any(|docs| !docs.is_empty());
        for entry in &need.rows {
            let tier = RowScore::from_match(*entry).tier();
            if !any_by_code && self.below_threshold(tier, entry.cost) {
                self.top.total += 1;
                continue;
            }
            let doc = walk.doc_of_row(entry.row);
            for docs in &mut by_code {
                *docs = gallop(docs, |other| *other < doc);
            }
            // The first row of a document whose code answers stands for it already.
            let again = by_code.iter().any(|docs| docs.first() == Some(&doc))
                && self.index.docs.rows(doc).start == entry.row;
            if !again {
                self.push_if_in_scope(doc, entry.row, tier, entry.cost);
            }
        }
        let begun = need
            .code_prefix_docs
            .iter()
            .filter(|doc| need.code_docs.binary_search(doc).is_err());
        let codes = need.code_docs.iter().map(|doc| (Tier::Code, doc));
        for (tier, doc) in codes.chain(begun.map(|doc| (Tier::CodePrefix, doc))) {
            let row = self.index.docs.rows(*doc).start;
            self.push_if_in_scope(*doc, row, tier, MatchCost::default());
        }
    }

    /// Says whether an answer is not among the best whatever its row is, and counts all the same.
    fn below_threshold(&self, tier: Tier, cost: MatchCost) -> bool {
        self.scope_filter.is_unrestricted() && base_key(tier, cost) >= self.top.threshold
    }

    fn rank_conjunction(&mut self, needs: &[TermMatches]) {
        let Some(lead) = (0..needs.len()).min_by_key(|at| needs[*at].size()) else {
            return;
        };
        let mut cursors: Vec<MatchCursor<'_>> = needs.iter().map(MatchCursor::new).collect();
        let mut walk = self.index.docs.row_to_doc();
        let mut taken = Vec::with_capacity(needs.len());
        let mut rests = Vec::with_capacity(needs.len());
        while let Some(doc) = cursors[lead].next_doc(&mut walk) {
            let rows = self.index.docs.rows(doc);
            taken.clear();
            taken.extend(cursors.iter_mut().map(|cursor| cursor.take_doc(doc, &rows)));
            if taken.iter().all(|one| one.by_code || !one.rows.is_empty())
                && self.scope_filter.admits_doc(self.index, doc)
            {
                self.rank_document(doc, &rows, &taken, &mut rests);
            }
        }
    }

    /// Adds the rows of a document that has everything somewhere. `rests` is room to work in.
    fn rank_document<'e>(
        &mut self,
        doc: u32,
        rows: &Range<u32>,
        taken: &[DocMatches<'e>],
        rests: &mut Vec<&'e [RowMatch]>,
    ) {
        rests.clear();
        let by_row = taken.iter().filter(|one| !one.by_code);
        rests.extend(by_row.map(|one| one.rows));
        let whole = rests.len();
        let by_code = taken.len() - whole;
        let mut best: Option<(usize, MatchCost, u32)> = None;
        let mut any = false;
        while let Some((row, met)) = next_row(rests) {
            if !self.scope_filter.admits_row(row) {
                continue;
            }
            if met.clause_count == whole {
                any = true;
                let tier = match met.tier() {
                    tier if by_code > 0 => tier.min(Tier::Title),
                    tier => tier,
                };
                self.push(doc, row, tier, met.cost);
            } else {
                let better = best.is_none_or(|(count, best, _)| {
                    (count, std::cmp::Reverse(best))
                        < (met.clause_count, std::cmp::Reverse(met.cost))
                });
                if better {
                    best = Some((met.clause_count, met.cost, row));
                }
            }
        }
        if whole == 0 {
            self.push_if_in_scope(doc, rows.start, Tier::Code, MatchCost::default());
        } else if let (false, Some((_, _, row))) = (any, best) {
            let cheapest = |one: &DocMatches<'_>| one.rows.iter().map(|e| e.cost).min();
            let cost = taken
                .iter()
                .filter_map(cheapest)
                .fold(MatchCost::default(), MatchCost::plus);
            self.push(doc, row, Tier::Document, cost);
        }
    }

    fn push_if_in_scope(&mut self, doc: u32, row: u32, tier: Tier, cost: MatchCost) {
        if self.scope_filter.admits_doc(self.index, doc) && self.scope_filter.admits_row(row) {
            self.push(doc, row, tier, cost);
        }
    }

    fn push(&mut self, doc: u32, row: u32, tier: Tier, cost: MatchCost) {
        let worth = base_key(tier, cost);
        if worth >= self.top.threshold {
            // It is not among the best whatever its row is.
            self.top.total += 1;
            return;
        }
        let index = self.index;
        let length = match tier {
            Tier::Code | Tier::Modifier | Tier::CodePrefix => 0,
            Tier::Title => index.docs.title_word_count(doc),
            _ => index.rows.length_class(row),
        };
        let key = worth
            | (u64::from(self.open_doc != Some(doc)) << NOT_OPEN_SHIFT)
            | (u64::from(cost.0 & 0xf) << FINE_COST_SHIFT)
            | (u64::from(index.docs.kind(doc) == DocKind::ListedCode) << BARE_CODE_SHIFT)
            | (u64::from(index.rows.kind(row) == SubjectKind::Absence) << ABSENCE_SHIFT)
            | (u64::from(length) << LENGTH_SHIFT)
            | u64::from(row);
        self.top.push(ScoredRow { key, doc });
    }
}

/// How a row answers some needs.
#[derive(Clone, Copy, Debug)]
struct RowScore {
    /// How many.
    clause_count: usize,
    cost: MatchCost,
    /// The fields that have something for each of them.
    mask: FieldMask,
    code_and_modifier: bool,
    modifier: bool,
}

impl RowScore {
    const NONE: Self = Self {
        clause_count: 0,
        cost: MatchCost::NONE,
        mask: FieldMask::ALL,
        code_and_modifier: false,
        modifier: false,
    };

    fn from_match(entry: RowMatch) -> Self {
        let mut met = Self::NONE;
        met.add(entry);
        met
    }

    fn add(&mut self, entry: RowMatch) {
        self.clause_count += 1;
        self.cost = self.cost.plus(entry.cost);
        self.mask = self.mask.and(entry.mask);
        match entry.kind {
            MatchKind::CodeAndModifier => self.code_and_modifier = true,
            MatchKind::Modifier => self.modifier = true,
            MatchKind::Synonym(_) => self.modifier |= entry.mask == FieldMask::ALL,
            MatchKind::Words | MatchKind::Typo => {}
        }
    }

    fn tier(&self) -> Tier {
        if self.code_and_modifier {
            Tier::Code
        } else if self.modifier {
            Tier::Modifier
        } else if self.mask.intersects(FieldMask::TITLE) {
            Tier::Title
        } else if self.mask.intersects(FieldMask::NAME.or(FieldMask::HEADING)) {
            Tier::Name
        } else if self.mask.is_empty() {
            Tier::Row
        } else {
            Tier::Field
        }
    }
}

/// Moves past the first row that answers some need; returns it, and how.
fn next_row(rests: &mut [&[RowMatch]]) -> Option<(u32, RowScore)> {
    let mut row = u32::MAX;
    for rest in &*rests {
        if let [entry, ..] = rest {
            row = row.min(entry.row);
        }
    }
    let mut met = RowScore::NONE;
    for rest in rests {
        if let [entry, after @ ..] = rest
            && entry.row == row
        {
            met.add(*entry);
            *rest = after;
        }
    }
    (met.clause_count > 0).then_some((row, met))
}

/// Returns the part of an answer's place in the order that does not depend on its row.
fn base_key(tier: Tier, cost: MatchCost) -> u64 {
    let otherwise = if cost < MatchCost::INEXACT {
        0
    } else {
        Tier::ALL.len() as u64
    };
    ((tier as u64 + otherwise) << TIER_SHIFT) | (u64::from(cost.0 >> 4) << COARSE_COST_SHIFT)
}

impl TermMatches {
    fn size(&self) -> usize {
        self.rows.len() + self.code_docs.len() + self.code_prefix_docs.len()
    }
}

/// What a document has for one need.
#[derive(Clone, Copy, Debug)]
struct DocMatches<'a> {
    by_code: bool,
    rows: &'a [RowMatch],
}

/// Walks what answers a need, document by document.
#[derive(Clone, Copy, Debug)]
struct MatchCursor<'a> {
    rows: &'a [RowMatch],
    code_docs: &'a [u32],
    code_prefix_docs: &'a [u32],
}

impl<'a> MatchCursor<'a> {
    fn new(need: &'a TermMatches) -> Self {
        Self {
            rows: &need.rows,
            code_docs: &need.code_docs,
            code_prefix_docs: &need.code_prefix_docs,
        }
    }

    /// Returns the next document that answers.
    fn next_doc(&self, walk: &mut RowToDoc<'_>) -> Option<u32> {
        let by_row = self.rows.first().map(|entry| walk.doc_of_row(entry.row));
        [
            by_row,
            self.code_docs.first().copied(),
            self.code_prefix_docs.first().copied(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Moves past a document; returns what answers in it.
    fn take_doc(&mut self, doc: u32, rows: &Range<u32>) -> DocMatches<'a> {
        self.rows = gallop(self.rows, |entry| entry.row < rows.start);
        let after = gallop(self.rows, |entry| entry.row < rows.end);
        let (entries, _) = self.rows.split_at(self.rows.len() - after.len());
        self.rows = after;
        let mut by_code = false;
        for docs in [&mut self.code_docs, &mut self.code_prefix_docs] {
            *docs = gallop(docs, |other| *other < doc);
            if docs.first() == Some(&doc) {
                by_code = true;
                *docs = &docs[1..];
            }
        }
        DocMatches {
            by_code,
            rows: entries,
        }
    }
}
