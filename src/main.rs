//! The `codeleaf` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    codeleaf::cli::run(std::env::args_os())
        .unwrap_or_else(|error| codeleaf::cli::report_error(&error))
}
