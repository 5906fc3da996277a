//! Defines what a host tells a session.

use std::sync::Arc;

use crate::content::{Document, RowPath};
use crate::library::{ComparisonRequest, Excerpt, ExcerptRequest, IndexingProgress, Library};
use crate::search::Index;
use crate::tty::Size;

/// What a host tells a session.
#[derive(Clone, Debug)]
pub enum Event {
    /// The terminal sent bytes.
    Bytes(Vec<u8>),
    /// The terminal has another size.
    Resize(Size),
    /// The terminal is gone, or its input ended.
    Eof,
    /// The moment that the session asked to be woken at has come.
    Deadline,
    /// Somebody asked that the program be suspended, as `kill -TSTP` does.
    Suspend,
    /// The program goes on after a suspension; the terminal may show anything.
    Resumed,
    /// The program is to end.
    Shutdown(ShutdownReason),
    /// A document that was asked for is here, with the row to open it on; or why it is not.
    Loaded(Result<Arc<Document>, String>, Option<RowPath>),
    /// What a list had to ask the library for.
    ExcerptsLoaded(Vec<(ExcerptRequest, Excerpt)>),
    /// What documents say on a topic, with the row of the one that it is about.
    ComparisonLoaded(ComparisonRequest, Arc<Document>, Option<RowPath>),
    /// The library is being read; it has come so far.
    Progress(IndexingProgress),
    /// The library has been read, or read again, or has only begun.
    LibraryLoaded(Arc<Library>, Arc<Index>),
    /// The open document was read again.
    Reloaded(Arc<Document>),
    /// Something is to be said in the status line.
    StatusMessage(String),
}

impl Event {
    /// Answers [`crate::app::action::Effect::LoadExcerpts`].
    pub fn load_excerpts(library: &Library, asks: Vec<ExcerptRequest>) -> Self {
        let answers = asks.into_iter().map(|ask| (library.excerpt(&ask), ask));
        Self::ExcerptsLoaded(answers.map(|(excerpt, ask)| (ask, excerpt)).collect())
    }

    /// Answers [`crate::app::action::Effect::LoadComparison`], where there is anything to compare.
    pub fn load_comparison(library: &Library, topic: ComparisonRequest) -> Option<Self> {
        let (document, place) = library.comparison(&topic)?;
        Some(Self::ComparisonLoaded(topic, Arc::new(document), place))
    }
}

/// Why a program is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownReason {
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or a terminal that is gone.
    HungUp,
    /// SIGINT.
    Interrupted,
    /// SIGQUIT.
    Quit,
}

impl ShutdownReason {
    /// Returns the exit status that a shell would show had the signal ended the program: 128 and
    /// the number of the signal.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Quit => 131,
            Self::Terminated => 143,
        }
    }
}
