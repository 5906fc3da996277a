//! The field that filters the rows of the open section.

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};

/// The longest filter: a few words.
const MAX_FILTER_CHARS: usize = 200;

/// The text of the field. The filter itself belongs to the open document and stays when the field
/// closes.
#[derive(Clone, Debug)]
pub struct FilterField {
    pub input: TextInput,
}

impl FilterField {
    pub(crate) fn new(filter: &str) -> Self {
        let input = TextInput::new(filter.to_owned(), MAX_FILTER_CHARS);
        Self { input }
    }
}

impl Pane for FilterField {
    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        context.document_view.move_by(movement);
    }

    fn move_horizontally(&mut self, by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        self.input.move_cursor(by);
        None
    }

    fn edit(&mut self, edit: Edit<'_>, context: &mut PaneContext<'_>) {
        self.input.edit(edit);
        context.document_view.set_filter(self.input.text());
    }
}
