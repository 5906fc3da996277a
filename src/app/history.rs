//! The reader's positions before and after each jump.

use crate::content::{CodeId, RowPath};

/// The most positions in each direction.
const MAX_ENTRIES: usize = 64;

/// A reader's position in a document. It is also saved for the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingPosition {
    pub code: CodeId,
    /// The selected row.
    pub row_path: Option<RowPath>,
    /// The line at the top of the pane.
    pub top: usize,
}

/// Two stacks of positions, as in a web browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    past: Vec<ReadingPosition>,
    future: Vec<ReadingPosition>,
}

impl History {
    /// Records the position from which the reader jumps elsewhere.
    pub fn record(&mut self, here: ReadingPosition) {
        self.future.clear();
        push(&mut self.past, here);
    }

    /// The number of positions to go back to.
    pub const fn depth(&self) -> usize {
        self.past.len()
    }

    pub fn back(&mut self, here: ReadingPosition) -> Option<ReadingPosition> {
        let there = self.past.pop()?;
        push(&mut self.future, here);
        Some(there)
    }

    pub fn forward(&mut self, here: ReadingPosition) -> Option<ReadingPosition> {
        let there = self.future.pop()?;
        push(&mut self.past, here);
        Some(there)
    }
}

fn push(positions: &mut Vec<ReadingPosition>, position: ReadingPosition) {
    if positions.len() == MAX_ENTRIES {
        positions.remove(0);
    }
    positions.push(position);
}
