//! Interprets the command lines of users of the SSH server.
//!
//! The parser is that of the local command line. Arguments that would touch the server are rejected:
//! other commands, options with a path, and files as targets.

use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};

use crate::app::Bookmarks;
use crate::cli::arguments::{Arguments, CliCommand};
use crate::cli::options::Options;
use crate::cli::output::{CommandOutput, INVALID_INPUT};
use crate::cli::target::Target;
use crate::cli::{answer, target};
use crate::content::CodeId;
use crate::export::{ExportFormat, PrintOptions};
use crate::serve::{
    Appearance, CommandContext, Response, ServedContent, SessionOptions, TextResponse,
};
use crate::text::sanitize;
use crate::tty::{DisplayMode, Size};
use crate::view::Theme;

/// The maximum number of words of a command line.
const MAX_WORDS: usize = 64;

/// The subcommands that a served user has.
const ALLOWED_COMMANDS: [&str; 3] = ["show", "list", "search"];

pub fn interpret(context: &CommandContext<'_>) -> Response {
    let error = |message: &str| TextResponse::error(format!("codeleaf: {message}"));
    let arguments = match shell_words::split(context.line) {
        Ok(words) if words.len() > MAX_WORDS => Err(error("too many words")),
        Ok(words) => parse(&words),
        Err(shell_words::ParseError) => Err(error("missing closing quote")),
    };
    match arguments {
        Ok(arguments) => respond(context, &arguments),
        Err(response) => Response::Text(response),
    }
}

