//! The reader's own bookmarks and notes on rows. They are never part of a document.

use crate::content::{CodeId, Document, RowPath};
use crate::text::clip;

/// The longest name that a bookmark keeps of its row, in columns.
const MAX_NAME_COLUMNS: usize = 60;

/// All bookmarks and notes, at most one entry per row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmarks {
    /// In the order in which the rows were first marked.
    pub entries: Vec<Bookmark>,
}

/// A bookmark or note, or both, on one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    pub code: CodeId,
    /// The path by names, so that the row is found again after the document has changed.
    pub row_path: RowPath,
    /// The row's name when it was marked, in case the row is gone.
    pub name: String,
    pub is_bookmarked: bool,
    pub note: Option<String>,
}

impl Bookmarks {
    pub fn get(&self, code: &CodeId, path: &RowPath) -> Option<&Bookmark> {
        self.entries
            .iter()
            .find(|entry| entry.code == *code && entry.row_path == *path)
    }

    /// The entry for a row, or a blank one. `None` if the document has no such row.
    pub(crate) fn get_or_blank(&self, document: &Document, path: &RowPath) -> Option<Bookmark> {
        let (_, _, row) = document.row(path)?;
        let known = self.get(&document.code, path).cloned();
        Some(known.unwrap_or_else(|| Bookmark {
            code: document.code.clone(),
            row_path: path.clone(),
            name: clip(row.name(), MAX_NAME_COLUMNS, "…").into_owned(),
            is_bookmarked: false,
            note: None,
        }))
    }

    /// Replaces the entry for a row. An entry with neither bookmark nor note is removed.
    pub fn put(&mut self, entry: Bookmark) {
        let mut entries = self.entries.iter();
        let position =
            entries.position(|old| old.code == entry.code && old.row_path == entry.row_path);
        match (position, entry.is_bookmarked || entry.note.is_some()) {
            (Some(n), true) => self.entries[n] = entry,
            (Some(n), false) => {
                self.entries.remove(n);
            }
            (None, true) => self.entries.push(entry),
            (None, false) => {}
        }
    }
}
