//! The pane for writing a note on the selected row.

use ratatui::layout::{Position, Rect};

use crate::app::{App, NoteEditor, ScreenLayout};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::modes::document;

pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    editor: &NoteEditor,
    layout: ScreenLayout,
) -> Position {
    let (title, list) = layout.list_areas();
    let below_title = |area: Rect| Rect {
        y: list.y,
        height: list.height,
        ..area
    };
    let panes = ScreenLayout {
        outline: layout.outline.map(below_title),
        body: below_title(layout.body),
        detail: layout.detail.map(below_title),
        ..layout
    };
    document::draw_panes(canvas, app, panes);
    let field = InputLine {
        prompt: "Your note: ",
        input: &editor.input,
        count: "",
        position: None,
    };
    field.draw(canvas, title)
}
