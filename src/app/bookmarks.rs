//! The reader's own bookmarks and notes on rows. They are never part of a document.

use crate::app::messages::bookmarks::NOTE_FIELD;
use crate::content::{CodeId, Date, Document, RowPath};
use crate::search::{Hit, HitGroup, MatchReason, Query};
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
    /// The day on which the row was first marked, if the host knows the date.
    pub date: Option<Date>,
}

impl Bookmarks {
    pub fn get(&self, code: &CodeId, path: &RowPath) -> Option<&Bookmark> {
        self.entries
            .iter()
            .find(|entry| entry.code == *code && entry.row_path == *path)
    }

    /// Returns the notes that have every word of the query.
    pub fn search(&self, query: &Query) -> Vec<Hit> {
        let hits = self.entries.iter().filter_map(|entry| {
            Some(Hit {
                group: HitGroup::Notes,
                code: entry.code.clone(),
                title: entry.name.clone(),
                row_path: Some(entry.row_path.clone()),
                trail: vec![entry.name.clone()],
                reason: MatchReason::Words {
                    field: NOTE_FIELD.to_owned(),
                    typos: 0,
                },
                snippet: query.match_text(entry.note.as_deref()?)?,
            })
        });
        hits.collect()
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
            date: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::CodeSystem;

    #[test]
    fn search_finds_notes_that_have_every_word() {
        let entry = |row: &str, note: Option<&str>| Bookmark {
            code: CodeId::new(CodeSystem::Cpt, "83950").unwrap(),
            row_path: format!("coding/modifiers/{row}").parse().unwrap(),
            name: row.to_owned(),
            is_bookmarked: true,
            note: note.map(str::to_owned),
            date: None,
        };
        let bookmarks = Bookmarks {
            entries: vec![entry("26", None), entry("90", Some("ask Anna first"))],
        };
        let hits = bookmarks.search(&Query::parse("anna ask "));
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].group, HitGroup::Notes);
        assert_eq!(hits[0].trail, ["90"]);
        assert!(bookmarks.search(&Query::parse("anna 26 ")).is_empty());
    }
}
