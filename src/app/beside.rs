//! Shows what documents say on a modifier or of a payer, side by side, and asks for what a list in
//! sight does not know yet.

use std::sync::Arc;

use super::{App, Effect, Focus, Listing};
use crate::content::{Document, Place};
use crate::library::{Ask, Excerpt, Topic};
use crate::page::{Page, Setting, Wanted};

/// What documents say on one topic, side by side.
#[derive(Clone, Debug)]
pub struct Beside {
    topic: Topic,
    document: Arc<Document>,
    /// The row of the one document that it is about, where it is about one.
    place: Option<Place>,
    /// The texts, set at the screen's width.
    pub page: Page,
    /// The line shown first.
    pub top: usize,
    /// The list that it was opened from.
    from: Listing,
}

impl Beside {
    /// Returns what it is about, for the line above it.
    pub fn title(&self) -> String {
        let documents = match (self.topic.codes.as_slice(), self.topic.left_out) {
            ([code], 0) => code.value().to_owned(),
            (codes, more) => format!("{} documents", codes.len() + more),
        };
        format!("{} · {documents}", self.topic.about)
    }

    pub(super) fn set(&mut self, setting: Setting) {
        self.page = Page::of_section(&self.document, 0, setting, Wanted::WithNotices);
    }

    /// Shows a line first, as far as the length allows.
    pub(super) fn scroll_to(&mut self, top: usize, height: u16) {
        let last = self.page.lines.len().saturating_sub(usize::from(height));
        self.top = top.min(last);
    }

    pub(super) fn into_list(self) -> Listing {
        self.from
    }
}

impl App {
    /// Returns a question for whatever the list in sight does not know, where there is any.
    pub(super) fn ask(&self) -> Option<Effect> {
        let Focus::Library(listing) = &self.focus else {
            return None;
        };
        let height = self.layout().list().1.height;
        let missing = listing.missing(&self.library, &self.index, height);
        (!missing.is_empty()).then_some(Effect::Ask(missing))
    }

    /// Takes in what a list had to ask for.
    pub(super) fn told(&mut self, answers: Vec<(Ask, Excerpt)>) {
        if let Focus::Library(listing) = &mut self.focus {
            listing.tell(answers);
        }
    }

    /// Shows a comparison that was asked for, unless the reader has gone elsewhere since.
    pub(super) fn lay_beside(
        &mut self,
        topic: Topic,
        document: Arc<Document>,
        place: Option<Place>,
    ) {
        let from = match std::mem::replace(&mut self.focus, Focus::Reading) {
            Focus::Library(listing) => listing,
            Focus::Beside(beside) => beside.into_list(),
            other => {
                self.focus = other;
                return;
            }
        };
        let mut beside = Beside {
            topic,
            document,
            place,
            page: Page::default(),
            top: 0,
            from,
        };
        beside.set(self.setting());
        self.focus = Focus::Beside(Box::new(beside));
    }

    /// Asks for the comparison some items before or after the one that is shown.
    pub(super) fn next_beside(&mut self, by: isize) -> Option<Effect> {
        let height = self.layout().list().1.height;
        let Focus::Beside(beside) = &mut self.focus else {
            return None;
        };
        let before = beside.from.chosen();
        beside.from.choose(by, height);
        let at = beside.from.chosen();
        let topic = beside.from.topic(at, &self.library)?;
        (at != before).then_some(Effect::Compare(topic))
    }

    /// Goes to the row that a comparison is about; of one over several documents, to none.
    pub(super) fn open_beside(&mut self, beside: Box<Beside>) -> Option<Effect> {
        let [code] = beside.topic.codes.as_slice() else {
            self.note = Some("this is about several documents: Esc, and choose one".to_owned());
            self.focus = Focus::Beside(beside);
            return None;
        };
        let (code, place) = (code.clone(), beside.place.clone());
        self.jump();
        Some(Effect::Load(code, place))
    }
}
