//! The collector: combines the matches of all clauses of a query into rows, and collects the best.
//! [`crate::search::hits::ranking`] decides which row is better.

use std::cmp::Reverse;
use std::ops::Range;

use crate::content::CodeId;
use crate::search::columns::{extend_selected, gallop, merge_join};
use crate::search::doc_table::{DocKind, RowToDoc};
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{MatchCost, QueryMatches, RowMatch, TermMatches};
use crate::search::hits::ranking::match_keys::MatchKeys;
use crate::search::hits::ranking::{RankFeatures, SortKey, Tier};
use crate::search::hits::top_k::{ScoredRow, TopK};
use crate::search::index::Index;
use crate::search::row_table::SubjectKind;

/// Rows are ranked in chunks of this many; the rejected rows of a chunk are counted together.
const CHUNK_ROWS: usize = 256;

pub(crate) struct Collector<'a> {
    index: &'a Index,
    scope_filter: &'a ScopeFilter,
    open_rows: Range<u32>,
    /// See [`QueryMatches::named_docs`].
    named_docs: &'a [u32],
    /// The first listed code, and its row. The listed codes follow all documents.
    first_listed_code: u32,
    first_listed_row: u32,
    /// The top rows of documents and those of listed codes. They are apart, so that thousands of
    /// codes do not crowd out the user's documents.
    top: [TopK; 2],
    match_keys: MatchKeys,
    /// The rows of a chunk that may be in the top k.
    candidates: Vec<RowMatch>,
}

impl<'a> Collector<'a> {
    /// Returns the top `limit` rows of documents and of listed codes that match a query, each once
    /// and best first, and the number of all that match.
    pub(crate) fn rank(
        index: &'a Index,
        matches: &'a QueryMatches,
        scope_filter: &'a ScopeFilter,
        open_code: Option<&CodeId>,
        limit: usize,
    ) -> (Vec<ScoredRow>, usize) {
        let mut collector = Self {
            index,
            scope_filter,
            open_rows: open_code
                .and_then(|code| index.docs.find(code))
                .map_or(0..0, |doc| index.docs.rows(doc)),
            named_docs: &matches.named_docs,
            first_listed_code: index.docs.first_listed_code(),
            first_listed_row: index.docs.first_listed_row(),
            top: [TopK::new(limit), TopK::new(limit)],
            match_keys: MatchKeys::new(),
            candidates: Vec::with_capacity(CHUNK_ROWS),
        };
        for (position, doc) in (0..).zip(&matches.named_docs) {
            collector.push_named(*doc, position);
        }
        match &matches.by_clause[..] {
            [] => collector.rank_scope_only(),
            [clause] => collector.rank_single(clause),
            clauses => collector.rank_conjunction(clauses),
        }
        let [(mut rows, documents), (codes, listed)] = collector.top.map(TopK::finish);
        rows.extend(codes);
        rows.sort_unstable();
        (rows, documents + listed)
    }

    fn top_of(&mut self, row: u32) -> &mut TopK {
        &mut self.top[self.doc_kind(row) as usize]
    }

    const fn doc_kind(&self, row: u32) -> DocKind {
        if row < self.first_listed_row {
            DocKind::Document
        } else {
            DocKind::ListedCode
        }
    }

    /// Returns the features of a row without those of its document, which can only lower its rank.
    fn row_features(&self, row: u32, tier: Tier, cost: MatchCost) -> RankFeatures {
        let rows = &self.index.rows;
        RankFeatures {
            tier,
            cost,
            is_in_open_doc: self.open_rows.contains(&row),
            doc_kind: self.doc_kind(row),
            is_absence: rows.kind(row) == SubjectKind::Absence,
            is_quality_measure: false,
            length: if tier <= Tier::Title {
                0
            } else {
                rows.length_class(row)
            },
            row,
        }
    }

    fn listed_title_length(&self, row: u32) -> u8 {
        let position = row.saturating_sub(self.first_listed_row);
        let doc = self.first_listed_code.saturating_add(position);
        self.index.docs.title_length(doc)
    }

    /// Counts a row that is not in the top k, whatever its document is. Returns true if so.
    fn reject(&mut self, features: RankFeatures) -> bool {
        self.top_of(features.row).reject(SortKey::new(features))
    }

    /// Ranks everything that the scopes admit, for a query without clauses.
    fn rank_scope_only(&mut self) {
        if self.scope_filter.is_unrestricted() {
            return;
        }
        let tier = match self.scope_filter.row_set() {
            Some(_) => Tier::Row,
            // Codes are in their own order.
            None => Tier::CodePrefix,
        };
        for (doc, row) in self.scope_filter.doc_rows(self.index) {
            self.push(doc, row, tier, MatchCost::NONE);
        }
    }

