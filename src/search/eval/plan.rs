//! The plan of a query: the subqueries of each clause. Evaluating it yields the matches.

use std::ops::Range;

use crate::search::eval::filter::RowFilter;
use crate::search::eval::matches::{QueryMatches, RowMatch, TermMatches, merge_sorted};
use crate::search::eval::ops::Subquery;
use crate::search::index::Index;

pub(crate) struct QueryPlan {
    /// The documents found by code, and the words to highlight. Evaluation adds the rows.
    pub(crate) matches: QueryMatches,
    subqueries: Vec<Subquery>,
    /// For each clause, the positions of its subqueries. Any of them is enough to match it.
    subqueries_by_clause: Vec<Vec<usize>>,
}

impl QueryPlan {
    pub(crate) fn new(clause_count: usize) -> Self {
        let by_clause = (0..clause_count).map(|_| TermMatches::default());
        let mut matches = QueryMatches::default();
        matches.by_clause.extend(by_clause);
        Self {
            matches,
            subqueries: Vec::new(),
            subqueries_by_clause: vec![Vec::new(); clause_count],
        }
    }

    /// Adds a subquery that matches all of some consecutive clauses.
    pub(crate) fn add(&mut self, clauses: Range<usize>, subquery: Subquery) {
        for subqueries in &mut self.subqueries_by_clause[clauses] {
            subqueries.push(self.subqueries.len());
        }
        self.subqueries.push(subquery);
    }

    pub(crate) fn subqueries(&self, clause: usize) -> impl Iterator<Item = &Subquery> {
        let positions = self.subqueries_by_clause[clause].iter();
        positions.map(|n| &self.subqueries[*n])
    }

    /// Evaluates the clauses, the rarest first. Each further clause is evaluated only on rows of
    /// documents that match those before it: the word that is still being typed may match half of
    /// all rows.
    pub(crate) fn evaluate(mut self, index: &Index, mut filter: Option<RowFilter>) -> QueryMatches {
        let order = self.rarest_first(index);
        let mut shared: Vec<Option<Vec<RowMatch>>> = vec![None; self.subqueries.len()];
        for (n, clause) in order.iter().enumerate() {
            let remaining = &order[n + 1..];
            let matches = &mut self.matches.by_clause[*clause];
            for position in &self.subqueries_by_clause[*clause] {
                let subquery = &self.subqueries[*position];
                let rows = shared[*position].take();
                let rows = rows.unwrap_or_else(|| subquery.evaluate(index, filter.as_ref()));
                // There may be hundreds of thousands of rows; copy them only for another clause.
                let is_shared =
                    |clause: &usize| self.subqueries_by_clause[*clause].contains(position);
                if remaining.iter().any(is_shared) {
                    shared[*position] = Some(rows.clone());
                }
                matches.rows = merge_sorted(std::mem::take(&mut matches.rows), rows);
            }
            matches.sort_and_dedup_docs();
            if matches.is_empty() {
                break;
            }
            if !remaining.is_empty() {
                filter = RowFilter::from_matches(index, matches).or(filter);
            }
        }
        self.matches.terms.sort_unstable();
        self.matches.terms.dedup();
        self.matches
    }

    fn rarest_first(&self, index: &Index) -> Vec<usize> {
        let mut clauses: Vec<usize> = (0..self.subqueries_by_clause.len()).collect();
        clauses.sort_by_cached_key(|clause| {
            let subqueries = self.subqueries(*clause);
            let bytes = subqueries.map(|subquery| subquery.posting_bytes(index));
            self.matches.by_clause[*clause].len() + bytes.sum::<usize>()
        });
        clauses
    }
}
