//! The user's XDG folders, and reading of files in them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use serde::Serialize;

use crate::files::{self, FileError, write_atomic};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// The program's folders after the XDG Base Directory Specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDirs {
    /// Documents (in `content`), imported code sets (in `sets`), bookmarks and notes.
    pub data: PathBuf,
    /// The reading position, the search history and the settings.
    pub state: PathBuf,
    /// Keys, themes and synonyms.
    pub config: PathBuf,
    /// The catalog cache and the search index.
    pub cache: PathBuf,
}

/// Returns `$HOME`. The user database is not read: for that, a statically linked glibc would load
/// shared modules.
fn home() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    Some(PathBuf::from(home))
}

impl UserDirs {
    /// Returns the folders from the environment; `None` without a home folder.
    pub fn from_env() -> Option<Self> {
        Self::new(home().as_deref(), |variable| std::env::var_os(variable))
    }

    /// Returns the default folders, whatever the XDG variables are; `None` without a home folder.
    pub fn from_home() -> Option<Self> {
        Self::new(home().as_deref(), |_| None)
    }

    fn new(home: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let folder = |name, default| {
            // The specification says to ignore relative paths.
            let base = variable(name).map(PathBuf::from);
            let base = base.filter(|base| base.is_absolute());
            let base = base.or_else(|| Some(home?.join(default)))?;
            Some(base.join("codeleaf"))
        };
        Some(Self {
            data: folder("XDG_DATA_HOME", ".local/share")?,
            state: folder("XDG_STATE_HOME", ".local/state")?,
            config: folder("XDG_CONFIG_HOME", ".config")?,
            cache: folder("XDG_CACHE_HOME", ".cache")?,
        })
    }

    pub fn bookmarks_file(&self) -> PathBuf {
        self.data.join("marks.toml")
    }

    pub fn state_file(&self) -> PathBuf {
        self.state.join("state.toml")
    }

    /// The file of settings that were changed with keys.
    pub fn settings_file(&self) -> PathBuf {
        self.state.join("settings")
    }

    pub fn search_history_file(&self) -> PathBuf {
        self.state.join("history.toml")
    }
}

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum UserDataError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("cannot save {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Reads a file; `None` if it does not exist.
pub(crate) fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, UserDataError> {
    match files::read(path, MAX_FILE_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(FileError::Io(source)) => Err(UserDataError::Read {
            path: path.to_owned(),
            source,
        }),
        Err(error) => Err(damaged(path, error)),
    }
}

/// Writes a file as TOML, and waits until it is on disk.
pub(crate) fn write_toml(path: &Path, content: &impl Serialize) -> Result<(), UserDataError> {
    toml::to_string(content)
        .map_err(io::Error::other)
        .and_then(|text| write_atomic(path, text.as_bytes()))
        .map_err(|source| write_error(path, source))
}

pub(crate) fn write_error(path: &Path, source: io::Error) -> UserDataError {
    UserDataError::Write {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn damaged(path: &Path, reason: impl fmt::Display) -> UserDataError {
    UserDataError::Damaged {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_xdg_folders_override_those_in_the_home_folder() {
        let variable = |name: &str| match name {
            "XDG_DATA_HOME" => Some("/data".into()),
            "XDG_STATE_HOME" => Some("state".into()),
            _ => None,
        };
        let dirs = UserDirs::new(Some(Path::new("/h")), variable).unwrap();
        assert_eq!(dirs.data, Path::new("/data/codeleaf"));
        assert_eq!(dirs.state, Path::new("/h/.local/state/codeleaf"));
        assert_eq!(dirs.cache, Path::new("/h/.cache/codeleaf"));
        assert_eq!(UserDirs::new(None, variable), None);
        assert!(UserDirs::new(None, |_| Some("/x".into())).is_some());
    }
}
