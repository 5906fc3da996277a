//! Opens the reader or, without a terminal, prints the document.

use std::io;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ratatui::buffer::Buffer;

use crate::app::{Action, AppOptions, Effect, Host};
use crate::cli::arguments::Arguments;
use crate::cli::library_handle::{LibraryHandle, LoadJob};
use crate::cli::options::Options;
use crate::cli::output::{CommandOutput, INVALID_INPUT, print_error};
use crate::cli::target::Target;
use crate::cli::{answer, setup, target};
use crate::content::{Document, RowPath};
use crate::export::ExportFormat;
use crate::layout::TableMode;
use crate::library::Library;
use crate::session::{Event, LocalTerminal, Session, load, run};
use crate::tty::{Capabilities, DisplayMode};
use crate::user_data;
use crate::user_data::{StateWriter, UserDirs, WriteJob};

/// How long the program waits at exit for the state file to be written.
const SAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// The document to open, and where.
struct InitialDocument {
    library: Arc<Library>,
    document: Arc<Document>,
    row_path: Option<RowPath>,
    top: usize,
    /// An error to show in the status line.
    message: Option<String>,
}

pub fn open_reader(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let on_terminal = io::stdout().is_terminal();
    let capabilities = match Capabilities::detect(&setup::env_var, options.overrides()) {
        DisplayMode::FullScreen(capabilities) if on_terminal => Some(capabilities),
        _ => None,
    };
    // The reader can start with a lazy library, because it gets the whole one later. Printed
    // output is final.
    let is_lazy = capabilities.is_some();
    let initial = if arguments.target.is_empty() {
        let library = if is_lazy {
            setup::lazy_library(options)
        } else {
            setup::library(options)
        };
        InitialDocument::resume(options, library)?
    } else {
        let found = if is_lazy {
            target::find_lazy(&arguments.target, options)
        } else {
            target::find(&arguments.target, options)
        };
        let target = match found {
            Ok(target) => target,
            Err(error) => return CommandOutput::from(error).print(),
        };
        match InitialDocument::from_target(&target) {
            Some(initial) => initial,
            None if on_terminal => {
                print_error(&ambiguity(&target));
                return Ok(ExitCode::from(INVALID_INPUT));
            }
            None => return print_documents(arguments, &target),
        }
    };
    if let Some(capabilities) = capabilities {
        return run_local(arguments, initial, capabilities);
    }
    if on_terminal {
        print_error("TERM is dumb or not set, so this is plain text; set TERM to read by keys");
    }
    let target = Target {
        library: initial.library,
        documents: vec![(initial.document, initial.row_path)],
    };
    print_documents(arguments, &target)
}

fn print_documents(arguments: &Arguments, target: &Target) -> anyhow::Result<ExitCode> {
    let charset = setup::charset(arguments.options.overrides());
    answer::show(target, None, ExportFormat::Text, charset).print()
}

/// The error for a code that several systems have.
fn ambiguity(target: &Target) -> String {
    let codes = target.documents.iter();
    let codes: Vec<String> = codes
        .map(|(document, _)| document.code.to_string())
        .collect();
    format!("matches more than one code: {}", codes.join(", "))
}

impl InitialDocument {
    /// `None` if the target is more than one document.
    fn from_target(target: &Target) -> Option<Self> {
        let [(document, row_path)] = target.documents.as_slice() else {
            return None;
        };
        Some(Self {
            library: Arc::clone(&target.library),
            document: Arc::clone(document),
            row_path: row_path.clone(),
            top: 0,
            message: None,
        })
    }

