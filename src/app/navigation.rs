//! Moves between documents, sections and rows: history, search hits, jumps.

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::history::ReadingPosition;
use crate::content::{CodeId, RowPath};

impl App {
    /// Records the reader's position before a jump.
    pub(crate) fn push_history(&mut self) {
        let here = self.reading_position();
        self.history.record(here);
    }

    pub(crate) fn history_back(&mut self) -> Option<Effect> {
        match self.history.back(self.reading_position()) {
            Some(there) => self.go_to_position(there),
            None => self.show_message("Start of history".to_owned()),
        }
    }

    pub(crate) fn history_forward(&mut self) -> Option<Effect> {
        match self.history.forward(self.reading_position()) {
            Some(there) => self.go_to_position(there),
            None => self.show_message("End of history".to_owned()),
        }
    }

    fn show_message(&mut self, message: String) -> Option<Effect> {
        self.message = Some(message);
        None
    }

    fn go_to_position(&mut self, there: ReadingPosition) -> Option<Effect> {
        let effect = self.show_row(there.code, there.row_path);
        if effect.is_none() {
            self.document_view.scroll_to(there.top);
        }
        effect
    }

    /// Goes to a row of a document, which is loaded first unless it is open.
    pub(crate) fn show_row(&mut self, code: CodeId, path: Option<RowPath>) -> Option<Effect> {
        if code != self.document_view.document().code {
            return Some(Effect::LoadDocument(code, path));
        }
        self.go_to(path.as_ref());
        None
    }

    /// Shows the open document, with a row selected.
    pub(crate) fn go_to(&mut self, path: Option<&RowPath>) {
        self.focus = Focus::Document;
        if let Some(path) = path
            && !self.document_view.go_to_row(path)
        {
            self.message = Some(format!("{} is no longer in this document", path.row.0));
        }
    }

    /// Goes to a hit of the active search, `by` hits after the last one, around the ends.
    pub(crate) fn go_to_hit(&mut self, by: isize) -> Option<Effect> {
        let Some(search) = &mut self.active_search else {
            let message = match self.key_label(Command::Search) {
                Some(key) => format!("No search yet. Press {key} to search"),
                None => "No search yet".to_owned(),
            };
            return self.show_message(message);
        };
        let count = search.hits.len();
        let hit = search.current_hit.checked_add_signed(by);
        search.current_hit = hit.unwrap_or(count - 1) % count;
        let (n, query) = (search.current_hit + 1, &search.query_text);
        self.message = Some(format!("hit {n} of {count} for “{query}”"));
        let hit = &search.hits[search.current_hit];
        let (code, path) = (hit.code.clone(), hit.row_path.clone());
        self.show_row(code, path)
    }

    /// Shows a section of the open document, by its number from 0.
    pub(crate) fn show_section(&mut self, section: usize) {
        if section < self.document_view.document().sections.len() {
            self.document_view.show_section(section);
            self.focus = Focus::Document;
        }
    }

    /// Shows the previous or next section or, in the library, the previous or next list, around
    /// the ends.
    pub(crate) fn cycle_tab(&mut self, by: isize) {
        if let Focus::Library(list) = &mut self.focus {
            let open = &self.document_view.document().code;
            list.cycle_group_by(by, open, &self.library, &self.index);
            return self.with_pane(|pane, context| pane.relayout(context));
        }
        let count = self.document_view.document().sections.len().max(1);
        let section = self.document_view.section().checked_add_signed(by);
        self.show_section(section.unwrap_or(count - 1) % count);
    }
}