    fn rank_single(&mut self, clause: &TermMatches) {
        // A document that matches by its code is pushed with its first row.
        let by_code = clause.code_docs.iter().chain(&clause.code_prefix_docs);
        self.push_rows(&clause.rows, by_code.copied());
        let by_code = clause.code_docs.iter().map(|doc| (Tier::Code, *doc));
        let by_prefix = clause.code_prefix_docs.iter();
        let by_prefix = by_prefix
            .filter(|doc| clause.code_docs.binary_search(doc).is_err())
            .map(|doc| (Tier::CodePrefix, *doc));
        for (tier, doc) in by_code.chain(by_prefix) {
            let first_row = self.index.docs.rows(doc).start;
            self.push_if_in_scope(doc, first_row, tier, MatchCost::NONE);
        }
    }

    /// Ranks the rows of documents that match all clauses.
    fn rank_conjunction(&mut self, clauses: &[TermMatches]) {
        let mut cursors: Vec<MatchCursor<'_>> = clauses.iter().map(MatchCursor::new).collect();
        cursors.sort_by_key(MatchCursor::len);
        // Documents that match a clause by code are joined one by one.
        let by_code = cursors.iter().any(MatchCursor::has_docs);
        let joined = if by_code {
            Vec::new()
        } else {
            full_matches(cursors.iter().map(|cursor| cursor.rows))
        };
        self.push_rows(&joined, std::iter::empty());
        let mut joined = &joined[..];
        let mut row_to_doc = self.index.docs.row_to_doc();
        let mut in_doc = Vec::with_capacity(clauses.len());
        while let Some(doc) = cursors[0].next_doc(&mut row_to_doc) {
            let rows = self.index.docs.rows(doc);
            // A listed code has one row, so no other row of it can match the other words.
            if rows.start >= self.first_listed_row && !by_code {
                break;
            }
            let from_doc = gallop(joined, |found| found.row < rows.start);
            joined = gallop(from_doc, |found| found.row < rows.end);
            let full_matches = &from_doc[..from_doc.len() - joined.len()];
            let admits_doc = self.scope_filter.admits_doc(self.index, doc);
            if !admits_doc
                || full_matches
                    .iter()
                    .any(|found| self.scope_filter.admits_row(found.row))
            {
                cursors[0].take_doc(doc, &rows);
                continue;
            }
            in_doc.clear();
            in_doc.extend(cursors.iter_mut().map(|cursor| cursor.take_doc(doc, &rows)));
            if in_doc
                .iter()
                .all(|clause| clause.by_code || !clause.rows.is_empty())
            {
                if in_doc.iter().all(|clause| clause.by_code) {
                    self.push_if_in_scope(doc, rows.start, Tier::Code, MatchCost::NONE);
                } else if !(by_code && self.rank_with_code(doc, &in_doc)) {
                    self.rank_partial_match(doc, &in_doc);
                }
            }
        }
    }

