//! Draws lines of a page, the selected row's mark, and the words that were searched for.

use ratatui::layout::{Position, Rect};

use super::Part;
use super::canvas::Canvas;
use crate::app::{App, Found};
use crate::page::{Page, Span, width};

/// Draws the open section, and returns where the selected row starts.
pub fn reading(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let reading = app.reading();
    let top = reading.top();
    lines(canvas, reading.page(), top, area, app.found());
    signs(canvas, app, area);
    let row = reading.row()?;
    let in_sight = top..top + usize::from(area.height);
    for line in row.lines.clone().filter(|line| in_sight.contains(line)) {
        let at = line_area(area, line - top);
        for span in reading.page().lines[line]
            .spans
            .iter()
            .filter(|span| span.lead)
        {
            let columns = u16::try_from(width(&span.text)).unwrap_or(u16::MAX);
            canvas.restyle(at, span.column, columns, canvas.style(Part::Selected));
        }
    }
    // A row that goes on above the screen is marked where it comes into sight.
    let first = row.lines.start.max(top);
    if row.lines.end <= top || !in_sight.contains(&first) {
        return Some(area.as_position());
    }
    let at = line_area(area, first - top);
    let column = u16::from(area.width >= 40);
    canvas.put(at, column, canvas.mark(), canvas.style(Part::Mark));
    Some(Position {
        x: at.x + column,
        y: at.y,
    })
}

/// Draws a sign before each row that has a bookmark or note, where the gutter has room.
fn signs(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let Some(own) = app
        .own()
        .filter(|own| !own.marks.is_empty() && area.width >= 40)
    else {
        return;
    };
    let reading = app.reading();
    let in_sight = reading.top()..reading.top() + usize::from(area.height);
    for row in reading
        .page()
        .rows
        .iter()
        .filter(|row| in_sight.contains(&row.lines.start))
    {
        if own.mark(&reading.document().code, &row.place).is_some() {
            let at = line_area(area, row.lines.start - reading.top());
            canvas.put(at, 0, "*", canvas.style(Part::Mark));
        }
    }
}

/// Draws the lines of a page from `top` on.
pub fn lines(canvas: &mut Canvas<'_>, page: &Page, top: usize, area: Rect, found: Option<&Found>) {
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
                canvas.style(Part::Page(span.role)),
            );
            if let Some(found) = found {
                mark_found(canvas, at, span, found);
            }
        }
    }
}

fn mark_found(canvas: &mut Canvas<'_>, at: Rect, span: &Span, found: &Found) {
    for range in found.marker.ranges(&span.text) {
        let before = width(&span.text[..range.start]);
        let columns = width(&span.text[range]);
        let column = span
            .column
            .saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        canvas.restyle(at, column, columns, canvas.style(Part::Found));
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
