//! A session: one reader on one host.
//!
//! A host supplies a stream of [`Event`]s, a writer for bytes, and an executor for effects.
//! [`LocalTerminal`] is the host on the user's own terminal; the SSH server is the other one.

pub(crate) mod code_typing;
pub(crate) mod effects;
pub(crate) mod event;
pub(crate) mod local;
pub(crate) mod session;

pub use effects::load;
pub use event::{Event, ShutdownReason};
pub use local::LocalTerminal;
pub use local::host::{Exit, run};
pub use local::tty::stdout_size;
pub use session::Session;
