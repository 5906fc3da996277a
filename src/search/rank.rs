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
use super::catalogue::{Kind, Make};
use super::fields::Mask;
use super::need::{Cost, Entry, Need, Needs, Via};

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
}

impl Best {
    const fn new(most: usize) -> Self {
        Self {
            found: Vec::new(),
            most,
            total: 0,
        }
    }

    fn push(&mut self, one: Candidate) {
        self.total += 1;
        self.found.push(one);
        if self.found.len() >= self.most.saturating_mul(2).max(1024) {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if self.found.len() > self.most {
            self.found.select_nth_unstable(self.most);
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
        for entry in &need.entries {
            let doc = walk.of_row(entry.row);
            // The first row of a document whose code answers stands for it already.
            let by_code = need.has_code(doc) && self.index.docs.rows(doc).start == entry.row;
            if !by_code {
                let tier = self.tier(std::slice::from_ref(entry));
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

    fn together(&mut self, needs: &[Need]) {
        let Some(lead) = (0..needs.len()).min_by_key(|at| needs[*at].size()) else {
            return;
        };
        let mut cursors: Vec<Cursor<'_>> = needs.iter().map(Cursor::new).collect();
        let mut taken = Vec::with_capacity(needs.len());
        while let Some(doc) = cursors[lead].doc(&self.index.docs) {
            let rows = self.index.docs.rows(doc);
            taken.clear();
            taken.extend(cursors.iter_mut().map(|cursor| cursor.take(doc, &rows)));
            if taken
                .iter()
                .all(|one| one.by_code || !one.entries.is_empty())
                && self.bounds.admits_doc(self.index, doc)
            {
                self.document(doc, &rows, &taken);
            }
        }
    }

    /// Adds the rows of a document that has everything somewhere.
    fn document(&mut self, doc: u32, rows: &Range<u32>, taken: &[Taken<'_>]) {
        let by_code = taken.iter().filter(|one| one.by_code).count();
        let mut of_rows: Vec<Entry> = taken
            .iter()
            .filter(|one| !one.by_code)
            .flat_map(|one| one.entries)
            .copied()
            .collect();
        of_rows.sort_by_key(|entry| entry.row);
        let whole = taken.len() - by_code;
        let mut best: Option<(usize, Cost, u32)> = None;
        let mut any = false;
        for group in of_rows.chunk_by(|a, b| a.row == b.row) {
            let row = group[0].row;
            if !self.bounds.admits_row(self.index, row) {
                continue;
            }
            let cost = group
                .iter()
                .fold(Cost::default(), |sum, e| sum.plus(e.cost));
            if group.len() == whole {
                any = true;
                let tier = match self.tier(group) {
                    tier if by_code > 0 => tier.min(Tier::Title),
                    tier => tier,
                };
                self.push(doc, row, tier, cost);
            } else {
                let better = best.is_none_or(|(count, best, _)| {
                    (count, std::cmp::Reverse(best)) < (group.len(), std::cmp::Reverse(cost))
                });
                if better {
                    best = Some((group.len(), cost, row));
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

    fn tier(&self, entries: &[Entry]) -> Tier {
        let modifier = |entry: &Entry| match entry.via {
            Via::Modifier => true,
            Via::Synonym(_) => entry.mask == Mask::WHOLE,
            Via::CodeAndModifier | Via::Words | Via::Typo => false,
        };
        let mask = entries
            .iter()
            .fold(Mask::WHOLE, |mask, entry| mask.and(entry.mask));
        if entries
            .iter()
            .any(|entry| entry.via == Via::CodeAndModifier)
        {
            Tier::Code
        } else if entries.iter().any(modifier) {
            Tier::Modifier
        } else if mask.has(Mask::TITLE) {
            Tier::Title
        } else if mask.has(Mask::NAME.or(Mask::HEADING)) {
            Tier::Name
        } else if mask.is_empty() {
            Tier::Row
        } else {
            Tier::Field
        }
    }

    fn push_if(&mut self, doc: u32, row: u32, tier: Tier, cost: Cost) {
        if self.bounds.admits_doc(self.index, doc) && self.bounds.admits_row(self.index, row) {
            self.push(doc, row, tier, cost);
        }
    }

    fn push(&mut self, doc: u32, row: u32, tier: Tier, cost: Cost) {
        let index = self.index;
        let mut tier_number = tier as u64;
        if cost >= Cost::OTHERWISE {
            tier_number += Tier::ALL.len() as u64;
        }
        let length = match tier {
            Tier::Code | Tier::Modifier | Tier::CodeBegun => 0,
            Tier::Title => index.docs.title_words(doc),
            _ => index.rows.length(row),
        };
        let key = tier_number << TIER
            | u64::from(cost.0 >> 4) << OTHERWISE
            | u64::from(self.open != Some(doc)) << CLOSED
            | u64::from(cost.0 & 0xf) << COST
            | u64::from(index.docs.make(doc) == Make::Entry) << ENTRY
            | u64::from(index.rows.kind(row) == Kind::Absence) << ABSENCE
            | u64::from(length) << LENGTH
            | u64::from(row);
        self.best.push(Candidate { key, doc });
    }
}

impl Need {
    /// Says whether a document answers by its code.
    fn has_code(&self, doc: u32) -> bool {
        [&self.docs, &self.begun]
            .iter()
            .any(|docs| docs.binary_search(&doc).is_ok())
    }

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
    fn doc(&self, docs: &super::catalogue::Docs) -> Option<u32> {
        let by_row = self.entries.first().map(|entry| docs.of_row(entry.row));
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

/// Returns what is left of a sorted slice after the elements that come before, looking near its
/// front first.
fn from<T>(slice: &[T], before: impl Fn(&T) -> bool) -> &[T] {
    let mut bound = 1;
    while slice.get(bound - 1).is_some_and(&before) {
        bound *= 2;
    }
    let from = bound / 2;
    let to = bound.min(slice.len());
    let at = from + slice[from..to].partition_point(before);
    &slice[at..]
}
