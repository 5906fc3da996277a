//! Keeps what a reader finds again at the next start: where they were.
//!
//! The file is small TOML in the user's state folder. It is written to a temporary name and then
//! renamed, so that a kill at any moment leaves the old one or the new one. Nobody waits for it:
//! a thread writes, and where it cannot, the reader gets a note and reads on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;
use serde::{Deserialize, Serialize};

use crate::app::Whereabouts;

/// The largest state file that is read, in bytes; a larger one is not ours.
const LARGEST: u64 = 64 * 1024;

/// The user's own folders, after the XDG base directory specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Documents of the user's own, in `content` below it.
    pub data: PathBuf,
    /// Where the reader was.
    pub state: PathBuf,
    /// Keys and themes.
    pub config: PathBuf,
}

impl Folders {
    /// Returns the folders that the environment names; nothing where it names no home.
    pub fn of_user() -> Option<Self> {
        let xdg = Xdg::new().ok()?;
        Some(Self {
            data: xdg.data_dir().join("codeleaf"),
            state: xdg.state_dir()?.join("codeleaf"),
            config: xdg.config_dir().join("codeleaf"),
        })
    }

    /// Returns the file that says where the reader was.
    pub fn state_file(&self) -> PathBuf {
        self.state.join("state.toml")
    }
}

/// The state file.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    code: String,
    place: Option<String>,
    #[serde(default)]
    top: usize,
}

/// Says why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The file is there and cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file does not say where the reader was.
    #[error("{} is damaged: starting afresh", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("cannot keep your place in {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads where the reader was; nothing where nobody was here before.
pub fn read(path: &Path) -> Result<Option<Whereabouts>, KeepError> {
    let unreadable = |source| KeepError::Read {
        path: path.to_owned(),
        source,
    };
    let damaged = || KeepError::Damaged {
        path: path.to_owned(),
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(about) if !about.is_file() || about.len() > LARGEST => return Err(damaged()),
        Ok(_) => {}
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let file: File = toml::from_slice(&bytes).map_err(|_| damaged())?;
    Ok(Some(Whereabouts {
        code: file.code.parse().map_err(|_| damaged())?,
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

/// Replaces a file by way of a temporary one beside it.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // Two readers of one user write at the same time; each needs a name of its own.
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        // Nothing more can be done about a temporary file that does not go.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes the state on a thread of its own.
#[derive(Debug)]
pub struct Keeper {
    places: Sender<Whereabouts>,
    done: Receiver<()>,
}

impl Keeper {
    /// Starts the thread; what it cannot write it tells once.
    pub fn start(path: PathBuf, tell: impl FnOnce(KeepError) + Send + 'static) -> Self {
        let (places, inbox) = mpsc::channel::<Whereabouts>();
        let (finished, done) = mpsc::channel();
        thread::spawn(move || {
            let mut tell = Some(tell);
            while let Ok(mut whereabouts) = inbox.recv() {
                // Of several only the last counts.
                while let Ok(later) = inbox.try_recv() {
                    whereabouts = later;
                }
                if let Err(error) = write(&path, &whereabouts)
                    && let Some(tell) = tell.take()
                {
                    tell(error);
                }
            }
            // Nobody listens when the program left without waiting.
            let _ = finished.send(());
        });
        Self { places, done }
    }

    /// Hands in where the reader is.
    pub fn keep(&self, whereabouts: Whereabouts) {
        // The thread ends with this sender only, so that sending cannot fail.
        let _ = self.places.send(whereabouts);
    }

    /// Lets the thread finish, for as long as nobody minds.
    pub fn finish(self, patience: Duration) {
        drop(self.places);
        match self.done.recv_timeout(patience) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{CodeId, System};

    fn here() -> Whereabouts {
        Whereabouts {
            code: CodeId::new(System::Cpt, "83950").unwrap(),
            place: "coding/modifiers/26".parse().ok(),
            top: 4,
        }
    }

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

    #[test]
    fn the_keeper_writes_the_last_place_and_tells_what_it_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.toml");
        let keeper = Keeper::start(path.clone(), |error| panic!("{error}"));
        for top in 0..9 {
            keeper.keep(Whereabouts { top, ..here() });
        }
        keeper.finish(Duration::from_secs(5));
        assert_eq!(read(&path).unwrap().unwrap().top, 8);

        let (tell, told) = mpsc::channel();
        let keeper = Keeper::start(path.join("below-a-file"), move |error| {
            tell.send(error.to_string()).unwrap()
        });
        keeper.keep(here());
        assert!(
            told.recv_timeout(Duration::from_secs(5))
                .unwrap()
                .contains("cannot keep")
        );
        keeper.finish(Duration::from_secs(5));
    }
}
