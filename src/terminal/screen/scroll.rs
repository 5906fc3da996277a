//! Finds rows that moved, and lets the terminal move them.
//!
//! The idea is ncurses': where most of a page stands a few rows higher or lower, a scroll region
//! and a line feed say so in some twenty bytes. ncurses compares hashes of whole rows, which see
//! nothing where a list beside the page stands still; here cells are counted, and what the scroll
//! wrongly took along is written again.

use std::cmp::Reverse;

use super::cell::Cell;
use super::grid::Grid;
use super::rows;
use super::writer::{Cursor, Writer};

/// How many scrolls are tried before the shortest is taken.
const TRIED: usize = 2;

/// The fewest cells that a scroll has to put in place to be tried at all: it costs about as much
/// as writing these.
const WORTHWHILE: i64 = 12 * CHARACTER;

/// Rows of the screen that move together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first row of the region.
    pub(super) top: usize,
    /// The last row of the region.
    pub(super) bottom: usize,
    /// How far its contents move up, or, if negative, down.
    pub(super) shift: isize,
}

/// Returns the scrolls that leave the least to write, best first.
pub(super) fn candidates(old: &Grid, new: &Grid) -> Vec<Scroll> {
    let rows = new.rows();
    let in_place: Vec<i64> = (0..rows)
        .map(|row| equal(new.row(row), old.row(row)))
        .collect();
    // What is lost in the rows before each: a row that comes free is blank.
    let mut lost = vec![0];
    for row in 0..rows {
        lost.push(lost[row] + in_place[row] - blanks(new.row(row)));
    }
    let mut found = Vec::new();
    for distance in 1..rows {
        // Seen from the upper of two rows, contents come up from the lower or go down to it. What
        // comes free lies below a band that goes up, and above one that goes down.
        let up = (0..rows - distance).map(|upper| Move {
            row: upper,
            gain: equal(new.row(upper), old.row(upper + distance)) - in_place[upper],
            exposes: lost[upper + distance + 1] - lost[upper + 1],
        });
        let down = (0..rows - distance).rev().map(|upper| {
            let lower = upper + distance;
            Move {
                row: upper,
                gain: equal(new.row(lower), old.row(upper)) - in_place[lower],
                exposes: lost[lower] - lost[upper],
            }
        });
        let shift = distance.cast_signed();
        let directions = [(best_band(up), shift), (best_band(down), -shift)];
        for (band, shift) in directions {
            let Some(band) = band.filter(|band| band.gain >= WORTHWHILE) else {
                continue;
            };
            let scroll = Scroll {
                top: band.from.min(band.to),
                bottom: band.from.max(band.to) + distance,
                shift,
            };
            found.push((band.gain, scroll));
        }
    }
    found.sort_by_key(|&(gain, _)| Reverse(gain));
    found
        .into_iter()
        .take(TRIED)
        .map(|(_, scroll)| scroll)
        .collect()
}

/// What a character in its place is worth, where a blank is worth 1: blanks are erased many at a
/// time, and a short line under a long one would look like a match.
const CHARACTER: i64 = 8;

/// Returns what the cells are worth that two rows have in common.
fn equal(a: &[Cell], b: &[Cell]) -> i64 {
    let same = count(a.iter().zip(b).map(|(a, b)| a == b));
    let both_blank = count(
        a.iter()
            .zip(b)
            .map(|(&a, &b)| (a == Cell::BLANK) & (b == Cell::BLANK)),
    );
    (same - both_blank) * CHARACTER + both_blank
}

fn blanks(row: &[Cell]) -> i64 {
    count(row.iter().map(|&cell| cell == Cell::BLANK))
}

/// Adds up without a branch, so that the compiler compares many cells at a time.
fn count(are: impl Iterator<Item = bool>) -> i64 {
    i64::from(are.map(u32::from).sum::<u32>())
}

/// A row that moves.
struct Move {
    row: usize,
    /// What moving it gains.
    gain: i64,
    /// What is lost where rows come free, if a band ends here.
    exposes: i64,
}

/// Neighbouring rows, and what moving them gains.
#[derive(Clone, Copy)]
struct Band {
    from: usize,
    to: usize,
    gain: i64,
}

/// Returns the run of rows with the greatest sum, as Kadane finds it, less what is lost beyond its
/// end: without that, a page that ends in a blank row would take the footer along.
fn best_band(moves: impl Iterator<Item = Move>) -> Option<Band> {
    let mut best: Option<Band> = None;
    let mut run: Option<Band> = None;
    for Move { row, gain, exposes } in moves {
        let longer = match run {
            Some(run) if run.gain > 0 => Band {
                to: row,
                gain: run.gain + gain,
                ..run
            },
            _ => Band {
                from: row,
                to: row,
                gain,
            },
        };
        let total = longer.gain - exposes;
        if best.is_none_or(|best| total > best.gain) {
            best = Some(Band {
                gain: total,
                ..longer
            });
        }
        run = Some(longer);
    }
    best
}

/// Writes what turns the one grid into the other by way of a scroll.
///
/// Rows outside the region come first, while it is known where the cursor is: nobody knows after
/// a region is set or reset. Rows that come free are written one by one as they do, with the cursor
/// already in them. The region is reset within the frame: a terminal that is left with one
/// misplaces the next scroll of the shell.
pub(super) fn rewrite(writer: &mut Writer<'_>, scroll: Scroll, old: &Grid, new: &Grid) {
    let Scroll { top, bottom, shift } = scroll;
    rows::rewrite(writer, old, new, 0..top);
    rows::rewrite(writer, old, new, bottom + 1..new.rows());
    let is_whole = top == 0 && bottom + 1 == new.rows();
    if !is_whole {
        set_region(scroll, new.rows(), &mut writer.out);
        writer.cursor = Cursor::Unknown;
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
        writer.take_erasing_pen();
        writer.go(edge, 0);
        writer.out.extend(if shift > 0 {
            b"\n".as_slice()
        } else {
            b"\x1bM"
        });
        rows::write_over_blanks(writer, edge, new.row(free));
        moved.copy_row(free, new);
    }
    if !is_whole {
        writer.out.extend(super::RESET_REGION);
        writer.cursor = Cursor::Unknown;
    }
    rows::rewrite(writer, &moved, new, top..bottom + 1);
}

/// Appends DECSTBM; an edge that is the screen's own is left out.
fn set_region(scroll: Scroll, rows: usize, out: &mut Vec<u8>) {
    out.extend(b"\x1b[");
    if scroll.top > 0 {
        out.extend((scroll.top + 1).to_string().bytes());
    }
    if scroll.bottom + 1 < rows {
        out.extend(format!(";{}", scroll.bottom + 1).bytes());
    }
    out.push(b'r');
}
