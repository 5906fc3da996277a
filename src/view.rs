//! Draws an [`App`] with a [`Theme`] into a buffer.
//!
//! Nothing here changes or decides anything: what is on screen follows from the state. Each part
//! of the screen is a function of the state and its area; [`draw`] calls those that the focus
//! asks for and says where the cursor stands.

pub(crate) mod accessible_status;
pub(crate) mod canvas;
pub(crate) mod chrome;
pub(crate) mod input_line;
pub(crate) mod modes;
pub(crate) mod theme;

use crate::view::modes::{bookmarks, document, library, search};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{App, Focus};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;

pub use crate::view::theme::{StyleRole, Theme};

/// Draws the whole screen, and returns where the terminal's cursor is to stand: on the selected
/// row, where a screen reader follows it, or in the search field.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let mut canvas = Canvas::new(buffer, theme, app.charset());
    let layout = app.screen_layout();
    let (title, list) = layout.list_areas();
    let reads = matches!(app.focus(), Focus::Document | Focus::RowDetail(_));
    if reads {
        chrome::header(&mut canvas, app, layout.header);
        chrome::tabs(&mut canvas, app, layout.tabs);
    }
    let cursor = match app.focus() {
        Focus::Document => document::document(&mut canvas, app, layout.body),
        Focus::RowDetail(opened) => {
            document::lines(
                &mut canvas,
                &opened.view.page,
                opened.view.top,
                layout.body,
                app.active_search(),
            );
            Some(layout.body.as_position())
        }
        Focus::Search(searching) => {
            search::list(&mut canvas, searching, list);
            let field = InputLine {
                prompt: "/ ",
                text: searching.input.text(),
                cursor: searching.input.cursor(),
                count: &search::count_text(searching),
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Library(listing) => {
            library::items(&mut canvas, app, listing, list);
            let field = InputLine {
                prompt: &library::prompt(listing, title.width),
                text: listing.filter.text(),
                cursor: listing.filter.cursor(),
                count: &library::count_text(app, listing),
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Comparison(beside) => {
            chrome::title(&mut canvas, &beside.title(), title);
            document::lines(&mut canvas, &beside.view.page, beside.view.top, list, None);
            Some(list.as_position())
        }
        Focus::Note(writing) => {
            document::document(&mut canvas, app, list);
            let field = InputLine {
                prompt: "Your note: ",
                text: writing.input.text(),
                cursor: writing.input.cursor(),
                count: "",
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Bookmarks(marks) => {
            chrome::title(&mut canvas, "Your bookmarks and notes", title);
            Some(bookmarks::bookmark_list(&mut canvas, app, marks, list))
        }
        Focus::TextPanel(sheet) => {
            chrome::title(&mut canvas, &sheet.title, title);
            document::lines(&mut canvas, &sheet.view.page, sheet.view.top, list, None);
            Some(list.as_position())
        }
    };
    // On the smallest screens the trail's line is the title of a list.
    if reads || layout.status_line != Some(title) {
        chrome::status_line(&mut canvas, app, layout.status_line);
    }
    chrome::footer(&mut canvas, app, layout.footer);
    cursor.map(|at| canvas.clamp(at))
}
