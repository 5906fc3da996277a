//! Keeps what is the reader's own about rows: bookmarks and notes, never part of a document.

use tui_input::{Input, InputRequest};

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::content::{CodeId, RowPath};
use crate::text::clip;

/// The longest note, in characters: it is a remark, not a document.
const MAX_NOTE_CHARS: usize = 2_000;

/// What the reader has marked, by code and place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmarks {
    /// The marked rows, in the order in which they were marked first.
    pub entries: Vec<Bookmark>,
}

/// What is the reader's own about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The document.
    pub code: CodeId,
    /// The row, by name, so that it is found again after the document has changed.
    pub row_path: RowPath,
    /// What the row was called when it was marked, for when it is no longer there.
    pub name: String,
    /// Whether it is a bookmark.
    pub is_bookmarked: bool,
    /// What the reader noted.
    pub note: Option<String>,
}

impl Bookmarks {
    /// Returns what is marked about a row.
    pub fn get(&self, code: &CodeId, place: &RowPath) -> Option<&Bookmark> {
        self.entries
            .iter()
            .find(|mark| mark.code == *code && mark.row_path == *place)
    }

    /// Puts a mark in the place of the old one on its row; one that says nothing goes.
    pub fn put(&mut self, mark: Bookmark) {
        let at = self
            .entries
            .iter()
            .position(|old| old.code == mark.code && old.row_path == mark.row_path);
        match (at, mark.is_bookmarked || mark.note.is_some()) {
            (Some(at), true) => self.entries[at] = mark,
            (Some(at), false) => {
                self.entries.remove(at);
            }
            (None, true) => self.entries.push(mark),
            (None, false) => {}
        }
    }
}

/// A note that is being written.
#[derive(Clone, Debug, Default)]
pub struct NoteEditor {
    input: Input,
}

impl NoteEditor {
    /// Returns what has been written.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Returns the columns of the text before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Edits the text.
    pub(crate) fn edit(&mut self, request: InputRequest) {
        self.input.handle(request);
    }

    /// Puts text in at the cursor.
    pub(crate) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            if self.input.value().chars().count() < MAX_NOTE_CHARS {
                self.input.handle(InputRequest::InsertChar(c));
            }
        }
    }
}

/// The list of marked rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookmarkList {
    /// The number of the chosen one, from 0.
    pub selected: usize,
    /// The number of the one that is listed first.
    pub top: usize,
}

impl BookmarkList {
    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(crate) fn move_selection(&mut self, by: isize, own: &Bookmarks, lines: u16) {
        let last = own.entries.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
        let visible = usize::from(lines.max(1));
        self.top = self
            .top
            .clamp(self.selected.saturating_sub(visible - 1), self.selected);
    }
}

impl App {
    /// Returns what is the reader's own; nothing where it cannot be kept.
    pub const fn bookmarks(&self) -> Option<&Bookmarks> {
        self.bookmarks.as_ref()
    }

    /// Returns the mark on the selected row, or a blank one.
    fn selected_bookmark(&self) -> Option<Bookmark> {
        let document = self.document_view.document();
        let place = self.document_view.row_path()?;
        let (_, _, row) = document.row(place)?;
        let known = self.bookmarks.as_ref()?.get(&document.code, place).cloned();
        Some(known.unwrap_or_else(|| Bookmark {
            code: document.code.clone(),
            row_path: place.clone(),
            name: clip(row.name(), 60, "…").into_owned(),
            is_bookmarked: false,
            note: None,
        }))
    }

    fn bookmarks_unavailable(&mut self) -> Option<Effect> {
        self.message
            .get_or_insert_with(|| "Notes and bookmarks cannot be saved here".to_owned());
        None
    }

    /// Bookmarks the selected row, or takes its bookmark away.
    pub(crate) fn toggle_bookmark(&mut self) -> Option<Effect> {
        let Some(mut mark) = self.selected_bookmark() else {
            return self.bookmarks_unavailable();
        };
        mark.is_bookmarked = !mark.is_bookmarked;
        self.message = Some(match self.key_label(Command::Bookmarks) {
            _ if !mark.is_bookmarked => "Bookmark removed".to_owned(),
            Some(key) => format!("Bookmarked. {key} lists bookmarks and notes"),
            None => "Bookmarked".to_owned(),
        });
        self.save_bookmark(mark)
    }

    /// Begins to write a note on the selected row.
    pub(crate) fn annotate(&mut self) -> Option<Effect> {
        let Some(mark) = self.selected_bookmark() else {
            return self.bookmarks_unavailable();
        };
        let input = Input::new(mark.note.unwrap_or_default());
        self.focus = Focus::Note(NoteEditor { input });
        None
    }

    /// Keeps the note that was written; an empty one goes.
    pub(crate) fn save_note(&mut self, writing: &NoteEditor) -> Option<Effect> {
        let Some(mut mark) = self.selected_bookmark() else {
            return self.bookmarks_unavailable();
        };
        let text = writing.text().trim();
        mark.note = (!text.is_empty()).then(|| text.to_owned());
        self.message = Some(
            if text.is_empty() {
                "Note removed"
            } else {
                "Note saved"
            }
            .to_owned(),
        );
        self.save_bookmark(mark)
    }

    fn save_bookmark(&mut self, mark: Bookmark) -> Option<Effect> {
        self.bookmarks.as_mut()?.put(mark.clone());
        Some(Effect::SaveBookmark(mark))
    }

    /// Lists what is marked.
    pub(crate) fn show_bookmarks(&mut self) -> Option<Effect> {
        if self.bookmarks.is_none() {
            return self.bookmarks_unavailable();
        }
        self.focus = Focus::Bookmarks(BookmarkList::default());
        None
    }

    /// Goes to the chosen one of the marked rows.
    pub(crate) fn open_bookmark(&mut self, marks: BookmarkList) -> Option<Effect> {
        let mark = self
            .bookmarks
            .as_ref()?
            .entries
            .get(marks.selected)?
            .clone();
        self.push_history();
        if mark.code != self.document_view.document().code {
            return Some(Effect::LoadDocument(mark.code, Some(mark.row_path)));
        }
        self.go_to(Some(&mark.row_path));
        None
    }
}
