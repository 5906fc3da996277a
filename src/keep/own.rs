//! Keeps bookmarks and notes, a `[[mark]]` a row, by code and place.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{KeepError, bytes, damaged, replace};
use crate::app::{Mark, Own};
use crate::content::sanitize;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Marks {
    #[serde(default)]
    mark: Vec<Row>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    code: String,
    place: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    bookmark: bool,
    note: Option<String>,
}

/// Reads the reader's own marks; none where there is no file.
///
/// # Errors
///
/// A damaged file is an error and is never written to, so that no note is lost.
pub fn own(path: &Path) -> Result<Own, KeepError> {
    let Some(bytes) = bytes(path)? else {
        return Ok(Own::default());
    };
    let file: Marks = toml::from_slice(&bytes).map_err(|error| damaged(path, error.message()))?;
    let marks = file.mark.into_iter().map(|row| {
        Ok(Mark {
            code: row
                .code
                .parse()
                .map_err(|error| damaged(path, &format!("{error}")))?,
            place: row
                .place
                .parse()
                .map_err(|()| damaged(path, &format!("`{}` is no place of a row", row.place)))?,
            name: sanitize(&row.name).into_owned(),
            bookmark: row.bookmark,
            note: row.note.map(|note| sanitize(&note).into_owned()),
        })
    });
    Ok(Own {
        marks: marks.collect::<Result<_, KeepError>>()?,
    })
}

/// Keeps one mark among those of the file, whole or not at all. The file is read again first,
/// behind a lock, so that two readers of one user do not lose each other's notes.
pub fn mark(path: &Path, mark: Mark) -> Result<(), KeepError> {
    let failed = |source| KeepError::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let lock = File::create(path.with_extension("lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut own = own(path)?;
    own.put(mark);
    let rows = own.marks.into_iter().map(|mark| Row {
        code: mark.code.to_string(),
        place: mark.place.to_string(),
        name: mark.name,
        bookmark: mark.bookmark,
        note: mark.note,
    });
    let file = Marks {
        mark: rows.collect(),
    };
    let text = toml::to_string(&file).map_err(|error| failed(io::Error::other(error)))?;
    replace(path, text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{CodeId, System};

    fn a_mark(row: &str, note: Option<&str>) -> Mark {
        Mark {
            code: CodeId::new(System::Cpt, "83950").unwrap(),
            place: format!("coding/modifiers/{row}").parse().unwrap(),
            name: row.to_owned(),
            bookmark: note.is_none(),
            note: note.map(str::to_owned),
        }
    }

    #[test]
    fn marks_are_found_again_and_one_that_says_nothing_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/marks.toml");
        assert_eq!(own(&path).unwrap(), Own::default());
        mark(&path, a_mark("26", None)).unwrap();
        mark(&path, a_mark("90", Some("ask \"Anna\"\nfirst"))).unwrap();
        let marks = own(&path).unwrap().marks;
        assert_eq!(marks[0], a_mark("26", None));
        assert_eq!(marks[1].note.as_deref(), Some("ask \"Anna\" first"));
        mark(
            &path,
            Mark {
                bookmark: false,
                ..a_mark("26", None)
            },
        )
        .unwrap();
        assert_eq!(own(&path).unwrap().marks.len(), 1);
    }

    #[test]
    fn a_damaged_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks.toml");
        for text in [
            "[[mark]]\ncode = 3\n",
            "[[mark]]\ncode = \"cpt:83950\"\nplace = \"x\"\n",
        ] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(own(&path), Err(KeepError::Damaged { .. })),
                "{text}"
            );
            assert!(mark(&path, a_mark("26", None)).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn readers_at_the_same_time_lose_no_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks.toml");
        std::thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || mark(path, a_mark(&n.to_string(), None)).unwrap());
            }
        });
        assert_eq!(own(&path).unwrap().marks.len(), 8);
    }
}
