//! The thread that writes user data.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use crate::app::{Bookmark, PaneSettings, ReadingPosition, SearchHistory};
use crate::user_data::dirs::{UserDataError, UserDirs};
use crate::user_data::settings::update_settings;
use crate::user_data::{bookmarks, position, search_history};

#[derive(Clone, Debug)]
pub enum WriteJob {
    Position(ReadingPosition),
    /// A bookmark or note; an empty one is removed.
    Bookmark(Bookmark),
    SearchHistory(SearchHistory),
    /// The name of the selected theme.
    Theme(&'static str),
    Panes(PaneSettings),
    /// Records that the reader was started.
    FirstStart,
}

/// The sender of jobs to the thread.
#[derive(Debug)]
pub struct StateWriter {
    jobs: Sender<WriteJob>,
    /// Receives when the thread ends.
    done: Receiver<()>,
}

impl StateWriter {
    /// Starts the thread, which passes errors to `report`.
    pub fn start(dirs: UserDirs, mut report: impl FnMut(UserDataError) + Send + 'static) -> Self {
        let (jobs, inbox) = mpsc::channel::<WriteJob>();
        let (finished, done) = mpsc::channel();
        thread::spawn(move || {
            let mut is_position_error_reported = false;
            while let Ok(first) = inbox.recv() {
                let mut last_position = None;
                for job in std::iter::once(first).chain(inbox.try_iter()) {
                    let settings = dirs.settings_file();
                    let saved = match job {
                        WriteJob::Position(position) => {
                            last_position = Some(position);
                            Ok(())
                        }
                        WriteJob::Bookmark(bookmark) => {
                            bookmarks::save_bookmark(&dirs.bookmarks_file(), bookmark)
                        }
                        WriteJob::Theme(name) => {
                            update_settings(&settings, |it| it.theme = Some(name.to_owned()))
                        }
                        WriteJob::Panes(panes) => update_settings(&settings, |it| it.panes = panes),
                        WriteJob::FirstStart => update_settings(&settings, |_| ()),
                        WriteJob::SearchHistory(history) => {
                            let path = dirs.search_history_file();
                            search_history::save_search_history(&path, history)
                        }
                    };
                    saved.unwrap_or_else(&mut report);
                }
                if let Some(position) = last_position
                    && let Err(error) = position::save_position(&dirs.state_file(), &position)
                    && !is_position_error_reported
                {
                    // It would repeat after every move.
                    is_position_error_reported = true;
                    report(error);
                }
            }
            // The receiver is gone if the program did not wait.
            let _ = finished.send(());
        });
        Self { jobs, done }
    }

    pub fn send(&self, job: WriteJob) {
        // Cannot fail: the thread ends after this sender is dropped.
        let _ = self.jobs.send(job);
    }

    /// Waits until all jobs are done, or the timeout passes.
    pub fn finish(self, timeout: Duration) {
        drop(self.jobs);
        let _ = self.done.recv_timeout(timeout);
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
        let writer = StateWriter::start(user_dirs(folder.path()), |error| panic!("{error}"));
        for top in 0..9 {
            writer.send(WriteJob::Position(ReadingPosition {
                top,
                ..sample_position()
            }));
        }
        writer.finish(Duration::from_secs(5));
        let path = user_dirs(folder.path()).state_file();
        assert_eq!(position::load_position(&path).unwrap().unwrap().top, 8);

        let (report, reported) = mpsc::channel();
        let dirs_below_a_file = user_dirs(&path);
        let writer = StateWriter::start(dirs_below_a_file, move |error| {
            report.send(error.to_string()).unwrap();
        });
        writer.send(WriteJob::Position(sample_position()));
        let message = reported.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(message.contains("cannot save"), "{message}");
        writer.finish(Duration::from_secs(5));
    }
}
