//! The panes of the open document: its rows and its outline. [`crate::app::open_row`] handles Enter.

use ratatui::layout::Position;

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::list::Click;
use crate::app::pane::{Pane, PaneContext};

/// Moves in the open document; the state is in [`crate::app::DocumentView`].
pub(crate) struct DocumentPane;

/// Moves between the sections of the open document.
pub(crate) struct OutlinePane;

impl Pane for DocumentPane {
    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        context.document_view.move_by(movement);
    }

    fn move_horizontally(&mut self, by: isize, context: &mut PaneContext<'_>) -> Option<Effect> {
        let view = &mut *context.document_view;
        if let Some(section) = view.section().checked_add_signed(by) {
            view.show_section(section);
        }
        None
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        let (view, body) = (&mut *context.document_view, context.screen.body);
        if !body.contains(at) {
            return Click::Done;
        }
        let line = view.top() + usize::from(at.y - body.y);
        let rows = &view.page().rows;
        let at_line = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.lines.contains(&line));
        let column = at.x - body.x;
        let clicked = at_line.min_by_key(|(_, row)| match column.checked_sub(row.column) {
            Some(distance) => (0, distance),
            None => (1, row.column),
        });
        match clicked.map(|(n, _)| n) {
            Some(row) if row == view.selected() => return Click::Open,
            Some(row) => view.select(row),
            None => {}
        }
        Click::Done
    }
}

impl Pane for OutlinePane {
    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        let view = &mut *context.document_view;
        let last = view.document().sections.len().saturating_sub(1);
        let section = match movement {
            Movement::Up => view.section().saturating_sub(1),
            Movement::Down => (view.section() + 1).min(last),
            Movement::PageUp | Movement::HalfPageUp | Movement::Home => 0,
            Movement::PageDown | Movement::HalfPageDown | Movement::End => last,
        };
        view.show_section(section);
    }
}
