//! Writes cells and moves in the fewest bytes, keeping account of where the terminal's cursor is
//! and which pen it holds.

use std::io::Write as _;

use super::cell::{Cell, Symbol};
use super::pen::Pen;
use super::tables::Tables;
use crate::terminal::{Capabilities, Feature};

/// Where the terminal's cursor is, as far as is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    /// Nobody knows: after a scroll region is set, for example.
    Unknown,
    /// In this row. Terminals disagree on the column after wide glyphs and clusters, and at the
    /// end of a row the next character may go anywhere.
    Row(usize),
    /// In this row and column.
    At(usize, usize),
}

/// Where a writer stands, to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    length: usize,
    cursor: Cursor,
    pen: Pen,
}

/// Writes to a terminal of which it knows cursor and pen.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) out: Vec<u8>,
    pub(super) cursor: Cursor,
    pub(super) pen: Pen,
    pub(super) capabilities: Capabilities,
    tables: &'a Tables,
    columns: usize,
}

impl<'a> Writer<'a> {
    /// Begins with the terminal's own pen.
    pub(super) fn new(
        capabilities: Capabilities,
        tables: &'a Tables,
        columns: usize,
        cursor: Cursor,
    ) -> Self {
        Self {
            out: Vec::new(),
            cursor,
            pen: Pen::default(),
            capabilities,
            tables,
            columns,
        }
    }

    /// Puts the pen down, so that what others write between frames is in none of its colours.
    pub(super) fn finish(mut self) -> (Vec<u8>, Cursor) {
        self.take_pen(Pen::default());
        (self.out, self.cursor)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            length: self.out.len(),
            cursor: self.cursor,
            pen: self.pen,
        }
    }

    /// Takes back what was written since the mark.
    pub(super) fn back_to(&mut self, mark: Mark) -> Vec<u8> {
        self.cursor = mark.cursor;
        self.pen = mark.pen;
        self.out.split_off(mark.length)
    }

    pub(super) fn since(&self, mark: Mark) -> usize {
        self.out.len() - mark.length
    }

    /// Appends a sequence that ends in `last` and has one parameter, which is left out if it is 1.
    pub(super) fn control(&mut self, parameter: usize, last: char) {
        control(&mut self.out, parameter, last);
    }

    /// Takes up a pen.
    pub(super) fn take_pen(&mut self, pen: Pen) {
        self.pen.exchange(pen, self.capabilities, &mut self.out);
        self.pen = pen;
    }

    /// Puts the pen down unless it leaves nothing on blanks: erased and scrolled-in cells take
    /// its background on some terminals and not on others.
    pub(super) fn take_erasing_pen(&mut self) {
        if self.pen.on_blank() != Pen::default() {
            self.take_pen(Pen::default());
        }
    }

    /// Writes a cell where the cursor is. A continuation writes nothing: it came with its lead.
    pub(super) fn cell(&mut self, cell: Cell) {
        let (row, column) = match self.cursor {
            Cursor::At(row, column) => (row, Some(column)),
            Cursor::Row(row) => (row, None),
            Cursor::Unknown => return,
        };
        if cell.is_continuation() {
            return;
        }
        let pen = self.tables.pen(cell.pen());
        if !cell.is_space() || self.pen.on_blank() != pen {
            self.take_pen(pen);
        }
        let mut buffer = [0; 4];
        let certain = match cell.symbol() {
            Symbol::Char(character) => {
                self.out
                    .extend(character.encode_utf8(&mut buffer).as_bytes());
                true
            }
            Symbol::Cluster(id) => {
                self.out.extend(self.tables.cluster(id).as_bytes());
                false
            }
            Symbol::Continuation => return,
        };
        self.cursor = match column {
            Some(column) if certain && column + 1 < self.columns => Cursor::At(row, column + 1),
            Some(column) if column + 1 >= self.columns && !self.waits() => Cursor::Unknown,
            _ => Cursor::Row(row),
        };
    }

    /// Says that the last cell was the first half of a wide glyph.
    pub(super) fn distrust_column(&mut self) {
        self.cursor = match self.cursor {
            Cursor::At(_, column) if column + 1 == self.columns && !self.waits() => Cursor::Unknown,
            Cursor::At(row, _) => Cursor::Row(row),
            other => other,
        };
    }

    /// Says whether the terminal waits at the end of a row.
    fn waits(&self) -> bool {
        self.capabilities.can(Feature::LateWrap)
    }

    /// Moves the cursor in the fewest bytes.
    pub(super) fn go(&mut self, row: usize, column: usize) {
        if self.cursor == Cursor::At(row, column) {
            return;
        }
        let mut best = Vec::with_capacity(16);
        absolute(&mut best, row, column);
        let mut attempt = Vec::with_capacity(16);
        let mut consider = |write: &dyn Fn(&mut Vec<u8>)| {
            attempt.clear();
            write(&mut attempt);
            if attempt.len() < best.len() {
                std::mem::swap(&mut attempt, &mut best);
            }
        };
        let addresses = self.capabilities.can(Feature::LineAddress);
        if let Cursor::At(from_row, from_column) = self.cursor {
            for vertical in vertical_moves(from_row, row, self.capabilities) {
                for horizontal in horizontal_moves(from_column, column, self.capabilities) {
                    consider(&|out| {
                        vertical.write(out);
                        horizontal.write(out);
                    });
                }
            }
        }
        if let Cursor::At(from_row, _) | Cursor::Row(from_row) = self.cursor {
            for vertical in vertical_moves(from_row, row, self.capabilities) {
                consider(&|out| {
                    out.push(b'\r');
                    vertical.write(out);
                    if column > 0 {
                        control(out, column, 'C');
                    }
                });
            }
            if from_row == row && addresses {
                consider(&|out| control(out, column + 1, 'G'));
            }
        }
        self.out.extend(best);
        self.cursor = Cursor::At(row, column);
    }
}

