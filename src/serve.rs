//! Serves the reference over SSH, with no shell behind it.
//!
//! ```text
//! listener ─► gate (how many?) ─► wire ─► russh ─► handler (who? what?)
//!                                                     │ bytes, sizes        │ one command line
//!                                                     ▼                     ▼
//!                                    inbox ─► reading ─► terminal::Session  interpreter ─► text
//! ```
//!
//! | modules | question |
//! | --- | --- |
//! | `settings`, `lapse` | what may an administrator set? |
//! | `server` | when does it start, reload, end? |
//! | `house`, `stock` | what do all connections share? |
//! | `listener`, `connection`, `gate`, `wire`, `inflow` | who may connect, and how much may one connection take? |
//! | `entry`, `roll`, `authorized`, `origin`, `host_key` | who is who? |
//! | `handler`, `refusals`, `client` | what does a client say and ask for? |
//! | `channel`, `desk`, `request`, `reading`, `guard`, `inbox`, `idleness`, `ending`, `places` | what becomes of one session? |
//! | `log`, `metrics`, `notify` | what does an administrator see? |
//!
//! Each reader has the very [`crate::session::Session`] that a local one has, driven by a task
//! instead of a thread; all of them share one [`ServedContent`] of documents, which a reload replaces.
//! There is nothing else to ask for: no shell, no files, no forwarding. What a command line means
//! is the command line's own business, so that its parser is handed in as an [`Interpreter`].
//!
//! `tokio` and `russh` occur in this part only. Which of russh's defaults are changed, and why, is
//! with the function `config` in `server.rs`.

mod authorized;
mod channel;
mod client;
mod connection;
mod desk;
mod ending;
mod entry;
mod gate;
mod guard;
mod handler;
mod host_key;
mod house;
mod idleness;
mod inbox;
mod inflow;
mod lapse;
mod listener;
mod log;
mod metrics;
mod notify;
mod origin;
mod places;
mod reading;
mod refusals;
mod request;
mod roll;
mod server;
mod settings;
mod stock;
mod wire;

// A fault in one session would end them all.
#[cfg(panic = "abort")]
compile_error!("the feature `serve` needs `panic = \"unwind\"`");

pub use crate::serve::authorized::{KeyError, RejectedKey};
pub use crate::serve::client::ClientTerminal;
pub use crate::serve::host_key::{HostKey, HostKeyError};
pub use crate::serve::lapse::{TimeLimit, TimeLimitError};
pub use crate::serve::log::LogError;
pub use crate::serve::origin::AddressPatternsError;
pub use crate::serve::request::{
    CommandContext, Interpreter, Response, SessionOptions, TextResponse,
};
pub use crate::serve::roll::AuthorizedKeysFileError;
pub use crate::serve::server::{ServeError, ServerOptions, run};
pub use crate::serve::settings::{Access, CodeLogging, Limits, LogFormat, Settings, SettingsError};
pub use crate::serve::stock::ServedContent;
