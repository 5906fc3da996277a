//! The state of the panes beside the rows; see [`crate::app::panes`].

use std::sync::Arc;

use crate::app::screen_layout::PaneSettings;
use crate::app::scroll::ScrollView;
use crate::content::{CodeId, Document};
use crate::layout::PageRow;

/// The panes beside the rows, as they were when the cursor last rested.
#[derive(Clone, Debug, Default)]
pub struct SidePanes {
    pub(crate) settings: PaneSettings,
    /// `None` on a narrow screen, and where nothing is selected.
    pub detail: Option<DetailPane>,
    /// The line of the rows at whose height the outline begins.
    pub outline_line: usize,
    /// Whether the page beside a list has the keys; see [`crate::app::App::has_preview_focus`].
    pub(crate) is_focused: bool,
    /// Whether the cursor has moved since.
    pub(crate) is_moving: bool,
    pub(crate) preview: Option<LoadedPreview>,
}

impl SidePanes {
    pub const fn settings(&self) -> PaneSettings {
        self.settings
    }
}

/// A page beside the rows.
#[derive(Clone, Debug, Default)]
pub struct DetailPane {
    pub view: ScrollView,
    /// The selected row of a page of several rows.
    pub selected: Option<PageRow>,
    /// The line of the rows at whose height the page begins. While the rows scroll, the page scrolls
    /// with them.
    pub line: usize,
}

impl From<ScrollView> for DetailPane {
    fn from(view: ScrollView) -> Self {
        Self {
            view,
            ..Self::default()
        }
    }
}

/// The document of the last preview.
#[derive(Clone, Debug)]
pub(crate) struct LoadedPreview {
    pub code: CodeId,
    /// `None` if it cannot be read.
    pub document: Option<Arc<Document>>,
}
