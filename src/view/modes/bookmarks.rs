//! Draws the list of bookmarks and notes.

use ratatui::layout::{Position, Rect};

use crate::app::{App, BookmarkList};
use crate::view::canvas::Canvas;
use crate::view::modes::document::line_area;
use crate::view::theme::StyleRole;

/// Draws the list, and returns where the chosen line starts.
pub fn bookmark_list(
    canvas: &mut Canvas<'_>,
    app: &App,
    marks: &BookmarkList,
    area: Rect,
) -> Position {
    let listed = app
        .bookmarks()
        .map(|own| own.entries.as_slice())
        .unwrap_or_default();
    if listed.is_empty() {
        let words = "None yet: b bookmarks the selected row, a writes a note on it.";
        canvas.put_clipped(
            line_area(area, 0),
            u16::from(area.width >= 40) * 3,
            words,
            canvas.style(StyleRole::Hint),
        );
    }
    let mut cursor = area.as_position();
    let visible = listed
        .iter()
        .enumerate()
        .skip(marks.list.top())
        .take(usize::from(area.height));
    for (line, (n, mark)) in visible.enumerate() {
        let at = line_area(area, line);
        let chosen = n == marks.list.selected();
        let column = u16::from(area.width >= 40);
        if chosen {
            canvas.put(
                at,
                column,
                canvas.selection_mark(),
                canvas.style(StyleRole::SelectionMark),
            );
            cursor = Position {
                x: at.x + column,
                y: at.y,
            };
        }
        let indent = if area.width < 40 { 1 } else { 3 };
        let lead = canvas.style(if chosen {
            StyleRole::SelectedItem
        } else {
            StyleRole::Field
        });
        let trail = [
            mark.code.value(),
            mark.row_path.section.0.as_str(),
            mark.name.as_str(),
        ];
        let trail = trail.join(canvas.breadcrumb_separator());
        let end = canvas.put_clipped(at, indent, &trail, lead);
        if let Some(note) = &mark.note {
            canvas.put_clipped(at, end + 2, note, canvas.style(StyleRole::Note));
        }
    }
    cursor
}
