//! What the tests share: a reader whose terminal is a parser, and a program in a pty.

pub mod generated;
pub mod keys;
pub mod program;
pub mod reader;
pub mod sequences;
