//! The text fields above the open document: the note on the selected row, and the filter of the rows.

use ratatui::layout::{Position, Rect};

use crate::app::messages::bookmarks::NOTE_PROMPT;
use crate::app::messages::document::FILTER_PROMPT;
use crate::app::{App, FilterField, NoteEditor, ScreenLayout};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::modes::document;
use crate::view::row_text::row_count;

pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    editor: &NoteEditor,
    layout: ScreenLayout,
) -> Position {
    let field = InputLine {
        prompt: NOTE_PROMPT,
        input: &editor.input,
        count: "",
        position: None,
    };
    draw_above(canvas, app, &field, layout)
}

pub fn draw_filter(
    canvas: &mut Canvas<'_>,
    app: &App,
    filter: &FilterField,
    layout: ScreenLayout,
) -> Position {
    let field = InputLine {
        prompt: FILTER_PROMPT,
        input: &filter.input,
        count: &row_count(app.document_view()),
        position: None,
    };
    draw_above(canvas, app, &field, layout)
}

/// Draws a field in the place of the document's title.
fn draw_above(
    canvas: &mut Canvas<'_>,
    app: &App,
    field: &InputLine<'_>,
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
    field.draw(canvas, title)
}
