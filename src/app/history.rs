//! Keeps where the reader has been, and follows what a row names.

use crate::app::action::Effect;
use crate::app::app::{App, Focus, ReadingPosition};
use crate::app::modes::document::RowDetail;
use crate::app::modes::search::SearchState;
use crate::content::{CodeId, Subject};

/// How many places are remembered each way.
const MAX_ENTRIES: usize = 64;

/// Where the reader has been, and where they came back from.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<ReadingPosition>,
    future: Vec<ReadingPosition>,
}

impl History {
    /// Notes that the reader goes on from a place.
    fn record(&mut self, here: ReadingPosition) {
        self.future.clear();
        push(&mut self.past, here);
    }
}

fn push(places: &mut Vec<ReadingPosition>, place: ReadingPosition) {
    if places.len() == MAX_ENTRIES {
        places.remove(0);
    }
    places.push(place);
}

impl App {
    /// Remembers where the reader is before they jump elsewhere.
    pub(crate) fn push_history(&mut self) {
        let here = self.reading_position();
        self.history.record(here);
    }

    /// Goes back to where the last jump started.
    pub(crate) fn history_back(&mut self) -> Option<Effect> {
        let Some(there) = self.history.past.pop() else {
            self.message = Some("this is where you started".to_owned());
            return None;
        };
        let here = self.reading_position();
        push(&mut self.history.future, here);
        self.go_to_position(there)
    }

    /// Goes to where the reader came back from.
    pub(crate) fn history_forward(&mut self) -> Option<Effect> {
        let Some(there) = self.history.future.pop() else {
            self.message = Some("there is nothing to go forward to".to_owned());
            return None;
        };
        let here = self.reading_position();
        push(&mut self.history.past, here);
        self.go_to_position(there)
    }

    fn go_to_position(&mut self, there: ReadingPosition) -> Option<Effect> {
        if there.code != self.document_view.document().code {
            return Some(Effect::LoadDocument(there.code, there.row_path));
        }
        self.go_to(there.row_path.as_ref());
        self.document_view
            .scroll_to(there.top, self.screen_layout().body.height);
        None
    }

    /// Opens the selected row: what it names, where that has a document; else the row whole.
    pub(crate) fn open_selected(&mut self) -> Option<Effect> {
        let place = self.document_view.row_path()?.clone();
        if let Some(code) = self.selected_row_code() {
            // Whether an imported set has the code, only reading it tells.
            if self.library.entry(&code).is_some() || !self.library.sets().all().is_empty() {
                self.push_history();
                return Some(Effect::LoadDocument(code, None));
            }
            self.message = Some(format!(
                "nothing here knows {code}: no document and no code set"
            ));
        }
        self.focus = Focus::RowDetail(RowDetail::new(
            self.document_view.document(),
            &place,
            self.layout_options(),
            self.bookmarks.as_ref(),
        ));
        None
    }

    /// Follows what the opened row names: a code to its document, a modifier or a payer to every
    /// document that has a row on it.
    pub(crate) fn follow(&mut self) -> Option<Effect> {
        let (_, _, row) = self
            .document_view
            .row_path()
            .and_then(|place| self.document_view.document().row(place))?;
        let asked = match &row.subject {
            Subject::Code(_) => return self.open_selected(),
            Subject::Modifier(modifier) | Subject::PayerRule(modifier) => {
                format!("mod:{modifier} ")
            }
            Subject::Payer => format!("payer:\"{}\" ", row.name()),
            Subject::Text | Subject::Place | Subject::Absence => return None,
        };
        let mut searching = SearchState::default();
        searching.set_text(asked);
        searching.run_query(&self.index, &self.document_view.document().code);
        self.focus = Focus::Search(Box::new(searching));
        None
    }

    fn selected_row_code(&self) -> Option<CodeId> {
        let (_, _, row) = self
            .document_view
            .row_path()
            .and_then(|place| self.document_view.document().row(place))?;
        match &row.subject {
            Subject::Code(code) => Some(code.clone()),
            _ => None,
        }
    }
}
