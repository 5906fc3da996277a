//! The list of bookmarks and notes.

use ratatui::layout::{Position, Rect};

use crate::app::messages;
use crate::app::{App, BookmarkList, Command, Mode};
use crate::layout::MIN_COLUMNS_FOR_MARGIN;
use crate::view::area::{indent, line_area, mark_position, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::chrome;
use crate::view::list::{item_role, selection_mark};
use crate::view::theme::StyleRole;

/// The fewest columns in which a bookmark has its date.
const MIN_COLUMNS_FOR_DATE: u16 = 60;

/// Draws title and list, and returns the position of the selected item.
pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    bookmark_list: &BookmarkList,
    (title, list): (Rect, Rect),
) -> Position {
    let bookmarks = app.bookmarks();
    let entries = bookmarks.map_or(&[][..], |bookmarks| &bookmarks.entries);
    let top = bookmark_list.list.top();
    let position = chrome::scroll_position(top, entries.len(), list.height);
    chrome::title(canvas, messages::bookmarks::TITLE, position, title);
    if entries.is_empty() {
        let column = if list.width < MIN_COLUMNS_FOR_MARGIN {
            0
        } else {
            3
        };
        let first_line = line_area(list, 0);
        canvas.put_clipped(first_line, column, &empty_text(app), StyleRole::Hint);
    }
    let mut cursor = list.as_position();
    let height = usize::from(list.height);
    let visible = entries.iter().enumerate().skip(top).take(height);
    for (line, (n, bookmark)) in visible.enumerate() {
        let at = line_area(list, line);
        let is_selected = n == bookmark_list.list.selected();
        if is_selected {
            selection_mark(canvas, at);
            cursor = mark_position(at);
        }
        let location = [
            bookmark.code.value(),
            bookmark.row_path.section.0.as_str(),
            bookmark.name.as_str(),
        ];
        let location = location.join(canvas.breadcrumb_separator());
        let mut at = without_last_column(at);
        if let Some(date) = bookmark.date.filter(|_| at.width >= MIN_COLUMNS_FOR_DATE) {
            let start = canvas.put_right(at, &date.to_string(), StyleRole::Source);
            at.width = start.saturating_sub(2);
        }
        let end = canvas.put_clipped(at, indent(at), &location, item_role(is_selected));
        if let Some(note) = &bookmark.note {
            canvas.put_clipped(at, end + 2, note, StyleRole::Note);
        }
    }
    cursor
}

/// The text of an empty list, with the keys that add to it.
pub fn empty_text(app: &App) -> String {
    let label = |command| app.keymap().key_label(command, Mode::Document, app.charset);
    messages::bookmarks::empty_list(label(Command::Bookmark), label(Command::Annotate))
}
