//! The open section with the field that filters its rows.

use ratatui::layout::{Position, Rect};

use crate::app::{App, FilterField};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::modes::document;

pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    filter: &FilterField,
    (title, body): (Rect, Rect),
) -> Position {
    document::draw(canvas, app, body);
    let field = InputLine {
        prompt: "Filter: ",
        text: filter.input.text(),
        cursor: filter.input.cursor(),
        count: &app.document_view().row_count(),
    };
    field.draw(canvas, title)
}
