//! Moves between documents, sections and rows: history, search hits, jumps.

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::history::ReadingPosition;
use crate::app::messages::{document, search, status};
use crate::app::modes::search::{ActiveSearch, SearchState};
use crate::content::{CodeId, RowPath};

impl App {
    /// Records the reader's position before a jump.
    pub(crate) fn push_history(&mut self) {
        let here = self.reading_position();
        self.history.record(here);
    }

    /// Goes back to where the last jump started. Back from a hit leads to the results.
    pub(crate) fn history_back(&mut self) -> Option<Effect> {
        let depth = self.history.depth();
        if let Some(search) = self
            .active_search
            .take_if(|search| depth <= search.history_depth)
        {
            let mut search = search.state;
            search.origin = self.history.back(self.reading_position());
            self.focus = Focus::Search(search);
            self.with_pane(|pane, context| pane.relayout(context));
            return None;
        }
        match self.history.back(self.reading_position()) {
            Some(there) => self.go_to_position(there),
            None => self.show_message(status::START_OF_HISTORY.to_owned()),
        }
    }

    pub(crate) fn history_forward(&mut self) -> Option<Effect> {
        match self.history.forward(self.reading_position()) {
            Some(there) => self.go_to_position(there),
            None => self.show_message(status::END_OF_HISTORY.to_owned()),
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
        self.below = None;
        if let Some(path) = path
            && !self.document_view.go_to_row(path)
        {
            self.message = Some(document::row_is_gone(&path.row.0));
        }
    }

    /// Goes to a hit of the active search, `by` hits after the last one, around the ends.
    pub(crate) fn go_to_hit(&mut self, by: isize) -> Option<Effect> {
        let area = self.screen_layout().list_areas().1;
        let Some(search) = &mut self.active_search else {
            let key = self.key_label(Command::Search);
            let message = key.map_or(search::NO_SEARCH.to_owned(), search::no_search);
            return self.show_message(message);
        };
        let state = &mut search.state;
        let count = state.list.count();
        let n = state.list.selected().checked_add_signed(by);
        let n = n.unwrap_or(count.saturating_sub(1)) % count.max(1);
        state.select_hit(n, &self.index, area);
        let query = state.input.text().trim();
        self.message = Some(search::opened_result(n + 1, count, query));
        let hit = state.selected_hit()?;
        let (code, path) = (hit.code.clone(), hit.row_path.clone());
        self.show_row(code, path)
    }

    /// Opens the search field with the last query, which typing replaces.
    pub(crate) fn resume_search(&mut self) {
        let Some(active) = self.active_search.take() else {
            let mut search = SearchState::with_text(self.last_query.clone());
            search.input.select_all();
            return self.show_search(search);
        };
        let mut search = active.state;
        search.input.select_all();
        search.resumed = Some(active.history_depth);
        self.focus = Focus::Search(search);
        self.with_pane(|pane, context| pane.relayout(context));
    }

    /// Shows the search pane and runs the query.
    pub(crate) fn show_search(&mut self, search: SearchState) {
        self.focus = Focus::Search(Box::new(search));
        self.with_pane(|pane, context| {
            pane.reload(context);
            pane.relayout(context);
        });
    }

    /// Goes back to where the search began. An active search that was not edited stays active.
    pub(crate) fn leave_search(&mut self, mut search: Box<SearchState>) -> Option<Effect> {
        search.input.text().trim().clone_into(&mut self.last_query);
        if let Some(origin) = search.origin.take() {
            return self.go_to_position(origin);
        }
        if let Some(history_depth) = search.resumed.take() {
            self.active_search = Some(ActiveSearch {
                state: search,
                history_depth,
            });
        }
        None
    }

    /// Shows a section of the open document, by its number from 0.
    pub(crate) fn show_section(&mut self, section: usize) {
        if section < self.document_view.document().sections.len() {
            self.document_view.show_section(section);
            self.focus = Focus::Document;
        }
    }

    /// Shows the previous or next section or, in the library and in search, the previous or next
    /// tab of the pane, around the ends.
    pub(crate) fn cycle_tab(&mut self, by: isize) {
        if self.with_pane(|pane, context| pane.cycle_tab(by, context)) {
            return;
        }
        let count = self.document_view.document().sections.len().max(1);
        let section = self.document_view.section().checked_add_signed(by);
        self.show_section(section.unwrap_or(count - 1) % count);
    }
}