    /// Ranks the rows of a document that match every clause which its code does not match. Returns
    /// true if the scopes admit any.
    fn rank_with_code(&mut self, doc: u32, clauses: &[DocMatches<'_>]) -> bool {
        let mut row_lists: Vec<&[RowMatch]> = by_row(clauses).collect();
        row_lists.sort_unstable_by_key(|list| list.len());
        let worst_tier = if row_lists.len() < clauses.len() {
            Tier::Title
        } else {
            Tier::Document
        };
        let mut is_any_admitted = false;
        for found in full_matches(row_lists.into_iter()) {
            if self.scope_filter.admits_row(found.row) {
                let tier = Tier::of_match(found).min(worst_tier);
                self.push(doc, found.row, tier, found.cost);
                is_any_admitted = true;
            }
        }
        is_any_admitted
    }

    /// Ranks the best row of a document in which no row matches every clause.
    fn rank_partial_match(&mut self, doc: u32, clauses: &[DocMatches<'_>]) {
        let lowest = |clause: &DocMatches<'_>| clause.rows.iter().map(|found| found.cost).min();
        let costs = clauses.iter().filter_map(lowest);
        let cost = costs.fold(MatchCost::NONE, MatchCost::plus);
        let first_row = self.index.docs.rows(doc).start;
        let may_skip = self.scope_filter.row_set().is_none() && !self.named_docs.contains(&doc);
        let best_features = RankFeatures {
            is_absence: false,
            length: 0,
            ..self.row_features(first_row, Tier::Document, cost)
        };
        if may_skip && self.reject(best_features) {
            return;
        }
        let mut row_lists: Vec<&[RowMatch]> = by_row(clauses).collect();
        let mut best_partial = None;
        while let Some((row, clause_count, cost)) = next_row(&mut row_lists) {
            let rank = (clause_count, Reverse(cost));
            if best_partial.is_none_or(|(best, _)| best < rank) && self.scope_filter.admits_row(row)
            {
                best_partial = Some((rank, row));
            }
        }
        if let Some((_, row)) = best_partial {
            self.push(doc, row, Tier::Document, cost);
        }
    }

    /// Ranks the rows that the scopes admit. Skips the first row of each document in `except` and in
    /// `named_docs`, which is pushed elsewhere.
    fn push_rows(&mut self, rows: &[RowMatch], except: impl Iterator<Item = u32>) {
        let docs = &self.index.docs;
        let mut row_to_doc = docs.row_to_doc();
        let mut admitted = Vec::new();
        let mut rows = rows;
        if !self.scope_filter.is_unrestricted() {
            let is_admitted = |found: &&RowMatch| {
                self.scope_filter.admits_row(found.row) && {
                    let doc = row_to_doc.doc_of_row(found.row);
                    self.scope_filter.admits_doc(self.index, doc)
                }
            };
            admitted.extend(rows.iter().filter(is_admitted));
            rows = &admitted;
            row_to_doc = docs.row_to_doc();
        }
        let except = except.chain(self.named_docs.iter().copied());
        let mut first_rows: Vec<u32> = except.map(|doc| docs.rows(doc).start).collect();
        first_rows.sort_unstable();
        for first_row in first_rows {
            let rest = gallop(rows, |found| found.row < first_row);
            self.push_chunks(&rows[..rows.len() - rest.len()], &mut row_to_doc);
            rows = gallop(rest, |found| found.row == first_row);
        }
        self.push_chunks(rows, &mut row_to_doc);
    }

    fn push_chunks(&mut self, rows: &[RowMatch], row_to_doc: &mut RowToDoc<'_>) {
        let listed = gallop(rows, |found| found.row < self.first_listed_row);
        let documents = &rows[..rows.len() - listed.len()];
        for (rows, doc_kind) in [
            (documents, DocKind::Document),
            (listed, DocKind::ListedCode),
        ] {
            for chunk in rows.chunks(CHUNK_ROWS) {
                self.push_chunk(chunk, doc_kind, row_to_doc);
            }
        }
    }

    /// Ranks at most `CHUNK_ROWS` rows. Of a hundred thousand rows, most are rejected by a lower bound
    /// of their key, without a look at their document.
    fn push_chunk(&mut self, chunk: &[RowMatch], doc_kind: DocKind, row_to_doc: &mut RowToDoc<'_>) {
        let may_be_open = chunk
            .first()
            .is_some_and(|first| first.row < self.open_rows.end)
            && chunk
                .last()
                .is_some_and(|last| last.row >= self.open_rows.start);
        let top = &self.top[doc_kind as usize];
        let mut candidates = std::mem::take(&mut self.candidates);
        let bounded = chunk.iter().map(|found| {
            let length = match doc_kind {
                DocKind::Document => self.index.rows.length_class(found.row),
                DocKind::ListedCode => self.listed_title_length(found.row),
            };
            let keys = &self.match_keys;
            let bound = keys.lower_bound(*found, doc_kind, may_be_open, length);
            (*found, !top.excludes(bound))
        });
        extend_selected(&mut candidates, chunk.len(), bounded);
        self.top[doc_kind as usize].count_rejected(chunk.len() - candidates.len());
        for found in candidates.drain(..) {
            let doc = row_to_doc.doc_of_row(found.row);
            self.push(doc, found.row, Tier::of_match(found), found.cost);
        }
        self.candidates = candidates;
    }

    fn push_if_in_scope(&mut self, doc: u32, row: u32, tier: Tier, cost: MatchCost) {
        if self.scope_filter.admits_doc(self.index, doc) && self.scope_filter.admits_row(row) {
            self.push(doc, row, tier, cost);
        }
    }

    /// Ranks the first row of a document whose code has the query as its everyday name.
    fn push_named(&mut self, doc: u32, position: u8) {
        let row = self.index.docs.rows(doc).start;
        if self.scope_filter.admits_doc(self.index, doc) && self.scope_filter.admits_row(row) {
            let key = SortKey::named(position, row);
            self.top_of(row).push(ScoredRow { key, doc });
        }
    }

    /// Returns true for a row of [`Collector::push_named`].
    fn is_named(&self, row: u32) -> bool {
        let mut named_docs = self.named_docs.iter();
        named_docs.any(|doc| self.index.docs.rows(*doc).start == row)
    }

    fn push(&mut self, doc: u32, row: u32, tier: Tier, cost: MatchCost) {
        if self.is_named(row) {
            return;
        }
        let features = self.row_features(row, tier, cost);
        if self.reject(features) {
            return;
        }
        let docs = &self.index.docs;
        let key = SortKey::new(RankFeatures {
            is_quality_measure: docs.is_quality_measure(doc),
            length: match tier {
                Tier::Title => docs.title_length(doc),
                _ => features.length,
            },
            ..features
        });
        self.top_of(row).push(ScoredRow { key, doc });
    }
}

/// Returns the rows that are in every list, ascending. The first list is the shortest.
fn full_matches<'m>(mut row_lists: impl Iterator<Item = &'m [RowMatch]>) -> Vec<RowMatch> {
    let first = row_lists.next().unwrap_or_default();
    let Some(second) = row_lists.next() else {
        return first.to_vec();
    };
    row_lists.fold(intersect(first, second), |joined, rows| {
        intersect(&joined, rows)
    })
}

fn intersect(left: &[RowMatch], right: &[RowMatch]) -> Vec<RowMatch> {
    let mut joined = Vec::with_capacity(left.len());
    merge_join(
        (left, |found| found.row),
        (right, |found| found.row),
        |left, right| joined.push(left.and(*right)),
    );
    joined
}

/// Takes the matches of the smallest row off the front of each list. Returns the row, their number,
/// and the sum of their costs.
fn next_row(row_lists: &mut [&[RowMatch]]) -> Option<(u32, usize, MatchCost)> {
    let first_rows = row_lists.iter().filter_map(|list| list.first());
    let row = first_rows.map(|found| found.row).min()?;
    let (mut count, mut cost) = (0, MatchCost::NONE);
    for list in row_lists {
        if let [found, rest @ ..] = list
            && found.row == row
        {
            count += 1;
            cost = cost.plus(found.cost);
            *list = rest;
        }
    }
    Some((row, count, cost))
}

/// The matches of one clause in one document.
struct DocMatches<'a> {
    /// Whether the document's code matches, and with it all rows.
    by_code: bool,
    rows: &'a [RowMatch],
}

