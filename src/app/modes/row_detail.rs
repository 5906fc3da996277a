//! The pane that shows one row field by field.

use crate::app::bookmarks::Bookmarks;
use crate::app::command::Movement;
use crate::app::document_view::DocumentView;
use crate::app::messages::bookmarks::NOTE_TITLE;
use crate::app::pane::{Pane, PaneContext};
use crate::app::screen_layout::ScreenLayout;
use crate::app::scroll::ScrollView;
use crate::layout::{LayoutOptions, Page, Role};

/// All fields of the selected row, the reader's note on it, and the legal notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDetail {
    pub view: ScrollView,
}

impl RowDetail {
    /// `None` if no row is selected. The page beside the rows has no notices: they are below the
    /// rows.
    pub(crate) fn new(
        view: &DocumentView,
        bookmarks: Option<&Bookmarks>,
        screen: ScreenLayout,
        options: LayoutOptions,
    ) -> Option<Self> {
        let (document, path) = (view.document(), view.row_path()?);
        let mut page = Page::from_row(document, path, options);
        let bookmark = bookmarks.and_then(|bookmarks| bookmarks.get(&document.code, path));
        if let Some(note) = bookmark.and_then(|bookmark| bookmark.note.as_deref()) {
            let pairs = [
                (String::new(), NOTE_TITLE.to_owned(), Role::Title),
                (String::new(), note.to_owned(), Role::Text),
            ];
            page.append(Page::from_label_values(pairs, options));
        }
        if screen.detail.is_none() {
            page.append(Page::from_notices(document, options));
        }
        Some(Self {
            view: ScrollView::new(page),
        })
    }
}

impl Pane for RowDetail {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let (view, bookmarks) = (&*context.document_view, context.bookmarks);
        let area = context.screen.detail_area();
        let options = LayoutOptions {
            columns: area.width,
            ..context.options
        };
        if let Some(detail) = Self::new(view, bookmarks, context.screen, options) {
            self.view.replace(detail.view.page, area.height);
        }
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        self.view
            .apply(movement, context.screen.detail_area().height);
    }

    /// Shows the previous or next row.
    fn cycle_tab(&mut self, by: isize, context: &mut PaneContext<'_>) -> bool {
        if let Some(row) = context.document_view.selected().checked_add_signed(by) {
            context.document_view.select(row);
            self.view.top = 0;
            self.relayout(context);
        }
        true
    }
}
