//! Defines what a host tells a session.

use std::sync::Arc;

use crate::content::{Document, Place};
use crate::library::{Ask, Excerpt, Library, Topic};
use crate::search::Index;

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
    Leave(Reason),
    /// A document that was asked for is here, with the row to open it on; or why it is not.
    Loaded(Result<Arc<Document>, String>, Option<Place>),
    /// What a list had to ask the library for.
    Told(Vec<(Ask, Excerpt)>),
    /// What documents say on a topic, with the row of the one that it is about.
    Compared(Topic, Arc<Document>, Option<Place>),
    /// The library has been read, or read again.
    Catalogue(Arc<Library>, Arc<Index>),
    /// Something is to be said in the status line.
    Note(String),
}

impl Event {
    /// Answers [`crate::app::Effect::Ask`].
    pub fn told(library: &Library, asks: Vec<Ask>) -> Self {
        let answers = asks.into_iter().map(|ask| (library.excerpt(&ask), ask));
        Self::Told(answers.map(|(excerpt, ask)| (ask, excerpt)).collect())
    }

    /// Answers [`crate::app::Effect::Compare`], where there is anything to compare.
    pub fn compared(library: &Library, topic: Topic) -> Option<Self> {
        let (document, place) = library.comparison(&topic)?;
        Some(Self::Compared(topic, Arc::new(document), place))
    }
}

/// Why a program is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or a terminal that is gone.
    HungUp,
    /// SIGINT.
    Interrupted,
    /// SIGQUIT.
    Quit,
}

impl Reason {
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

/// The size of a terminal in cells, neither side of which is ever zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    columns: u16,
    rows: u16,
}

impl Size {
    /// What is taken for the size of a terminal that does not know its own.
    pub const DEFAULT: Self = Self {
        columns: 80,
        rows: 24,
    };

    /// Returns a size; a side of zero counts as one.
    pub const fn new(columns: u16, rows: u16) -> Self {
        Self {
            columns: if columns == 0 { 1 } else { columns },
            rows: if rows == 0 { 1 } else { rows },
        }
    }

    /// Returns the size that a terminal or an SSH client reports, where zero means "unknown":
    /// serial lines and `ssh -tt` without a terminal report 0×0, which becomes 80×24.
    pub const fn reported(columns: u16, rows: u16) -> Self {
        Self {
            columns: if columns == 0 {
                Self::DEFAULT.columns
            } else {
                columns
            },
            rows: if rows == 0 { Self::DEFAULT.rows } else { rows },
        }
    }

    /// Returns the size, cut to another: what a server grants a client that asks for more.
    #[must_use]
    pub fn at_most(self, limit: Self) -> Self {
        Self {
            columns: self.columns.min(limit.columns),
            rows: self.rows.min(limit.rows),
        }
    }

    /// Returns how many cells a row has.
    pub const fn columns(self) -> u16 {
        self.columns
    }

    /// Returns how many rows there are.
    pub const fn rows(self) -> u16 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_side_is_ever_zero() {
        assert_eq!(Size::new(0, 0), Size::new(1, 1));
        assert_eq!(Size::reported(0, 0), Size::DEFAULT);
        assert_eq!(Size::reported(0, 50), Size::new(80, 50));
        assert_eq!(
            Size::new(500, 40).at_most(Size::new(300, 100)),
            Size::new(300, 40)
        );
    }
}
