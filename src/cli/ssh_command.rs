//! Answers the command line of a reader who is served over SSH.
//!
//! It is read by the very parser of the local command line, from which all that touches the
//! server is taken out: other commands, options that name a path, and files in the place of codes.

use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::arguments::{Arguments, CliCommand};
use crate::cli::options::Options;
use crate::cli::output::CommandOutput;
use crate::cli::output::INVALID_INPUT;
use crate::cli::target::Target;
use crate::cli::{answer, target};
use crate::content::CodeId;
use crate::export::ExportFormat;
use crate::layout::TableMode;
use crate::serve::{CommandContext, Response, ServedContent, SessionOptions, TextResponse};
use crate::text::sanitize;
use crate::tty::DisplayMode;
use crate::view::Theme;

/// The most words that a command line may have.
const MAX_WORDS: usize = 64;

/// The commands that served readers have.
const ALLOWED_COMMANDS: [&str; 3] = ["show", "list", "search"];

/// Understands a served reader's command line.
pub fn interpret(call: &CommandContext<'_>) -> Response {
    let error = |message: &str| Response::Text(TextResponse::error(format!("codeleaf: {message}")));
    match shell_words::split(call.line) {
        Ok(words) if words.len() > MAX_WORDS => error("too many words"),
        Ok(words) => match parse(&words) {
            Ok(arguments) => respond(call, &arguments),
            Err(text) => Response::Text(text),
        },
        Err(shell_words::ParseError) => error("missing closing quote"),
    }
}

/// Reads the words with the command line's own parser.
fn parse(words: &[String]) -> Result<Arguments, TextResponse> {
    let mut command = Arguments::command()
        .mut_arg("content", |argument| argument.hide(true))
        .mut_arg("theme", |argument| argument.value_name("NAME"));
    let others: Vec<String> = command
        .get_subcommands()
        .map(|other| other.get_name().to_owned())
        .filter(|name| !ALLOWED_COMMANDS.contains(&name.as_str()))
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
            return TextResponse {
                out: text,
                ..TextResponse::default()
            };
        }
        let first = text.lines().next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first);
        TextResponse::error(format!("codeleaf: {}; try `--help`", sanitize(first)))
    })
}

fn respond(call: &CommandContext<'_>, arguments: &Arguments) -> Response {
    let options = &arguments.options;
    let theme = match check_allowed(arguments).and_then(|()| theme(options, call.content)) {
        Ok(theme) => theme,
        Err(words) => return Response::Text(TextResponse::error(format!("codeleaf: {words}"))),
    };
    let painting = call.client.display_mode(options.overrides());
    let charset = match painting {
        DisplayMode::FullScreen(capabilities) => capabilities.charset,
        DisplayMode::Plain(charset) => charset,
    };
    let stock = call.content;
    match &arguments.command {
        Some(CliCommand::Show(show)) => match target::find_code(&show.target, &stock.library) {
            Ok(found) => {
                let section = show.section.as_deref();
                text_response(
                    answer::show(&found, section, show.format.into(), charset),
                    found_codes(&found),
                )
            }
            Err(miss) => text_response(miss.into(), Vec::new()),
        },
        Some(CliCommand::List { format }) => text_response(
            answer::list(&stock.library, (*format).into(), charset),
            Vec::new(),
        ),
        Some(CliCommand::Search(search)) => {
            let answer = answer::search(&stock.library, &stock.index, search, charset);
            text_response(answer, Vec::new())
        }
        Some(_) => text_response(
            CommandOutput::error("codeleaf: not here", INVALID_INPUT),
            Vec::new(),
        ),
        None => {
            let (found, top) = match find_document(call, arguments) {
                Ok(found) => found,
                Err(answer) => return text_response(answer, Vec::new()),
            };
            match (painting, found.documents.as_slice()) {
                (DisplayMode::FullScreen(capabilities), [(document, place)]) => {
                    Response::Session(Box::new(SessionOptions {
                        document: Arc::clone(document),
                        place: place.clone(),
                        top,
                        flow: if options.plain_ui {
                            TableMode::Linear
                        } else {
                            TableMode::Columns
                        },
                        capabilities,
                        theme,
                    }))
                }
                _ => text_response(
                    answer::show(&found, None, ExportFormat::Text, charset),
                    found_codes(&found),
                ),
            }
        }
    }
}

