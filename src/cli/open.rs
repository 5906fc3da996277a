//! Opens the reader. Without a terminal, prints the documents that it would open.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ratatui::buffer::Buffer;

use crate::app::{Action, AppOptions, Effect, Host};
use crate::cli::arguments::Arguments;
use crate::cli::document_reader::DocumentReader;
use crate::cli::library_handle::{LibraryHandle, LoadJob};
use crate::cli::options::Options;
use crate::cli::output::{CommandOutput, INVALID_INPUT, print_error};
use crate::cli::target::Target;
use crate::cli::{answer, setup, target};
use crate::content::{Document, RowPath};
use crate::export::ExportFormat;
use crate::library::Library;
use crate::search;
use crate::session::{Event, LocalTerminal, Session, run};
use crate::tty::{Capabilities, DisplayMode};
use crate::user_data::{self, StateWriter, UserDataError, UserDirs, WriteJob};

/// How long the program waits at its end for the state to be written.
const SAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// The document and position that the reader opens.
struct InitialDocument {
    library: Arc<Library>,
    document: Arc<Document>,
    row_path: Option<RowPath>,
    top: usize,
    /// Claim lines with several rows, for the search pane.
    search: Option<String>,
    /// Shown in the status line.
    message: Option<String>,
}

pub fn open_reader(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let is_terminal = io::stdout().is_terminal();
    let capabilities = match Capabilities::detect(&setup::env_var, options.overrides()) {
        DisplayMode::Interactive(capabilities) if is_terminal => Some(capabilities),
        _ => None,
    };
    let print_plain = |target: &Target| {
        if is_terminal {
            print_error(
                "TERM is `dumb` or not set: printing plain text; set TERM or use --plain-ui to open the reader",
            );
        }
        print_documents(arguments, target)
    };
    // The reader loads the whole library later. Printed output is final, so it needs it now.
    let is_lazy = capabilities.is_some();
    let initial = if arguments.target.is_empty() {
        let library = if is_lazy {
            setup::lazy_library(options)
        } else {
            setup::library(options)
        };
        resume(options, library)?
    } else {
        let result = if is_lazy {
            target::find_lazy(&arguments.target, options)
        } else {
            target::find(&arguments.target, options)
        };
        let target = match result {
            Ok(target) => target,
            Err(error) => return CommandOutput::from(error).print(),
        };
        let text = arguments.target.join(" ");
        let is_claim = search::parse_claim(&text).is_some();
        match target.documents.as_slice() {
            [(document, row_path), rest @ ..] if is_lazy && (rest.is_empty() || is_claim) => {
                InitialDocument {
                    library: Arc::clone(&target.library),
                    document: Arc::clone(document),
                    row_path: row_path.clone(),
                    top: 0,
                    search: (!rest.is_empty()).then_some(text),
                    message: (!target.missing.is_empty()).then(|| target.missing.join("; ")),
                }
            }
            several @ [_, _, ..] if is_terminal && !is_claim => {
                let codes = several
                    .iter()
                    .map(|(document, _)| document.code.to_string());
                let codes = codes.collect::<Vec<_>>();
                print_error(&format!("matches more than one code: {}", codes.join(", ")));
                return Ok(ExitCode::from(INVALID_INPUT));
            }
            _ => return print_plain(&target),
        }
    };
    if let Some(capabilities) = capabilities {
        return LocalHost::start(arguments, initial, capabilities)?.run();
    }
    let target = Target {
        library: initial.library,
        documents: vec![(initial.document, initial.row_path)],
        missing: Vec::new(),
    };
    print_plain(&target)
}

fn print_documents(arguments: &Arguments, target: &Target) -> anyhow::Result<ExitCode> {
    let print = setup::print_options(&arguments.options);
    answer::show(target, None, ExportFormat::Text, print).print()
}

/// Finds the document of the saved position, or else the first document.
fn resume(options: &Options, mut library: Library) -> anyhow::Result<InitialDocument> {
    let path = setup::writable_dirs(options).map(|dirs| dirs.state_file());
    let loaded = path.and_then(|path| user_data::load_position(&path).transpose());
    let (position, message) = value_or_message(loaded);
    let code = position.as_ref().map(|position| position.code.clone());
    let code = code.or_else(|| library.first_code());
    let exists = code.is_some_and(|code| library.document(&code).is_ok());
    if !exists && !library.is_fully_loaded() {
        // The file may not be named after its code, or it is gone.
        library = setup::library(options);
    }
    let resumed = position.and_then(|position| {
        let document = library.document(&position.code).ok()?;
        Some((document, position.row_path, position.top))
    });
    let (document, row_path, top) = if let Some(resumed) = resumed {
        resumed
    } else {
        let code = library.first_code().context("there are no documents")?;
        (library.document(&code)?, None, 0)
    };
    Ok(InitialDocument {
        library: Arc::new(library),
        document,
        row_path,
        top,
        search: None,
        message,
    })
}

/// Separates a loaded value from the message of its error.
fn value_or_message<T>(loaded: Option<Result<T, UserDataError>>) -> (Option<T>, Option<String>) {
    match loaded.transpose() {
        Ok(value) => (value, None),
        Err(error) => (None, Some(error.to_string())),
    }
}

