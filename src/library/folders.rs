//! The content folders: where a library looks for documents besides the built-in ones.
//! `library::catalog` decides which document overrides which.

use std::env::split_paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Returns the folders of documents; a later one overrides an earlier one.
///
/// They are `content` in the user's data folder, then those of `CODELEAF_CONTENT` (separated by
/// colons), then the `explicit` ones. Only the first is left out if it does not exist, because the
/// user did not ask for it; the library reports the others.
pub fn content_folders(
    data_folder: Option<&Path>,
    variable: Option<&OsStr>,
    explicit: &[PathBuf],
) -> Vec<PathBuf> {
    let data = data_folder.map(|folder| folder.join("content"));
    let variable = variable.unwrap_or_default();
    let named = split_paths(variable).filter(|path| !path.as_os_str().is_empty());
    data.into_iter()
        .filter(|folder| folder.exists())
        .chain(named)
        .chain(explicit.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn data_folder_comes_first_and_explicit_folders_last() {
        let data = tempfile::tempdir().unwrap();
        let content = data.path().join("content");
        fs::create_dir_all(&content).unwrap();
        let explicit = ["/c".into(), "/a".into()];
        let expected: [PathBuf; 5] = [content, "/a".into(), "b".into(), "/c".into(), "/a".into()];
        let variable = Some(OsStr::new("/a::b"));
        assert_eq!(
            content_folders(Some(data.path()), variable, &explicit),
            expected
        );
    }

    #[test]
    fn missing_data_folder_is_left_out() {
        let nowhere = Some(Path::new("/nowhere/at/all"));
        assert!(content_folders(nowhere, None, &[]).is_empty());
        assert_eq!(
            content_folders(None, None, &["/missing".into()]),
            [PathBuf::from("/missing")]
        );
    }
}
