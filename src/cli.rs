//! Defines the command line: what the user asked for, and who answers it.
//!
//! Exit status: 0 found, 1 not found, 2 bad usage or bad content. What a command prints has no
//! escape sequence in it, whatever it is printed to.

mod answer;
mod arguments;
mod import;
mod read;
mod sets;
mod setup;
mod target;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use arguments::{Arguments, Command};

/// What was asked for is not there.
const NOT_FOUND: u8 = 1;
/// The question or the content is wrong.
const BAD: u8 = 2;

/// Answers a command line. Errors that have no status of their own are for `main` to print; they
/// end with status 2.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> anyhow::Result<ExitCode> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output and ends with 0, usage errors with 2.
            error.print()?;
            return Ok(ExitCode::from(
                u8::try_from(error.exit_code()).unwrap_or(BAD),
            ));
        }
    };
    match &arguments.command {
        None => read::read(&arguments),
        Some(Command::Show(show)) => answer::show(&arguments, show),
        Some(Command::List { format }) => answer::list(&arguments, *format),
        Some(Command::Search(search)) => answer::search(&arguments, search),
        Some(Command::Check { paths }) => answer::check(paths),
        Some(Command::Import(import)) => import::import(import),
        Some(Command::Sets(sets)) => sets::sets(sets),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "codeleaf", &mut script);
            print(&script)
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
            page.extend(keys_for_man()?.into_bytes());
            print(&page)
        }
    }
}

/// Prints to standard output; a reader that closes it early is no error.
fn print(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// Prints to standard error, where nobody may be listening.
fn complain(words: &str) {
    let _ = writeln!(io::stderr(), "{words}");
}

/// Sets the keys as a section of the man page.
fn keys_for_man() -> anyhow::Result<String> {
    let keymap = crate::app::Keymap::built_in()?;
    let mut page = String::from(".SH KEYS\n");
    for binding in keymap.bindings() {
        let keys: Vec<String> = binding
            .keys
            .iter()
            .map(|key| {
                crate::app::key_name(*key, crate::content::Charset::Ascii).replace('\\', "\\e")
            })
            .collect();
        page += &format!(
            ".TP\n\\fB{}\\fR\n{}\n",
            keys.join(" "),
            binding.help.replace('-', "\\-")
        );
    }
    Ok(page)
}
