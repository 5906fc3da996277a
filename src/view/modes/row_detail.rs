//! The pane with all fields of one row.

use ratatui::layout::{Position, Rect};

use crate::app::{App, RowDetail};
use crate::view::canvas::Canvas;
use crate::view::page::draw_page;

pub fn draw(canvas: &mut Canvas<'_>, app: &App, detail: &RowDetail, area: Rect) -> Position {
    draw_page(
        canvas,
        &detail.view.page,
        detail.view.top,
        area,
        app.active_search.as_ref(),
    );
    area.as_position()
}
