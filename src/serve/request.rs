//! Defines what a client asks for once it has a channel, and what it is given.

use std::sync::Arc;

use super::{Client, Stock};
use crate::app::Whereabouts;
use crate::content::{CodeId, Document, Place};
use crate::page::Flow;
use crate::terminal::Capabilities;
use crate::view::Theme;

/// What a client asks for: a command line, as `ssh HOST …` sends it, or none.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The command line; empty where there is none.
    pub line: &'a str,
    /// What the client says of its terminal.
    pub client: &'a Client,
    /// What there is to read.
    pub stock: &'a Stock,
    /// Where this reader was, where that is known and nothing else is asked for.
    pub resume: Option<Whereabouts>,
}

/// What a client is given.
#[derive(Clone, Debug)]
pub enum Request {
    /// The reader.
    Read(Box<Opening>),
    /// A text, and the end.
    Print(Print),
}

/// Where and how a reader starts.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The document.
    pub document: Arc<Document>,
    /// The row to open it on.
    pub place: Option<Place>,
    /// The line to show first.
    pub top: usize,
    /// Whether tables have columns.
    pub flow: Flow,
    /// What the client's terminal can do.
    pub capabilities: Capabilities,
    /// The colours.
    pub theme: Arc<Theme>,
}

/// A text, and the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Print {
    /// For standard output.
    pub out: String,
    /// For standard error, without a line end.
    pub err: String,
    /// The exit status.
    pub status: u8,
    /// The codes that the text is about.
    pub codes: Vec<CodeId>,
}

impl Print {
    /// Says no.
    pub fn refusal(words: impl Into<String>) -> Self {
        Self {
            err: words.into(),
            status: 2,
            ..Self::default()
        }
    }
}

/// Understands a command line. The parser is the command line's own, which lies above this module,
/// so that it is handed in.
pub type Interpreter = fn(&Call<'_>) -> Request;
