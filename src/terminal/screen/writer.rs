//! Writes cells and moves in the fewest bytes, keeping account of where the terminal's cursor is
//! and which pen it holds.

use super::cell::{Cell, Symbol};
use super::moves;
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

    /// Returns how many bytes it would take to write something.
    pub(super) fn cost(&mut self, write: impl FnOnce(&mut Self)) -> usize {
        let (length, cursor, pen) = (self.out.len(), self.cursor, self.pen);
        write(self);
        let cost = self.out.len() - length;
        self.out.truncate(length);
        (self.cursor, self.pen) = (cursor, pen);
        cost
    }

    /// Writes something in the shorter of two ways; in the first, if they are equal.
    pub(super) fn shorter(
        &mut self,
        first: impl FnOnce(&mut Self),
        second: impl FnOnce(&mut Self),
    ) {
        let (start, cursor, pen) = (self.out.len(), self.cursor, self.pen);
        first(self);
        let (middle, ends) = (self.out.len(), (self.cursor, self.pen));
        (self.cursor, self.pen) = (cursor, pen);
        second(self);
        let length = self.out.len() - middle;
        if length < middle - start {
            self.out.copy_within(middle.., start);
            self.out.truncate(start + length);
        } else {
            self.out.truncate(middle);
            (self.cursor, self.pen) = ends;
        }
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
        if self.cursor != Cursor::At(row, column) {
            moves::write(&mut self.out, self.cursor, (row, column), self.capabilities);
            self.cursor = Cursor::At(row, column);
        }
    }

    /// Erases some cells from the cursor on, which stays.
    pub(super) fn erase(&mut self, cells: usize) {
        self.take_erasing_pen();
        moves::control(&mut self.out, cells, b'X');
    }

    /// Erases the rest of the row.
    pub(super) fn erase_rest(&mut self) {
        self.take_erasing_pen();
        self.out.extend(b"\x1b[K");
    }
}

/// Says whether a cell can be written again to get across it.
pub(super) fn is_rewritable(cell: Cell) -> bool {
    matches!(cell.symbol(), Symbol::Char(_))
}
