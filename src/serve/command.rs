//! Defines what a client asks for once it has a channel, and what it is given.

use std::sync::Arc;

use crate::app::ReadingPosition;
use crate::content::{CodeId, Document, RowPath};
use crate::layout::TableMode;
use crate::serve::channel::client_terminal::ClientTerminal;
use crate::serve::content::ServedContent;
use crate::tty::Capabilities;
use crate::view::Theme;

/// What a client asks for: a command line, as `ssh HOST …` sends it, or none.
#[derive(Clone, Debug)]
pub struct CommandContext<'a> {
    /// The command line; empty where there is none.
    pub line: &'a str,
    /// What the client says of its terminal.
    pub client: &'a ClientTerminal,
    /// What there is to read.
    pub content: &'a ServedContent,
    /// Where this reader was, where that is known and nothing else is asked for.
    pub resume: Option<ReadingPosition>,
}

/// What a client is given.
#[derive(Clone, Debug)]
pub enum Response {
    /// The reader.
    Session(Box<SessionOptions>),
    /// A text, and the end.
    Text(TextResponse),
}

/// Where and how a reader starts.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The document.
    pub document: Arc<Document>,
    /// The row to open it on.
    pub place: Option<RowPath>,
    /// The line to show first.
    pub top: usize,
    /// Whether tables have columns.
    pub flow: TableMode,
    /// What the client's terminal can do.
    pub capabilities: Capabilities,
    /// The colours.
    pub theme: Arc<Theme>,
}

/// A text, and the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextResponse {
    /// For standard output.
    pub out: String,
    /// For standard error, without a line end.
    pub err: String,
    /// The exit status.
    pub status: u8,
    /// The codes that the text is about.
    pub codes: Vec<CodeId>,
}

impl TextResponse {
    /// Says no.
    pub fn error(words: impl Into<String>) -> Self {
        Self {
            err: words.into(),
            status: 2,
            ..Self::default()
        }
    }
}

/// Understands a command line. The parser is the command line's own, which lies above this module,
/// so that it is handed in.
pub type Interpreter = fn(&CommandContext<'_>) -> Response;
