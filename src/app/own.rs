//! Keeps what is the reader's own about rows: bookmarks and notes, never part of a document.

use tui_input::{Input, InputRequest};

use super::{App, Effect, Focus};
use crate::content::{CodeId, Place};
use crate::page::clip;

/// The longest note, in characters: it is a remark, not a document.
const LONGEST: usize = 2_000;

/// What the reader has marked, by code and place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The marked rows, in the order in which they were marked first.
    pub marks: Vec<Mark>,
}

/// What is the reader's own about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The document.
    pub code: CodeId,
    /// The row, by name, so that it is found again after the document has changed.
    pub place: Place,
    /// What the row was called when it was marked, for when it is no longer there.
    pub name: String,
    /// Whether it is a bookmark.
    pub bookmark: bool,
    /// What the reader noted.
    pub note: Option<String>,
}

impl Own {
    /// Returns what is marked about a row.
    pub fn mark(&self, code: &CodeId, place: &Place) -> Option<&Mark> {
        self.marks
            .iter()
            .find(|mark| mark.code == *code && mark.place == *place)
    }

    /// Puts a mark in the place of the old one on its row; one that says nothing goes.
    pub fn put(&mut self, mark: Mark) {
        let at = self
            .marks
            .iter()
            .position(|old| old.code == mark.code && old.place == mark.place);
        match (at, mark.bookmark || mark.note.is_some()) {
            (Some(at), true) => self.marks[at] = mark,
            (Some(at), false) => {
                self.marks.remove(at);
            }
            (None, true) => self.marks.push(mark),
            (None, false) => {}
        }
    }
}

/// A note that is being written.
#[derive(Clone, Debug, Default)]
pub struct Writing {
    input: Input,
}

impl Writing {
    /// Returns what has been written.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Returns the columns of the text before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Edits the text.
    pub(super) fn edit(&mut self, request: InputRequest) {
        self.input.handle(request);
    }

    /// Puts text in at the cursor.
    pub(super) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            if self.input.value().chars().count() < LONGEST {
                self.input.handle(InputRequest::InsertChar(c));
            }
        }
    }
}

/// The list of marked rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The number of the chosen one, from 0.
    pub chosen: usize,
    /// The number of the one that is listed first.
    pub top: usize,
}

impl Marks {
    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(super) fn choose(&mut self, by: isize, own: &Own, lines: u16) {
        let last = own.marks.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        let visible = usize::from(lines.max(1));
        self.top = self
            .top
            .clamp(self.chosen.saturating_sub(visible - 1), self.chosen);
    }
}

impl App {
    /// Returns what is the reader's own; nothing where it cannot be kept.
    pub const fn own(&self) -> Option<&Own> {
        self.own.as_ref()
    }

    /// Returns the mark on the selected row, or a blank one.
    fn mark_here(&self) -> Option<Mark> {
        let document = self.reading.document();
        let place = self.reading.place()?;
        let (_, _, row) = document.row(place)?;
        let known = self.own.as_ref()?.mark(&document.code, place).cloned();
        Some(known.unwrap_or_else(|| Mark {
            code: document.code.clone(),
            place: place.clone(),
            name: clip(row.name(), 60, "…").into_owned(),
            bookmark: false,
            note: None,
        }))
    }

    fn cannot_keep(&mut self) -> Option<Effect> {
        self.note
            .get_or_insert_with(|| "notes and bookmarks cannot be kept here".to_owned());
        None
    }

    /// Bookmarks the selected row, or takes its bookmark away.
    pub(super) fn bookmark(&mut self) -> Option<Effect> {
        let Some(mut mark) = self.mark_here() else {
            return self.cannot_keep();
        };
        mark.bookmark = !mark.bookmark;
        let note = if mark.bookmark {
            "bookmarked; B lists bookmarks and notes"
        } else {
            "bookmark taken away"
        };
        self.note = Some(note.to_owned());
        self.put(mark)
    }

    /// Begins to write a note on the selected row.
    pub(super) fn annotate(&mut self) -> Option<Effect> {
        let Some(mark) = self.mark_here() else {
            return self.cannot_keep();
        };
        let input = Input::new(mark.note.unwrap_or_default());
        self.focus = Focus::Note(Writing { input });
        None
    }

    /// Keeps the note that was written; an empty one goes.
    pub(super) fn note_written(&mut self, writing: &Writing) -> Option<Effect> {
        let Some(mut mark) = self.mark_here() else {
            return self.cannot_keep();
        };
        let text = writing.text().trim();
        mark.note = (!text.is_empty()).then(|| text.to_owned());
        self.note = Some(
            if text.is_empty() {
                "note taken away"
            } else {
                "noted"
            }
            .to_owned(),
        );
        self.put(mark)
    }

    fn put(&mut self, mark: Mark) -> Option<Effect> {
        self.own.as_mut()?.put(mark.clone());
        Some(Effect::Mark(mark))
    }

    /// Lists what is marked.
    pub(super) fn list_marks(&mut self) -> Option<Effect> {
        if self.own.is_none() {
            return self.cannot_keep();
        }
        self.focus = Focus::Marks(Marks::default());
        None
    }

    /// Goes to the chosen one of the marked rows.
    pub(super) fn open_mark(&mut self, marks: Marks) -> Option<Effect> {
        let mark = self.own.as_ref()?.marks.get(marks.chosen)?.clone();
        self.jump();
        if mark.code != self.reading.document().code {
            return Some(Effect::Load(mark.code, Some(mark.place)));
        }
        self.arrive(Some(&mark.place));
        None
    }
}
