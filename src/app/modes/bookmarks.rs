//! The pane that lists the reader's bookmarks and notes.

use crate::app::bookmarks::Bookmarks;
use crate::app::command::Movement;
use crate::app::list::GroupedList;
use crate::app::pane::{Pane, PaneContext};

/// A list of all [`Bookmarks`], one line each.
#[derive(Clone, Debug)]
pub struct BookmarkList {
    pub list: GroupedList,
}

impl BookmarkList {
    pub(crate) fn new(bookmarks: &Bookmarks) -> Self {
        let list = GroupedList::ungrouped(bookmarks.entries.len(), 1);
        Self { list }
    }
}

impl Pane for BookmarkList {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let cursor = self.list.cursor;
        if let Some(bookmarks) = context.bookmarks {
            *self = Self::new(bookmarks);
        }
        self.list.cursor = cursor;
        self.list.relayout(context.list_area().height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        self.list.apply(movement, context.list_area().height);
    }
}
