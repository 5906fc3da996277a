//! The copy menu and the copied text, over the bottom of the document.

use ratatui::layout::{Position, Rect};

use crate::app::messages::copy_menu::{COPIED, TITLE};
use crate::app::{App, CopyMenu};
use crate::layout::{Page, Role};
use crate::num::saturating_u16;
use crate::view::area::{indent, line_area, mark_position};
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::list::{item_role, selection_mark};
use crate::view::page::draw_page;
use crate::view::theme::StyleRole;

/// Draws the menu, and returns the position of the selected line.
pub fn draw_menu(canvas: &mut Canvas<'_>, menu: &CopyMenu, body: Rect) -> Position {
    let (title, list) = menu.areas(body);
    canvas.clear(title.union(list));
    chrome::title(canvas, TITLE, None, title);
    let mut cursor = list.as_position();
    let lines = menu.formats.iter().enumerate().skip(menu.list.top());
    for (line, (n, format)) in lines.take(usize::from(list.height)).enumerate() {
        let at = line_area(list, line);
        let is_selected = n == menu.list.selected();
        if is_selected {
            selection_mark(canvas, at);
            cursor = mark_position(at);
        }
        let number = (n + 1).to_string();
        let column = canvas.put(at, indent(at), &number, StyleRole::Key);
        canvas.put_clipped(at, column + 1, format.title(), item_role(is_selected));
    }
    cursor
}

/// Draws the text that was just copied, if there is one.
pub fn draw_copied(canvas: &mut Canvas<'_>, app: &App, body: Rect) {
    let Some(text) = app.copied_text() else {
        return;
    };
    let text = text.replace('\t', "  ");
    let lines = text
        .lines()
        .map(|line| (String::new(), line.to_owned(), Role::Text));
    let page = Page::from_label_values(lines, app.layout_options(body.width));
    let height = saturating_u16(page.lines.len() + 1).min(body.height);
    let area = Rect {
        y: body.bottom() - height,
        height,
        ..body
    };
    canvas.clear(area);
    chrome::title(canvas, COPIED, None, line_area(area, 0));
    let below = Rect {
        y: area.y + 1,
        height: height.saturating_sub(1),
        ..area
    };
    draw_page(canvas, &page, 0, below, None);
}
