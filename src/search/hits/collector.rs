//! The collector: combines the matches of all clauses of a query into rows, and collects the best.
//! [`crate::search::hits::ranking`] decides which row is better.

use std::cmp::Reverse;
use std::ops::Range;

use crate::content::CodeId;
use crate::search::columns::gallop;
use crate::search::doc_table::{DocKind, RowToDoc};
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{MatchCost, QueryMatches, RowMatch, TermMatches};
use crate::search::hits::ranking::{RankFeatures, RowScore, SortKey, Tier};
use crate::search::hits::top_k::{ScoredRow, TopK};
use crate::search::index::Index;
use crate::search::row_table::SubjectKind;

pub(crate) struct Collector<'a> {
    index: &'a Index,
    scope_filter: &'a ScopeFilter,
    open_doc: Option<u32>,
    /// See [`QueryMatches::named_docs`].
    named_docs: &'a [u32],
    /// The first row of the listed codes, which follow all documents.
    first_listed_row: u32,
    /// The top rows of documents and those of listed codes. They are apart, so that thousands of
    /// codes do not crowd out the user's documents.
    top: [TopK; 2],
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
            open_doc: open_code.and_then(|code| index.docs.find(code)),
            named_docs: &matches.named_docs,
            first_listed_row: index.docs.first_listed_row(),
            top: [TopK::new(limit), TopK::new(limit)],
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
        match self.doc_kind(row) {
            DocKind::Document => &mut self.top[0],
            DocKind::ListedCode => &mut self.top[1],
        }
    }

    const fn doc_kind(&self, row: u32) -> DocKind {
        if row < self.first_listed_row {
            DocKind::Document
        } else {
            DocKind::ListedCode
        }
    }

    /// Counts a row that is not in the top k, whatever its other features are. Returns true if it
    /// is one.
    fn reject(&mut self, row: u32, tier: Tier, cost: MatchCost) -> bool {
        let bound = SortKey::lower_bound(self.doc_kind(row), tier, cost);
        self.top_of(row).reject(bound)
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
        let mut row_to_doc = self.index.docs.row_to_doc();
        let docs = &self.index.docs;
        let by_code = [
            &clause.code_docs[..],
            &clause.code_prefix_docs,
            self.named_docs,
        ];
        let by_code = by_code.into_iter().flatten();
        let mut first_rows: Vec<u32> = by_code.map(|doc| docs.rows(*doc).start).collect();
        first_rows.sort_unstable();
        let mut first_rows = &first_rows[..];
        let is_unrestricted = self.scope_filter.is_unrestricted();
        for found in &clause.rows {
            // A document that matches by its code or name is pushed with its first row.
            first_rows = gallop(first_rows, |row| *row < found.row);
            if first_rows.first() == Some(&found.row) {
                continue;
            }
            let tier = RowScore::NONE.plus(*found).tier();
            if !(is_unrestricted && self.reject(found.row, tier, found.cost)) {
                let doc = row_to_doc.doc_of_row(found.row);
                self.push_if_in_scope(doc, found.row, tier, found.cost);
            }
        }
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
        let Some(rarest) = (0..clauses.len()).min_by_key(|at| clauses[*at].len()) else {
            return;
        };
        let mut cursors: Vec<MatchCursor<'_>> = clauses.iter().map(MatchCursor::new).collect();
        let mut row_to_doc = self.index.docs.row_to_doc();
        let mut in_doc = Vec::with_capacity(clauses.len());
        let mut row_lists = Vec::with_capacity(clauses.len());
        while let Some(doc) = cursors[rarest].next_doc(&mut row_to_doc) {
            let rows = self.index.docs.rows(doc);
            in_doc.clear();
            in_doc.extend(cursors.iter_mut().map(|cursor| cursor.take_doc(doc, &rows)));
            if in_doc
                .iter()
                .all(|clause| clause.by_code || !clause.rows.is_empty())
                && self.scope_filter.admits_doc(self.index, doc)
            {
                row_lists.clear();
                let by_row = in_doc.iter().filter(|clause| !clause.by_code);
                row_lists.extend(by_row.map(|clause| clause.rows));
                if row_lists.is_empty() {
                    self.push_if_in_scope(doc, rows.start, Tier::Code, MatchCost::NONE);
                } else {
                    self.rank_document(doc, &in_doc, &mut row_lists);
                }
            }
        }
    }

    /// Ranks the rows of a document that match every clause which the code does not match. If there
    /// are none, ranks the best other row for the document.
    fn rank_document(
        &mut self,
        doc: u32,
        clauses: &[DocMatches<'_>],
        row_lists: &mut [&[RowMatch]],
    ) {
        let clause_count = row_lists.len();
        let by_code = clause_count < clauses.len();
        let mut has_full_match = false;
        let rarest = row_lists.iter().min_by_key(|list| list.len());
        for found in rarest.copied().unwrap_or_default() {
            if let Some(score) = full_match(row_lists, found.row)
                && self.scope_filter.admits_row(found.row)
            {
                has_full_match = true;
                let tier = score.tier();
                let tier = if by_code { tier.min(Tier::Title) } else { tier };
                self.push(doc, found.row, tier, score.cost);
            }
        }
        if has_full_match {
            return;
        }
        let lowest = |clause: &DocMatches<'_>| clause.rows.iter().map(|found| found.cost).min();
        let costs = clauses.iter().filter_map(lowest);
        let cost = costs.fold(MatchCost::NONE, MatchCost::plus);
        let first_row = self.index.docs.rows(doc).start;
        let may_skip = self.scope_filter.row_set().is_none() && !self.named_docs.contains(&doc);
        if may_skip && self.reject(first_row, Tier::Document, cost) {
            return;
        }
        let mut best_partial = None;
        while let Some((row, score)) = next_row(row_lists) {
            let rank = (score.clause_count, Reverse(score.cost));
            if best_partial.is_none_or(|(best, _)| best < rank) && self.scope_filter.admits_row(row)
            {
                best_partial = Some((rank, row));
            }
        }
        if let Some((_, row)) = best_partial {
            self.push(doc, row, Tier::Document, cost);
        }
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

    fn push(&mut self, doc: u32, row: u32, tier: Tier, cost: MatchCost) {
        if self.named_docs.contains(&doc) && self.index.docs.rows(doc).start == row {
            return;
        }
        if self.reject(row, tier, cost) {
            return;
        }
        let Index { docs, rows, .. } = self.index;
        let key = SortKey::new(RankFeatures {
            tier,
            cost,
            is_in_open_doc: self.open_doc == Some(doc),
            doc_kind: self.doc_kind(row),
            is_absence: rows.kind(row) == SubjectKind::Absence,
            is_quality_measure: docs.is_quality_measure(doc),
            length: match tier {
                Tier::Code | Tier::Named | Tier::Modifier | Tier::CodePrefix => 0,
                Tier::Title => docs.title_length(doc),
                _ => rows.length_class(row),
            },
            row,
        });
        self.top_of(row).push(ScoredRow { key, doc });
    }
}

/// Returns the score of a row if every list has it.
fn full_match(row_lists: &[&[RowMatch]], row: u32) -> Option<RowScore> {
    row_lists.iter().try_fold(RowScore::NONE, |score, list| {
        let position = list.binary_search_by_key(&row, |found| found.row);
        Some(score.plus(*list.get(position.ok()?)?))
    })
}

/// Takes the matches of the smallest row off the front of each list.
fn next_row(row_lists: &mut [&[RowMatch]]) -> Option<(u32, RowScore)> {
    let first_rows = row_lists.iter().filter_map(|list| list.first());
    let row = first_rows.map(|found| found.row).min()?;
    let mut score = RowScore::NONE;
    for list in row_lists {
        if let [found, rest @ ..] = list
            && found.row == row
        {
            score = score.plus(*found);
            *list = rest;
        }
    }
    Some((row, score))
}

/// The matches of one clause in one document.
struct DocMatches<'a> {
    /// Whether the document's code matches, and with it all rows.
    by_code: bool,
    rows: &'a [RowMatch],
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
