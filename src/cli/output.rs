//! The output of a command, and how it is printed.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::setup;
use crate::text::sanitize;
use crate::tty::Overrides;

/// Exit status: no such code, section or set, or no search results.
pub(crate) const NOT_FOUND: u8 = 1;
/// Exit status: `check --deny warnings` found warnings, or `fmt --check` files that are not formatted.
pub(crate) const DENIED: u8 = 1;
/// Exit status: the arguments or the content are invalid.
pub(crate) const INVALID_INPUT: u8 = 2;

/// The output and exit status of a command. The command line prints it; the SSH server sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandOutput {
    /// For standard output; ends with a newline unless empty.
    pub out: String,
    /// For standard error, without a trailing newline.
    pub err: String,
    pub status: u8,
}

impl CommandOutput {
    pub fn success(out: String) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }

    pub fn error(err: impl Into<String>, status: u8) -> Self {
        Self {
            err: err.into(),
            status,
            ..Self::default()
        }
    }

    pub fn print(&self) -> anyhow::Result<ExitCode> {
        print_output(self.out.as_bytes())?;
        if !self.err.is_empty() {
            print_error(&self.err);
        }
        Ok(ExitCode::from(self.status))
    }
}

/// Writes to standard output. A closed pipe is not an error.
pub(crate) fn print_output(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// Writes to standard error, sanitized, because a message may quote a path or an argument. Errors
/// are ignored.
pub(crate) fn print_error(message: &str) {
    let charset = setup::charset(Overrides::default());
    let mut out = String::new();
    for line in message.lines() {
        out += &charset.transliterate(&sanitize(line));
        out.push('\n');
    }
    let _ = io::stderr().write_all(out.as_bytes());
}
