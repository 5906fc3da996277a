//! The interface between the server and the interpreter of command lines.

use std::sync::Arc;

use crate::app::ReadingPosition;
use crate::content::{CodeId, Document, RowPath};
use crate::layout::TableMode;
use crate::serve::channel::client_terminal::ClientTerminal;
use crate::serve::content::{Appearance, ServedContent};
use crate::tty::Capabilities;

/// Interprets a command line. The parser belongs to `cli`, above this room.
pub type Interpreter = fn(&CommandContext<'_>) -> Response;

/// A command line, as `ssh HOST …` sends it, and the context to interpret it in.
#[derive(Clone, Debug)]
pub struct CommandContext<'a> {
    /// Empty if the client requests a shell.
    pub line: &'a str,
    pub client: &'a ClientTerminal,
    pub content: &'a ServedContent,
    /// The user's saved position, if the command line is empty.
    pub resume: Option<ReadingPosition>,
}

#[derive(Clone, Debug)]
pub enum Response {
    Session(Box<SessionOptions>),
    Text(TextResponse),
}

/// The options that a reader starts with.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    pub document: Arc<Document>,
    /// The row to select.
    pub row_path: Option<RowPath>,
    /// The first visible line.
    pub top: usize,
    pub table_mode: TableMode,
    pub capabilities: Capabilities,
    pub appearance: Appearance,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextResponse {
    /// For standard output.
    pub out: String,
    /// For standard error, without a line end.
    pub err: String,
    pub status: u8,
    /// The codes in the text, for the log.
    pub codes: Vec<CodeId>,
}

impl TextResponse {
    /// An error message with status 2.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            err: message.into(),
            status: 2,
            ..Self::default()
        }
    }
}