    /// The document and position at which the reader last quit or, without a saved position, the
    /// first document.
    fn resume(options: &Options, library: Library) -> anyhow::Result<Self> {
        let path = UserDirs::from_env().map(|dirs| dirs.state_file());
        let (saved, message) = match path.as_deref().map(user_data::load_position) {
            Some(Ok(saved)) => (saved, None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let code = saved.as_ref().map(|saved| saved.code.clone());
        let code = code.or_else(|| library.first_code());
        let is_readable = code.is_some_and(|code| library.document(&code).is_ok());
        let library = Arc::new(if is_readable || library.is_fully_loaded() {
            library
        } else {
            // The document's file has an unexpected name, or is gone.
            setup::library(options)
        });
        if let Some(saved) = saved
            && let Ok(document) = library.document(&saved.code)
        {
            return Ok(Self {
                library,
                document,
                row_path: saved.row_path,
                top: saved.top,
                message,
            });
        }
        let code = library.first_code().context("there are no documents")?;
        let document = library.document(&code)?;
        Ok(Self {
            library,
            document,
            row_path: None,
            top: 0,
            message,
        })
    }
}

/// The executor of effects on the user's own terminal.
struct LocalHost {
    library: LibraryHandle,
    /// `None` without a home directory.
    state_writer: Option<StateWriter>,
}

impl LocalHost {
    fn perform(&self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::SavePosition(position) => self.save(WriteJob::Position(position)),
            Effect::SaveBookmark(bookmark) => self.save(WriteJob::Bookmark(bookmark)),
            effect => return load(&self.library.library(), effect).map(Event::Action),
        }
        None
    }

    fn save(&self, job: WriteJob) {
        if let Some(writer) = &self.state_writer {
            writer.send(job);
        }
    }
}

/// Runs the reader on the user's own terminal.
fn run_local(
    arguments: &Arguments,
    initial: InitialDocument,
    capabilities: Capabilities,
) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    // Errors in the user's files are printed before the terminal is taken over.
    let keymap = setup::keymap()?;
    let theme = setup::theme(options)?;
    let job = LoadJob {
        options: options.clone(),
        file: target::file_argument(&arguments.target).map(Path::to_owned),
        open_document: Arc::clone(&initial.document),
        synonyms: setup::synonyms()?,
    };
    let dirs = UserDirs::from_env();
    let bookmarks = dirs
        .as_ref()
        .map(|dirs| user_data::load_bookmarks(&dirs.bookmarks_file()));
    let (bookmarks, damage) = match bookmarks.transpose() {
        Ok(bookmarks) => (bookmarks, None),
        Err(error) => (None, Some(error.to_string())),
    };
    let terminal = LocalTerminal::open(capabilities).context("cannot take over the terminal")?;
    let size = terminal.size();
    let library = LibraryHandle::new(Arc::clone(&initial.library));
    let app_options = AppOptions {
        library: initial.library,
        index: Arc::default(),
        keymap: Arc::new(keymap),
        host: Host::Local,
        charset: capabilities.charset,
        size: ratatui::layout::Size::new(size.columns(), size.rows()),
        document: initial.document,
        row_path: initial.row_path,
        top: initial.top,
        message: initial.message.or(damage),
        bookmarks,
        table_mode: if options.plain_ui {
            TableMode::Linear
        } else {
            TableMode::Columns
        },
    };
    let mut session = Session::new(app_options, Arc::new(theme), capabilities);
    // The first frame comes before everything else. If it cannot be drawn, an event follows that
    // ends the session.
    let _ = session.draw(
        Instant::now(),
        &mut Buffer::default(),
        &mut terminal.writer(),
    );
    library.load_in_background(job, terminal.sender());
    let sender = terminal.sender();
    let state_writer = dirs.map(|dirs| {
        StateWriter::start(dirs, move |error| {
            // Fails only after the session has ended.
            let _ = sender.send(Event::Action(Action::ShowMessage(error.to_string())));
        })
    });
    let host = LocalHost {
        library,
        state_writer,
    };
    let exit = run(terminal, session, |effect| host.perform(effect))?;
    if let Some(writer) = host.state_writer {
        writer.finish(SAVE_TIMEOUT);
    }
    Ok(ExitCode::from(exit.exit_status()))
}
