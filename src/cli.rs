//! Defines the command line: what the user asked for, and who answers it.
//!
//! Exit status: 0 found, 1 not found, 2 bad usage or bad content. What a command prints has no
//! escape sequence in it, whatever it is printed to.

mod answer;
mod arguments;
mod import;
mod options;
mod read;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
mod served;
mod sets;
mod setup;
mod shelf;
mod target;
#[cfg(feature = "serve")]
mod words;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;

use crate::terminal::Overrides;
use answer::Answer;
pub use arguments::{Arguments, Command};

/// What was asked for is not there.
const NOT_FOUND: u8 = 1;
/// The question or the content is wrong.
const BAD: u8 = 2;

/// Answers a command line. Errors that have no status of their own are for `main` to print; they
/// end with status 2.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> anyhow::Result<ExitCode> {
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output and ends with 0, usage errors with 2.
            let words = error.render().to_string();
            if !error.use_stderr() {
                return print(words.as_bytes());
            }
            complain(words.trim_end());
            return Ok(ExitCode::from(BAD));
        }
    };
    let options = &arguments.options;
    match &arguments.command {
        None => read::read(&arguments),
        Some(Command::Show(show)) => match target::find(&show.target, options) {
            Ok(found) => {
                let section = show.section.as_deref();
                answer::show(
                    &found,
                    section,
                    show.format,
                    setup::charset(options.overrides()),
                )
                .print()
            }
            Err(miss) => Answer::from(miss).print(),
        },
        Some(Command::List { format }) => {
            let library = setup::library(options);
            answer::list(&library, *format, setup::charset(options.overrides())).print()
        }
        Some(Command::Search(search)) => {
            let synonyms = setup::synonyms()?;
            let collection = setup::collection(options, None, &mut |_| ());
            let (library, index) = collection.with_synonyms(synonyms).share();
            answer::search(
                &library,
                &index,
                search,
                setup::charset(options.overrides()),
            )
            .print()
        }
        Some(Command::Check { paths }) => answer::check(paths).print(),
        #[cfg(feature = "serve")]
        Some(Command::Serve(serve)) => serve::serve(options, serve),
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
            page.extend(keys_for_man().into_bytes());
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

/// Says what went wrong where an error has no exit status of its own, and returns the one that goes
/// with it.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    complain(&format!("codeleaf: {error:#}"));
    ExitCode::from(BAD)
}

/// Prints to standard error, where nobody may be listening, only what a terminal shows: the words
/// may repeat a path or an argument.
fn complain(words: &str) {
    let charset = setup::charset(Overrides::default());
    let mut out = String::new();
    for line in words.lines() {
        out += &charset.text(&crate::content::sanitize(line));
        out.push('\n');
    }
    let _ = io::stderr().write_all(out.as_bytes());
}

/// Sets the keys as a section of the man page.
fn keys_for_man() -> String {
    let keymap = crate::app::Keymap::built_in();
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
    page
}
