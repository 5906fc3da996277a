//! Writes on a thread of its own.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::{Folders, KeepError, own, place};
use crate::app::{Mark, Whereabouts};

/// Something to be kept.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Where the reader is.
    Place(Whereabouts),
    /// A bookmark or note; one that says nothing is taken away.
    Mark(Mark),
}

/// The thread that writes.
#[derive(Debug)]
pub struct Keeper {
    errands: Sender<Errand>,
    done: Receiver<()>,
}

impl Keeper {
    /// Starts the thread; what it cannot write, it tells.
    pub fn start(folders: Folders, mut tell: impl FnMut(KeepError) + Send + 'static) -> Self {
        let (errands, inbox) = mpsc::channel::<Errand>();
        let (finished, done) = mpsc::channel();
        thread::spawn(move || {
            let mut told = false;
            while let Ok(first) = inbox.recv() {
                let mut last_place = None;
                for errand in std::iter::once(first).chain(inbox.try_iter()) {
                    match errand {
                        // Of several places only the last counts.
                        Errand::Place(whereabouts) => last_place = Some(whereabouts),
                        Errand::Mark(mark) => {
                            if let Err(error) = own::mark(&folders.marks_file(), mark) {
                                tell(error);
                            }
                        }
                    }
                }
                if let Some(whereabouts) = last_place
                    && let Err(error) = place::write(&folders.state_file(), &whereabouts)
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
        Self { errands, done }
    }

    /// Hands in something to be kept.
    pub fn send(&self, errand: Errand) {
        // The thread ends with this sender only, so that sending cannot fail.
        let _ = self.errands.send(errand);
    }

    /// Lets the thread finish, for as long as nobody minds.
    pub fn finish(self, patience: Duration) {
        drop(self.errands);
        match self.done.recv_timeout(patience) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::place::{self, here};

    fn folders(folder: &std::path::Path) -> Folders {
        Folders {
            data: folder.join("data"),
            state: folder.join("state"),
            config: folder.join("config"),
            cache: folder.join("cache"),
        }
    }

    #[test]
    fn the_keeper_writes_the_last_place_and_tells_what_it_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::start(folders(folder.path()), |error| panic!("{error}"));
        for top in 0..9 {
            keeper.send(Errand::Place(Whereabouts { top, ..here() }));
        }
        keeper.finish(Duration::from_secs(5));
        let path = folders(folder.path()).state_file();
        assert_eq!(place::read(&path).unwrap().unwrap().top, 8);

        let (tell, told) = mpsc::channel();
        let below_a_file = folders(&path);
        let keeper = Keeper::start(below_a_file, move |error| {
            tell.send(error.to_string()).unwrap();
        });
        keeper.send(Errand::Place(here()));
        let words = told.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(words.contains("cannot keep"), "{words}");
        keeper.finish(Duration::from_secs(5));
    }
}
