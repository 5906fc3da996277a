//! The writer: encodes cells and cursor moves, and tracks the terminal's cursor and style.

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::ansi;
use crate::tty::screen::cell::{ScreenCell, Symbol};
use crate::tty::screen::cursor::{CursorPosition, move_cursor};
use crate::tty::screen::sgr;
use crate::tty::screen::style::{CellStyle, LinkId};
use crate::tty::screen::style_table::StyleTable;

/// A writer that knows the terminal's cursor and style.
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
    /// Begins with the terminal's default style.
    pub(crate) fn new(
        capabilities: Capabilities,
        style_table: &'a StyleTable,
        columns: usize,
        cursor: CursorPosition,
    ) -> Self {
        Self {
            out: Vec::new(),
            cursor,
            style: CellStyle::default(),
            capabilities,
            style_table,
            columns,
        }
    }

    /// Resets the style, so that output between frames is not colored.
    pub(crate) fn finish(mut self) -> (Vec<u8>, CursorPosition) {
        self.set_style(CellStyle::default());
        (self.out, self.cursor)
    }

    /// Returns how many bytes `write` takes, without writing them.
    pub(crate) fn cost(&mut self, write: impl FnOnce(&mut Self)) -> usize {
        let (length, cursor, style) = (self.out.len(), self.cursor, self.style);
        write(self);
        let cost = self.out.len() - length;
        self.out.truncate(length);
        (self.cursor, self.style) = (cursor, style);
        cost
    }

    /// Keeps the shorter of two encodings; the first one if they are equally long.
    pub(crate) fn write_shorter(
        &mut self,
        first: impl FnOnce(&mut Self),
        second: impl FnOnce(&mut Self),
    ) {
        let (start, before) = (self.out.len(), (self.cursor, self.style));
        first(self);
        let (middle, after_first) = (self.out.len(), (self.cursor, self.style));
        (self.cursor, self.style) = before;
        second(self);
        let length = self.out.len() - middle;
        if length < middle - start {
            self.out.copy_within(middle.., start);
            self.out.truncate(start + length);
        } else {
            self.out.truncate(middle);
            (self.cursor, self.style) = after_first;
        }
    }

    pub(crate) fn set_style(&mut self, style: CellStyle) {
        if style.link != self.style.link {
            ansi::write_link(
                &mut self.out,
                style.link.0,
                self.style_table.link(style.link).map_or("", |url| url),
            );
        }
        let (old, new) = (self.style.without_link(), style.without_link());
        sgr::write_transition(&mut self.out, old, new, self.capabilities);
        self.style = style;
    }

    /// Ends a link, and resets a style that is visible on blanks: some terminals give erased and scrolled-in cells its
    /// background, and others do not.
    pub(crate) fn reset_style_for_erase(&mut self) {
        let has_link = self.style.link != LinkId::default();
        if has_link || self.style.visible_on_blank() != CellStyle::default() {
            self.set_style(CellStyle::default());
        }
    }

    /// Writes a cell at the cursor. A continuation writes nothing: the wide glyph covers it.
    pub(crate) fn write_cell(&mut self, cell: ScreenCell) {
        let (row, column) = match self.cursor {
            CursorPosition::At(row, column) => (row, Some(column)),
            CursorPosition::Row(row) => (row, None),
            CursorPosition::Unknown => return,
        };
        if cell.is_continuation() {
            return;
        }
        let style = self.style_table.style(cell.style());
        let has_same_link = self.style.link == style.link;
        if !cell.is_space() || !has_same_link || self.style.visible_on_blank() != style {
            self.set_style(style);
        }
        let mut buffer = [0; 4];
        self.out.extend(match cell.symbol() {
            Symbol::Char(character) => character.encode_utf8(&mut buffer).as_bytes(),
            Symbol::Cluster(id) => self.style_table.cluster(id).as_bytes(),
            Symbol::Continuation => return,
        });
        self.cursor = match column {
            Some(column) if cell.has_certain_width() && column + 1 < self.columns => {
                CursorPosition::At(row, column + 1)
            }
            Some(column) if column + 1 >= self.columns && !self.has_deferred_wrap() => {
                CursorPosition::Unknown
            }
            _ => CursorPosition::Row(row),
        };
    }

    /// Marks the column as unknown: the last cell was the first half of a wide glyph.
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

    fn has_deferred_wrap(&self) -> bool {
        self.capabilities.can(Feature::DeferredWrap)
    }

    pub(crate) fn move_to(&mut self, row: usize, column: usize) {
        if self.cursor != CursorPosition::At(row, column) {
            move_cursor(&mut self.out, self.cursor, (row, column), self.capabilities);
            self.cursor = CursorPosition::At(row, column);
        }
    }

    /// Erases cells from the cursor on, and does not move it.
    pub(crate) fn erase(&mut self, cells: usize) {
        self.reset_style_for_erase();
        ansi::write_csi(&mut self.out, cells, b'X');
    }

    pub(crate) fn erase_to_row_end(&mut self) {
        self.reset_style_for_erase();
        self.out.extend(ansi::ERASE_TO_ROW_END);
    }
}
