//! Keeps the library that the reader has: begun at first, whole once a thread has read it all.

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::options::Options;
use crate::cli::setup;
use crate::content::{CodeId, Document};
use crate::library::{IndexingProgress, Library, LoadError};
use crate::search::{DocumentSource, IndexBuilder, Synonyms};
use crate::session::Event;

/// How long reading may take before it is worth a word.
const REPORT_DELAY: Duration = Duration::from_millis(300);

/// How often it says how far it has come: a slow line has better things to carry.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// The library that the reader has.
#[derive(Clone, Debug)]
pub struct LibraryHandle(Arc<Mutex<Arc<Library>>>);

/// What the whole library is read by.
#[derive(Debug)]
pub struct LoadJob {
    /// The options of the command line.
    pub options: Options,
    /// The file that the command line named.
    pub file: Option<PathBuf>,
    /// The document that is open.
    pub open_document: Arc<Document>,
    /// What else readers call things, if the user has a say in it.
    pub synonyms: Option<Synonyms>,
}

impl LibraryHandle {
    /// Begins with a library.
    pub fn new(library: Arc<Library>) -> Self {
        Self(Arc::new(Mutex::new(library)))
    }

    /// Reads a document.
    pub fn document(&self, code: &CodeId) -> Result<Arc<Document>, LoadError> {
        // Reading takes a while, and the whole library does not wait for it.
        let library = self.library();
        library.document(code)
    }

    /// Returns the library as far as it has come.
    pub fn library(&self) -> Arc<Library> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, library: &Arc<Library>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(library);
    }

    /// Reads the whole library on a thread, and tells the reader.
    pub fn load_in_background(&self, errand: LoadJob, events: SyncSender<Event>) {
        let this = self.clone();
        thread::spawn(move || {
            let mut teller = ProgressReporter::new(&this, &errand, &events);
            let file = errand.file.as_deref();
            let mut collection =
                setup::library_with_index(&errand.options, file, &mut |progress| {
                    teller.report(progress);
                });
            let unkept = collection.cache_error.take();
            let (library, index) = collection
                .with_synonyms(errand.synonyms.clone())
                .into_shared();
            this.replace(&library);
            // A session that has ended needs none of it.
            let _ = events.send(Event::LibraryLoaded(library, index));
            if let Some(error) = unkept {
                let _ = events.send(Event::StatusMessage(error.to_string()));
            }
        });
    }
}

/// Tells the reader how far reading has come.
struct ProgressReporter<'e> {
    handle: &'e LibraryHandle,
    job: &'e LoadJob,
    events: &'e SyncSender<Event>,
    started: Option<Instant>,
    last_report: Instant,
}

impl<'e> ProgressReporter<'e> {
    fn new(shelf: &'e LibraryHandle, errand: &'e LoadJob, events: &'e SyncSender<Event>) -> Self {
        Self {
            handle: shelf,
            job: errand,
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
            let _ = self.events.send(Event::Progress(progress));
        }
    }

    /// Lets what is open already be searched meanwhile.
    fn publish_open_document(&self) {
        let open = &self.job.open_document;
        let mut builder = IndexBuilder::new();
        builder.add(open);
        let texts = [(open.code.clone(), Arc::clone(open))];
        let index = builder.finish(DocumentSource::Documents(texts.into()));
        let library = self.handle.library();
        let _ = self
            .events
            .send(Event::LibraryLoaded(library, Arc::new(index)));
    }
}
