//! The command line: its parser, and the commands.
//!
//! Exit status: 0 found, 1 not found, 2 invalid usage or content. Printed output never contains
//! an escape sequence, whether or not it goes to a terminal.

mod answer;
mod arguments;
mod document_reader;
mod fmt;
mod import;
mod library_handle;
mod man;
mod new;
mod open;
mod options;
mod output;
mod progress_bar;
mod rows;
mod run;
mod secure;
#[cfg(feature = "serve")]
mod serve;
mod sets;
mod setup;
#[cfg(feature = "serve")]
mod ssh_command;
mod target;

pub use arguments::{Arguments, CliCommand};
pub use run::{report_error, run};
