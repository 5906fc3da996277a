//! Puts text on a buffer, within its bounds, in the reader's characters.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::text::{Charset, clip, width};
use crate::view::theme::{StyleRole, Theme};

/// A buffer to draw on.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// The colours.
    pub theme: &'a Theme,
    /// The characters that may be used.
    pub charset: Charset,
}

impl<'a> Canvas<'a> {
    /// Draws on a buffer.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, charset: Charset) -> Self {
        Self {
            buffer,
            theme,
            charset,
        }
    }

    /// Puts a text at a position, cut where the area ends; returns the column behind it.
    pub fn put(&mut self, area: Rect, column: u16, text: &str, style: Style) -> u16 {
        let area = area.intersection(self.buffer.area);
        if area.height == 0 || column >= area.width {
            return column;
        }
        let room = usize::from(area.width - column);
        // ratatui looks for clusters, which takes most of a frame's time, and ASCII has none.
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            let mut end = column;
            for byte in text.bytes().take(room) {
                let at = Position::new(area.x + end, area.y);
                self.buffer[at].set_char(char::from(byte)).set_style(style);
                end += 1;
            }
            return end;
        }
        let (end, _) = self
            .buffer
            .set_stringn(area.x + column, area.y, text, room, style);
        end - area.x
    }

    /// Puts a text at a position as [`Canvas::put`] does, with a mark where it was cut.
    pub fn put_clipped(&mut self, area: Rect, column: u16, text: &str, style: Style) -> u16 {
        let text = self.charset.transliterate(text);
        let room = usize::from(area.width.saturating_sub(column));
        let text = clip(&text, room, self.ellipsis());
        self.put(area, column, &text, style)
    }

    /// Puts a text so that it ends where the area does, and returns the column where it starts.
    pub fn put_right(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        let text = self.charset.transliterate(text);
        let columns = u16::try_from(width(&text)).unwrap_or(u16::MAX);
        let column = area.width.saturating_sub(columns);
        self.put(area, column, &text, style);
        column
    }

    /// Changes the style of what stands at some columns of a line.
    pub fn restyle(&mut self, area: Rect, column: u16, columns: u16, style: Style) {
        let area = Rect {
            x: area.x.saturating_add(column),
            width: columns,
            height: 1,
            ..area
        };
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Returns the mark of a cut.
    pub const fn ellipsis(&self) -> &'static str {
        match self.charset {
            Charset::Unicode => "…",
            Charset::Ascii => ".",
        }
    }

    /// Returns the mark of the selected row.
    pub const fn selection_mark(&self) -> &'static str {
        match self.charset {
            Charset::Unicode => "▸",
            Charset::Ascii => ">",
        }
    }

    /// Returns what stands between the parts of a breadcrumb.
    pub const fn breadcrumb_separator(&self) -> &'static str {
        match self.charset {
            Charset::Unicode => " › ",
            Charset::Ascii => " > ",
        }
    }

    /// Returns the style of a part of the screen.
    pub fn style(&self, part: StyleRole) -> Style {
        self.theme.style(part)
    }

    /// Brings a position inside the buffer.
    pub fn clamp(&self, at: Position) -> Position {
        let area = self.buffer.area;
        Position {
            x: at.x.min(area.right().saturating_sub(1)),
            y: at.y.min(area.bottom().saturating_sub(1)),
        }
    }
}
