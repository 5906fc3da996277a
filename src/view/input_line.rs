//! A text field of one line, with a count at its right.

use ratatui::layout::{Position, Rect};

use crate::app::TextInput;
use crate::num::saturating_u16;
use crate::text::width;
use crate::view::area::{margin, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::theme::StyleRole;

/// The fewest columns that the count leaves to the text.
const MIN_TEXT_COLUMNS: usize = 8;

pub struct InputLine<'a> {
    pub prompt: &'a str,
    pub input: &'a TextInput,
    /// The number of results. It is omitted if there is no room.
    pub count: &'a str,
    /// How far the list below is scrolled. It is omitted if there is no room for it and the count.
    pub position: Option<String>,
}

impl InputLine<'_> {
    /// Draws the field, and returns the cursor's position. A long text is scrolled so that the
    /// cursor is visible.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Position {
        let column = canvas.put(area, margin(area), self.prompt, StyleRole::Key);
        let text_area = self.draw_count(canvas, area, column);
        let room = usize::from(text_area.width.saturating_sub(column + 1)).max(1);
        let mut skipped = 0;
        let mut shown = self.input.text();
        while self.input.cursor().saturating_sub(skipped) > room {
            let Some(c) = shown.chars().next() else { break };
            skipped += width(&shown[..c.len_utf8()]);
            shown = &shown[c.len_utf8()..];
        }
        let text = canvas.charset.transliterate(shown).into_owned();
        let role = if self.input.is_selected() {
            StyleRole::SearchMatch
        } else {
            StyleRole::Field
        };
        canvas.put(text_area, column, &text, role);
        let cursor = saturating_u16(self.input.cursor().saturating_sub(skipped));
        Position {
            x: area.x.saturating_add(column).saturating_add(cursor),
            y: area.y,
        }
    }

    /// Draws the count if there is room, and returns the area that is left for the text.
    fn draw_count(&self, canvas: &mut Canvas<'_>, area: Rect, column: u16) -> Rect {
        let text = (width(self.input.text()) + 2).max(MIN_TEXT_COLUMNS);
        let room = usize::from(area.width.saturating_sub(column)).saturating_sub(text);
        let position = self.position.as_deref().unwrap_or_default();
        let both = format!("{}  {position}", self.count);
        let shown = match self.count {
            "" => position,
            _ if !position.is_empty() && width(&both) <= room => &both,
            count => count,
        };
        if shown.is_empty() || width(shown) > room {
            return area;
        }
        let start = canvas.put_right(without_last_column(area), shown, StyleRole::Hint);
        Rect {
            width: start.saturating_sub(1),
            ..area
        }
    }
}
