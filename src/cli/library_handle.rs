//! The library of the local reader: lazy at first, fully loaded once a thread has read it.

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::Action;
use crate::cli::options::Options;
use crate::cli::setup;
use crate::content::Document;
use crate::library::{IndexingProgress, Library};
use crate::search::{DocumentSource, IndexBuilder, Synonyms};
use crate::session::Event;

/// The time after which progress is shown.
const REPORT_DELAY: Duration = Duration::from_millis(300);

/// The time between two progress reports, so that a slow line stays free for other things.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// A shared handle to the library as far as it is loaded.
#[derive(Clone, Debug)]
pub struct LibraryHandle(Arc<Mutex<Arc<Library>>>);

/// What is needed to load the whole library.
#[derive(Debug)]
pub struct LoadJob {
    pub options: Options,
    /// The file that the command line names.
    pub file: Option<PathBuf>,
    pub open_document: Arc<Document>,
    /// The user's synonyms, if they have their own.
    pub synonyms: Option<Synonyms>,
}

impl LibraryHandle {
    pub fn new(library: Arc<Library>) -> Self {
        Self(Arc::new(Mutex::new(library)))
    }

    /// The library as far as it is loaded. The lock is not held while documents are read.
    pub fn library(&self) -> Arc<Library> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, library: &Arc<Library>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(library);
    }

    /// Loads the whole library on a thread, which sends it to the session as an event.
    pub fn load_in_background(&self, job: LoadJob, events: SyncSender<Event>) {
        let handle = self.clone();
        thread::spawn(move || {
            let mut reporter = ProgressReporter::new(&handle, &job, &events);
            let file = job.file.as_deref();
            let mut loaded = setup::library_with_index(&job.options, file, &mut |progress| {
                reporter.report(progress);
            });
            let cache_error = loaded.cache_error.take();
            let (library, index) = loaded.with_synonyms(job.synonyms.clone()).into_shared();
            handle.replace(&library);
            // Sending fails only after the session has ended.
            let _ = events.send(Event::Action(Action::LibraryLoaded(library, index)));
            if let Some(error) = cache_error {
                let _ = events.send(Event::Action(Action::ShowMessage(error.to_string())));
            }
        });
    }
}

/// Sends the progress of loading to the session, once it takes longer than a moment.
struct ProgressReporter<'e> {
    handle: &'e LibraryHandle,
    job: &'e LoadJob,
    events: &'e SyncSender<Event>,
    started: Option<Instant>,
    last_report: Instant,
}

impl<'e> ProgressReporter<'e> {
    fn new(handle: &'e LibraryHandle, job: &'e LoadJob, events: &'e SyncSender<Event>) -> Self {
        Self {
            handle,
            job,
            events,
            started: None,
            last_report: Instant::now(),
        }
    }

    fn report(&mut self, progress: IndexingProgress) {
        let now = Instant::now();
        let Some(started) = self.started else {
            self.started = Some(now);
            return self.publish_open_document();
        };
        if now - started >= REPORT_DELAY && now - self.last_report >= REPORT_INTERVAL {
            self.last_report = now;
            let _ = self.events.send(Event::Action(Action::Progress(progress)));
        }
    }

    /// Makes the open document searchable while the rest is being indexed.
    fn publish_open_document(&self) {
        let open = &self.job.open_document;
        let mut builder = IndexBuilder::new();
        builder.add(open);
        let documents = [(open.code.clone(), Arc::clone(open))];
        let index = Arc::new(builder.finish(DocumentSource::Documents(documents.into())));
        let library = self.handle.library();
        let _ = self
            .events
            .send(Event::Action(Action::LibraryLoaded(library, index)));
    }
}
