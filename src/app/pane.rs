//! The interface that all panes share, and the parts of the app that a pane may use.

use ratatui::layout::{Position, Rect};

use crate::app::action::Effect;
use crate::app::bookmarks::Bookmarks;
use crate::app::command::Movement;
use crate::app::document_view::DocumentView;
use crate::app::keymap::Keymap;
use crate::app::list::Click;
use crate::app::modes::search::filter_bar::Filter;
use crate::app::screen_layout::ScreenLayout;
use crate::app::search_history::SearchHistory;
use crate::app::text_input::Edit;
use crate::layout::LayoutOptions;
use crate::library::Library;
use crate::search::Index;

/// The parts of the app that a pane may use besides its own state.
pub(crate) struct PaneContext<'a> {
    pub document_view: &'a mut DocumentView,
    pub library: &'a Library,
    pub index: &'a Index,
    pub keymap: &'a Keymap,
    pub bookmarks: Option<&'a Bookmarks>,
    pub search_history: &'a SearchHistory,
    pub options: LayoutOptions,
    pub screen: ScreenLayout,
}

impl PaneContext<'_> {
    /// The area of every pane but the document and row detail.
    pub fn list_area(&self) -> Rect {
        self.screen.list_areas().1
    }
}

/// A pane. It has the keys while it is the app's focus.
pub(crate) trait Pane {
    /// Adapts to a new screen size or document.
    fn relayout(&mut self, _: &mut PaneContext<'_>) {}

    /// Reads the library and index again. A relayout follows.
    fn reload(&mut self, _: &mut PaneContext<'_>) {}

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>);

    /// Moves between sections, rows, lists or characters, `by` -1 or 1.
    fn move_horizontally(&mut self, _by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        None
    }

    /// Shows the previous or next list of the pane, `by` -1 or 1. Returns false if there is only one.
    fn cycle_tab(&mut self, _by: isize, _: &mut PaneContext<'_>) -> bool {
        false
    }

    fn apply_filter(&mut self, _: Filter, _: &mut PaneContext<'_>) {}

    fn edit(&mut self, _: Edit<'_>, _: &mut PaneContext<'_>) {}

    fn click(&mut self, _at: Position, _: &mut PaneContext<'_>) -> Click {
        Click::Done
    }
}
