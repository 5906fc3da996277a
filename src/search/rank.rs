//! Defines the order of the answers: rows that have everything a query needs, best first.
//!
//! A row's place in the order is one number, so that the best of many are picked without sorting
//! the rest. From high to low it says: how the words stand together ([`Tier`]), whether they are
//! spelled as asked, whether the row belongs to the document that is open, how exactly the words
//! match, documents before bare codes, facts before absences, short before long, and then the
//! order of the documents.

use std::ops::Range;

use crate::content::CodeId;

use super::Index;
use super::bounds::Bounds;
use super::catalogue::{Kind, Make, Walk};
use super::fields::Mask;
use super::need::{Cost, Entry, Need, Needs, Via, from};

/// How what was asked for stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// The code, or the row of the modifier of the code.
    Code,
    /// The row is about the modifier.
    Modifier,
    /// The code begins so.
    CodeBegun,
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
        Self::CodeBegun,
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
pub(super) struct Candidate {
    key: u64,
    pub(super) doc: u32,
}

const TIER: u32 = 56;
const OTHERWISE: u32 = 52;
const CLOSED: u32 = 51;
const COST: u32 = 47;
const ENTRY: u32 = 46;
const ABSENCE: u32 = 45;
const LENGTH: u32 = 37;

impl Candidate {
    pub(super) const fn row(self) -> u32 {
        (self.key & 0xffff_ffff) as u32
    }

    pub(super) fn tier(self) -> Tier {
        let tier = (self.key >> TIER) as usize % Tier::ALL.len();
        Tier::ALL[tier]
    }

    /// Moves an answer whose words turned out to stand next to one another up.
    pub(super) fn promote(&mut self) {
        if self.tier() == Tier::Field {
            self.key -= 1 << TIER;
        }
    }
}

/// Ranks rows for one query.
pub(super) struct Ranking<'a> {
    index: &'a Index,
    bounds: &'a Bounds,
    open: Option<u32>,
    best: Best,
}

/// The best answers so far; the others are only counted, so that a query which half of all rows
/// answer takes no memory for them.
#[derive(Debug)]
pub(super) struct Best {
    found: Vec<Candidate>,
    most: usize,
    total: usize,
    /// What is not better than this is not among the best.
    bound: u64,
}

impl Best {
    const fn new(most: usize) -> Self {
        Self {
            found: Vec::new(),
            most,
            total: 0,
            bound: u64::MAX,
        }
    }

    fn push(&mut self, one: Candidate) {
        self.total += 1;
        if one.key < self.bound {
            self.found.push(one);
            if self.found.len() >= self.most.saturating_mul(2).max(1024) {
                self.prune();
            }
        }
    }

    fn prune(&mut self) {
        if self.found.len() > self.most {
            let (_, first_out, _) = self.found.select_nth_unstable(self.most);
            self.bound = first_out.key;
            self.found.truncate(self.most);
        }
    }

    /// Returns the best answers, in order, and how many there are in all.
    pub(super) fn finish(mut self) -> (Vec<Candidate>, usize) {
        self.prune();
        self.found.sort_unstable();
        (self.found, self.total)
    }
}

impl<'a> Ranking<'a> {
    /// Returns the best answers to a query, each row once.
    pub(super) fn of(
        index: &'a Index,
        needs: &Needs,
        bounds: &'a Bounds,
        open: Option<&CodeId>,
        most: usize,
    ) -> Best {
        let mut ranking = Self {
            index,
            bounds,
            open: open.and_then(|code| index.docs.find(code)),
            best: Best::new(most),
        };
        match &needs.all[..] {
            [] => ranking.everything(),
            [one] => ranking.alone(one),
            several => ranking.together(several),
        }
        ranking.best
    }

    /// Nothing but scopes was asked for.
    fn everything(&mut self) {
        if self.bounds.is_open() {
            return;
        }
        for (doc, row) in self.bounds.rows(self.index) {
            let tier = if self.bounds.binds_rows() {
                Tier::Row
            } else {
                Tier::Title
            };
            self.push(doc, row, tier, Cost::default());
        }
    }

