//! An SSH server for the terminal reader, without a shell behind it.
//!
//! ```text
//! listener ─► net::limiter ─► net::stream ─► russh ─► channel::handler
//!                                               input, sizes │         │ command line
//!                                                            ▼         ▼
//!            session::Session ◄─ channel::session_task ◄─ input    Interpreter ─► text
//! ```
//!
//! | modules | question |
//! | --- | --- |
//! | `settings` | what can an administrator set? |
//! | `server` | how does the server start, reload and stop? |
//! | `listener` | how are connections accepted, timed and ended? |
//! | `state`, `content`, `positions` | what do connections share, and what is saved for a user? |
//! | `command` | what is passed to the command interpreter, and what does it return? |
//! | `auth` | who may log in, and what is the server's own key? |
//! | `net` | which connections are admitted, and how fast may each send? |
//! | `channel` | what does a client request, and how does its session run? |
//! | `sandbox` | what can the process reach? |
//! | `ops` | what does an administrator see? |
//!
//! Every user gets the same [`crate::session::Session`] as the local reader, driven by a task
//! instead of a thread. All sessions share one [`ServedContent`], which a reload replaces.
//!
//! `auth`, `net` and `ops` know nothing of sessions; `channel` uses them; `listener` and `server`
//! use everything. The parser of command lines belongs to `cli`, above this room, so the server
//! receives it as an [`Interpreter`].
//!
//! Only this room uses `tokio` and `russh`. `server.rs` lists the russh defaults that differ.

mod auth;
mod channel;
mod command;
mod content;
mod listener;
mod net;
mod ops;
mod positions;
mod sandbox;
mod server;
mod settings;
mod state;

// A panic in one session would end all of them.
#[cfg(panic = "abort")]
compile_error!("the feature `serve` needs `panic = \"unwind\"`");

pub use crate::serve::auth::host_key::HostKey;
pub use crate::serve::channel::client_terminal::ClientTerminal;
pub use crate::serve::command::{
    CommandContext, Interpreter, Response, SessionOptions, TextResponse,
};
pub use crate::serve::content::{Appearance, ServedContent};
pub use crate::serve::sandbox::FileAccess;
pub use crate::serve::server::{ServeError, ServerOptions, run};
pub use crate::serve::settings::Settings;
