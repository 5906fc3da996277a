//! Draws the list of bookmarks and notes.

use ratatui::layout::{Position, Rect};

use super::Part;
use super::canvas::Canvas;
use super::page::line_area;
use crate::app::{App, Marks};

/// Draws the list, and returns where the chosen line starts.
pub fn marks(canvas: &mut Canvas<'_>, app: &App, marks: Marks, area: Rect) -> Position {
    let listed = app
        .own()
        .map(|own| own.marks.as_slice())
        .unwrap_or_default();
    if listed.is_empty() {
        let words = "None yet: b bookmarks the selected row, a writes a note on it.";
        canvas.put_clipped(
            line_area(area, 0),
            u16::from(area.width >= 40) * 3,
            words,
            canvas.style(Part::Hint),
        );
    }
    let mut cursor = area.as_position();
    let visible = listed
        .iter()
        .enumerate()
        .skip(marks.top)
        .take(usize::from(area.height));
    for (line, (n, mark)) in visible.enumerate() {
        let at = line_area(area, line);
        let chosen = n == marks.chosen;
        let column = u16::from(area.width >= 40);
        if chosen {
            canvas.put(at, column, canvas.mark(), canvas.style(Part::Mark));
            cursor = Position {
                x: at.x + column,
                y: at.y,
            };
        }
        let indent = if area.width < 40 { 1 } else { 3 };
        let lead = canvas.style(if chosen { Part::Chosen } else { Part::Field });
        let trail = [
            mark.code.value(),
            mark.place.section.0.as_str(),
            mark.name.as_str(),
        ];
        let trail = trail.join(canvas.between());
        let end = canvas.put_clipped(at, indent, &trail, lead);
        if let Some(note) = &mark.note {
            canvas.put_clipped(at, end + 2, note, canvas.style(Part::Note));
        }
    }
    cursor
}
