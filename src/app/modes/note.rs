//! The pane for writing a note on the selected row.

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};

/// The longest note: it is a remark, not a document.
const MAX_NOTE_CHARS: usize = 2_000;

#[derive(Clone, Debug)]
pub struct NoteEditor {
    pub input: TextInput,
}

impl NoteEditor {
    pub(crate) fn new(note: String) -> Self {
        let input = TextInput::new(note, MAX_NOTE_CHARS);
        Self { input }
    }
}

impl Pane for NoteEditor {
    fn move_vertically(&mut self, movement: Movement, _: &mut PaneContext<'_>) {
        match movement {
            Movement::Home => self.input.move_to_start(),
            Movement::End => self.input.move_to_end(),
            Movement::Up
            | Movement::Down
            | Movement::PageUp
            | Movement::PageDown
            | Movement::HalfPageUp
            | Movement::HalfPageDown => {}
        }
    }

    fn move_horizontally(&mut self, by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        self.input.move_cursor(by);
        None
    }

    fn edit(&mut self, edit: Edit<'_>, _: &mut PaneContext<'_>) {
        self.input.edit(edit);
    }
}
