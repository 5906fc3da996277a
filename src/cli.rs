//! Defines the command line: what the user asked for, and who answers it.
//!
//! Exit status: 0 found, 1 not found, 2 bad usage or bad content. What a command prints has no
//! escape sequence in it, whatever it is printed to.

mod answer;
mod arguments;
mod import;
mod library_handle;
mod open;
mod options;
mod output_format;
#[cfg(feature = "serve")]
mod serve;
mod sets;
mod setup;
#[cfg(feature = "serve")]
mod shell_words;
#[cfg(feature = "serve")]
mod ssh_command;
mod target;

use std::io;
use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::answer::CommandOutput;
pub use crate::cli::arguments::{Arguments, CliCommand};
use crate::tty::Overrides;

/// What was asked for is not there.
const NOT_FOUND: u8 = 1;
/// The question or the content is wrong.
const INVALID_INPUT: u8 = 2;

const BROKEN_FILES_HINT: &str =
    "to see what is wrong with a file: codeleaf check FILE; with a code set: codeleaf sets";

/// Answers a command line. Errors that have no status of their own are for `main` to print; they
/// end with status 2.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> anyhow::Result<ExitCode> {
    let arguments = match Arguments::parse_command_line(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output and ends with 0, usage errors with 2.
            let words = error.render().to_string();
            if !error.use_stderr() {
                return print_output(words.as_bytes());
            }
            print_error(words.trim_end());
            return Ok(ExitCode::from(INVALID_INPUT));
        }
    };
    let options = &arguments.options;
    match &arguments.command {
        None => open::open_reader(&arguments),
        Some(CliCommand::Show(show)) => match target::find(&show.target, options) {
            Ok(found) => {
                let section = show.section.as_deref();
                answer::show(
                    &found,
                    section,
                    show.format.into(),
                    setup::charset(options.overrides()),
                )
                .print()
            }
            Err(miss) => CommandOutput::from(miss).print(),
        },
        Some(CliCommand::List { format }) => {
            let library = setup::library(options);
            let charset = setup::charset(options.overrides());
            let mut output = answer::list(&library, (*format).into(), charset);
            if !library.broken().is_empty() {
                BROKEN_FILES_HINT.clone_into(&mut output.err);
            }
            output.print()
        }
        Some(CliCommand::Search(search)) => {
            let synonyms = setup::synonyms()?;
            let collection = setup::library_with_index(options, None, &mut |_| ());
            let (library, index) = collection.with_synonyms(synonyms).into_shared();
            answer::search(
                &library,
                &index,
                search,
                setup::charset(options.overrides()),
            )
            .print()
        }
        Some(CliCommand::Check { paths }) => answer::check(paths).print(),
        #[cfg(feature = "serve")]
        Some(CliCommand::Serve(serve)) => serve::serve(options, serve),
        Some(CliCommand::Import(import)) => import::import(import),
        Some(CliCommand::Sets(sets)) => sets::sets(sets),
        Some(CliCommand::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "codeleaf", &mut script);
            print_output(&script)
        }
        Some(CliCommand::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
            page.extend(keys_for_man().into_bytes());
            print_output(&page)
        }
    }
}

/// Prints to standard output; a reader that closes it early is no error.
fn print_output(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// Says what went wrong where an error has no exit status of its own, and returns the one that goes
/// with it.
pub fn report_error(error: &anyhow::Error) -> ExitCode {
    print_error(&format!("codeleaf: {error:#}"));
    ExitCode::from(INVALID_INPUT)
}

/// Prints to standard error, where nobody may be listening, only what a terminal shows: the words
/// may repeat a path or an argument.
fn print_error(words: &str) {
    let charset = setup::charset(Overrides::default());
    let mut out = String::new();
    for line in words.lines() {
        out += &charset.transliterate(&crate::text::sanitize(line));
        out.push('\n');
    }
    let _ = io::stderr().write_all(out.as_bytes());
}

/// Sets the keys as a section of the man page.
fn keys_for_man() -> String {
    let keymap = crate::app::keymap::Keymap::built_in();
    let mut page = String::from(".SH KEYS\n");
    for binding in keymap.bindings() {
        let keys: Vec<String> = binding
            .keys
            .iter()
            .map(|key| {
                crate::app::key_name(*key, crate::text::charset::Charset::Ascii)
                    .replace('\\', "\\e")
            })
            .collect();
        page += &format!(
            ".TP\n\\fB{}\\fR\n{}\n",
            keys.join(" "),
            binding.help.replace('-', "\\-")
        );
    }
    page
}
