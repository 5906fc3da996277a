//! The pane that lists the reader's bookmarks and notes.

use crate::app::command::Movement;
use crate::app::list::{GroupedList, ListCursor};
use crate::app::pane::{Pane, PaneContext};

/// A list of [`crate::app::Bookmarks`], one line each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookmarkList {
    pub cursor: ListCursor,
}

fn list(context: &PaneContext<'_>) -> GroupedList {
    let entries = context
        .bookmarks
        .map_or(0, |bookmarks| bookmarks.entries.len());
    GroupedList::ungrouped(entries, 1)
}

impl Pane for BookmarkList {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        self.cursor
            .move_by(0, &list(context), context.list_area().height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        self.cursor
            .apply(movement, &list(context), context.list_area().height);
    }
}
