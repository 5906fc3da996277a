//! Defines a grid of cells, and how a frame becomes one.

use ratatui::buffer::{Buffer, Cell as FrameCell};
use ratatui::style::{Color, Modifier};

use crate::tty::Size;
use crate::tty::capabilities::{Capabilities, Feature};
use crate::tty::screen::cell::{ScreenCell, StyleId, Symbol};
use crate::tty::screen::glyph::{Glyph, glyph_for_symbol};
use crate::tty::screen::style::CellStyle;
use crate::tty::screen::style_table::StyleTable;

/// What a screen shows, or is to show.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    columns: usize,
    cells: Vec<ScreenCell>,
}

impl Grid {
    pub(crate) fn blank(size: Size) -> Self {
        let columns = usize::from(size.columns());
        Self {
            columns,
            cells: vec![ScreenCell::BLANK; columns * usize::from(size.rows())],
        }
    }

    /// Returns what a frame asks for, as near as the terminal can come. What the frame does not
    /// cover is blank.
    pub(crate) fn from_frame(
        frame: &Buffer,
        size: Size,
        capabilities: Capabilities,
        tables: &mut StyleTable,
    ) -> Self {
        let mut grid = Self::blank(size);
        let mut pens = StyleCache::default();
        let width = usize::from(frame.area.width);
        if width == 0 {
            return grid;
        }
        let shown = width.min(grid.columns);
        for (row, line) in grid
            .cells
            .chunks_mut(grid.columns)
            .zip(frame.content().chunks(width))
        {
            let mut column = 0;
            while column < shown {
                let cell = &line[column];
                let mut glyph = glyph_for_symbol(cell.symbol(), capabilities.charset);
                if glyph.wide && column + 1 == row.len() {
                    glyph = Glyph::BLANK;
                }
                let pen = pens.lookup(cell, capabilities, tables);
                row[column] = if glyph.base == ' ' && glyph.cluster.is_none() {
                    ScreenCell::new(Symbol::Char(' '), pen.blank)
                } else {
                    ScreenCell::new(tables.intern_symbol(glyph), pen.text)
                };
                if glyph.wide {
                    row[column + 1] = ScreenCell::new(Symbol::Continuation, pen.text);
                    column += 1;
                }
                column += 1;
            }
        }
        if !capabilities.can(Feature::DeferredWrap) {
            grid.blank_last_cell();
        }
        grid
    }

    /// Blanks the last cell, the writing of which scrolls everything on a terminal that does not
    /// wait at the end of a row.
    fn blank_last_cell(&mut self) {
        if let [.., before, corner] = self.cells.as_mut_slice()
            && corner.is_continuation()
        {
            *before = ScreenCell::BLANK;
        }
        if let Some(corner) = self.cells.last_mut() {
            *corner = ScreenCell::BLANK;
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    pub(crate) fn row(&self, row: usize) -> &[ScreenCell] {
        &self.cells[row * self.columns..][..self.columns]
    }

    /// Returns every cell, for the tables to be remade.
    pub(crate) fn cells_mut(&mut self) -> &mut [ScreenCell] {
        &mut self.cells
    }

    /// Takes a row over from another grid.
    pub(crate) fn copy_row(&mut self, row: usize, from: &Self) {
        self.cells[row * self.columns..][..self.columns].copy_from_slice(from.row(row));
    }

    /// Moves what the rows between `top` and `bottom` show; rows that come free are blank.
    pub(crate) fn scroll(&mut self, top: usize, bottom: usize, shift: isize) {
        let region = &mut self.cells[top * self.columns..(bottom + 1) * self.columns];
        let distance = (shift.unsigned_abs() * self.columns).min(region.len());
        if shift > 0 {
            region.copy_within(distance.., 0);
            let kept = region.len() - distance;
            region[kept..].fill(ScreenCell::BLANK);
        } else {
            let kept = region.len() - distance;
            region.copy_within(..kept, distance);
            region[..distance].fill(ScreenCell::BLANK);
        }
    }
}

/// The pen of the last cell that was read: neighbours mostly share one.
#[derive(Default)]
struct StyleCache {
    frame_style: (Color, Color, Modifier),
    ids: StyleIds,
}

/// The pen of a cell, and the part of it that a blank needs.
#[derive(Clone, Copy, Default)]
struct StyleIds {
    text: StyleId,
    blank: StyleId,
}

impl StyleCache {
    fn lookup(
        &mut self,
        cell: &FrameCell,
        capabilities: Capabilities,
        tables: &mut StyleTable,
    ) -> StyleIds {
        let style = (cell.fg, cell.bg, cell.modifier);
        if style != self.frame_style {
            let pen = CellStyle::from_cell(cell, capabilities);
            self.frame_style = style;
            self.ids = StyleIds {
                text: tables.intern_style(pen),
                blank: tables.intern_style(pen.visible_on_blank()),
            };
        }
        self.ids
    }
}
