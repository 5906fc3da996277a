//! Runs a parsed command line.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::CommandFactory;

use crate::app::Bookmarks;
use crate::authoring::json_schema;
use crate::check::CheckRequest;
use crate::cli::arguments::{Arguments, CliCommand};
use crate::cli::output::{CommandOutput, INVALID_INPUT, print_error, print_output};
use crate::cli::progress_bar::ProgressBar;
#[cfg(feature = "serve")]
use crate::cli::serve;
use crate::cli::{answer, fmt, import, man, new, open, rows, secure, sets, setup, target};

/// The hint that `list` prints if files could not be read.
const BROKEN_FILES_HINT: &str = "for errors in a file, run `codeleaf check FILE`; for errors in a code set, run `codeleaf sets`";

/// Runs a command line, program name first. `main` passes an error to [`report_error`].
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let mut arguments = match Arguments::parse_command_line(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output and ends with 0, usage errors with 2.
            let message = error.render().to_string();
            if !error.use_stderr() {
                return print_output(message.as_bytes());
            }
            print_error(message.trim_end());
            return Ok(ExitCode::from(INVALID_INPUT));
        }
    };
    if arguments.options.as_of.is_none() {
        arguments.options.as_of = setup::as_of_variable()?;
    }
    arguments.options.secure |= secure::is_set_in_env();
    if arguments.options.secure
        && let Err(message) = secure::check_allowed(&arguments)
    {
        print_error(&format!("codeleaf: {message}"));
        return Ok(ExitCode::from(INVALID_INPUT));
    }
    let options = &arguments.options;
    let charset = || setup::charset(options.overrides());
    match &arguments.command {
        None => open::open_reader(&arguments),
        Some(CliCommand::Show(show)) => match target::find(&show.target, options) {
            Ok(target) => {
                let section = show.section.as_deref();
                let print = setup::print_options(options);
                answer::show(&target, section, show.format.into(), print).print()
            }
            Err(error) => CommandOutput::from(error).print(),
        },
        Some(CliCommand::List { format }) => {
            let library = setup::library(options);
            let mut output = answer::list(&library, (*format).into(), charset());
            if !library.broken().is_empty() {
                BROKEN_FILES_HINT.clone_into(&mut output.err);
            }
            output.print()
        }
        Some(CliCommand::Search(search)) => {
            let synonyms = setup::synonyms(options)?;
            let bar = ProgressBar::new("Indexing");
            let loaded = setup::library_with_index(options, None, &|progress| bar.show(progress));
            drop(bar);
            let (library, index) = loaded.with_synonyms(synonyms).into_shared();
            let bookmarks = setup::bookmarks(options).unwrap_or_else(|error| {
                print_error(&error.to_string());
                Bookmarks::default()
            });
            let print = setup::print_options(options);
            answer::search(&library, &index, &bookmarks, search, print).print()
        }
        Some(CliCommand::New(arguments)) => {
            new::new(arguments, &setup::library(options), setup::today()).print()
        }
        Some(CliCommand::Check(arguments)) => {
            let library = LazyLock::new(|| setup::library(options));
            let request = CheckRequest {
                paths: &arguments.paths,
                sets: &setup::imported_sets(options),
                is_in_library: &|code| library.contains(code),
                today: setup::today(),
            };
            answer::check(arguments, request).print()
        }
        Some(CliCommand::Rows(arguments)) => {
            rows::rows(arguments, &setup::library(options), setup::today())
        }
        Some(CliCommand::Fmt(arguments)) => fmt::fmt(arguments).print(),
        Some(CliCommand::Schema) => print_output(json_schema().as_bytes()),
        #[cfg(feature = "serve")]
        Some(CliCommand::Serve(serve)) => serve::serve(options, serve),
        Some(CliCommand::Import(import)) => import::import(options, import),
        Some(CliCommand::Sets(sets)) => sets::sets(options, sets),
        Some(CliCommand::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "codeleaf", &mut script);
            print_output(&script)
        }
        Some(CliCommand::Man { command }) => man::man(command),
    }
}

/// Prints an error that has no exit status of its own; returns status 2.
pub fn report_error(error: &anyhow::Error) -> ExitCode {
    print_error(&format!("codeleaf: {error:#}"));
    ExitCode::from(INVALID_INPUT)
}