/// Finds what is to be opened: what was asked for, or where the reader was, or the first document.
fn find_document(
    call: &CommandContext<'_>,
    arguments: &Arguments,
) -> Result<(Target, usize), CommandOutput> {
    let library = &call.content.library;
    if !arguments.target.is_empty() {
        let found = target::find_code(&arguments.target, library)?;
        return Ok((found, 0));
    }
    let resumed = call.resume.as_ref().and_then(|was| {
        let document = library.document(&was.code).ok()?;
        Some((document, was.row_path.clone(), was.top))
    });
    let first = || {
        let entry = library.entries().first()?;
        Some((library.document(&entry.code).ok()?, None, 0))
    };
    let (document, place, top) = resumed
        .or_else(first)
        .ok_or_else(|| CommandOutput::error("codeleaf: there are no documents", INVALID_INPUT))?;
    let found = Target {
        library: Arc::clone(library),
        documents: vec![(document, place)],
    };
    Ok((found, top))
}

/// Refuses what would touch the server.
fn check_allowed(arguments: &Arguments) -> Result<(), String> {
    let is_file = |target: &[String]| matches!(target, [file] if target::is_file_path(file));
    if !arguments.options.content.is_empty() {
        return Err("no --content here: the server has its own documents".into());
    }
    let target = match &arguments.command {
        None => &arguments.target,
        Some(CliCommand::Show(show)) => &show.target,
        Some(CliCommand::List { .. } | CliCommand::Search(_)) => return Ok(()),
        Some(_) => return Err("only show, list, search and a code exist here".into()),
    };
    if is_file(target) {
        return Err("no files here, only codes: try `list`".into());
    }
    Ok(())
}

/// Returns the colours: the server's, or others that the program comes with.
fn theme(options: &Options, stock: &ServedContent) -> Result<Arc<Theme>, String> {
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

fn found_codes(found: &Target) -> Vec<CodeId> {
    let documents = found.documents.iter();
    documents
        .map(|(document, _)| document.code.clone())
        .collect()
}

fn text_response(answer: CommandOutput, codes: Vec<CodeId>) -> Response {
    Response::Text(TextResponse {
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
    use crate::serve::ClientTerminal;
    use crate::tty::Size;

    fn content() -> ServedContent {
        let theme = Theme::built_in("dark").unwrap().unwrap();
        let recipe = crate::loader::library_loader::LibraryLoader::new(&[], None);
        ServedContent::load(&recipe, Keymap::built_in(), theme, None).0
    }

    fn run_line(line: &str, term: Option<&str>) -> Response {
        let mut client = ClientTerminal::default();
        if let Some(term) = term {
            client.set_pty(term, Size::DEFAULT);
        }
        interpret(&CommandContext {
            line,
            client: &client,
            content: &content(),
            resume: None,
        })
    }

    fn text_output(line: &str, term: Option<&str>) -> TextResponse {
        match run_line(line, term) {
            Response::Text(print) => print,
            Response::Session(_) => panic!("{line} opened the reader"),
        }
    }

    #[test]
    fn code_opens_reader_on_terminal_and_prints_elsewhere() {
        let Response::Session(opening) = run_line("83950-26", Some("xterm")) else {
            panic!("no reader");
        };
        assert!(opening.place.unwrap().to_string().contains("26"));
        let print = text_output("83950-26", None);
        assert_eq!((print.status, print.err.as_str()), (0, ""));
        assert!(print.out.contains("26"));
        assert!(text_output("", None).out.contains("83950"));
        assert!(text_output("83950", Some("dumb")).out.contains("83950"));
    }

    #[test]
    fn show_list_search_and_help_work() {
        assert!(
            text_output("search modifier 26 --format json", Some("xterm"))
                .out
                .starts_with('{')
        );
        assert!(text_output("list", None).out.contains("83950"));
        assert!(
            text_output("show 83950 --section coding", None)
                .out
                .contains("26")
        );
        let missing = text_output("show 99999", None);
        assert_eq!(missing.status, 1);
        let help = text_output("--help", None);
        assert_eq!(help.status, 0);
        for hidden in ["--content", "serve", "check", "completions"] {
            assert!(!help.out.contains(hidden), "{hidden}\n{}", help.out);
        }
    }

    #[test]
    fn server_paths_and_local_commands_are_refused() {
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
            let print = text_output(line, None);
            assert_eq!(print.status, 2, "{line}: {print:?}");
            assert_eq!(print.err.lines().count(), 1, "{line}: {}", print.err);
            assert_eq!(print.out, "", "{line}");
        }
        for line in ["sh", "bash -i", "rsync --server", "git-upload-pack x"] {
            let print = text_output(line, None);
            assert_ne!(print.status, 0, "{line}");
            assert_eq!(print.err.lines().count(), 1, "{line}: {}", print.err);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_line_gets_output_without_control_characters(
            line in "(show|list|search|--[a-z]{1,8}|[0-9]{5})?.{0,60}",
        ) {
            if let Response::Text(print) = run_line(&line, None) {
                let control = |c: char| c.is_control() && c != '\n';
                prop_assert!(!print.out.contains(control) && !print.err.contains(control));
                prop_assert!(print.status <= 2);
            }
        }
    }
}
