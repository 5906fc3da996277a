//! The library that the reader uses. A thread replaces it once it has loaded everything, and again
//! after files have changed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::Action;
use crate::cli::options::Options;
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
                open_document: open_document.take(),
                events,
                next_report: Mutex::default(),
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
    /// `None` if the whole library can be searched already.
    open_document: Option<&'a Arc<Document>>,
    events: &'a SyncSender<Event>,
    /// `None` before the first progress.
    next_report: Mutex<Option<Instant>>,
}

impl ProgressReporter<'_> {
    fn report(&self, progress: Progress) {
        let now = Instant::now();
        let mut next_report = lock(&self.next_report);
        match *next_report {
            None => {
                *next_report = Some(now + REPORT_DELAY);
                self.publish_open_document();
            }
            Some(due) if now >= due => {
                *next_report = Some(now + REPORT_INTERVAL);
                // While the reader is busy, events are dropped: a later one has newer numbers.
                let event = Event::Action(Action::Progress(progress));
                let _ = self.events.try_send(event);
            }
            Some(_) => {}
        }
    }

    /// Sends an index of the open document alone, so that it can be searched during the load.
    fn publish_open_document(&self) {
        let Some(document) = self.open_document else {
            return;
        };
        let mut builder = IndexBuilder::new();
        builder.add(document);
        let documents = [(document.code.clone(), Arc::clone(document))];
        let index = builder.finish(DocumentSource::Documents(documents.into()));
        let action = Action::LibraryLoaded(self.handle.library(), Arc::new(index));
        let _ = self.events.send(Event::Action(action));
    }
}
