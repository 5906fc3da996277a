//! The pane for the program's own texts, such as help.

use ratatui::layout::{Position, Rect};

use crate::app::TextPanel;
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::page::draw_page;

pub fn draw(canvas: &mut Canvas<'_>, panel: &TextPanel, (title, body): (Rect, Rect)) -> Position {
    chrome::title(canvas, &panel.title, title);
    draw_page(canvas, &panel.view.page, panel.view.top, body, None);
    body.as_position()
}
