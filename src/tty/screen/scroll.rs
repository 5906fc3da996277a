//! Scroll detection: finds rows that moved, and lets the terminal move them.
//!
//! The idea comes from ncurses: if most of a page moved up or down by a few rows, a scroll region
//! and a line feed express this in about 20 bytes. ncurses compares hashes of whole rows, so it finds
//! nothing if a sidebar did not move. This module counts equal cells instead, and rewrites the cells
//! that should not have moved.

use std::cmp::Reverse;

use crate::tty::screen::ansi::{LINE_FEED, RESET_REGION, REVERSE_INDEX, write_region};
use crate::tty::screen::cell::ScreenCell;
use crate::tty::screen::cursor::CursorPosition;
use crate::tty::screen::grid::Grid;
use crate::tty::screen::row_diff;
use crate::tty::screen::writer::ScreenWriter;

/// How many scrolls are encoded to find the shortest.
const MAX_CANDIDATES: usize = 2;

/// The fewest cells that a scroll has to put in place: writing them takes about as many bytes as
/// the scroll.
const MIN_GAIN: i64 = 12;

/// The cost of moving the cursor within a row, in cells.
const MOVE_COST: i64 = 6;

/// A scroll of a region by some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// The first row of the region.
    top: usize,
    /// The last row of the region.
    bottom: usize,
    /// How many rows the contents move up or, if negative, down.
    shift: isize,
}

/// Returns the scrolls after which the fewest cells differ, best first.
pub(crate) fn candidates(old: &Grid, new: &Grid) -> Vec<Scroll> {
    let gains = ScrollGains::new(old, new);
    let mut found: Vec<(i64, Scroll)> = (1..new.rows().cast_signed())
        .flat_map(|distance| [distance, -distance])
        .map(|shift| gains.best_region(shift))
        .filter(|&(gain, _)| gain >= MIN_GAIN)
        .collect();
    found.sort_by_key(|&(gain, _)| Reverse(gain));
    found.truncate(MAX_CANDIDATES);
    found.into_iter().map(|(_, scroll)| scroll).collect()
}

impl Scroll {
    /// Writes the change from one grid to another, with this scroll.
    ///
    /// The rows outside the region come first, while the cursor's position is known: setting or
    /// resetting a region makes it unknown. Each row that scrolls in is written at once, because
    /// the cursor is in it. The region is reset within the frame: a terminal that is left with one
    /// misplaces the next scroll of the shell.
    pub(crate) fn write(self, writer: &mut ScreenWriter<'_>, old: &Grid, new: &Grid) {
        let Self { top, bottom, shift } = self;
        row_diff::write(writer, old, new, 0..top);
        row_diff::write(writer, old, new, bottom + 1..new.rows());

        let is_whole_screen = top == 0 && bottom + 1 == new.rows();
        if !is_whole_screen {
            write_region(&mut writer.out, top, bottom, new.rows());
            writer.cursor = CursorPosition::Unknown;
        }
        let mut scrolled = old.clone();
        scrolled.scroll(top, bottom, shift);
        for step in (0..shift.unsigned_abs()).rev() {
            let (edge, sequence, freed) = if shift > 0 {
                (bottom, LINE_FEED, bottom - step)
            } else {
                (top, REVERSE_INDEX, top + step)
            };
            writer.reset_style_for_erase();
            writer.move_to(edge, 0);
            writer.out.extend(sequence);
            row_diff::write_over_blanks(writer, edge, new.row(freed));
            scrolled.copy_row(freed, new);
        }
        if !is_whole_screen {
            writer.out.extend(RESET_REGION);
            writer.cursor = CursorPosition::Unknown;
        }
        row_diff::write(writer, &scrolled, new, top..bottom + 1);
    }
}

/// How many cells per row a scroll puts in place.
struct ScrollGains<'a> {
    old: &'a Grid,
    new: &'a Grid,
    /// The score of each row without a scroll.
    in_place: Vec<i64>,
    /// Prefix sums of the gain of each row if it becomes blank, which is mostly negative.
    freed_sums: Vec<i64>,
}

impl<'a> ScrollGains<'a> {
    fn new(old: &'a Grid, new: &'a Grid) -> Self {
        let in_place: Vec<i64> = (0..new.rows())
            .map(|row| match_score(new.row(row), old.row(row)))
            .collect();
        let mut freed_sums = vec![0];
        let mut sum = 0;
        for (row, in_place) in in_place.iter().enumerate() {
            sum += blank_count(new.row(row)) - in_place;
            freed_sums.push(sum);
        }
        Self {
            old,
            new,
            in_place,
            freed_sums,
        }
    }

    /// Returns the region in which a shift gains most, and the gain.
    ///
    /// A shift by `n` pairs each row `upper` with the row `upper + n`. The region is the run of
    /// pairs with the greatest sum of gains, found in one pass (Kadane's algorithm). The rows that
    /// scroll in belong to the sum: the last `n` rows of the region, or the first `n` if contents
    /// move down.
    fn best_region(&self, shift: isize) -> (i64, Scroll) {
        let distance = shift.unsigned_abs();
        let freed = |first: usize| self.freed_sums[first + distance] - self.freed_sums[first];
        let region = |top, bottom| Scroll { top, bottom, shift };
        let mut best = (0, region(0, 0));
        let mut moved = 0;
        let mut best_start = (i64::MAX, 0);
        for upper in 0..self.new.rows() - distance {
            let start = if shift > 0 {
                moved
            } else {
                moved - freed(upper)
            };
            best_start = best_start.min((start, upper));
            moved += self.moved_gain(upper, shift);
            let end = if shift > 0 {
                moved + freed(upper + 1)
            } else {
                moved
            };
            let (start, top) = best_start;
            if end - start > best.0 {
                best = (end - start, region(top, upper + distance));
            }
        }
        best
    }

    /// The gain of moving one row's contents up to `upper`, or down from it.
    fn moved_gain(&self, upper: usize, shift: isize) -> i64 {
        let lower = upper + shift.unsigned_abs();
        let (from, to) = if shift > 0 {
            (lower, upper)
        } else {
            (upper, lower)
        };
        match_score(self.new.row(to), self.old.row(from)) - self.in_place[to]
    }
}

/// Returns the number of equal cells, minus the cost of moving to the others. The rows of a list may
/// differ in a digit each, and changing twenty digits takes more bytes than a scroll.
fn match_score(a: &[ScreenCell], b: &[ScreenCell]) -> i64 {
    let same = count_true(a.iter().zip(b).map(|(a, b)| a == b));
    let all = i64::try_from(a.len()).unwrap_or(i64::MAX);
    if same < all { same - MOVE_COST } else { same }
}

fn blank_count(row: &[ScreenCell]) -> i64 {
    count_true(row.iter().map(|&cell| cell == ScreenCell::BLANK))
}

/// Counts without a branch, so that the compiler compares many cells at a time.
fn count_true(values: impl Iterator<Item = bool>) -> i64 {
    i64::from(values.map(u32::from).sum::<u32>())
}