/// Parses the words with clap, whose help hides the commands and options that are not allowed.
fn parse(words: &[String]) -> Result<Arguments, TextResponse> {
    let mut command = Arguments::command()
        .mut_arg("content", |argument| argument.hide(true))
        .mut_arg("secure", |argument| argument.hide(true))
        .mut_arg("theme", |argument| argument.value_name("NAME"));
    let hidden: Vec<String> = command
        .get_subcommands()
        .map(|subcommand| subcommand.get_name().to_owned())
        .filter(|name| !ALLOWED_COMMANDS.contains(&name.as_str()))
        .collect();
    for name in hidden {
        command = command.mut_subcommand(name, |subcommand| subcommand.hide(true));
    }
    let words = std::iter::once("codeleaf").chain(words.iter().map(String::as_str));
    let arguments = command
        .term_width(80)
        .try_get_matches_from(words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    arguments.map_err(|error| {
        let text = error.to_string();
        if !error.use_stderr() {
            // The help or the version.
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

fn respond(context: &CommandContext<'_>, arguments: &Arguments) -> Response {
    let appearance =
        check_allowed(arguments).and_then(|()| appearance(&arguments.options, context.content));
    let appearance = match appearance {
        Ok(appearance) => appearance,
        Err(error) => return Response::Text(TextResponse::error(format!("codeleaf: {error}"))),
    };
    let display_mode = context.client.display_mode(arguments.options.overrides());
    let charset = match display_mode {
        DisplayMode::Interactive(capabilities) => capabilities.charset,
        DisplayMode::Plain(charset) => charset,
    };
    let columns = context.client.size().map(Size::columns);
    let print = arguments.options.print_options(charset, columns);
    if let Some(command) = &arguments.command {
        return run_subcommand(command, context.content, print);
    }
    let (target, top) = match find_document(context, arguments) {
        Ok(found) => found,
        Err(output) => return text_response(output, Vec::new()),
    };
    match (display_mode, target.documents.as_slice()) {
        (DisplayMode::Interactive(capabilities), [(document, row_path)])
            if target.missing.is_empty() =>
        {
            Response::Session(Box::new(SessionOptions {
                document: Arc::clone(document),
                row_path: row_path.clone(),
                top,
                table_mode: arguments.options.table_mode(),
                capabilities,
                appearance,
            }))
        }
        _ => show(&target, None, ExportFormat::Text, print),
    }
}

fn run_subcommand(command: &CliCommand, content: &ServedContent, print: PrintOptions) -> Response {
    let charset = print.charset;
    let output = match command {
        CliCommand::Show(show) => match target::find_code(&show.target, &content.library) {
            Ok(target) => {
                let section = show.section.as_deref();
                return self::show(&target, section, show.format.into(), print);
            }
            Err(error) => error.into(),
        },
        CliCommand::List { format } => answer::list(&content.library, (*format).into(), charset),
        CliCommand::Search(search) => {
            let (library, index) = (&content.library, &content.index);
            answer::search(library, index, &Bookmarks::default(), search, print)
        }
        // `check_allowed` rejects the others.
        _ => CommandOutput::error("codeleaf: not available here", INVALID_INPUT),
    };
    text_response(output, Vec::new())
}

/// Finds the document to open, and its first visible line: the target of the command line, or else
/// the saved position, or else the first document.
fn find_document(
    context: &CommandContext<'_>,
    arguments: &Arguments,
) -> Result<(Target, usize), CommandOutput> {
    let library = &context.content.library;
    if !arguments.target.is_empty() {
        return Ok((target::find_code(&arguments.target, library)?, 0));
    }
    let resumed = context.resume.as_ref().and_then(|position| {
        let document = library.document(&position.code).ok()?;
        Some((document, position.row_path.clone(), position.top))
    });
    let first = || {
        let entry = library.entries().first()?;
        Some((library.document(&entry.code).ok()?, None, 0))
    };
    let (document, row_path, top) = resumed
        .or_else(first)
        .ok_or_else(|| CommandOutput::error("codeleaf: there are no documents", INVALID_INPUT))?;
    let target = Target {
        library: Arc::clone(library),
        documents: vec![(document, row_path)],
        missing: Vec::new(),
    };
    Ok((target, top))
}

/// Rejects arguments that would touch the server.
fn check_allowed(arguments: &Arguments) -> Result<(), String> {
    let is_file = |target: &[String]| matches!(target, [file] if target::is_file_path(file));
    if !arguments.options.content.is_empty() {
        return Err("--content is not available here: the server has its own documents".into());
    }
    let target = match &arguments.command {
        None => &arguments.target,
        Some(CliCommand::Show(show)) => &show.target,
        Some(CliCommand::List { .. } | CliCommand::Search(_)) => return Ok(()),
        Some(_) => return Err("only show, list, search and codes are available here".into()),
    };
    if is_file(target) {
        return Err("files are not available here, only codes: try `list`".into());
    }
    Ok(())
}

/// Returns the appearance that the options choose; without them, the server's applies.
fn appearance(options: &Options, content: &ServedContent) -> Result<Appearance, String> {
    Ok(Appearance {
        theme: theme(options, content)?,
        panes: options.panes.map_or(content.appearance.panes, Into::into),
    })
}

/// Resolves `--theme` to a built-in theme; without it, the server's theme applies.
fn theme(options: &Options, content: &ServedContent) -> Result<Arc<Theme>, String> {
    let Some(name) = options.theme.as_deref() else {
        return Ok(Arc::clone(&content.appearance.theme));
    };
    match Theme::built_in(name) {
        Some(Ok(theme)) => Ok(Arc::new(theme)),
        Some(Err(report)) => Err(report.to_string()),
        None => {
            let names: Vec<&str> = Theme::names().collect();
            let (name, names) = (sanitize(name), names.join(", "));
            Err(format!("unknown theme `{name}`; the themes are {names}"))
        }
    }
}

fn show(
    target: &Target,
    section: Option<&str>,
    format: ExportFormat,
    print: PrintOptions,
) -> Response {
    let documents = target.documents.iter();
    let codes = documents.map(|(document, _)| document.code.clone());
    let output = answer::show(target, section, format, print);
    text_response(output, codes.collect())
}

fn text_response(output: CommandOutput, codes: Vec<CodeId>) -> Response {
    Response::Text(TextResponse {
        out: output.out,
        err: output.err,
        status: output.status,
        codes,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::app::{Keymap, PaneVisibility};
    use crate::serve::ClientTerminal;

    /// The built-in content, loaded once.
    static CONTENT: LazyLock<ServedContent> = LazyLock::new(|| {
        let theme = Theme::built_in("dark").unwrap().unwrap();
        let loader = crate::loader::LibraryLoader::new(&[], None);
        let appearance = Appearance {
            theme: Arc::new(theme),
            panes: PaneVisibility::Auto,
        };
        ServedContent::load(&loader, Keymap::built_in(), appearance, None).0
    });

    fn run_line(line: &str, term: Option<&str>) -> Response {
        let mut client = ClientTerminal::default();
        if let Some(term) = term {
            client.set_pty(term, Size::DEFAULT);
        }
        interpret(&CommandContext {
            line,
            client: &client,
            content: &CONTENT,
            resume: None,
        })
    }

    fn text_output(line: &str, term: Option<&str>) -> TextResponse {
        match run_line(line, term) {
            Response::Text(response) => response,
            Response::Session(_) => panic!("{line} opened the reader"),
        }
    }

    #[test]
    fn code_opens_reader_on_terminal_and_prints_elsewhere() {
        let Response::Session(options) = run_line("83950-26", Some("xterm")) else {
            panic!("no reader");
        };
        assert!(options.row_path.unwrap().to_string().contains("26"));
        let response = text_output("83950-26", None);
        assert_eq!((response.status, response.err.as_str()), (0, ""));
        assert!(response.out.contains("26"));
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
        for hidden in ["--content", "--secure", "serve", "check", "completions"] {
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
            let response = text_output(line, None);
            assert_eq!(response.status, 2, "{line}: {response:?}");
            assert_eq!(response.err.lines().count(), 1, "{line}: {}", response.err);
            assert_eq!(response.out, "", "{line}");
        }
        for line in ["sh", "bash -i", "rsync --server", "git-upload-pack x"] {
            let response = text_output(line, None);
            assert_ne!(response.status, 0, "{line}");
            assert_eq!(response.err.lines().count(), 1, "{line}: {}", response.err);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_line_gets_output_without_control_characters(
            line in "(show|list|search|--[a-z]{1,8}|[0-9]{5})?.{0,60}",
        ) {
            if let Response::Text(response) = run_line(&line, None) {
                let control = |c: char| c.is_control() && c != '\n';
                prop_assert!(!response.out.contains(control) && !response.err.contains(control));
                prop_assert!(response.status <= 2);
            }
        }
    }
}