/// Returns the rows that match each clause which the document's code does not match.
fn by_row<'m>(clauses: &[DocMatches<'m>]) -> impl Iterator<Item = &'m [RowMatch]> {
    let by_row = clauses.iter().filter(|clause| !clause.by_code);
    by_row.map(|clause| clause.rows)
}

/// Iterates over the matches of one clause, document by document.
struct MatchCursor<'a> {
    rows: &'a [RowMatch],
    doc_lists: [&'a [u32]; 2],
}

impl<'a> MatchCursor<'a> {
    fn new(clause: &'a TermMatches) -> Self {
        Self {
            rows: &clause.rows,
            doc_lists: [&clause.code_docs, &clause.code_prefix_docs],
        }
    }

    fn len(&self) -> usize {
        self.rows.len() + self.doc_lists.iter().map(|docs| docs.len()).sum::<usize>()
    }

    fn has_docs(&self) -> bool {
        self.doc_lists.iter().any(|docs| !docs.is_empty())
    }

    fn next_doc(&self, row_to_doc: &mut RowToDoc<'_>) -> Option<u32> {
        let by_row = self.rows.iter().take(1);
        let by_row = by_row.map(|found| row_to_doc.doc_of_row(found.row));
        let by_code = self.doc_lists.iter().filter_map(|docs| docs.first());
        by_row.chain(by_code.copied()).min()
    }

    /// Returns the matches in a document with these rows, and moves past it.
    fn take_doc(&mut self, doc: u32, rows: &Range<u32>) -> DocMatches<'a> {
        let from_doc = gallop(self.rows, |found| found.row < rows.start);
        self.rows = gallop(from_doc, |found| found.row < rows.end);
        let mut by_code = false;
        for docs in &mut self.doc_lists {
            *docs = gallop(docs, |other| *other < doc);
            if let [first, rest @ ..] = docs
                && *first == doc
            {
                by_code = true;
                *docs = rest;
            }
        }
        DocMatches {
            by_code,
            rows: &from_doc[..from_doc.len() - self.rows.len()],
        }
    }
}
