//! Row diffs: the bytes that change one grid into another, row by row.

use std::ops::Range;

use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::cell::ScreenCell;
use crate::tty::screen::cursor::CursorPosition;
use crate::tty::screen::grid::Grid;
use crate::tty::screen::writer::ScreenWriter;

/// The widest gap between two changes for which rewriting it may be shorter than a cursor move.
const MAX_GAP: usize = 12;

/// The fewest blanks for which erasing may be shorter than writing them.
const MIN_ERASE: usize = 5;

/// Changes a range of rows from one grid to another.
pub(crate) fn write(writer: &mut ScreenWriter<'_>, old: &Grid, new: &Grid, rows: Range<usize>) {
    for row in rows {
        let (old, new) = (old.row(row), new.row(row));
        if old != new {
            RowDiff { row, old, new }.write(writer);
        }
    }
}

/// Changes a blank row into another.
pub(crate) fn write_over_blanks(writer: &mut ScreenWriter<'_>, row: usize, new: &[ScreenCell]) {
    let old = &vec![ScreenCell::BLANK; new.len()];
    RowDiff { row, old, new }.write(writer);
}

/// A row that changes, with its old and new cells.
struct RowDiff<'a> {
    row: usize,
    old: &'a [ScreenCell],
    new: &'a [ScreenCell],
}

impl RowDiff<'_> {
    fn write(&self, writer: &mut ScreenWriter<'_>) {
        let end = self
            .new
            .iter()
            .rposition(|&cell| cell != ScreenCell::BLANK)
            .map_or(0, |last| last + 1);
        let mut at = 0;
        while let Some(change) = self.next_change(at..end) {
            let blanks = self.blank_run(change);
            at = if self.is_cheaper_to_erase(writer, change, blanks, end) {
                writer.move_to(self.row, change);
                writer.erase(blanks);
                change + blanks
            } else {
                self.move_and_write(writer, change)
            };
        }
        self.clear_tail(writer, end);
    }

    /// The first cell of a range that changes. It is never the second half of a wide glyph, because
    /// then the first half has changed too and is written with it.
    fn next_change(&self, range: Range<usize>) -> Option<usize> {
        let start = range.start;
        let mut changes = self.old[range.clone()].iter().zip(&self.new[range]);
        let at = start + changes.position(|(old, new)| old != new)?;
        Some(at)
    }

    /// The number of cells from `from` on that become blank, up to the last one that changes.
    fn blank_run(&self, from: usize) -> usize {
        let run = self.new[from..]
            .iter()
            .take_while(|&&cell| cell == ScreenCell::BLANK)
            .count();
        let changed = |at: &usize| self.old[from + at] != ScreenCell::BLANK;
        (0..run).rev().find(changed).map_or(0, |last| last + 1)
    }

    /// Returns true if erasing the blanks at a change takes fewer bytes than writing them, including
    /// the move to the next change.
    fn is_cheaper_to_erase(
        &self,
        writer: &mut ScreenWriter<'_>,
        from: usize,
        blanks: usize,
        end: usize,
    ) -> bool {
        if blanks < MIN_ERASE || !writer.capabilities.can(Feature::EraseCharacters) {
            return false;
        }
        let after = from + blanks;
        let next = self.next_change(after..end);
        let written = writer.cost(|writer| {
            self.write_range(writer, from, after);
            next.map(|next| self.move_and_write(writer, next));
        });
        let erased = writer.cost(|writer| {
            writer.move_to(self.row, from);
            writer.erase(blanks);
            next.map(|next| self.move_and_write(writer, next));
        });
        erased < written
    }

    /// Moves to a change, or rewrites the cells up to it if that is shorter. Writes the change and
    /// returns the column after it.
    fn move_and_write(&self, writer: &mut ScreenWriter<'_>, at: usize) -> usize {
        if let Some(gap) = self.gap(writer, at) {
            writer.write_shorter(
                |writer| {
                    for column in gap {
                        writer.write_cell(self.new[column]);
                    }
                    self.write_glyph(writer, at);
                },
                |writer| {
                    writer.move_to(self.row, at);
                    self.write_glyph(writer, at);
                },
            );
        } else {
            writer.move_to(self.row, at);
            self.write_glyph(writer, at);
        }
        at + 1 + usize::from(self.is_wide(at))
    }

    /// The cells between the cursor and a change, if they are few and can be rewritten.
    fn gap(&self, writer: &ScreenWriter<'_>, to: usize) -> Option<Range<usize>> {
        match writer.cursor {
            CursorPosition::At(row, column)
                if row == self.row && column < to && to - column <= MAX_GAP =>
            {
                let gap = column..to;
                self.new[gap.clone()]
                    .iter()
                    .all(|cell| cell.has_certain_width())
                    .then_some(gap)
            }
            _ => None,
        }
    }

    fn write_range(&self, writer: &mut ScreenWriter<'_>, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            at = self.move_and_write(writer, at);
        }
    }

    fn write_glyph(&self, writer: &mut ScreenWriter<'_>, at: usize) {
        writer.write_cell(self.new[at]);
        if self.is_wide(at) {
            writer.invalidate_column();
        }
    }

    fn is_wide(&self, at: usize) -> bool {
        self.new
            .get(at + 1)
            .is_some_and(|next| next.is_continuation())
    }

    /// Clears the rest of the row after its last character.
    fn clear_tail(&self, writer: &mut ScreenWriter<'_>, end: usize) {
        let Some(first) = self.next_change(end..self.new.len()) else {
            return;
        };
        let last = first + self.blank_run(first);
        let erase = |writer: &mut ScreenWriter<'_>| {
            // The cells from the end to the first change are blank already.
            let is_in_tail = matches!(writer.cursor, CursorPosition::At(row, column)
                if row == self.row && (end..first).contains(&column));
            if !is_in_tail {
                writer.move_to(self.row, first);
            }
            writer.erase_to_row_end();
        };
        if last - first < 2 * MIN_ERASE {
            writer.write_shorter(erase, |writer| self.write_range(writer, first, last));
        } else {
            erase(writer);
        }
    }
}