    fn alone(&mut self, need: &Need) {
        let mut walk = self.index.docs.walk();
        let mut by_code = [&need.docs[..], &need.begun[..]];
        let any_by_code = by_code.iter().any(|docs| !docs.is_empty());
        for entry in &need.entries {
            let tier = Met::of(*entry).tier();
            if !any_by_code && self.is_hopeless(tier, entry.cost) {
                self.best.total += 1;
                continue;
            }
            let doc = walk.of_row(entry.row);
            for docs in &mut by_code {
                *docs = from(docs, |other| *other < doc);
            }
            // The first row of a document whose code answers stands for it already.
            let again = by_code.iter().any(|docs| docs.first() == Some(&doc))
                && self.index.docs.rows(doc).start == entry.row;
            if !again {
                self.push_if(doc, entry.row, tier, entry.cost);
            }
        }
        let begun = need
            .begun
            .iter()
            .filter(|doc| need.docs.binary_search(doc).is_err());
        let codes = need.docs.iter().map(|doc| (Tier::Code, doc));
        for (tier, doc) in codes.chain(begun.map(|doc| (Tier::CodeBegun, doc))) {
            let row = self.index.docs.rows(*doc).start;
            self.push_if(*doc, row, tier, Cost::default());
        }
    }

    /// Says whether an answer is not among the best whatever its row is, and counts all the same.
    fn is_hopeless(&self, tier: Tier, cost: Cost) -> bool {
        self.bounds.is_open() && worth(tier, cost) >= self.best.bound
    }

    fn together(&mut self, needs: &[Need]) {
        let Some(lead) = (0..needs.len()).min_by_key(|at| needs[*at].size()) else {
            return;
        };
        let mut cursors: Vec<Cursor<'_>> = needs.iter().map(Cursor::new).collect();
        let mut walk = self.index.docs.walk();
        let mut taken = Vec::with_capacity(needs.len());
        let mut rests = Vec::with_capacity(needs.len());
        while let Some(doc) = cursors[lead].doc(&mut walk) {
            let rows = self.index.docs.rows(doc);
            taken.clear();
            taken.extend(cursors.iter_mut().map(|cursor| cursor.take(doc, &rows)));
            if taken
                .iter()
                .all(|one| one.by_code || !one.entries.is_empty())
                && self.bounds.admits_doc(self.index, doc)
            {
                self.document(doc, &rows, &taken, &mut rests);
            }
        }
    }

    /// Adds the rows of a document that has everything somewhere. `rests` is room to work in.
    fn document<'e>(
        &mut self,
        doc: u32,
        rows: &Range<u32>,
        taken: &[Taken<'e>],
        rests: &mut Vec<&'e [Entry]>,
    ) {
        rests.clear();
        let by_row = taken.iter().filter(|one| !one.by_code);
        rests.extend(by_row.map(|one| one.entries));
        let whole = rests.len();
        let by_code = taken.len() - whole;
        let mut best: Option<(usize, Cost, u32)> = None;
        let mut any = false;
        while let Some((row, met)) = next_row(rests) {
            if !self.bounds.admits_row(row) {
                continue;
            }
            if met.count == whole {
                any = true;
                let tier = match met.tier() {
                    tier if by_code > 0 => tier.min(Tier::Title),
                    tier => tier,
                };
                self.push(doc, row, tier, met.cost);
            } else {
                let better = best.is_none_or(|(count, best, _)| {
                    (count, std::cmp::Reverse(best)) < (met.count, std::cmp::Reverse(met.cost))
                });
                if better {
                    best = Some((met.count, met.cost, row));
                }
            }
        }
        if whole == 0 {
            self.push_if(doc, rows.start, Tier::Code, Cost::default());
        } else if let (false, Some((_, _, row))) = (any, best) {
            let cheapest = |one: &Taken<'_>| one.entries.iter().map(|e| e.cost).min();
            let cost = taken
                .iter()
                .filter_map(cheapest)
                .fold(Cost::default(), Cost::plus);
            self.push(doc, row, Tier::Document, cost);
        }
    }

    fn push_if(&mut self, doc: u32, row: u32, tier: Tier, cost: Cost) {
        if self.bounds.admits_doc(self.index, doc) && self.bounds.admits_row(row) {
            self.push(doc, row, tier, cost);
        }
    }

    fn push(&mut self, doc: u32, row: u32, tier: Tier, cost: Cost) {
        let worth = worth(tier, cost);
        if worth >= self.best.bound {
            // It is not among the best whatever its row is.
            self.best.total += 1;
            return;
        }
        let index = self.index;
        let length = match tier {
            Tier::Code | Tier::Modifier | Tier::CodeBegun => 0,
            Tier::Title => index.docs.title_words(doc),
            _ => index.rows.length(row),
        };
        let key = worth
            | (u64::from(self.open != Some(doc)) << CLOSED)
            | (u64::from(cost.0 & 0xf) << COST)
            | (u64::from(index.docs.make(doc) == Make::Entry) << ENTRY)
            | (u64::from(index.rows.kind(row) == Kind::Absence) << ABSENCE)
            | (u64::from(length) << LENGTH)
            | u64::from(row);
        self.best.push(Candidate { key, doc });
    }
}

