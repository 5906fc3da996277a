//! The pane for writing a note on the selected row.

use ratatui::layout::{Position, Rect};

use crate::app::{App, NoteEditor};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::modes::document;

pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    editor: &NoteEditor,
    (title, body): (Rect, Rect),
) -> Position {
    document::draw(canvas, app, body);
    let field = InputLine {
        prompt: "Your note: ",
        text: editor.input.text(),
        cursor: editor.input.cursor(),
        count: "",
    };
    field.draw(canvas, title)
}
