//! The panes of a document: the outline of its sections, the rows of the open one with the bookmark
//! signs, and the details of the selected row.

use std::ops::Range;

use ratatui::layout::{Position, Rect, Size};

use crate::app::{App, Focus, ScreenLayout};
use crate::content::RowPath;
use crate::layout::{MIN_COLUMNS_FOR_MARGIN, Page, PageRow, gutter, margin};
use crate::num::saturating_u16;
use crate::text::width;
use crate::view::area::{indent, line_area, mark_position, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::page::draw_page;
use crate::view::theme::StyleRole;

/// Draws the panes, and returns the position of the cursor in the one with the focus.
pub fn draw_panes(canvas: &mut Canvas<'_>, app: &App, layout: ScreenLayout) -> Option<Position> {
    let rows = draw_rows(canvas, app, layout.body);
    let outline = layout.outline.map(|area| outline(canvas, app, area));
    let detail = layout.detail.map(|area| detail(canvas, app, area));
    if layout.header.is_some() && app.shows_document() {
        let view = app.document_view();
        let position = (view.top(), view.page().lines.len());
        chrome::position(canvas, position, layout.body);
    }
    if let (Focus::RowDetail(open), Some(area)) = (app.focus(), layout.detail) {
        let position = (open.view.top, open.view.page.lines.len());
        chrome::position(canvas, position, area);
    }
    let cursor = match app.focus() {
        Focus::Outline => outline.flatten(),
        Focus::RowDetail(_) => detail.flatten(),
        _ => rows,
    };
    if let Some(at) = cursor {
        put_mark(canvas, at);
    }
    // A row out of view has no mark.
    let row = app.document_view().selected_row();
    cursor.or(row.map(|_| layout.body.as_position()))
}

/// Draws the sections, and returns the position of the open one.
fn outline(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let view = app.document_view();
    let mut cursor = None;
    for (n, section) in view.document().sections.iter().enumerate() {
        let line = app.side_panes().outline_line + n;
        let Some(at) = scrolled_line(area, line, view.top()) else {
            continue;
        };
        let is_open = n == view.section();
        let role = if is_open {
            StyleRole::TabOpen
        } else {
            StyleRole::Tab
        };
        let text = format!("{} {}", n + 1, section.short);
        let column = gutter(MIN_COLUMNS_FOR_MARGIN);
        canvas.put_clipped(without_last_column(at), column, &text, role);
        if is_open {
            let x = at.x + margin(MIN_COLUMNS_FOR_MARGIN);
            cursor = Some(Position { x, y: at.y });
        }
    }
    cursor
}

/// Draws the page beside the rows or a list, and returns the position of its first line.
pub fn detail(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let pane = app.side_panes().detail.as_ref()?;
    let view = match app.focus() {
        Focus::RowDetail(open) => &open.view,
        _ => &pane.view,
    };
    let top = app.rows_top();
    let below = Rect {
        y: area
            .y
            .saturating_add(saturating_u16(pane.line.saturating_sub(top))),
        ..area
    };
    let below = below.intersection(area);
    let first = view.top + top.saturating_sub(pane.line);
    let highlighter = match app.focus() {
        Focus::Search(search) => Some(&search.results.highlighter),
        _ => app.highlighter(),
    };
    draw_page(canvas, &view.page, first, below, highlighter);
    let visible = first..first + usize::from(below.height);
    if let Some(row) = &pane.selected {
        highlight_row(canvas, &view.page, row, below, &visible);
    }
    Some(mark_position(below))
}

/// Draws the page beside a list, how far it is scrolled, and the mark of the focus. Returns the
/// position of its first line.
pub fn preview(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let start = detail(canvas, app, area)?;
    let view = &app.side_panes().detail.as_ref()?.view;
    chrome::position(canvas, (view.top, view.page.lines.len()), area);
    if app.has_preview_focus() {
        put_mark(canvas, start);
    }
    Some(start)
}

fn put_mark(canvas: &mut Canvas<'_>, at: Position) {
    let mark = canvas.selection_mark();
    let at = Rect::from((at, Size::new(1, 1)));
    canvas.put(at, 0, mark, StyleRole::SelectionMark);
}

/// The line of an area at which a line of the rows is, if it is in view.
fn scrolled_line(area: Rect, line: usize, top: usize) -> Option<Rect> {
    let at = line_area(area, line.checked_sub(top)?);
    (at.height > 0).then_some(at)
}

/// Draws the open section, and returns the position of the selected row.
fn draw_rows(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let view = app.document_view();
    let visible = view.top()..view.top() + usize::from(area.height);
    draw_page(canvas, view.page(), view.top(), area, app.highlighter());
    bookmark_signs(canvas, app, area, &visible);
    let row = view.selected_row()?;
    highlight_row(canvas, view.page(), row, area, &visible);
    // A row that begins above the screen has its mark in the first visible line.
    let first = row.lines.start.max(visible.start);
    if row.lines.end <= visible.start || !visible.contains(&first) {
        return None;
    }
    let at = line_area(area, first - visible.start);
    Some(mark_before(at, row.column))
}

/// The position of the selection mark of a row that begins at a column.
fn mark_before(line: Rect, column: u16) -> Position {
    match column.checked_sub(indent(line)) {
        None | Some(0) => mark_position(line),
        Some(_) => Position {
            x: line.x + column - 2,
            y: line.y,
        },
    }
}

/// Highlights the first field of the selected row.
fn highlight_row(
    canvas: &mut Canvas<'_>,
    page: &Page,
    row: &PageRow,
    area: Rect,
    visible: &Range<usize>,
) {
    let is_in_grid = row.column > indent(area);
    for line in row.lines.clone().filter(|line| visible.contains(line)) {
        let at = line_area(area, line - visible.start);
        let spans = page.lines[line].spans.iter();
        let spans = spans.filter(|span| span.is_first_field);
        for span in spans.filter(|span| !is_in_grid || span.column == row.column) {
            let columns = saturating_u16(width(&span.text));
            canvas.restyle(at, span.column, columns, StyleRole::SelectedRow);
        }
    }
}

/// Draws a sign in the margin of each row that is marked for copying, or has a bookmark or note.
fn bookmark_signs(canvas: &mut Canvas<'_>, app: &App, area: Rect, visible: &Range<usize>) {
    let view = app.document_view();
    let bookmarks = app
        .bookmarks()
        .filter(|bookmarks| !bookmarks.entries.is_empty());
    let has_signs = bookmarks.is_some() || !view.marks().is_empty();
    if !has_signs || area.width < MIN_COLUMNS_FOR_MARGIN {
        return;
    }
    let is_bookmarked = |path: &RowPath| {
        bookmarks.is_some_and(|all| all.get(&view.document().code, path).is_some())
    };
    for row in &view.page().rows {
        let is_visible = visible.contains(&row.lines.start);
        let sign = match () {
            () if !is_visible => continue,
            () if view.marks().contains(&row.path) => "+",
            () if is_bookmarked(&row.path) => "*",
            () => continue,
        };
        let at = line_area(area, row.lines.start - visible.start);
        canvas.put(at, 0, sign, StyleRole::SelectionMark);
    }
}
