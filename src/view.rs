//! Draws an [`App`] with a [`Theme`] into a buffer.
//!
//! Nothing here changes or decides anything: what is on screen follows from the state. Each part
//! of the screen is a function of the state and its area; [`draw`] calls those that the focus
//! asks for and says where the cursor stands.

mod canvas;
mod chrome;
mod field;
mod hits;
mod list;
mod own;
mod page;
mod spoken;
mod theme;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{App, Focus};
use canvas::Canvas;
use field::Field;

pub use theme::{Part, Theme};

/// Draws the whole screen, and returns where the terminal's cursor is to stand: on the selected
/// row, where a screen reader follows it, or in the search field.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let mut canvas = Canvas::new(buffer, theme, app.charset());
    let layout = app.layout();
    let (title, list) = layout.list();
    let reads = matches!(app.focus(), Focus::Reading | Focus::Record(_));
    if reads {
        chrome::header(&mut canvas, app, layout.header);
        chrome::tabs(&mut canvas, app, layout.tabs);
    }
    let cursor = match app.focus() {
        Focus::Reading => page::reading(&mut canvas, app, layout.body),
        Focus::Record(opened) => {
            page::lines(
                &mut canvas,
                &opened.page,
                opened.top,
                layout.body,
                app.found(),
            );
            Some(layout.body.as_position())
        }
        Focus::Search(searching) => {
            hits::list(&mut canvas, searching, list);
            let field = Field {
                prompt: "/ ",
                text: searching.text(),
                cursor: searching.cursor(),
                count: &hits::count(searching),
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Library(listing) => {
            list::items(&mut canvas, app, listing, list);
            let field = Field {
                prompt: &list::prompt(listing, title.width),
                text: listing.text(),
                cursor: listing.cursor(),
                count: &list::count(app, listing),
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Beside(beside) => {
            chrome::title(&mut canvas, &beside.title(), title);
            page::lines(&mut canvas, &beside.page, beside.top, list, None);
            Some(list.as_position())
        }
        Focus::Note(writing) => {
            page::reading(&mut canvas, app, list);
            let field = Field {
                prompt: "Your note: ",
                text: writing.text(),
                cursor: writing.cursor(),
                count: "",
            };
            Some(field.draw(&mut canvas, title))
        }
        Focus::Marks(marks) => {
            chrome::title(&mut canvas, "Your bookmarks and notes", title);
            Some(own::marks(&mut canvas, app, *marks, list))
        }
        Focus::Text(sheet) => {
            chrome::title(&mut canvas, &sheet.title, title);
            page::lines(&mut canvas, &sheet.page, sheet.top, list, None);
            Some(list.as_position())
        }
    };
    // On the smallest screens the trail's line is the title of a list.
    if reads || layout.trail != Some(title) {
        chrome::trail(&mut canvas, app, layout.trail);
    }
    chrome::footer(&mut canvas, app, layout.footer);
    cursor.map(|at| canvas.within(at))
}
