//! A canvas: a buffer to draw on, with the theme and character set of one reader.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::num::saturating_u16;
use crate::text::{Charset, Link, clip, width};
use crate::view::theme::{StyleRole, Theme};

/// Draws within the bounds of its buffer.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    pub charset: Charset,
    /// The links that were drawn.
    pub links: Vec<Link>,
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, charset: Charset) -> Self {
        Self {
            buffer,
            theme,
            charset,
            links: Vec::new(),
        }
    }

    /// Makes some columns of a line open an address.
    pub fn link(&mut self, area: Rect, column: u16, columns: u16, url: &Arc<str>) {
        let start = area.x.saturating_add(column).min(area.right());
        let end = start.saturating_add(columns).min(area.right());
        let lines = self.buffer.area.y..self.buffer.area.bottom();
        if start < end && lines.contains(&area.y) {
            self.links.push(Link {
                line: area.y,
                columns: start..end,
                url: Arc::clone(url),
            });
        }
    }

    /// Draws a text from a column of the area on, cut at the area's end. Returns the column after
    /// it.
    pub fn put(&mut self, area: Rect, column: u16, text: &str, role: StyleRole) -> u16 {
        let is_in_buffer = (self.buffer.area.y..self.buffer.area.bottom()).contains(&area.y);
        let area = area.intersection(self.buffer.area);
        if !is_in_buffer || area.height == 0 || column >= area.width {
            return column;
        }
        let style = self.theme.style(role);
        let room = usize::from(area.width - column);
        // ratatui looks for clusters, which takes most of a frame's time. ASCII has none.
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            let shown = text.len().min(room);
            let start = self.buffer.index_of(area.x + column, area.y);
            let cells = &mut self.buffer.content[start..start + shown];
            for (cell, byte) in cells.iter_mut().zip(text.bytes()) {
                cell.set_char(char::from(byte)).set_style(style);
            }
            return column + saturating_u16(shown);
        }
        let (end, _) = self
            .buffer
            .set_stringn(area.x + column, area.y, text, room, style);
        end - area.x
    }

    /// Like [`Canvas::put`], in the reader's character set, and with an ellipsis if it is cut.
    pub fn put_clipped(&mut self, area: Rect, column: u16, text: &str, role: StyleRole) -> u16 {
        let text = self.charset.transliterate(text);
        let room = usize::from(area.width.saturating_sub(column));
        let text = clip(&text, room, self.ellipsis());
        self.put(area, column, &text, role)
    }

    /// Draws a text that ends where the area does, and returns the column at which it begins.
    pub fn put_right(&mut self, area: Rect, text: &str, role: StyleRole) -> u16 {
        let text = self.charset.transliterate(text);
        let column = area.width.saturating_sub(saturating_u16(width(&text)));
        self.put(area, column, &text, role);
        column
    }

    /// Removes what was drawn in an area.
    pub fn clear(&mut self, area: Rect) {
        self.links
            .retain(|link| !area.contains(Position::new(link.columns.start, link.line)));
        let area = area.intersection(self.buffer.area);
        for position in area.positions() {
            self.buffer[position].reset();
        }
    }

    /// Changes the style of some columns of a line.
    pub fn restyle(&mut self, area: Rect, column: u16, columns: u16, role: StyleRole) {
        let area = Rect {
            x: area.x.saturating_add(column),
            width: columns,
            height: 1,
            ..area
        };
        let style = self.theme.style(role);
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    pub const fn ellipsis(&self) -> &'static str {
        self.symbol("…", ".")
    }

    pub const fn selection_mark(&self) -> &'static str {
        self.symbol("▸", ">")
    }

    pub const fn breadcrumb_separator(&self) -> &'static str {
        self.symbol(" › ", " > ")
    }

    const fn symbol(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.charset {
            Charset::Unicode => unicode,
            Charset::Ascii => ascii,
        }
    }
}
