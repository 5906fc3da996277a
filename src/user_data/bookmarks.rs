//! The file of bookmarks and notes: a `[[mark]]` per row of a document.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::{Bookmark, Bookmarks};
use crate::files::{create_folder, lock};
use crate::text::sanitize;
use crate::user_data::dirs::{UserDataError, damaged, read_if_exists, write_error, write_toml};

#[derive(Debug, Default, Serialize, Deserialize)]
struct BookmarksFile {
    #[serde(default)]
    mark: Vec<BookmarkRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct BookmarkRow {
    code: String,
    place: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    bookmark: bool,
    note: Option<String>,
    date: Option<String>,
}

/// Reads the bookmarks; empty if there is no file.
pub fn load_bookmarks(path: &Path) -> Result<Bookmarks, UserDataError> {
    let Some(bytes) = read_if_exists(path)? else {
        return Ok(Bookmarks::default());
    };
    let file: BookmarksFile =
        toml::from_slice(&bytes).map_err(|error| damaged(path, error.message()))?;
    let bookmarks = file.mark.into_iter().map(|row| {
        Ok(Bookmark {
            code: row.code.parse().map_err(|error| damaged(path, error))?,
            row_path: row
                .place
                .parse()
                .map_err(|()| damaged(path, format!("`{}` is not a row", row.place)))?,
            name: sanitize(&row.name).into_owned(),
            is_bookmarked: row.bookmark,
            note: row.note.map(|note| sanitize(&note).into_owned()),
            date: row.date.and_then(|date| date.parse().ok()),
        })
    });
    Ok(Bookmarks {
        entries: bookmarks.collect::<Result<_, UserDataError>>()?,
    })
}

/// Adds, replaces or removes a bookmark in the file.
///
/// The file is locked and read first, so that several sessions of one user do not lose each other's
/// notes. A damaged file is an error and stays as it is.
pub fn save_bookmark(path: &Path, bookmark: Bookmark) -> Result<(), UserDataError> {
    let failed = |source| write_error(path, source);
    if let Some(folder) = path.parent() {
        create_folder(folder).map_err(failed)?;
    }
    let _lock = lock(&path.with_extension("lock")).map_err(failed)?;
    let mut bookmarks = load_bookmarks(path)?;
    bookmarks.put(bookmark);
    let rows = bookmarks.entries.into_iter().map(|entry| BookmarkRow {
        code: entry.code.to_string(),
        place: entry.row_path.to_string(),
        name: entry.name,
        bookmark: entry.is_bookmarked,
        note: entry.note,
        date: entry.date.map(|date| date.to_string()),
    });
    let mark = rows.collect();
    write_toml(path, &BookmarksFile { mark })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::content::{CodeId, CodeSystem};

    fn sample_bookmark(row: &str, note: Option<&str>) -> Bookmark {
        Bookmark {
            code: CodeId::new(CodeSystem::Cpt, "83950").unwrap(),
            row_path: format!("coding/modifiers/{row}").parse().unwrap(),
            name: row.to_owned(),
            is_bookmarked: note.is_none(),
            note: note.map(str::to_owned),
            date: "2026-11-25".parse().ok(),
        }
    }

    #[test]
    fn bookmarks_round_trip_and_empty_ones_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/marks.toml");
        assert_eq!(load_bookmarks(&path).unwrap(), Bookmarks::default());
        save_bookmark(&path, sample_bookmark("26", None)).unwrap();
        save_bookmark(&path, sample_bookmark("90", Some("ask \"Anna\"\nfirst"))).unwrap();
        let marks = load_bookmarks(&path).unwrap().entries;
        assert_eq!(marks[0], sample_bookmark("26", None));
        assert_eq!(marks[1].note.as_deref(), Some("ask \"Anna\" first"));
        save_bookmark(
            &path,
            Bookmark {
                is_bookmarked: false,
                ..sample_bookmark("26", None)
            },
        )
        .unwrap();
        assert_eq!(load_bookmarks(&path).unwrap().entries.len(), 1);
    }

    #[test]
    fn damaged_bookmarks_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks.toml");
        for text in [
            "[[mark]]\ncode = 3\n",
            "[[mark]]\ncode = \"cpt:83950\"\nplace = \"x\"\n",
        ] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(load_bookmarks(&path), Err(UserDataError::Damaged { .. })),
                "{text}"
            );
            assert!(save_bookmark(&path, sample_bookmark("26", None)).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn concurrent_saves_keep_every_bookmark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks.toml");
        std::thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    save_bookmark(path, sample_bookmark(&n.to_string(), None)).unwrap();
                });
            }
        });
        assert_eq!(load_bookmarks(&path).unwrap().entries.len(), 8);
    }
}
