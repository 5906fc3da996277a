//! Keeps where the reader has been, and follows what a row names.

use super::{App, Effect, Focus, Opened, Searching, Whereabouts};
use crate::content::{CodeId, Subject};

/// How many places are remembered each way.
const MOST: usize = 64;

/// Where the reader has been, and where they came back from.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Whereabouts>,
    future: Vec<Whereabouts>,
}

impl History {
    /// Notes that the reader goes on from a place.
    fn leave(&mut self, here: Whereabouts) {
        self.future.clear();
        push(&mut self.past, here);
    }
}

fn push(places: &mut Vec<Whereabouts>, place: Whereabouts) {
    if places.len() == MOST {
        places.remove(0);
    }
    places.push(place);
}

impl App {
    /// Remembers where the reader is before they jump elsewhere.
    pub(super) fn jump(&mut self) {
        let here = self.whereabouts();
        self.history.leave(here);
    }

    /// Goes back to where the last jump started.
    pub(super) fn history_back(&mut self) -> Option<Effect> {
        let Some(there) = self.history.past.pop() else {
            self.note = Some("this is where you started".to_owned());
            return None;
        };
        let here = self.whereabouts();
        push(&mut self.history.future, here);
        self.travel_to(there)
    }

    /// Goes to where the reader came back from.
    pub(super) fn history_forward(&mut self) -> Option<Effect> {
        let Some(there) = self.history.future.pop() else {
            self.note = Some("there is nothing to go forward to".to_owned());
            return None;
        };
        let here = self.whereabouts();
        push(&mut self.history.past, here);
        self.travel_to(there)
    }

    fn travel_to(&mut self, there: Whereabouts) -> Option<Effect> {
        if there.code != self.reading.document().code {
            return Some(Effect::Load(there.code, there.place));
        }
        self.arrive(there.place.as_ref());
        self.reading.scroll_to(there.top, self.layout().body.height);
        None
    }

    /// Opens the selected row: what it names, where that has a document; else the row whole.
    pub(super) fn open_selected(&mut self) -> Option<Effect> {
        let place = self.reading.place()?.clone();
        if let Some(code) = self.named_code() {
            // Whether an imported set has the code, only reading it tells.
            if self.library.entry(&code).is_some() || !self.library.sets().all().is_empty() {
                self.jump();
                return Some(Effect::Load(code, None));
            }
            self.note = Some(format!(
                "nothing here knows {code}: no document and no code set"
            ));
        }
        self.focus = Focus::Record(Opened::new(
            self.reading.document(),
            &place,
            self.setting(),
            self.own.as_ref(),
        ));
        None
    }

    /// Follows what the opened row names: a code to its document, a modifier or a payer to every
    /// document that has a row on it.
    pub(super) fn follow(&mut self) -> Option<Effect> {
        let (_, _, row) = self
            .reading
            .place()
            .and_then(|place| self.reading.document().row(place))?;
        let asked = match &row.subject {
            Subject::Code(_) => return self.open_selected(),
            Subject::Modifier(modifier) | Subject::Stance(modifier) => format!("mod:{modifier} "),
            Subject::Payer => format!("payer:\"{}\" ", row.name()),
            Subject::Text | Subject::Place | Subject::Absence => return None,
        };
        let mut searching = Searching::default();
        searching.replace(asked);
        searching.ask(&self.index, &self.reading.document().code);
        self.focus = Focus::Search(Box::new(searching));
        None
    }

    fn named_code(&self) -> Option<CodeId> {
        let (_, _, row) = self
            .reading
            .place()
            .and_then(|place| self.reading.document().row(place))?;
        match &row.subject {
            Subject::Code(code) => Some(code.clone()),
            _ => None,
        }
    }
}
