//! Writes cells and moves in the fewest bytes, keeping account of where the terminal's cursor is
//! and which pen it holds.

use crate::tty::capabilities::{Capabilities, Feature};
use crate::tty::screen::cell::{ScreenCell, Symbol};
use crate::tty::screen::cursor;
use crate::tty::screen::style::CellStyle;
use crate::tty::screen::style_table::StyleTable;

/// Where the terminal's cursor is, as far as is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CursorPosition {
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
pub(crate) struct ScreenWriter<'a> {
    pub(crate) out: Vec<u8>,
    pub(crate) cursor: CursorPosition,
    pub(crate) style: CellStyle,
    pub(crate) capabilities: Capabilities,
    style_table: &'a StyleTable,
    columns: usize,
}

impl<'a> ScreenWriter<'a> {
    /// Begins with the terminal's own pen.
    pub(crate) fn new(
        capabilities: Capabilities,
        tables: &'a StyleTable,
        columns: usize,
        cursor: CursorPosition,
    ) -> Self {
        Self {
            out: Vec::new(),
            cursor,
            style: CellStyle::default(),
            capabilities,
            style_table: tables,
            columns,
        }
    }

    /// Puts the pen down, so that what others write between frames is in none of its colours.
    pub(crate) fn finish(mut self) -> (Vec<u8>, CursorPosition) {
        self.set_style(CellStyle::default());
        (self.out, self.cursor)
    }

    /// Returns how many bytes it would take to write something.
    pub(crate) fn cost(&mut self, write: impl FnOnce(&mut Self)) -> usize {
        let (length, cursor, pen) = (self.out.len(), self.cursor, self.style);
        write(self);
        let cost = self.out.len() - length;
        self.out.truncate(length);
        (self.cursor, self.style) = (cursor, pen);
        cost
    }

    /// Writes something in the shorter of two ways; in the first, if they are equal.
    pub(crate) fn write_shorter(
        &mut self,
        first: impl FnOnce(&mut Self),
        second: impl FnOnce(&mut Self),
    ) {
        let (start, cursor, pen) = (self.out.len(), self.cursor, self.style);
        first(self);
        let (middle, ends) = (self.out.len(), (self.cursor, self.style));
        (self.cursor, self.style) = (cursor, pen);
        second(self);
        let length = self.out.len() - middle;
        if length < middle - start {
            self.out.copy_within(middle.., start);
            self.out.truncate(start + length);
        } else {
            self.out.truncate(middle);
            (self.cursor, self.style) = ends;
        }
    }

    /// Takes up a pen.
    pub(crate) fn set_style(&mut self, pen: CellStyle) {
        self.style
            .transition_to(pen, self.capabilities, &mut self.out);
        self.style = pen;
    }

    /// Puts the pen down unless it leaves nothing on blanks: erased and scrolled-in cells take
    /// its background on some terminals and not on others.
    pub(crate) fn reset_style_for_erase(&mut self) {
        if self.style.visible_on_blank() != CellStyle::default() {
            self.set_style(CellStyle::default());
        }
    }

    /// Writes a cell where the cursor is. A continuation writes nothing: it came with its lead.
    pub(crate) fn write_cell(&mut self, cell: ScreenCell) {
        let (row, column) = match self.cursor {
            CursorPosition::At(row, column) => (row, Some(column)),
            CursorPosition::Row(row) => (row, None),
            CursorPosition::Unknown => return,
        };
        if cell.is_continuation() {
            return;
        }
        let pen = self.style_table.style(cell.style());
        if !cell.is_space() || self.style.visible_on_blank() != pen {
            self.set_style(pen);
        }
        let mut buffer = [0; 4];
        let certain = match cell.symbol() {
            Symbol::Char(character) => {
                self.out
                    .extend(character.encode_utf8(&mut buffer).as_bytes());
                true
            }
            Symbol::Cluster(id) => {
                self.out.extend(self.style_table.cluster(id).as_bytes());
                false
            }
            Symbol::Continuation => return,
        };
        self.cursor = match column {
            Some(column) if certain && column + 1 < self.columns => {
                CursorPosition::At(row, column + 1)
            }
            Some(column) if column + 1 >= self.columns && !self.has_deferred_wrap() => {
                CursorPosition::Unknown
            }
            _ => CursorPosition::Row(row),
        };
    }

    /// Says that the last cell was the first half of a wide glyph.
    pub(crate) fn invalidate_column(&mut self) {
        self.cursor = match self.cursor {
            CursorPosition::At(_, column)
                if column + 1 == self.columns && !self.has_deferred_wrap() =>
            {
                CursorPosition::Unknown
            }
            CursorPosition::At(row, _) => CursorPosition::Row(row),
            other => other,
        };
    }

    /// Says whether the terminal waits at the end of a row.
    fn has_deferred_wrap(&self) -> bool {
        self.capabilities.can(Feature::DeferredWrap)
    }

    /// Moves the cursor in the fewest bytes.
    pub(crate) fn move_to(&mut self, row: usize, column: usize) {
        if self.cursor != CursorPosition::At(row, column) {
            cursor::move_cursor(&mut self.out, self.cursor, (row, column), self.capabilities);
            self.cursor = CursorPosition::At(row, column);
        }
    }

    /// Erases some cells from the cursor on, which stays.
    pub(crate) fn erase(&mut self, cells: usize) {
        self.reset_style_for_erase();
        cursor::write_csi(&mut self.out, cells, b'X');
    }

    /// Erases the rest of the row.
    pub(crate) fn erase_to_row_end(&mut self) {
        self.reset_style_for_erase();
        self.out.extend(b"\x1b[K");
    }
}

/// Says whether a cell can be written again to get across it.
pub(crate) fn is_rewritable(cell: ScreenCell) -> bool {
    matches!(cell.symbol(), Symbol::Char(_))
}
