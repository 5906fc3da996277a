//! What the tests share: a reader whose terminal is a parser, and a program in a pty.

#[cfg(feature = "serve")]
pub mod ears;
pub mod generated;
pub mod keys;
pub mod program;
#[cfg(feature = "serve")]
pub mod raw_ssh;
pub mod reader;
pub mod sequences;
pub mod sshd;
