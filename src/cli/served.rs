//! Answers the command line of a reader who is served over SSH.
//!
//! It is read by the very parser of the local command line, from which all that touches the
//! server is taken out: other commands, options that name a path, and files in the place of codes.

use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};

use super::answer::{self, Answer};
use super::arguments::{Arguments, Command};
use super::options::Options;
use super::target::{self, Found};
use super::{BAD, words};
use crate::content::{CodeId, sanitize};
use crate::export::Format;
use crate::page::Flow;
use crate::serve::{Call, Opening, Print, Request, Stock};
use crate::terminal::Painting;
use crate::view::Theme;

/// The commands that served readers have.
const COMMANDS: [&str; 3] = ["show", "list", "search"];

/// Understands a served reader's command line.
pub fn interpret(call: &Call<'_>) -> Request {
    match words::split(call.line) {
        Ok(words) => match parse(&words) {
            Ok(arguments) => request(call, &arguments),
            Err(print) => Request::Print(print),
        },
        Err(error) => Request::Print(Print::refusal(format!("codeleaf: {error}"))),
    }
}

/// Reads the words with the command line's own parser.
fn parse(words: &[String]) -> Result<Arguments, Print> {
    let mut command = Arguments::command()
        .mut_arg("content", |argument| argument.hide(true))
        .mut_arg("theme", |argument| argument.value_name("NAME"));
    let others: Vec<String> = command
        .get_subcommands()
        .map(|other| other.get_name().to_owned())
        .filter(|name| !COMMANDS.contains(&name.as_str()))
        .collect();
    for name in others {
        command = command.mut_subcommand(name, |other| other.hide(true));
    }
    let words = std::iter::once("codeleaf").chain(words.iter().map(String::as_str));
    let read = command
        .term_width(80)
        .try_get_matches_from(words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    read.map_err(|error| {
        let text = error.to_string();
        if !error.use_stderr() {
            // Help, or the version.
            return Print {
                out: text,
                ..Print::default()
            };
        }
        let first = text.lines().next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first);
        Print::refusal(format!("codeleaf: {}; try `--help`", sanitize(first)))
    })
}

fn request(call: &Call<'_>, arguments: &Arguments) -> Request {
    let options = &arguments.options;
    let theme = match refused(arguments).and_then(|()| theme(options, call.stock)) {
        Ok(theme) => theme,
        Err(words) => return Request::Print(Print::refusal(format!("codeleaf: {words}"))),
    };
    let painting = call.client.painting(options.overrides());
    let charset = match painting {
        Painting::Full(capabilities) => capabilities.charset,
        Painting::Plain(charset) => charset,
    };
    let stock = call.stock;
    match &arguments.command {
        Some(Command::Show(show)) => match target::find_code(&show.target, &stock.library) {
            Ok(found) => {
                let section = show.section.as_deref();
                text(
                    answer::show(&found, section, show.format, charset),
                    codes(&found),
                )
            }
            Err(miss) => text(miss.into(), Vec::new()),
        },
        Some(Command::List { format }) => {
            text(answer::list(&stock.library, *format, charset), Vec::new())
        }
        Some(Command::Search(search)) => {
            let answer = answer::search(&stock.library, &stock.index, search, charset);
            text(answer, Vec::new())
        }
        Some(_) => text(Answer::refused("codeleaf: not here", BAD), Vec::new()),
        None => {
            let (found, top) = match opened(call, arguments) {
                Ok(found) => found,
                Err(answer) => return text(answer, Vec::new()),
            };
            match (painting, found.documents.as_slice()) {
                (Painting::Full(capabilities), [(document, place)]) => {
                    Request::Read(Box::new(Opening {
                        document: Arc::clone(document),
                        place: place.clone(),
                        top,
                        flow: if options.plain_ui {
                            Flow::Linear
                        } else {
                            Flow::Columns
                        },
                        capabilities,
                        theme,
                    }))
                }
                _ => text(
                    answer::show(&found, None, Format::Text, charset),
                    codes(&found),
                ),
            }
        }
    }
}

/// Finds what is to be opened: what was asked for, or where the reader was, or the first document.
fn opened(call: &Call<'_>, arguments: &Arguments) -> Result<(Found, usize), Answer> {
    let library = &call.stock.library;
    if !arguments.target.is_empty() {
        let found = target::find_code(&arguments.target, library)?;
        return Ok((found, 0));
    }
    let resumed = call.resume.as_ref().and_then(|was| {
        let document = library.document(&was.code).ok()?;
        Some((document, was.place.clone(), was.top))
    });
    let first = || {
        let entry = library.entries().first()?;
        Some((library.document(&entry.code).ok()?, None, 0))
    };
    let (document, place, top) = resumed
        .or_else(first)
        .ok_or_else(|| Answer::refused("codeleaf: there are no documents", BAD))?;
    let found = Found {
        library: Arc::clone(library),
        documents: vec![(document, place)],
    };
    Ok((found, top))
}

