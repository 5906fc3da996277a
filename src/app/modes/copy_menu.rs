//! The menu of what to copy.

use ratatui::layout::{Position, Rect};

use crate::app::command::Movement;
use crate::app::copy::CopyFormat;
use crate::app::list::{Click, GroupedList};
use crate::app::pane::{Pane, PaneContext};
use crate::num::saturating_u16;

#[derive(Clone, Debug)]
pub struct CopyMenu {
    pub list: GroupedList,
}

impl CopyMenu {
    /// The menu with the row selected.
    pub(crate) fn new() -> Self {
        let mut list = GroupedList::ungrouped(CopyFormat::ALL.len(), 1);
        let row = CopyFormat::ALL
            .iter()
            .position(|format| *format == CopyFormat::Row);
        list.cursor.item = row.unwrap_or_default();
        Self { list }
    }

    pub(crate) fn selected(&self) -> Option<CopyFormat> {
        CopyFormat::ALL.get(self.list.selected()).copied()
    }

    /// The title and the list, at the bottom of the body.
    pub fn areas(body: Rect) -> (Rect, Rect) {
        let height = body.height.min(saturating_u16(CopyFormat::ALL.len() + 1));
        let y = body.bottom() - height;
        let title = Rect {
            y,
            height: height.min(1),
            ..body
        };
        let list = Rect {
            y: y + title.height,
            height: height - title.height,
            ..body
        };
        (title, list)
    }
}

impl Pane for CopyMenu {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let (_, list) = Self::areas(context.screen.body);
        self.list.relayout(list.height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        let (_, list) = Self::areas(context.screen.body);
        self.list.apply(movement, list.height);
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        let (_, list) = Self::areas(context.screen.body);
        self.list.click(at, list)
    }
}
