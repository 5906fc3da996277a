//! The pane that compares documents.

use ratatui::layout::{Position, Rect};

use crate::app::ComparisonView;
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::page::draw_page;

pub fn draw(
    canvas: &mut Canvas<'_>,
    comparison: &ComparisonView,
    (title, body): (Rect, Rect),
) -> Position {
    chrome::title(canvas, &comparison.title(), title);
    draw_page(
        canvas,
        &comparison.view.page,
        comparison.view.top,
        body,
        None,
    );
    body.as_position()
}