/// The host of a session on the user's own terminal.
struct LocalHost {
    terminal: LocalTerminal,
    session: Session,
    reader: DocumentReader,
    /// `None` if the user has no folders, and in secure mode.
    writer: Option<StateWriter>,
}

impl LocalHost {
    /// Takes over the terminal, draws the first frame, and then starts the threads.
    fn start(
        arguments: &Arguments,
        initial: InitialDocument,
        capabilities: Capabilities,
    ) -> anyhow::Result<Self> {
        let options = &arguments.options;
        let keymap = setup::keymap(options)?;
        let dirs = setup::writable_dirs(options);
        let (settings, settings_error) = value_or_message(setup::settings(options).transpose());
        // If the file cannot be read, it exists.
        let is_first_start = dirs.is_some() && settings.is_none() && settings_error.is_none();
        let settings = settings.unwrap_or_default();
        let theme = setup::theme(options, settings.theme.as_deref())?;
        let mut panes = settings.panes;
        if let Some(option) = options.panes {
            panes.visibility = option.into();
        }
        let load_job = LoadJob {
            options: options.clone(),
            file: target::file_argument(&arguments.target).map(Path::to_owned),
            open_document: Arc::clone(&initial.document),
            synonyms: setup::synonyms(options)?,
        };
        let loaded = dirs
            .as_ref()
            .map(|dirs| user_data::load_bookmarks(&dirs.bookmarks_file()));
        let (bookmarks, bookmarks_error) = value_or_message(loaded);
        let terminal =
            LocalTerminal::open(capabilities).context("cannot take over the terminal")?;
        let size = terminal.size();
        let library = LibraryHandle::new(Arc::clone(&initial.library));
        let open = initial.document.code.clone();
        let app_options = AppOptions {
            library: initial.library,
            index: Arc::default(),
            keymap: Arc::new(keymap),
            host: if options.secure {
                Host::Secure
            } else {
                Host::Local
            },
            charset: capabilities.charset,
            size: ratatui::layout::Size::new(size.columns(), size.rows()),
            document: initial.document,
            row_path: initial.row_path,
            top: initial.top,
            message: initial.message.or(bookmarks_error).or(settings_error),
            is_first_start,
            bookmarks,
            table_mode: options.table_mode(),
            today: setup::today(),
            panes,
        };
        let mut host = Self {
            session: Session::new(app_options, Arc::new(theme), capabilities),
            reader: DocumentReader::new(library),
            writer: None,
            terminal,
        };
        if let Some(text) = initial.search {
            let now = Instant::now();
            let _ = host.session.handle(Event::Action(Action::Paste(text)), now);
        }
        host.draw_first_frame();
        host.reader
            .library
            .load_in_background(load_job, host.terminal.sender());
        host.reader.set_open_document(&open);
        if let Some(dirs) = &dirs {
            host.load_search_history(dirs);
        }
        host.writer = dirs.map(|dirs| host.start_writer(dirs));
        if let (true, Some(writer)) = (is_first_start, &host.writer) {
            writer.send(WriteJob::FirstStart);
        }
        Ok(host)
    }

    /// Draws before any thread starts. If this fails, the terminal is gone or the program is about
    /// to end, and an event reports it.
    fn draw_first_frame(&mut self) {
        let out = &mut self.terminal.writer();
        let _ = self
            .session
            .draw(Instant::now(), &mut Buffer::default(), out);
    }

    /// Loads earlier searches after the first frame, which does not show them.
    fn load_search_history(&mut self, dirs: &UserDirs) {
        let action = match user_data::load_search_history(&dirs.search_history_file()) {
            Ok(history) => Action::SearchHistoryLoaded(history),
            Err(error) => Action::ShowMessage(error.to_string()),
        };
        let _ = self.session.handle(Event::Action(action), Instant::now());
    }

    /// Starts the thread that saves position and bookmarks. The status line shows its errors.
    fn start_writer(&self, dirs: UserDirs) -> StateWriter {
        let events = self.terminal.sender();
        StateWriter::start(dirs, move |error| {
            // Sending fails if the session has ended.
            let _ = events.send(Event::Action(Action::ShowMessage(error.to_string())));
        })
    }

    /// Runs the session until it ends, and waits until the state is saved.
    fn run(mut self) -> anyhow::Result<ExitCode> {
        let save = |job| {
            if let Some(writer) = &self.writer {
                writer.send(job);
            }
            None
        };
        let exit = run(self.terminal, self.session, |effect| match effect {
            Effect::SavePosition(position) => save(WriteJob::Position(position)),
            Effect::SaveBookmark(bookmark) => save(WriteJob::Bookmark(bookmark)),
            Effect::SaveTheme(name) => save(WriteJob::Theme(name)),
            Effect::SavePanes(panes) => save(WriteJob::Panes(panes)),
            Effect::SaveSearchHistory(history) => save(WriteJob::SearchHistory(history)),
            effect => self.reader.perform(effect).map(Event::Action),
        })?;
        if let Some(writer) = self.writer {
            writer.finish(SAVE_TIMEOUT);
        }
        Ok(ExitCode::from(exit.exit_status()))
    }
}
