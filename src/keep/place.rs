//! Keeps where the reader was.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{KeepError, bytes, damaged, replace};
use crate::app::Whereabouts;

/// The state file.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    code: String,
    place: Option<String>,
    #[serde(default)]
    top: usize,
}

/// Reads where the reader was; nothing where nobody was here before.
pub fn read(path: &Path) -> Result<Option<Whereabouts>, KeepError> {
    let Some(bytes) = bytes(path)? else {
        return Ok(None);
    };
    let afresh = || damaged(path, "starting afresh");
    let file: File = toml::from_slice(&bytes).map_err(|_| afresh())?;
    Ok(Some(Whereabouts {
        code: file.code.parse().map_err(|_| afresh())?,
        place: file.place.and_then(|place| place.parse().ok()),
        top: file.top,
    }))
}

/// Writes where the reader is, whole or not at all.
pub fn write(path: &Path, whereabouts: &Whereabouts) -> Result<(), KeepError> {
    let file = File {
        code: whereabouts.code.to_string(),
        place: whereabouts.place.as_ref().map(ToString::to_string),
        top: whereabouts.top,
    };
    let failed = |source| KeepError::Write {
        path: path.to_owned(),
        source,
    };
    let text = toml::to_string(&file).map_err(|error| failed(io::Error::other(error)))?;
    replace(path, text.as_bytes()).map_err(failed)
}

/// A place for tests.
#[cfg(test)]
pub(super) fn here() -> Whereabouts {
    Whereabouts {
        code: "cpt:83950".parse().unwrap(),
        place: "coding/modifiers/26".parse().ok(),
        top: 4,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_kept_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/state.toml");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, &here()).unwrap();
        assert_eq!(read(&path).unwrap(), Some(here()));
        let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 1, "no temporary file stays: {names:?}");
    }

    #[test]
    fn a_damaged_file_is_an_error_and_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.toml");
        for text in ["code = 3", "\u{0}\u{1}", "", "code = \"cpt:1\""] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(read(&path), Err(KeepError::Damaged { .. })),
                "{text:?}"
            );
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(read(&path), Err(KeepError::Damaged { .. })));
    }
}
