//! The file of the reading position.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::ReadingPosition;
use crate::user_data::dirs::{UserDataError, damaged, read_if_exists, write_toml};

#[derive(Debug, Serialize, Deserialize)]
struct PositionFile {
    code: String,
    place: Option<String>,
    #[serde(default)]
    top: usize,
}

/// Reads the last position; `None` if there is no file.
pub fn load_position(path: &Path) -> Result<Option<ReadingPosition>, UserDataError> {
    let Some(bytes) = read_if_exists(path)? else {
        return Ok(None);
    };
    let invalid = || damaged(path, "starting without it");
    let file: PositionFile = toml::from_slice(&bytes).map_err(|_| invalid())?;
    Ok(Some(ReadingPosition {
        code: file.code.parse().map_err(|_| invalid())?,
        row_path: file.place.and_then(|place| place.parse().ok()),
        top: file.top,
    }))
}

pub fn save_position(path: &Path, position: &ReadingPosition) -> Result<(), UserDataError> {
    let content = PositionFile {
        code: position.code.to_string(),
        place: position.row_path.as_ref().map(ToString::to_string),
        top: position.top,
    };
    write_toml(path, &content)
}

#[cfg(test)]
pub(crate) fn sample_position() -> ReadingPosition {
    ReadingPosition {
        code: "cpt:83950".parse().unwrap(),
        row_path: "coding/modifiers/26".parse().ok(),
        top: 4,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn position_round_trips() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/state.toml");
        assert_eq!(load_position(&path).unwrap(), None);
        save_position(&path, &sample_position()).unwrap();
        assert_eq!(load_position(&path).unwrap(), Some(sample_position()));
        let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 1, "no temporary file stays: {names:?}");
    }

    #[test]
    fn damaged_position_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.toml");
        for text in ["code = 3", "\u{0}\u{1}", "", "code = \"cpt:1\""] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(load_position(&path), Err(UserDataError::Damaged { .. })),
                "{text:?}"
            );
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(
            load_position(&path),
            Err(UserDataError::Damaged { .. })
        ));
    }
}
