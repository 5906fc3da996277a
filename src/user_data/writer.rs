//! Writes on a thread of its own.

use std::sync::mpsc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::app::{Bookmark, ReadingPosition};
use crate::user_data::dirs::{UserDataError, UserDirs};
use crate::user_data::{bookmarks, position};

/// Something to be kept.
#[derive(Clone, Debug)]
pub enum WriteJob {
    /// Where the reader is.
    Position(ReadingPosition),
    /// A bookmark or note; one that says nothing is taken away.
    Bookmark(Bookmark),
}

/// The thread that writes.
#[derive(Debug)]
pub struct StateWriter {
    jobs: Sender<WriteJob>,
    done: Receiver<()>,
}

impl StateWriter {
    /// Starts the thread; what it cannot write, it tells.
    pub fn start(folders: UserDirs, mut tell: impl FnMut(UserDataError) + Send + 'static) -> Self {
        let (errands, inbox) = mpsc::channel::<WriteJob>();
        let (finished, done) = mpsc::channel();
        thread::spawn(move || {
            let mut told = false;
            while let Ok(first) = inbox.recv() {
                let mut last_place = None;
                for errand in std::iter::once(first).chain(inbox.try_iter()) {
                    match errand {
                        // Of several places only the last counts.
                        WriteJob::Position(whereabouts) => last_place = Some(whereabouts),
                        WriteJob::Bookmark(mark) => {
                            if let Err(error) =
                                bookmarks::save_bookmark(&folders.bookmarks_file(), mark)
                            {
                                tell(error);
                            }
                        }
                    }
                }
                if let Some(whereabouts) = last_place
                    && let Err(error) = position::save_position(&folders.state_file(), &whereabouts)
                    && !told
                {
                    // Once is enough: it would fail after every move.
                    told = true;
                    tell(error);
                }
            }
            // Nobody listens when the program left without waiting.
            let _ = finished.send(());
        });
        Self {
            jobs: errands,
            done,
        }
    }

    /// Hands in something to be kept.
    pub fn send(&self, errand: WriteJob) {
        // The thread ends with this sender only, so that sending cannot fail.
        let _ = self.jobs.send(errand);
    }

    /// Lets the thread finish, for as long as nobody minds.
    pub fn finish(self, patience: Duration) {
        drop(self.jobs);
        match self.done.recv_timeout(patience) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_data::position;
    use crate::user_data::position::sample_position;

    fn user_dirs(folder: &std::path::Path) -> UserDirs {
        UserDirs {
            data: folder.join("data"),
            state: folder.join("state"),
            config: folder.join("config"),
            cache: folder.join("cache"),
        }
    }

    #[test]
    fn writer_saves_last_position_and_reports_errors() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = StateWriter::start(user_dirs(folder.path()), |error| panic!("{error}"));
        for top in 0..9 {
            keeper.send(WriteJob::Position(ReadingPosition {
                top,
                ..sample_position()
            }));
        }
        keeper.finish(Duration::from_secs(5));
        let path = user_dirs(folder.path()).state_file();
        assert_eq!(position::load_position(&path).unwrap().unwrap().top, 8);

        let (tell, told) = mpsc::channel();
        let below_a_file = user_dirs(&path);
        let keeper = StateWriter::start(below_a_file, move |error| {
            tell.send(error.to_string()).unwrap();
        });
        keeper.send(WriteJob::Position(sample_position()));
        let words = told.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(words.contains("cannot keep"), "{words}");
        keeper.finish(Duration::from_secs(5));
    }
}