/// Appends CUP.
fn absolute(out: &mut Vec<u8>, row: usize, column: usize) {
    if column == 0 {
        control(out, row + 1, 'H');
    } else {
        // Writing into a Vec cannot fail.
        let _ = write!(out, "\x1b[{};{}H", row + 1, column + 1);
    }
}

fn control(out: &mut Vec<u8>, parameter: usize, last: char) {
    let _ = if parameter == 1 {
        write!(out, "\x1b[{last}")
    } else {
        write!(out, "\x1b[{parameter}{last}")
    };
}

/// A move along one side of the screen.
#[derive(Clone, Copy)]
enum Move {
    Stay,
    /// The same control character or short sequence again and again.
    Repeat(&'static [u8], usize),
    /// A sequence with one parameter.
    Control(usize, char),
}

impl Move {
    fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Stay => {}
            Self::Repeat(bytes, count) => (0..count).for_each(|_| out.extend(bytes)),
            Self::Control(parameter, last) => control(out, parameter, last),
        }
    }
}

/// Returns moves to another row. A line feed keeps the column, since the terminal is in raw mode,
/// and neither it nor a reverse index scrolls here, since the row is one of the screen's.
fn vertical_moves(
    from: usize,
    to: usize,
    capabilities: Capabilities,
) -> impl Iterator<Item = Move> + use<> {
    let addresses = capabilities.can(Feature::LineAddress);
    let moves = match to.abs_diff(from) {
        0 => [Some(Move::Stay), None, None],
        distance => {
            let down = to > from;
            let (single, several): (&[u8], char) =
                if down { (b"\n", 'B') } else { (b"\x1bM", 'A') };
            let knows_single = down || capabilities.can(Feature::ScrollRegion);
            [
                (knows_single && distance <= 8).then_some(Move::Repeat(single, distance)),
                Some(Move::Control(distance, several)),
                addresses.then_some(Move::Control(to + 1, 'd')),
            ]
        }
    };
    moves.into_iter().flatten()
}

/// Returns moves to another column.
fn horizontal_moves(
    from: usize,
    to: usize,
    capabilities: Capabilities,
) -> impl Iterator<Item = Move> + use<> {
    let addresses = capabilities.can(Feature::LineAddress);
    let moves = match to.abs_diff(from) {
        0 => [Some(Move::Stay), None, None],
        distance => [
            (to < from && distance <= 8).then_some(Move::Repeat(b"\x08", distance)),
            Some(Move::Control(distance, if to > from { 'C' } else { 'D' })),
            addresses.then_some(Move::Control(to + 1, 'G')),
        ],
    };
    moves.into_iter().flatten()
}

/// Says whether a cell can be written again to get across it.
pub(super) fn is_rewritable(cell: Cell) -> bool {
    matches!(cell.symbol(), Symbol::Char(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: Cursor, row: usize, column: usize) -> String {
        let capabilities = Capabilities::modern();
        let tables = Tables::default();
        let mut writer = Writer::new(capabilities, &tables, 80, from);
        writer.go(row, column);
        String::from_utf8(writer.out)
            .expect("moves are ASCII")
            .replace('\x1b', "^")
    }

    #[test]
    fn the_shortest_move_is_taken() {
        let cases = [
            (Cursor::Unknown, 0, 0, "^[H"),
            (Cursor::Unknown, 4, 0, "^[5H"),
            (Cursor::Unknown, 4, 9, "^[5;10H"),
            (Cursor::At(4, 9), 4, 9, ""),
            (Cursor::At(4, 9), 5, 9, "\n"),
            (Cursor::At(4, 9), 5, 0, "\r\n"),
            (Cursor::At(4, 9), 3, 9, "^M"),
            (Cursor::At(4, 9), 4, 7, "\x08\x08"),
            (Cursor::At(4, 9), 4, 10, "^[C"),
            (Cursor::At(4, 9), 4, 70, "^[61C"),
            (Cursor::At(4, 70), 4, 5, "^[6G"),
            (Cursor::At(4, 9), 20, 9, "^[16B"),
            (Cursor::At(20, 9), 3, 9, "^[4d"),
            (Cursor::At(4, 70), 4, 0, "\r"),
            (Cursor::Row(4), 4, 40, "^[41G"),
            (Cursor::Row(4), 5, 0, "\r\n"),
            (Cursor::Row(4), 9, 40, "^[10;41H"),
        ];
        for (from, row, column, bytes) in cases {
            assert_eq!(
                moved(from, row, column),
                bytes,
                "{from:?} to {row},{column}"
            );
        }
    }
}
