//! The content folders: where a library looks for documents besides the built-in ones.

use std::env::split_paths;
use std::ffi::OsString;
use std::path::PathBuf;

/// Returns the content folders. A later one overrides an earlier one: the user's data folder
/// (`$XDG_DATA_HOME/codeleaf/content`), the colon-separated folders of `CODELEAF_CONTENT`, then the
/// `explicit` ones.
///
/// `env` reads an environment variable. A data folder that does not exist is left out, because the
/// user did not ask for it. The others are returned in any case, and the library reports those that
/// do not exist.
pub fn content_folders(
    explicit: &[PathBuf],
    env: impl Fn(&str) -> Option<OsString>,
) -> Vec<PathBuf> {
    let data = data_folder(&env).filter(|folder| folder.exists());
    let variable = env("CODELEAF_CONTENT").unwrap_or_default();
    let named = split_paths(&variable).filter(|path| !path.as_os_str().is_empty());
    data.into_iter()
        .chain(named)
        .chain(explicit.iter().cloned())
        .collect()
}

/// Returns the user's folder for documents. The XDG Base Directory Specification says to ignore
/// relative paths.
fn data_folder(env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        env(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("codeleaf/content"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn data_folder_comes_first_and_explicit_folders_last() {
        let data = tempfile::tempdir().unwrap();
        let content = data.path().join("codeleaf/content");
        fs::create_dir_all(&content).unwrap();
        let env = |name: &str| match name {
            "XDG_DATA_HOME" => Some(data.path().into()),
            "CODELEAF_CONTENT" => Some("/a::b".into()),
            _ => None,
        };
        let explicit = ["/c".into(), "/a".into()];
        let expected: [PathBuf; 5] = [content, "/a".into(), "b".into(), "/c".into(), "/a".into()];
        assert_eq!(content_folders(&explicit, env), expected);
    }

    #[test]
    fn data_folder_defaults_to_home() {
        let home = tempfile::tempdir().unwrap();
        let content = home.path().join(".local/share/codeleaf/content");
        fs::create_dir_all(&content).unwrap();
        for named in [None, Some("relative/folders/are/ignored")] {
            let env = |name: &str| match name {
                "HOME" => Some(home.path().into()),
                "XDG_DATA_HOME" => named.map(Into::into),
                _ => None,
            };
            assert_eq!(content_folders(&[], env), std::slice::from_ref(&content));
        }
    }

    #[test]
    fn missing_data_folder_is_left_out() {
        let none = |name: &str| (name == "HOME").then(|| "/nowhere/at/all".into());
        assert!(content_folders(&[], none).is_empty());
        assert_eq!(
            content_folders(&["/missing".into()], |_| None),
            [PathBuf::from("/missing")]
        );
    }
}
