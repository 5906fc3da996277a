//! The values that most payers of a table share, to mark those that differ.

use std::collections::BTreeSet;

use crate::content::{Block, Cell, Row, Subject};
use crate::layout::majority::majority;

/// The mark of a value that differs, and of a rule that does; see
/// [`Standing::expected`](crate::content::Standing::expected).
pub const DIFFERS: &str = "≠";

/// The plan, policy and rate that most payers of a table have, by the label of the column.
pub struct PayerValues<'r>(Vec<(&'r str, &'r str)>);

impl<'r> PayerValues<'r> {
    /// Finds the value of more than half of the payers in each column. There is none for other blocks,
    /// or for a column without such a value.
    pub fn new(block: &'r Block) -> Self {
        let is_payer = |row: &Row| row.subject == Subject::Payer;
        let is_table = block.rows.iter().all(is_payer);
        let payers: &[Row] = if is_table { &block.rows } else { &[] };
        let cells = || payers.iter().flat_map(|row| row.column_cells().skip(1));
        let labels: BTreeSet<&str> = cells().map(|cell| &*cell.label).collect();
        let most_common = labels.into_iter().filter_map(|label| {
            let cells = cells().filter(|cell| cell.label == label);
            let values: Vec<&str> = cells.filter_map(|cell| cell.value.as_text()).collect();
            Some((label, majority(values.iter().copied())?))
        });
        Self(most_common.collect())
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn differs(&self, cell: &Cell) -> bool {
        let of_most = self.0.iter().find(|(label, _)| *label == cell.label);
        of_most.is_some_and(|(_, value)| cell.value.as_text().is_some_and(|text| text != *value))
    }
}
