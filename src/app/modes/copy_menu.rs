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
    /// The formats that can be copied: links only if there are any.
    pub formats: &'static [CopyFormat],
}

const FORMATS: &[CopyFormat] = &CopyFormat::ALL;

impl CopyMenu {
    /// The menu with the row selected.
    pub(crate) fn new(has_links: bool) -> Self {
        let without_links = || FORMATS.split_last().map_or(FORMATS, |(_, rest)| rest);
        let formats = if has_links { FORMATS } else { without_links() };
        let mut list = GroupedList::ungrouped(formats.len(), 1);
        let row = formats.iter().position(|it| *it == CopyFormat::Row);
        list.cursor.item = row.unwrap_or_default();
        Self { list, formats }
    }

    pub fn selected(&self) -> Option<CopyFormat> {
        self.formats.get(self.list.selected()).copied()
    }

    /// The title and the list, at the bottom of the body.
    pub fn areas(&self, body: Rect) -> (Rect, Rect) {
        let height = body.height.min(saturating_u16(self.formats.len() + 1));
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
        let (_, list) = self.areas(context.screen.body);
        self.list.relayout(list.height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        let (_, list) = self.areas(context.screen.body);
        self.list.apply(movement, list.height);
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        let (_, list) = self.areas(context.screen.body);
        self.list.click(at, list)
    }
}