/// Refuses what would touch the server.
fn refused(arguments: &Arguments) -> Result<(), String> {
    let is_file = |target: &[String]| matches!(target, [file] if target::is_file(file));
    if !arguments.options.content.is_empty() {
        return Err("no --content here: the server has its own documents".into());
    }
    let target = match &arguments.command {
        None => &arguments.target,
        Some(Command::Show(show)) => &show.target,
        Some(Command::List { .. } | Command::Search(_)) => return Ok(()),
        Some(_) => return Err("only show, list, search and a code exist here".into()),
    };
    if is_file(target) {
        return Err("no files here, only codes: try `list`".into());
    }
    Ok(())
}

/// Returns the colours: the server's, or others that the program comes with.
fn theme(options: &Options, stock: &Stock) -> Result<Arc<Theme>, String> {
    let Some(name) = options.theme.as_deref() else {
        return Ok(Arc::clone(&stock.theme));
    };
    match Theme::built_in(name) {
        Some(Ok(theme)) => Ok(Arc::new(theme)),
        Some(Err(report)) => Err(report.to_string()),
        None => {
            let known: Vec<&str> = Theme::names().collect();
            let name = sanitize(name);
            Err(format!("no theme `{name}`; known are {}", known.join(", ")))
        }
    }
}

fn codes(found: &Found) -> Vec<CodeId> {
    let documents = found.documents.iter();
    documents
        .map(|(document, _)| document.code.clone())
        .collect()
}

fn text(answer: Answer, codes: Vec<CodeId>) -> Request {
    Request::Print(Print {
        out: answer.out,
        err: answer.err,
        status: answer.status,
        codes,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::Keymap;
    use crate::serve::Client;
    use crate::terminal::Size;

    fn stock() -> Stock {
        let theme = Theme::built_in("dark").unwrap().unwrap();
        let recipe = crate::search::Recipe::of(&[], None);
        Stock::open(&recipe, Keymap::built_in(), theme, None).0
    }

    fn ask(line: &str, term: Option<&str>) -> Request {
        let mut client = Client::default();
        if let Some(term) = term {
            client.set_terminal(term, Size::DEFAULT);
        }
        interpret(&Call {
            line,
            client: &client,
            stock: &stock(),
            resume: None,
        })
    }

    fn printed(line: &str, term: Option<&str>) -> Print {
        match ask(line, term) {
            Request::Print(print) => print,
            Request::Read(_) => panic!("{line} opened the reader"),
        }
    }

    #[test]
    fn a_code_is_read_on_a_terminal_and_printed_elsewhere() {
        let Request::Read(opening) = ask("83950-26", Some("xterm")) else {
            panic!("no reader");
        };
        assert!(opening.place.unwrap().to_string().contains("26"));
        let print = printed("83950-26", None);
        assert_eq!((print.status, print.err.as_str()), (0, ""));
        assert!(print.out.contains("26"));
        assert!(printed("", None).out.contains("83950"));
        assert!(printed("83950", Some("dumb")).out.contains("83950"));
    }

    #[test]
    fn the_commands_are_those_of_the_command_line() {
        assert!(
            printed("search modifier 26 --format json", Some("xterm"))
                .out
                .starts_with('{')
        );
        assert!(printed("list", None).out.contains("83950"));
        assert!(
            printed("show 83950 --section coding", None)
                .out
                .contains("26")
        );
        let missing = printed("show 99999", None);
        assert_eq!(missing.status, 1);
        let help = printed("--help", None);
        assert_eq!(help.status, 0);
        for hidden in ["--content", "serve", "check", "completions"] {
            assert!(!help.out.contains(hidden), "{hidden}\n{}", help.out);
        }
    }

    #[test]
    fn nothing_that_touches_the_server_is_obeyed() {
        for line in [
            "--content /etc list",
            "list --content=/etc",
            "--theme /etc/passwd 83950",
            "--theme ../x 83950",
            "/etc/passwd",
            "x.toml",
            "show ./x.toml",
            "check /etc",
            "man",
            "completions bash",
            "serve --open",
            "scp -t /tmp",
            "search 'x",
            "--nonsense",
        ] {
            let print = printed(line, None);
            assert_eq!(print.status, 2, "{line}: {print:?}");
            assert_eq!(print.err.lines().count(), 1, "{line}: {}", print.err);
            assert_eq!(print.out, "", "{line}");
        }
        for line in ["sh", "bash -i", "rsync --server", "git-upload-pack x"] {
            let print = printed(line, None);
            assert_ne!(print.status, 0, "{line}");
            assert_eq!(print.err.lines().count(), 1, "{line}: {}", print.err);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_line_gets_an_answer_without_control_characters(
            line in "(show|list|search|--[a-z]{1,8}|[0-9]{5})?.{0,60}",
        ) {
            if let Request::Print(print) = ask(&line, None) {
                let control = |c: char| c.is_control() && c != '\n';
                prop_assert!(!print.out.contains(control) && !print.err.contains(control));
                prop_assert!(print.status <= 2);
            }
        }
    }
}
