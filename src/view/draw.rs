//! Drawing of the whole screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{App, Focus};
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::modes::{bookmarks, document, filter, library, note, search};
use crate::view::page::draw_page;
use crate::view::theme::Theme;

/// Draws the screen, and returns the position of the terminal's cursor: the selected row, where a
/// screen reader follows it, or the text field.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let mut canvas = Canvas::new(buffer, theme, app.charset);
    let canvas = &mut canvas;
    let layout = app.screen_layout();
    let (title, list) = layout.list_areas();
    let shows_document = matches!(app.focus(), Focus::Document | Focus::RowDetail(_));
    if shows_document {
        chrome::header(canvas, app, layout.header);
        chrome::tabs(canvas, app, layout.tabs);
    }
    let cursor = match app.focus() {
        Focus::Document => document::draw(canvas, app, layout.body),
        Focus::RowDetail(detail) => {
            let (page, top) = (&detail.view.page, detail.view.top);
            draw_page(canvas, page, top, layout.body, app.active_search.as_ref());
            Some(layout.body.as_position())
        }
        Focus::Search(state) => Some(search::draw(canvas, state, (title, list))),
        Focus::Filter(field) => Some(filter::draw(canvas, app, field, (title, list))),
        Focus::Library(library) => Some(library::draw(canvas, app, library, (title, list))),
        Focus::Comparison(comparison) => {
            let (page, top) = (&comparison.view.page, comparison.view.top);
            chrome::title(canvas, &comparison.title(), title);
            draw_page(canvas, page, top, list, None);
            Some(list.as_position())
        }
        Focus::Note(editor) => Some(note::draw(canvas, app, editor, (title, list))),
        Focus::Bookmarks(selection) => Some(bookmarks::draw(canvas, app, selection, (title, list))),
        Focus::TextPanel(panel) => {
            chrome::title(canvas, &panel.title, title);
            draw_page(canvas, &panel.view.page, panel.view.top, list, None);
            Some(list.as_position())
        }
    };
    // On the smallest screens, a list's title takes the place of the status line.
    if shows_document || layout.status_line != Some(title) {
        chrome::status_line(canvas, app, layout.status_line);
    }
    chrome::footer(canvas, app, layout.footer);
    cursor.map(|position| canvas.clamp(position))
}
