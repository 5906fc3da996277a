//! Drawing of the whole screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{App, Focus};
use crate::text::Link;
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::modes::{bookmarks, copy, document, library, note, palette, search};
use crate::view::page::draw_page;
use crate::view::theme::Theme;

/// The parts of a frame besides its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The position of the terminal's cursor on the whole screen: the selected row, where a screen
    /// reader follows it, or the text field.
    pub cursor: Option<Position>,
    pub links: Vec<Link>,
}

/// Draws the part of the screen that is in the buffer.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Drawn {
    let mut canvas = Canvas::new(buffer, theme, app.charset);
    let canvas = &mut canvas;
    let layout = app.screen_layout();
    let (title, list) = layout.list_areas();
    let (list_pane, _) = layout.list_panes();
    if app.shows_document() {
        chrome::header(canvas, app, layout.header);
        chrome::tabs(canvas, app, layout.tabs);
    }
    let is_list = matches!(app.focus(), Focus::Search(_) | Focus::Library(_));
    let preview = app.preview_area().filter(|_| is_list);
    let preview_start = preview.and_then(|area| document::preview(canvas, app, area));
    let cursor = match app.focus() {
        Focus::RowDetail(detail) if layout.detail.is_none() => {
            let (page, top) = (&detail.view.page, detail.view.top);
            draw_page(canvas, page, top, layout.body, app.highlighter());
            if layout.header.is_some() {
                chrome::position(canvas, (top, page.lines.len()), layout.body);
            }
            Some(layout.body.as_position())
        }
        Focus::Document | Focus::Outline | Focus::RowDetail(_) => {
            document::draw_panes(canvas, app, layout)
        }
        Focus::Search(state) => Some(search::draw(canvas, app, state, (title, list_pane))),
        Focus::Filter(field) => Some(note::draw_filter(canvas, app, field, layout)),
        Focus::Library(library) => Some(library::draw(canvas, app, library, (title, list_pane))),
        Focus::Comparison(comparison) => {
            let (page, top) = (&comparison.view.page, comparison.view.top);
            let position = chrome::scroll_position(top, page.lines.len(), list.height);
            chrome::title(canvas, &comparison.title(), position, title);
            draw_page(canvas, page, top, list, None);
            Some(list.as_position())
        }
        Focus::Note(editor) => Some(note::draw(canvas, app, editor, layout)),
        Focus::Bookmarks(selection) => Some(bookmarks::draw(canvas, app, selection, (title, list))),
        Focus::Palette(state) => Some(palette::draw(canvas, app, state, (title, list))),
        Focus::CopyMenu(menu) => {
            document::draw_panes(canvas, app, layout);
            Some(copy::draw_menu(canvas, menu, layout.body))
        }
        Focus::TextPanel(panel) => {
            let (page, top) = (&panel.view.page, panel.view.top);
            let position = chrome::scroll_position(top, page.lines.len(), list.height);
            chrome::title(canvas, &panel.title, position, title);
            draw_page(canvas, page, top, list, None);
            Some(list.as_position())
        }
    };
    let cursor = preview_start.filter(|_| app.has_preview_focus()).or(cursor);
    copy::draw_copied(canvas, app, layout.body);
    // On the smallest screens, a list's title takes the place of the status line.
    if app.shows_document() || layout.status_line != Some(title) {
        chrome::status_line(canvas, app, layout.status_line);
    }
    chrome::footer(canvas, app, layout.footer);
    // The last column and line, if a text field is longer.
    let cursor = cursor.map(|at| Position {
        x: at.x.min(app.size.width.saturating_sub(1)),
        y: at.y.min(app.size.height.saturating_sub(1)),
    });
    Drawn {
        cursor,
        links: std::mem::take(&mut canvas.links),
    }
}
