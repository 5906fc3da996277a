//! The values that most payers of a table share, to mark those that differ.

use std::collections::BTreeSet;

use crate::content::{Block, Cell, Row, Subject};

/// The mark of a value that differs, and of a rule that does; see
/// [`Standing::expected`](crate::content::Standing::expected).
pub const DIFFERS: &str = "≠";

pub const LEGEND: &str = "≠ differs from most payers.";

/// The plan, policy and rate that most payers of a table have, by the label of the column.
pub struct PayerValues<'r>(Vec<(&'r str, &'r str)>);

impl<'r> PayerValues<'r> {
    /// Compares the stated values of a table of payers. Other blocks have none, nor does a column in
    /// which more than half of the payers share no value.
    pub fn new(block: &'r Block) -> Self {
        let is_payer = |row: &Row| row.subject == Subject::Payer;
        let is_table = block.rows.iter().all(is_payer);
        let payers: &[Row] = if is_table { &block.rows } else { &[] };
        let cells = || payers.iter().flat_map(|row| row.column_cells().skip(1));
        let labels: BTreeSet<&str> = cells().map(|cell| cell.label.as_str()).collect();
        let most_common = labels.into_iter().filter_map(|label| {
            let cells = cells().filter(|cell| cell.label == label);
            let values: Vec<&str> = cells.filter_map(|cell| cell.value.as_text()).collect();
            let count = |value: &str| values.iter().filter(|other| **other == value).count();
            let mut values_of_most = values
                .iter()
                .filter(|value| count(value) * 2 > values.len());
            Some((label, *values_of_most.next()?))
        });
        Self(most_common.collect())
    }

    pub fn differs(&self, cell: &Cell) -> bool {
        let mut of_most = self.0.iter().filter(|(label, _)| *label == cell.label);
        let text = cell.value.as_text();
        text.is_some_and(|text| of_most.any(|(_, value)| *value != text))
    }
}
