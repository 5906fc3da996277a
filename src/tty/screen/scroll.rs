//! Finds rows that moved, and lets the terminal move them.
//!
//! The idea is ncurses': where most of a page stands a few rows higher or lower, a scroll region
//! and a line feed say so in some twenty bytes. ncurses compares hashes of whole rows, which see
//! nothing where a list beside the page stands still; here cells are counted, and what the scroll
//! wrongly took along is written again.

use std::cmp::Reverse;

use crate::tty::screen::cell::ScreenCell;
use crate::tty::screen::grid::Grid;
use crate::tty::screen::writer::{CursorPosition, ScreenWriter};
use crate::tty::screen::{cursor, row_diff};

/// How many scrolls are tried before the shortest is taken.
const MAX_CANDIDATES: usize = 2;

/// The fewest cells that a scroll has to put in place to be tried at all: it costs about as much
/// as writing these.
const MIN_GAIN: i64 = 12;

/// What it costs to go to what differs in a row, in cells.
const MOVE_COST: i64 = 6;

/// Rows of the screen that move together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// The first row of the region.
    pub(crate) top: usize,
    /// The last row of the region.
    pub(crate) bottom: usize,
    /// How far its contents move up, or, if negative, down.
    pub(crate) shift: isize,
}

/// Returns the scrolls that leave the least to write, best first.
pub(crate) fn candidates(old: &Grid, new: &Grid) -> Vec<Scroll> {
    let rows = new.rows();
    let in_place: Vec<i64> = (0..rows)
        .map(|row| match_score(new.row(row), old.row(row)))
        .collect();
    // A row that comes free is blank.
    let freed: Vec<i64> = (0..rows)
        .map(|row| blank_count(new.row(row)) - in_place[row])
        .collect();
    let freed_up_to = prefix_sums(freed.into_iter());
    let mut found = Vec::new();
    for distance in 1..rows {
        // Seen from the upper of two rows, contents come up from the lower or go down to it.
        let up = (0..rows - distance)
            .map(|upper| match_score(new.row(upper), old.row(upper + distance)) - in_place[upper]);
        let down = (0..rows - distance).map(|upper| {
            let lower = upper + distance;
            match_score(new.row(lower), old.row(upper)) - in_place[lower]
        });
        let shift = distance.cast_signed();
        for (moved, shift) in [(prefix_sums(up), shift), (prefix_sums(down), -shift)] {
            let (gain, scroll) = best_region(&moved, &freed_up_to, shift);
            if gain >= MIN_GAIN {
                found.push((gain, scroll));
            }
        }
    }
    found.sort_by_key(|&(gain, _)| Reverse(gain));
    found
        .into_iter()
        .take(MAX_CANDIDATES)
        .map(|(_, scroll)| scroll)
        .collect()
}

/// Returns the sums of the first none, one, two, … numbers.
fn prefix_sums(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut sums = vec![0];
    let mut sum = 0;
    for number in numbers {
        sum += number;
        sums.push(sum);
    }
    sums
}

/// Returns the region in which a shift gains most, and what it gains.
///
/// It is the run of rows with the greatest sum, found in one pass as Kadane does, where the sum
/// counts the rows that come free at one end with what they gain by being blank: mostly less than
/// nothing. `moved` has the gains of the upper of the rows that each content moves between.
fn best_region(moved: &[i64], freed: &[i64], shift: isize) -> (i64, Scroll) {
    let distance = shift.unsigned_abs();
    let mut best = (
        0,
        Scroll {
            top: 0,
            bottom: 0,
            shift,
        },
    );
    let mut start = (i64::MAX, 0);
    for last in 0..moved.len() - 1 {
        let (before, after) = if shift > 0 {
            let free = freed[last + 1 + distance] - freed[last + 1];
            (moved[last], moved[last + 1] + free)
        } else {
            let free = freed[last + distance] - freed[last];
            (moved[last] - free, moved[last + 1])
        };
        start = start.min((before, last));
        let (before, top) = start;
        if after - before > best.0 {
            let bottom = last + distance;
            best = (after - before, Scroll { top, bottom, shift });
        }
    }
    best
}

/// Returns how many cells of two rows are the same, less what it costs to go to the others: the rows
/// of a list may differ in a digit each, and to change twenty digits takes more than to scroll.
fn match_score(a: &[ScreenCell], b: &[ScreenCell]) -> i64 {
    let same = count_true(a.iter().zip(b).map(|(a, b)| a == b));
    let all = i64::try_from(a.len()).unwrap_or(i64::MAX);
    if same < all { same - MOVE_COST } else { same }
}

fn blank_count(row: &[ScreenCell]) -> i64 {
    count_true(row.iter().map(|&cell| cell == ScreenCell::BLANK))
}

/// Adds up without a branch, so that the compiler compares many cells at a time.
fn count_true(are: impl Iterator<Item = bool>) -> i64 {
    i64::from(are.map(u32::from).sum::<u32>())
}

/// Writes what turns the one grid into the other by way of a scroll.
///
/// Rows outside the region come first, while it is known where the cursor is: nobody knows after
/// a region is set or reset. Rows that come free are written one by one as they do, with the cursor
/// already in them. The region is reset within the frame: a terminal that is left with one
/// misplaces the next scroll of the shell.
pub(crate) fn rewrite(writer: &mut ScreenWriter<'_>, scroll: Scroll, old: &Grid, new: &Grid) {
    let Scroll { top, bottom, shift } = scroll;
    row_diff::rewrite(writer, old, new, 0..top);
    row_diff::rewrite(writer, old, new, bottom + 1..new.rows());
    let is_whole = top == 0 && bottom + 1 == new.rows();
    if !is_whole {
        set_region(scroll, new.rows(), &mut writer.out);
        writer.cursor = CursorPosition::Unknown;
    }
    let mut moved = old.clone();
    moved.scroll(top, bottom, shift);
    let distance = shift.unsigned_abs();
    for step in (0..distance).rev() {
        let (edge, free) = if shift > 0 {
            (bottom, bottom - step)
        } else {
            (top, top + step)
        };
        writer.reset_style_for_erase();
        writer.move_to(edge, 0);
        writer.out.extend(if shift > 0 {
            b"\n".as_slice()
        } else {
            b"\x1bM"
        });
        row_diff::write_over_blanks(writer, edge, new.row(free));
        moved.copy_row(free, new);
    }
    if !is_whole {
        writer.out.extend(crate::tty::screen::RESET_REGION);
        writer.cursor = CursorPosition::Unknown;
    }
    row_diff::rewrite(writer, &moved, new, top..bottom + 1);
}

/// Appends DECSTBM; an edge that is the screen's own is left out.
fn set_region(scroll: Scroll, rows: usize, out: &mut Vec<u8>) {
    out.extend(b"\x1b[");
    if scroll.top > 0 {
        cursor::write_number(out, scroll.top + 1);
    }
    if scroll.bottom + 1 < rows {
        out.push(b';');
        cursor::write_number(out, scroll.bottom + 1);
    }
    out.push(b'r');
}
