//! Draws a field that one types into, with what it has found at the right.

use ratatui::layout::{Position, Rect};

use crate::text::width;
use crate::view::canvas::Canvas;
use crate::view::theme::StyleRole;

/// The columns that are left to a text that has fewer.
const MIN_TEXT_COLUMNS: usize = 8;

/// A field of one line.
pub struct InputLine<'a> {
    /// What stands before the text.
    pub prompt: &'a str,
    /// What has been typed.
    pub text: &'a str,
    /// The columns of the text before the cursor.
    pub cursor: usize,
    /// What was found, where there is room for it.
    pub count: &'a str,
}

impl InputLine<'_> {
    /// Draws the field, and returns where the cursor stands. The end of a long text stays in
    /// sight, and the cursor with it.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Position {
        let start = u16::from(area.width >= 40);
        let column = canvas.put(area, start, self.prompt, canvas.style(StyleRole::Key));
        let mut text_area = area;
        let text = (width(self.text) + 2).max(MIN_TEXT_COLUMNS);
        let room = usize::from(area.width.saturating_sub(column)).saturating_sub(text);
        if !self.count.is_empty() && width(self.count) <= room {
            let shy = Rect {
                width: area.width - 1,
                ..area
            };
            let at = canvas.put_right(shy, self.count, canvas.style(StyleRole::Hint));
            text_area.width = at.saturating_sub(1);
        }
        let room = usize::from(text_area.width.saturating_sub(column + 1)).max(1);
        let mut skipped = 0;
        let mut shown = self.text;
        while self.cursor.saturating_sub(skipped) > room {
            let Some(c) = shown.chars().next() else { break };
            skipped += width(&shown[..c.len_utf8()]);
            shown = &shown[c.len_utf8()..];
        }
        let text = canvas.charset.transliterate(shown).into_owned();
        canvas.put(text_area, column, &text, canvas.style(StyleRole::Field));
        let cursor = u16::try_from(self.cursor.saturating_sub(skipped)).unwrap_or(u16::MAX);
        Position {
            x: area.x.saturating_add(column).saturating_add(cursor),
            y: area.y,
        }
    }
}
