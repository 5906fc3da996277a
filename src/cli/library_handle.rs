//! The library that the reader uses. A thread replaces it once it has loaded everything, and again
//! after files have changed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::app::Action;
use crate::cli::options::Options;
use crate::cli::progress_bar::UpdateTimer;
use crate::cli::setup;
use crate::content::Document;
use crate::library::{Library, Progress};
use crate::loader::{Change, FileWatcher};
use crate::search::{DocumentSource, IndexBuilder, Synonyms};
use crate::session::Event;
use crate::sync::lock;

/// How long loading may take before its progress is shown.
const REPORT_DELAY: Duration = Duration::from_millis(300);

/// The minimum time between two progress events, since each redraws a line.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// The current library: the one that the reader started with, later the whole one.
#[derive(Clone, Debug)]
pub struct LibraryHandle(Arc<Mutex<Arc<Library>>>);

/// The inputs of background loads.
#[derive(Debug)]
pub struct LoadJob {
    pub options: Options,
    /// The file that the command line names.
    pub file: Option<PathBuf>,
    /// The only document that can be searched during the first load.
    pub open_document: Arc<Document>,
    /// `None` for the built-in synonyms.
    pub synonyms: Option<Synonyms>,
}

impl LibraryHandle {
    pub fn new(library: Arc<Library>) -> Self {
        Self(Arc::new(Mutex::new(library)))
    }

    pub fn library(&self) -> Arc<Library> {
        Arc::clone(&lock(&self.0))
    }

    /// Loads the whole library on a thread, which replaces the current library and sends events. If
    /// there are files, another thread watches them, so that the first thread loads again.
    pub fn load_in_background(&self, job: LoadJob, events: SyncSender<Event>) {
        // Of the requests during a load, one is kept.
        let (sender, requests) = sync_channel(1);
        let folders = setup::content_folders(&job.options);
        if !folders.is_empty() || job.file.is_some() {
            let (this, file, events) = (self.clone(), job.file.clone(), events.clone());
            thread::spawn(move || match FileWatcher::new(&folders, file.as_deref()) {
                Ok(watcher) => watcher.run(|change| match change {
                    Change::Files => {
                        this.library().forget_documents();
                        let _ = events.send(Event::Action(Action::FilesChanged));
                    }
                    Change::Settled => drop(sender.try_send(())),
                }),
                Err(error) => {
                    let message = format!("Changes to files will not be shown: {error}");
                    let _ = events.send(Event::Action(Action::ShowMessage(message)));
                }
            });
        }
        let this = self.clone();
        thread::spawn(move || this.load(&job, &events, &requests));
    }

    /// Loads the library, and again for each request.
    fn load(&self, job: &LoadJob, events: &SyncSender<Event>, requests: &Receiver<()>) {
        let mut open_document = Some(&job.open_document);
        loop {
            let reporter = ProgressReporter {
                handle: self,
                open_document: Mutex::new(open_document.take()),
                events,
                timer: Mutex::new(UpdateTimer::new(REPORT_DELAY, REPORT_INTERVAL)),
            };
            let on_progress = |progress| reporter.report(progress);
            let file = job.file.as_deref();
            let mut loaded = setup::library_with_index(&job.options, file, &on_progress);
            let cache_error = loaded.cache_error.take();
            let (library, index) = loaded.with_synonyms(job.synonyms.clone()).into_shared();
            *lock(&self.0) = Arc::clone(&library);
            // Sending fails if the session has ended.
            let _ = events.send(Event::Action(Action::LibraryLoaded(library, index)));
            if let Some(error) = cache_error {
                let _ = events.send(Event::Action(Action::ShowMessage(error.to_string())));
            }
            if requests.recv().is_err() {
                return;
            }
        }
    }
}

struct ProgressReporter<'a> {
    handle: &'a LibraryHandle,
    /// `None` if the whole library can be searched already, and after the first progress.
    open_document: Mutex<Option<&'a Arc<Document>>>,
    events: &'a SyncSender<Event>,
    timer: Mutex<UpdateTimer>,
}

impl ProgressReporter<'_> {
    fn report(&self, progress: Progress) {
        let open_document = lock(&self.open_document).take();
        if let Some(document) = open_document {
            self.publish_open_document(document);
        }
        if lock(&self.timer).is_due(progress.elapsed) {
            // While the reader is busy, events are dropped: a later one has newer numbers.
            let event = Event::Action(Action::Progress(progress));
            let _ = self.events.try_send(event);
        }
    }

    /// Sends an index of the open document alone, so that it can be searched during the load.
    fn publish_open_document(&self, document: &Arc<Document>) {
        let mut builder = IndexBuilder::new();
        builder.add(document);
        let documents = [(document.code.clone(), Arc::clone(document))];
        let index = builder.finish(DocumentSource::Documents(documents.into()));
        let action = Action::LibraryLoaded(self.handle.library(), Arc::new(index));
        let _ = self.events.send(Event::Action(action));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_gets_progress_after_a_delay_and_at_most_four_times_a_second() {
        let (sender, events) = sync_channel(1000);
        let handle = LibraryHandle::new(Arc::new(Library::built_in()));
        let reporter = ProgressReporter {
            handle: &handle,
            open_document: Mutex::new(None),
            events: &sender,
            timer: Mutex::new(UpdateTimer::new(REPORT_DELAY, REPORT_INTERVAL)),
        };
        for milliseconds in (0..5000).step_by(7) {
            reporter.report(Progress {
                done: milliseconds,
                total: 5000,
                unit: "codes",
                elapsed: Duration::from_millis(milliseconds),
            });
        }
        let times = events.try_iter().map(|event| match event {
            Event::Action(Action::Progress(progress)) => progress.done,
            other => panic!("{other:?}"),
        });
        let times: Vec<u64> = times.collect();
        assert!((300..310).contains(&times[0]), "{times:?}");
        assert!(
            times.windows(5).all(|five| five[4] - five[0] >= 1000),
            "{times:?}"
        );
        assert!(
            times.windows(2).all(|two| two[1] - two[0] < 260),
            "{times:?}"
        );
    }
}
