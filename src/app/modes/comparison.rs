//! Shows what documents say on a modifier or of a payer, side by side, and asks for what a list in
//! sight does not know yet.

use std::sync::Arc;

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::modes::library::LibraryList;
use crate::content::{Document, RowPath};
use crate::layout::{LayoutOptions, Notices, Page};
use crate::library::{ComparisonRequest, Excerpt, ExcerptRequest};

/// What documents say on one topic, side by side.
#[derive(Clone, Debug)]
pub struct ComparisonView {
    request: ComparisonRequest,
    document: Arc<Document>,
    /// The row of the one document that it is about, where it is about one.
    row_path: Option<RowPath>,
    /// The texts, set at the screen's width.
    pub page: Page,
    /// The line shown first.
    pub top: usize,
    /// The list that it was opened from.
    opened_from: LibraryList,
}

impl ComparisonView {
    /// Returns what it is about, for the line above it.
    pub fn title(&self) -> String {
        let documents = match (self.request.codes.as_slice(), self.request.left_out) {
            ([code], 0) => code.value().to_owned(),
            (codes, more) => format!("{} documents", codes.len() + more),
        };
        format!("{} · {documents}", self.request.subject)
    }

    pub(crate) fn relayout(&mut self, setting: LayoutOptions) {
        self.page = Page::from_section(&self.document, 0, setting, Notices::Include);
    }

    /// Shows a line first, as far as the length allows.
    pub(crate) fn scroll_to(&mut self, top: usize, height: u16) {
        let last = self.page.lines.len().saturating_sub(usize::from(height));
        self.top = top.min(last);
    }

    pub(crate) fn into_list(self) -> LibraryList {
        self.opened_from
    }
}

impl App {
    /// Returns a question for whatever the list in sight does not know, where there is any.
    pub(crate) fn request_missing_excerpts(&self) -> Option<Effect> {
        let Focus::Library(listing) = &self.focus else {
            return None;
        };
        let height = self.screen_layout().list_areas().1.height;
        let missing = listing.missing_excerpts(&self.library, &self.index, height);
        (!missing.is_empty()).then_some(Effect::LoadExcerpts(missing))
    }

    /// Takes in what a list had to ask for.
    pub(crate) fn receive_excerpts(&mut self, answers: Vec<(ExcerptRequest, Excerpt)>) {
        if let Focus::Library(listing) = &mut self.focus {
            listing.receive(answers);
        }
    }

    /// Shows a comparison that was asked for, unless the reader has gone elsewhere since.
    pub(crate) fn show_comparison(
        &mut self,
        topic: ComparisonRequest,
        document: Arc<Document>,
        place: Option<RowPath>,
    ) {
        let from = match std::mem::replace(&mut self.focus, Focus::Document) {
            Focus::Library(listing) => listing,
            Focus::Comparison(beside) => beside.into_list(),
            other => {
                self.focus = other;
                return;
            }
        };
        let mut beside = ComparisonView {
            request: topic,
            document,
            row_path: place,
            page: Page::default(),
            top: 0,
            opened_from: from,
        };
        beside.relayout(self.layout_options());
        self.focus = Focus::Comparison(Box::new(beside));
    }

    /// Asks for the comparison some items before or after the one that is shown.
    pub(crate) fn request_adjacent_comparison(&mut self, by: isize) -> Option<Effect> {
        let height = self.screen_layout().list_areas().1.height;
        let Focus::Comparison(beside) = &mut self.focus else {
            return None;
        };
        let before = beside.opened_from.selected();
        beside.opened_from.move_selection(by, height);
        let at = beside.opened_from.selected();
        let topic = beside.opened_from.comparison_request(at, &self.library)?;
        (at != before).then_some(Effect::LoadComparison(topic))
    }

    /// Goes to the row that a comparison is about; of one over several documents, to none.
    pub(crate) fn open_compared_row(&mut self, beside: Box<ComparisonView>) -> Option<Effect> {
        let [code] = beside.request.codes.as_slice() else {
            self.focus = Focus::Comparison(beside);
            self.message = Some(match self.key_label(Command::Back) {
                Some(key) => format!("Several documents are compared: {key} and select one"),
                None => "Several documents are compared: go back and select one".to_owned(),
            });
            return None;
        };
        let (code, place) = (code.clone(), beside.row_path.clone());
        self.push_history();
        Some(Effect::LoadDocument(code, place))
    }
}
