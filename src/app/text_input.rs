//! A one-line text field with a cursor.

use tui_input::{Input, InputRequest};

use crate::app::command::Deletion;

/// A change to the text of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit<'a> {
    Insert(&'a str),
    Delete(Deletion),
    /// Moves the cursor to the start of the text.
    ToStart,
    ToEnd,
}

#[derive(Clone, Debug)]
pub struct TextInput {
    input: Input,
    /// Whether all of the text is selected, so that typing replaces it.
    is_selected: bool,
    max_chars: usize,
}

impl Default for TextInput {
    /// An empty field of unlimited length.
    fn default() -> Self {
        Self::new(String::new(), usize::MAX)
    }
}

impl TextInput {
    /// A field with the cursor after its text. It accepts no more characters than `max_chars`.
    pub(crate) fn new(text: String, max_chars: usize) -> Self {
        let input = Input::new(text);
        Self {
            input,
            is_selected: false,
            max_chars,
        }
    }

    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Selects all of the text, until it is edited or the cursor moves.
    pub(crate) fn select_all(&mut self) {
        self.move_to_end();
        self.is_selected = !self.text().is_empty();
    }

    pub const fn is_selected(&self) -> bool {
        self.is_selected
    }

    /// The columns of the text before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Returns true if the text has changed.
    pub(crate) fn edit(&mut self, edit: Edit<'_>) -> bool {
        let text = match edit {
            Edit::ToStart => return self.handle(InputRequest::GoToStart),
            Edit::ToEnd => return self.handle(InputRequest::GoToEnd),
            Edit::Delete(_) if self.is_selected => return self.handle(InputRequest::DeleteLine),
            Edit::Delete(deletion) => return self.handle(deletion_request(deletion)),
            Edit::Insert(text) => text,
        };
        let mut changed = self.is_selected && self.handle(InputRequest::DeleteLine);
        let room = self.max_chars.saturating_sub(self.text().chars().count());
        for c in text.chars().take(room) {
            changed |= self.handle(InputRequest::InsertChar(c));
        }
        changed
    }

    /// Moves the cursor one character to the left or, if `by` is positive, to the right.
    pub(crate) fn move_cursor(&mut self, by: isize) {
        self.handle(if by < 0 {
            InputRequest::GoToPrevChar
        } else {
            InputRequest::GoToNextChar
        });
    }

    pub(crate) fn move_to_start(&mut self) {
        self.handle(InputRequest::GoToStart);
    }

    pub(crate) fn move_to_end(&mut self) {
        self.handle(InputRequest::GoToEnd);
    }

    fn handle(&mut self, request: InputRequest) -> bool {
        self.is_selected = false;
        let change = self.input.handle(request);
        change.is_some_and(|change| change.value)
    }
}

const fn deletion_request(deletion: Deletion) -> InputRequest {
    match deletion {
        Deletion::PreviousChar => InputRequest::DeletePrevChar,
        Deletion::NextChar => InputRequest::DeleteNextChar,
        Deletion::PreviousWord => InputRequest::DeletePrevWord,
        Deletion::All => InputRequest::DeleteLine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insertion_at_the_cursor_stops_at_the_maximum_length() {
        let mut field = TextInput::new("é2".to_owned(), 4);
        field.move_cursor(-1);
        assert!(field.edit(Edit::Insert("abc")));
        assert_eq!((field.text(), field.cursor()), ("éab2", 3));
        assert!(!field.edit(Edit::Insert("d")));
        assert!(field.edit(Edit::Delete(Deletion::All)));
        assert!(!field.edit(Edit::Delete(Deletion::PreviousChar)));
    }

    #[test]
    fn typing_replaces_a_selected_text_and_moving_keeps_it() {
        let mut field = TextInput::new("her2".to_owned(), usize::MAX);
        field.select_all();
        field.move_cursor(-1);
        field.edit(Edit::Insert("x"));
        assert_eq!(field.text(), "herx2");
        field.select_all();
        assert!(field.edit(Edit::Insert("26")));
        assert_eq!((field.text(), field.is_selected()), ("26", false));
        field.select_all();
        assert!(field.edit(Edit::Delete(Deletion::PreviousChar)));
        assert_eq!(field.text(), "");
        field.select_all();
        assert!(!field.is_selected());
    }
}