/// How a row answers some needs.
#[derive(Clone, Copy, Debug)]
struct Met {
    /// How many.
    count: usize,
    cost: Cost,
    /// The fields that have something for each of them.
    mask: Mask,
    code_and_modifier: bool,
    modifier: bool,
}

impl Met {
    const NONE: Self = Self {
        count: 0,
        cost: Cost::NONE,
        mask: Mask::WHOLE,
        code_and_modifier: false,
        modifier: false,
    };

    fn of(entry: Entry) -> Self {
        let mut met = Self::NONE;
        met.add(entry);
        met
    }

    fn add(&mut self, entry: Entry) {
        self.count += 1;
        self.cost = self.cost.plus(entry.cost);
        self.mask = self.mask.and(entry.mask);
        match entry.via {
            Via::CodeAndModifier => self.code_and_modifier = true,
            Via::Modifier => self.modifier = true,
            Via::Synonym(_) => self.modifier |= entry.mask == Mask::WHOLE,
            Via::Words | Via::Typo => {}
        }
    }

    fn tier(&self) -> Tier {
        if self.code_and_modifier {
            Tier::Code
        } else if self.modifier {
            Tier::Modifier
        } else if self.mask.has(Mask::TITLE) {
            Tier::Title
        } else if self.mask.has(Mask::NAME.or(Mask::HEADING)) {
            Tier::Name
        } else if self.mask.is_empty() {
            Tier::Row
        } else {
            Tier::Field
        }
    }
}

/// Moves past the first row that answers some need; returns it, and how.
fn next_row(rests: &mut [&[Entry]]) -> Option<(u32, Met)> {
    let mut row = u32::MAX;
    for rest in &*rests {
        if let [entry, ..] = rest {
            row = row.min(entry.row);
        }
    }
    let mut met = Met::NONE;
    for rest in rests {
        if let [entry, after @ ..] = rest
            && entry.row == row
        {
            met.add(*entry);
            *rest = after;
        }
    }
    (met.count > 0).then_some((row, met))
}

/// Returns the part of an answer's place in the order that does not depend on its row.
fn worth(tier: Tier, cost: Cost) -> u64 {
    let otherwise = if cost < Cost::OTHERWISE {
        0
    } else {
        Tier::ALL.len() as u64
    };
    ((tier as u64 + otherwise) << TIER) | (u64::from(cost.0 >> 4) << OTHERWISE)
}

impl Need {
    fn size(&self) -> usize {
        self.entries.len() + self.docs.len() + self.begun.len()
    }
}

/// What a document has for one need.
#[derive(Clone, Copy, Debug)]
struct Taken<'a> {
    by_code: bool,
    entries: &'a [Entry],
}

/// Walks what answers a need, document by document.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    entries: &'a [Entry],
    docs: &'a [u32],
    begun: &'a [u32],
}

impl<'a> Cursor<'a> {
    fn new(need: &'a Need) -> Self {
        Self {
            entries: &need.entries,
            docs: &need.docs,
            begun: &need.begun,
        }
    }

    /// Returns the next document that answers.
    fn doc(&self, walk: &mut Walk<'_>) -> Option<u32> {
        let by_row = self.entries.first().map(|entry| walk.of_row(entry.row));
        [
            by_row,
            self.docs.first().copied(),
            self.begun.first().copied(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Moves past a document; returns what answers in it.
    fn take(&mut self, doc: u32, rows: &Range<u32>) -> Taken<'a> {
        self.entries = from(self.entries, |entry| entry.row < rows.start);
        let after = from(self.entries, |entry| entry.row < rows.end);
        let (entries, _) = self.entries.split_at(self.entries.len() - after.len());
        self.entries = after;
        let mut by_code = false;
        for docs in [&mut self.docs, &mut self.begun] {
            *docs = from(docs, |other| *other < doc);
            if docs.first() == Some(&doc) {
                by_code = true;
                *docs = &docs[1..];
            }
        }
        Taken { by_code, entries }
    }
}
