//! Keeps the library that the reader has: begun at first, whole once a thread has read it all.

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::options::Options;
use super::setup;
use crate::content::{CodeId, Document};
use crate::library::{Library, LoadError};
use crate::search::{IndexBuilder, Progress, Synonyms, Texts};
use crate::terminal::Event;

/// How long reading may take before it is worth a word.
const MOMENT: Duration = Duration::from_millis(300);

/// How often it says how far it has come: a slow line has better things to carry.
const PACE: Duration = Duration::from_millis(250);

/// The library that the reader has.
#[derive(Clone, Debug)]
pub struct Shelf(Arc<Mutex<Arc<Library>>>);

/// What the whole library is read by.
#[derive(Debug)]
pub struct Errand {
    /// The options of the command line.
    pub options: Options,
    /// The file that the command line named.
    pub file: Option<PathBuf>,
    /// The document that is open.
    pub open: Arc<Document>,
    /// What else readers call things, if the user has a say in it.
    pub synonyms: Option<Synonyms>,
}

impl Shelf {
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

    fn put(&self, library: &Arc<Library>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(library);
    }

    /// Reads the whole library on a thread, and tells the reader.
    pub fn fill(&self, errand: Errand, events: SyncSender<Event>) {
        let this = self.clone();
        thread::spawn(move || {
            let mut teller = Teller::new(&this, &errand, &events);
            let file = errand.file.as_deref();
            let mut collection =
                setup::collection(&errand.options, file, &mut |progress| teller.tell(progress));
            let unkept = collection.unkept.take();
            let (library, index) = collection.with_synonyms(errand.synonyms.clone()).share();
            this.put(&library);
            // A session that has ended needs none of it.
            let _ = events.send(Event::Catalogue(library, index));
            if let Some(error) = unkept {
                let _ = events.send(Event::Note(error.to_string()));
            }
        });
    }
}

/// Tells the reader how far reading has come.
struct Teller<'e> {
    shelf: &'e Shelf,
    errand: &'e Errand,
    events: &'e SyncSender<Event>,
    started: Option<Instant>,
    told: Instant,
}

impl<'e> Teller<'e> {
    fn new(shelf: &'e Shelf, errand: &'e Errand, events: &'e SyncSender<Event>) -> Self {
        Self {
            shelf,
            errand,
            events,
            started: None,
            told: Instant::now(),
        }
    }

    fn tell(&mut self, progress: Progress) {
        let now = Instant::now();
        let Some(started) = self.started else {
            self.started = Some(now);
            return self.lend();
        };
        if now - started >= MOMENT && now - self.told >= PACE {
            self.told = now;
            let _ = self.events.send(Event::Progress(progress));
        }
    }

    /// Lets what is open already be searched meanwhile.
    fn lend(&self) {
        let open = &self.errand.open;
        let mut builder = IndexBuilder::new();
        builder.add(open);
        let texts = [(open.code.clone(), Arc::clone(open))];
        let index = builder.finish(Texts::Documents(texts.into()));
        let library = self.shelf.library();
        let _ = self.events.send(Event::Catalogue(library, Arc::new(index)));
    }
}
