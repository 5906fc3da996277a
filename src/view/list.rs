//! Parts of lists: headings, selection marks and item styles.

use ratatui::layout::Rect;

use crate::app::{Group, GroupedList};
use crate::layout::Role;
use crate::text::with_thousands_separators;
use crate::view::area::margin;
use crate::view::canvas::Canvas;
use crate::view::chrome::scroll_position;
use crate::view::theme::StyleRole;

/// Draws the heading of a group, with the number of its items.
pub fn heading(canvas: &mut Canvas<'_>, group: &Group, at: Rect) {
    let count = with_thousands_separators(group.shown_count);
    let text = format!("{} · {count}", group.title);
    canvas.put_clipped(at, margin(at), &text, StyleRole::Page(Role::Title));
}

/// Draws the mark of the selected item.
pub fn selection_mark(canvas: &mut Canvas<'_>, at: Rect) {
    let mark = canvas.selection_mark();
    canvas.put(at, margin(at), mark, StyleRole::SelectionMark);
}

pub const fn item_role(is_selected: bool) -> StyleRole {
    if is_selected {
        StyleRole::SelectedItem
    } else {
        StyleRole::Field
    }
}

/// How far a list is scrolled; see [`scroll_position`].
pub fn list_position(list: &GroupedList, height: u16) -> Option<String> {
    scroll_position(list.top(), list.total_lines(height), height)
}
