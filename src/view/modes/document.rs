//! The document pane: the open section, with the selected row and the bookmark signs.

use std::ops::Range;

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::layout::{MIN_COLUMNS_FOR_MARGIN, PageRow};
use crate::num::saturating_u16;
use crate::text::width;
use crate::view::area::{line_area, mark_position};
use crate::view::canvas::Canvas;
use crate::view::list::selection_mark;
use crate::view::page::draw_page;
use crate::view::theme::StyleRole;

/// Draws the open section, and returns the position of the selected row.
pub fn draw(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let view = app.document_view();
    let visible = view.top()..view.top() + usize::from(area.height);
    draw_page(
        canvas,
        view.page(),
        view.top(),
        area,
        app.active_search.as_ref(),
    );
    bookmark_signs(canvas, app, area, &visible);
    let row = view.selected_row()?;
    highlight_row(canvas, app, row, area, &visible);
    // A row that begins above the screen has its mark in the first visible line.
    let first = row.lines.start.max(visible.start);
    if row.lines.end <= visible.start || !visible.contains(&first) {
        return Some(area.as_position());
    }
    let at = line_area(area, first - visible.start);
    selection_mark(canvas, at);
    Some(mark_position(at))
}

/// Highlights the first field of the selected row.
fn highlight_row(
    canvas: &mut Canvas<'_>,
    app: &App,
    row: &PageRow,
    area: Rect,
    visible: &Range<usize>,
) {
    for line in row.lines.clone().filter(|line| visible.contains(line)) {
        let at = line_area(area, line - visible.start);
        let spans = app.document_view().page().lines[line].spans.iter();
        for span in spans.filter(|span| span.is_first_field) {
            let columns = saturating_u16(width(&span.text));
            canvas.restyle(at, span.column, columns, StyleRole::SelectedRow);
        }
    }
}

/// Draws a sign in the margin of each row that has a bookmark or note.
fn bookmark_signs(canvas: &mut Canvas<'_>, app: &App, area: Rect, visible: &Range<usize>) {
    let Some(bookmarks) = app.bookmarks() else {
        return;
    };
    if bookmarks.entries.is_empty() || area.width < MIN_COLUMNS_FOR_MARGIN {
        return;
    }
    let view = app.document_view();
    for row in &view.page().rows {
        let is_visible = visible.contains(&row.lines.start);
        if is_visible && bookmarks.get(&view.document().code, &row.path).is_some() {
            let at = line_area(area, row.lines.start - visible.start);
            canvas.put(at, 0, "*", StyleRole::SelectionMark);
        }
    }
}
