//! A grid of screen cells, and the conversion of a frame into one.

use ratatui::buffer::{Buffer, Cell as FrameCell};
use ratatui::style::{Color, Modifier};

use crate::text::Link;
use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::cell::{ScreenCell, StyleId, Symbol};
use crate::tty::screen::glyph::{Glyph, glyph_for_symbol};
use crate::tty::screen::palette::supported_style;
use crate::tty::screen::style::CellStyle;
use crate::tty::screen::style_table::StyleTable;
use crate::tty::size::Size;

/// The cells of a whole screen.
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

    /// Converts the rows of a frame, reduced to what the terminal can show.
    pub(crate) fn fill(
        &mut self,
        frame: &Buffer,
        capabilities: Capabilities,
        style_table: &mut StyleTable,
    ) {
        let mut style_cache = StyleCache::default();
        let width = usize::from(frame.area.width);
        if width == 0 {
            return;
        }
        let shown = width.min(self.columns);
        let rows = self.cells.chunks_mut(self.columns);
        let rows = rows.skip(usize::from(frame.area.y));
        for (row, line) in rows.zip(frame.content().chunks(width)) {
            let mut column = 0;
            while column < shown {
                let cell = &line[column];
                let mut glyph = glyph_for_symbol(cell.symbol(), capabilities.charset);
                if glyph.wide && column + 1 == row.len() {
                    glyph = Glyph::BLANK;
                }
                let style = style_cache.lookup(cell, capabilities, style_table);
                row[column] = if glyph.base == ' ' && glyph.cluster.is_none() {
                    ScreenCell::new(Symbol::Char(' '), style.blank)
                } else {
                    ScreenCell::new(style_table.intern_symbol(glyph), style.text)
                };
                if glyph.wide {
                    row[column + 1] = ScreenCell::new(Symbol::Continuation, style.text);
                    column += 1;
                }
                column += 1;
            }
        }
        if !capabilities.can(Feature::DeferredWrap) {
            self.blank_last_cell();
        }
    }

    /// Makes the cells of links open their addresses, except for blanks.
    pub(crate) fn add_links(&mut self, links: &[Link], style_table: &mut StyleTable) {
        for link in links {
            let id = style_table.intern_link(&link.url);
            let start = usize::from(link.line) * self.columns;
            let columns = usize::from(link.columns.start)..usize::from(link.columns.end);
            let row = self.cells.get_mut(start..start + self.columns);
            for cell in row
                .and_then(|row| row.get_mut(columns))
                .into_iter()
                .flatten()
            {
                if !cell.is_space() {
                    let style = style_table.style(cell.style());
                    let style = style_table.intern_style(CellStyle { link: id, ..style });
                    *cell = ScreenCell::new(cell.symbol(), style);
                }
            }
        }
    }

    /// Blanks the last cell: without deferred wrap, writing it would scroll the screen.
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

    pub(crate) fn cells_mut(&mut self) -> &mut [ScreenCell] {
        &mut self.cells
    }

    pub(crate) fn copy_row(&mut self, row: usize, from: &Self) {
        self.cells[row * self.columns..][..self.columns].copy_from_slice(from.row(row));
    }

    /// Moves the rows from `top` to `bottom` up by `shift`, or down if it is negative. Rows that
    /// scroll in are blank.
    pub(crate) fn scroll(&mut self, top: usize, bottom: usize, shift: isize) {
        let region = &mut self.cells[top * self.columns..(bottom + 1) * self.columns];
        let distance = (shift.unsigned_abs() * self.columns).min(region.len());
        let remaining = region.len() - distance;
        if shift > 0 {
            region.copy_within(distance.., 0);
            region[remaining..].fill(ScreenCell::BLANK);
        } else {
            region.copy_within(..remaining, distance);
            region[..distance].fill(ScreenCell::BLANK);
        }
    }
}

/// The style of the last cell. Neighbors mostly have the same one.
#[derive(Default)]
struct StyleCache {
    frame_style: (Color, Color, Modifier),
    ids: StyleIds,
}

/// The style of a cell, and the part of it that shows on a blank.
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
        style_table: &mut StyleTable,
    ) -> StyleIds {
        let frame_style = (cell.fg, cell.bg, cell.modifier);
        if frame_style != self.frame_style {
            let style = supported_style(cell, capabilities);
            self.frame_style = frame_style;
            self.ids = StyleIds {
                text: style_table.intern_style(style),
                blank: style_table.intern_style(style.visible_on_blank()),
            };
        }
        self.ids
    }
}
