//! The user's folders, and how files in them are read and written.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;

/// The largest file that is read, in bytes; a larger one is not ours.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// The user's own folders, after the XDG base directory specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDirs {
    /// Documents of the user's own, in `content` below it, and their bookmarks and notes.
    pub data: PathBuf,
    /// Where the reader was.
    pub state: PathBuf,
    /// Keys, themes and synonyms.
    pub config: PathBuf,
    /// What can be worked out again: the search index.
    pub cache: PathBuf,
}

impl UserDirs {
    /// Returns the folders that the environment names; nothing where it names no home.
    pub fn from_env() -> Option<Self> {
        let xdg = Xdg::new().ok()?;
        Some(Self {
            data: xdg.data_dir().join("codeleaf"),
            state: xdg.state_dir()?.join("codeleaf"),
            config: xdg.config_dir().join("codeleaf"),
            cache: xdg.cache_dir().join("codeleaf"),
        })
    }

    /// Returns the file of bookmarks and notes.
    pub fn bookmarks_file(&self) -> PathBuf {
        self.data.join("marks.toml")
    }

    /// Returns the file that says where the reader was.
    pub fn state_file(&self) -> PathBuf {
        self.state.join("state.toml")
    }
}

/// Says why something could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum UserDataError {
    /// The file is there and cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file does not read as what it should hold.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, in a few words.
        why: String,
    },
    /// The file cannot be written.
    #[error("cannot keep {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads a file of ours; nothing where there is none.
pub(crate) fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, UserDataError> {
    let unreadable = |source| UserDataError::Read {
        path: path.to_owned(),
        source,
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        // A device or a pipe might never end.
        Ok(about) if !about.is_file() => return Err(damaged(path, "it is no file")),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(damaged(path, "it is too large"));
    }
    Ok(Some(bytes))
}

pub(crate) fn damaged(path: &Path, why: &str) -> UserDataError {
    UserDataError::Damaged {
        path: path.to_owned(),
        why: why.to_owned(),
    }
}
