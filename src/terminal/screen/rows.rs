//! Rewrites what differs between two grids, row by row.

use std::ops::Range;

use super::cell::Cell;
use super::grid::Grid;
use super::writer::{Cursor, Writer, is_rewritable};
use crate::terminal::Feature;

/// The widest gap between two changes that may be shorter to write again than to jump over.
const GAP: usize = 12;

/// The fewest blanks for which erasing them can be shorter than writing them.
const ERASABLE: usize = 5;

/// Writes what turns some rows of the one grid into those of the other.
pub(super) fn rewrite(writer: &mut Writer<'_>, old: &Grid, new: &Grid, rows: Range<usize>) {
    for row in rows {
        let (old, new) = (old.row(row), new.row(row));
        if old != new {
            Line { row, old, new }.rewrite(writer);
        }
    }
}

/// Writes what turns a blank row into another.
pub(super) fn write_over_blanks(writer: &mut Writer<'_>, row: usize, new: &[Cell]) {
    let old = vec![Cell::BLANK; new.len()];
    Line {
        row,
        old: &old,
        new,
    }
    .rewrite(writer);
}

/// A row that changes.
struct Line<'a> {
    row: usize,
    old: &'a [Cell],
    new: &'a [Cell],
}

impl Line<'_> {
    fn rewrite(&self, writer: &mut Writer<'_>) {
        let end = self
            .new
            .iter()
            .rposition(|&cell| cell != Cell::BLANK)
            .map_or(0, |last| last + 1);
        let mut at = 0;
        while let Some(change) = self.next_change(at..end) {
            at = if self.erase(writer, change, end) {
                change + self.blanks(change)
            } else {
                self.reach_and_write(writer, change)
            };
        }
        self.clear_tail(writer, end);
    }

    /// Returns the first cell of a range that is to change. It never is the second half of a glyph,
    /// the first half of which would then be another too, and written with it.
    fn next_change(&self, range: Range<usize>) -> Option<usize> {
        let start = range.start;
        let mut changes = self.old[range.clone()].iter().zip(&self.new[range]);
        let at = start + changes.position(|(old, new)| old != new)?;
        Some(at)
    }

    /// Returns how many cells from here on are to be blank, up to the last that changes.
    fn blanks(&self, from: usize) -> usize {
        let run = self.new[from..]
            .iter()
            .take_while(|&&cell| cell == Cell::BLANK)
            .count();
        let changed = |at: &usize| self.old[from + at] != Cell::BLANK;
        (0..run).rev().find(changed).map_or(0, |last| last + 1)
    }

    /// Erases the blanks that begin at a change, if that is shorter than writing them.
    fn erase(&self, writer: &mut Writer<'_>, from: usize, end: usize) -> bool {
        let blanks = self.blanks(from);
        if blanks < ERASABLE || !writer.capabilities.can(Feature::EraseCharacters) {
            return false;
        }
        let after = from + blanks;
        let start = writer.mark();
        self.write_until(writer, from, after);
        self.reach_next(writer, after, end);
        let written = writer.since(start);
        let _ = writer.back_to(start);
        self.reach(writer, from);
        writer.take_erasing_pen();
        writer.control(blanks, 'X');
        let erased = writer.mark();
        self.reach_next(writer, after, end);
        if writer.since(start) < written {
            let _ = writer.back_to(erased);
            return true;
        }
        let _ = writer.back_to(start);
        false
    }

    /// Writes on to the next change, to see what it takes to get there.
    fn reach_next(&self, writer: &mut Writer<'_>, after: usize, end: usize) {
        if let Some(next) = self.next_change(after..end) {
            self.reach_and_write(writer, next);
        }
    }

    fn reach_and_write(&self, writer: &mut Writer<'_>, at: usize) -> usize {
        if let Some(gap) = self.gap(writer, at) {
            let start = writer.mark();
            for column in gap {
                writer.cell(self.new[column]);
            }
            let across = self.write(writer, at);
            let crossed = writer.since(start);
            let ends = (writer.cursor, writer.pen);
            let bytes = writer.back_to(start);
            writer.go(self.row, at);
            self.write(writer, at);
            if crossed <= writer.since(start) {
                let _ = writer.back_to(start);
                writer.out.extend(bytes);
                (writer.cursor, writer.pen) = ends;
            }
            return across;
        }
        self.reach(writer, at);
        self.write(writer, at)
    }

    /// Returns the cells between the cursor and a change, if they are few and can be written.
    fn gap(&self, writer: &Writer<'_>, to: usize) -> Option<Range<usize>> {
        match writer.cursor {
            Cursor::At(row, column) if row == self.row && column < to && to - column <= GAP => {
                let gap = column..to;
                self.new[gap.clone()]
                    .iter()
                    .all(|&cell| is_rewritable(cell))
                    .then_some(gap)
            }
            _ => None,
        }
    }

    fn reach(&self, writer: &mut Writer<'_>, at: usize) {
        writer.go(self.row, at);
    }

    fn write_until(&self, writer: &mut Writer<'_>, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            at = self.reach_and_write(writer, at);
        }
    }

    /// Writes the glyph at a column and returns the column after it.
    fn write(&self, writer: &mut Writer<'_>, at: usize) -> usize {
        writer.cell(self.new[at]);
        if self
            .new
            .get(at + 1)
            .is_some_and(|next| next.is_continuation())
        {
            writer.distrust_column();
            at + 2
        } else {
            at + 1
        }
    }

    /// Clears what is left of the row after its last character.
    fn clear_tail(&self, writer: &mut Writer<'_>, end: usize) {
        let Some(first) = self.next_change(end..self.new.len()) else {
            return;
        };
        let blanks = self.blanks(first);
        let start = writer.mark();
        match writer.cursor {
            // What lies between is blank already.
            Cursor::At(row, column) if row == self.row && (end..first).contains(&column) => {}
            _ => self.reach(writer, first),
        }
        writer.take_erasing_pen();
        writer.out.extend(b"\x1b[K");
        if blanks < 2 * ERASABLE {
            let erased = writer.since(start);
            let ends = (writer.cursor, writer.pen);
            let bytes = writer.back_to(start);
            self.write_until(writer, first, first + blanks);
            if erased <= writer.since(start) {
                let _ = writer.back_to(start);
                writer.out.extend(bytes);
                (writer.cursor, writer.pen) = ends;
            }
        }
    }
}
