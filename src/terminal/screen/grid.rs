//! Defines a grid of cells, and how a frame becomes one.

use ratatui::buffer::{Buffer, Cell as FrameCell};
use ratatui::style::{Color, Modifier};

use super::cell::{Cell, PenId, Symbol};
use super::glyph::{Glyph, glyph};
use super::pen::Pen;
use super::tables::Tables;
use crate::terminal::{Capabilities, Feature, Size};

/// What a screen shows, or is to show.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    columns: usize,
    cells: Vec<Cell>,
}

impl Grid {
    pub(super) fn blank(size: Size) -> Self {
        let columns = usize::from(size.columns());
        Self {
            columns,
            cells: vec![Cell::BLANK; columns * usize::from(size.rows())],
        }
    }

    /// Returns what a frame asks for, as near as the terminal can come. What the frame does not
    /// cover is blank.
    pub(super) fn read(
        frame: &Buffer,
        size: Size,
        capabilities: Capabilities,
        tables: &mut Tables,
    ) -> Self {
        let mut grid = Self::blank(size);
        let mut pens = PenReader::default();
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
                let mut glyph = glyph(cell.symbol(), capabilities.charset);
                if glyph.wide && column + 1 == row.len() {
                    glyph = Glyph::BLANK;
                }
                let pen = pens.read(cell, capabilities, tables);
                row[column] = if glyph.base == ' ' && glyph.cluster.is_none() {
                    Cell::new(Symbol::Char(' '), pen.on_blank)
                } else {
                    Cell::new(tables.symbol(glyph), pen.on_text)
                };
                if glyph.wide {
                    row[column + 1] = Cell::new(Symbol::Continuation, pen.on_text);
                    column += 1;
                }
                column += 1;
            }
        }
        if !capabilities.can(Feature::LateWrap) {
            grid.spare_corner();
        }
        grid
    }

    /// Blanks the last cell, the writing of which scrolls everything on a terminal that does not
    /// wait at the end of a row.
    fn spare_corner(&mut self) {
        if let [.., before, corner] = self.cells.as_mut_slice()
            && corner.is_continuation()
        {
            *before = Cell::BLANK;
        }
        if let Some(corner) = self.cells.last_mut() {
            *corner = Cell::BLANK;
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    pub(super) fn row(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.columns..][..self.columns]
    }

    /// Returns every cell, for the tables to be remade.
    pub(super) fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    /// Takes a row over from another grid.
    pub(super) fn copy_row(&mut self, row: usize, from: &Self) {
        self.cells[row * self.columns..][..self.columns].copy_from_slice(from.row(row));
    }

    /// Moves what the rows between `top` and `bottom` show; rows that come free are blank.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, shift: isize) {
        let region = &mut self.cells[top * self.columns..(bottom + 1) * self.columns];
        let distance = (shift.unsigned_abs() * self.columns).min(region.len());
        if shift > 0 {
            region.copy_within(distance.., 0);
            let kept = region.len() - distance;
            region[kept..].fill(Cell::BLANK);
        } else {
            let kept = region.len() - distance;
            region.copy_within(..kept, distance);
            region[..distance].fill(Cell::BLANK);
        }
    }
}

/// The pen of the last cell that was read: neighbours mostly share one.
#[derive(Default)]
struct PenReader {
    style: (Color, Color, Modifier),
    pens: Pens,
}

/// The pen of a cell, and the part of it that a blank needs.
#[derive(Clone, Copy, Default)]
struct Pens {
    on_text: PenId,
    on_blank: PenId,
}

impl PenReader {
    fn read(&mut self, cell: &FrameCell, capabilities: Capabilities, tables: &mut Tables) -> Pens {
        let style = (cell.fg, cell.bg, cell.modifier);
        if style != self.style {
            let pen = Pen::of(cell, capabilities);
            self.style = style;
            self.pens = Pens {
                on_text: tables.pen_id(pen),
                on_blank: tables.pen_id(pen.on_blank()),
            };
        }
        self.pens
    }
}
