//! Draws lines of a page, the selected row's mark, and the words that were searched for.

use ratatui::layout::{Position, Rect};

use crate::app::{ActiveSearch, App};
use crate::layout::{Page, Span};
use crate::text::width;
use crate::view::canvas::Canvas;
use crate::view::theme::StyleRole;

/// Draws the open section, and returns where the selected row starts.
pub fn document(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let reading = app.document_view();
    let top = reading.top();
    lines(canvas, reading.page(), top, area, app.active_search());
    bookmark_signs(canvas, app, area);
    let row = reading.selected_row()?;
    let in_sight = top..top + usize::from(area.height);
    for line in row.lines.clone().filter(|line| in_sight.contains(line)) {
        let at = line_area(area, line - top);
        for span in reading.page().lines[line]
            .spans
            .iter()
            .filter(|span| span.is_first_field)
        {
            let columns = u16::try_from(width(&span.text)).unwrap_or(u16::MAX);
            canvas.restyle(
                at,
                span.column,
                columns,
                canvas.style(StyleRole::SelectedRow),
            );
        }
    }
    // A row that goes on above the screen is marked where it comes into sight.
    let first = row.lines.start.max(top);
    if row.lines.end <= top || !in_sight.contains(&first) {
        return Some(area.as_position());
    }
    let at = line_area(area, first - top);
    let column = u16::from(area.width >= 40);
    canvas.put(
        at,
        column,
        canvas.selection_mark(),
        canvas.style(StyleRole::SelectionMark),
    );
    Some(Position {
        x: at.x + column,
        y: at.y,
    })
}

/// Draws a sign before each row that has a bookmark or note, where the gutter has room.
fn bookmark_signs(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let Some(own) = app
        .bookmarks()
        .filter(|own| !own.entries.is_empty() && area.width >= 40)
    else {
        return;
    };
    let reading = app.document_view();
    let in_sight = reading.top()..reading.top() + usize::from(area.height);
    for row in reading
        .page()
        .rows
        .iter()
        .filter(|row| in_sight.contains(&row.lines.start))
    {
        if own.get(&reading.document().code, &row.path).is_some() {
            let at = line_area(area, row.lines.start - reading.top());
            canvas.put(at, 0, "*", canvas.style(StyleRole::SelectionMark));
        }
    }
}

/// Draws the lines of a page from `top` on.
pub fn lines(
    canvas: &mut Canvas<'_>,
    page: &Page,
    top: usize,
    area: Rect,
    found: Option<&ActiveSearch>,
) {
    for (n, line) in page
        .lines
        .iter()
        .skip(top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let at = line_area(area, n);
        for span in &line.spans {
            canvas.put(
                at,
                span.column,
                &span.text,
                canvas.style(StyleRole::Page(span.role)),
            );
            if let Some(found) = found {
                highlight_matches(canvas, at, span, found);
            }
        }
    }
}

fn highlight_matches(canvas: &mut Canvas<'_>, at: Rect, span: &Span, found: &ActiveSearch) {
    for range in found.highlighter.ranges(&span.text) {
        let before = width(&span.text[..range.start]);
        let columns = width(&span.text[range]);
        let column = span
            .column
            .saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        canvas.restyle(at, column, columns, canvas.style(StyleRole::SearchMatch));
    }
}

/// Returns one line of an area.
pub fn line_area(area: Rect, line: usize) -> Rect {
    let line = u16::try_from(line).unwrap_or(u16::MAX);
    Rect {
        y: area.y.saturating_add(line),
        height: u16::from(line < area.height),
        ..area
    }
}
