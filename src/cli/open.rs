//! Opens the reader; without a terminal, prints what it would have opened.

use std::io;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ratatui::buffer::Buffer;

use crate::app::{AppOptions, Effect, Host, ReadingPosition};
use crate::cli::arguments::Arguments;
use crate::cli::library_handle::LibraryHandle;
use crate::cli::options::Options;
use crate::cli::output::CommandOutput;
use crate::cli::output::print_error;
use crate::cli::target::Target;
use crate::cli::{answer, library_handle, setup, target};
use crate::content::{Document, RowPath};
use crate::export::ExportFormat;
use crate::layout::TableMode;
use crate::library::Library;
use crate::session::{Event, LocalTerminal, Session, run};
use crate::tty::{Capabilities, DisplayMode};
use crate::user_data;
use crate::user_data::{StateWriter, UserDirs, WriteJob};

/// How long leaving waits for the state file.
const SAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// Where the reader starts.
struct InitialDocument {
    library: Arc<Library>,
    document: Arc<Document>,
    place: Option<RowPath>,
    top: usize,
    note: Option<String>,
}

/// Opens the reader.
pub fn open_reader(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let on_terminal = io::stdout().is_terminal();
    let capabilities = match Capabilities::detect(&setup::env_var, options.overrides()) {
        DisplayMode::FullScreen(capabilities) if on_terminal => Some(capabilities),
        _ => None,
    };
    let opening = if arguments.target.is_empty() {
        // What is printed is the last word, and what is read may still change.
        resume(
            options,
            match capabilities {
                Some(_) => setup::lazy_library(options),
                None => setup::library(options),
            },
        )?
    } else {
        let found = match capabilities {
            Some(_) => target::find_lazy(&arguments.target, options),
            None => target::find(&arguments.target, options),
        };
        match found {
            Ok(found) => match InitialDocument::from_target(&found) {
                Ok(opening) => opening,
                // A bare value of several systems is not guessed at.
                Err(words) if on_terminal => {
                    print_error(&words);
                    return Ok(ExitCode::from(crate::cli::output::INVALID_INPUT));
                }
                Err(_) => return print_documents(arguments, &found),
            },
            Err(miss) => return CommandOutput::from(miss).print(),
        }
    };
    let Some(capabilities) = capabilities else {
        if on_terminal {
            print_error("TERM is dumb or not set, so this is plain text; set TERM to read by keys");
        }
        let documents = vec![(opening.document, opening.place)];
        let found = Target {
            library: opening.library,
            documents,
        };
        return print_documents(arguments, &found);
    };
    run_local(arguments, opening, capabilities)
}

/// Prints what would have been opened.
fn print_documents(arguments: &Arguments, found: &Target) -> anyhow::Result<ExitCode> {
    answer::show(
        found,
        None,
        ExportFormat::Text,
        setup::charset(arguments.options.overrides()),
    )
    .print()
}

impl InitialDocument {
    fn from_target(found: &Target) -> Result<Self, String> {
        match found.documents.as_slice() {
            [(document, place)] => Ok(Self {
                library: Arc::clone(&found.library),
                document: Arc::clone(document),
                place: place.clone(),
                top: 0,
                note: None,
            }),
            several => {
                let codes: Vec<String> = several
                    .iter()
                    .map(|(document, _)| document.code.to_string())
                    .collect();
                Err(format!(
                    "several codes are written so: {}",
                    codes.join(", ")
                ))
            }
        }
    }
}

/// Finds where the reader was; where nobody was here before, the first document.
fn resume(options: &Options, library: Library) -> anyhow::Result<InitialDocument> {
    let path = UserDirs::from_env().map(|folders| folders.state_file());
    let (kept, note) = match path.as_deref().map(user_data::load_position) {
        Some(Ok(kept)) => (kept, None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let place = kept.as_ref().map(|kept| &kept.code);
    let is_there = place
        .cloned()
        .or_else(|| library.first_code())
        .is_some_and(|code| library.document(&code).is_ok());
    let library = if is_there || library.is_fully_loaded() {
        Arc::new(library)
    } else {
        // Its file has another name than one would think, or is gone.
        Arc::new(setup::library(options))
    };
    if let Some(ReadingPosition {
        code,
        row_path: place,
        top,
    }) = kept
        && let Ok(document) = library.document(&code)
    {
        return Ok(InitialDocument {
            library,
            document,
            place,
            top,
            note,
        });
    }
    let code = library.first_code().context("there are no documents")?;
    let document = library.document(&code)?;
    Ok(InitialDocument {
        library,
        document,
        place: None,
        top: 0,
        note,
    })
}

fn run_local(
    arguments: &Arguments,
    opening: InitialDocument,
    capabilities: Capabilities,
) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let keymap = setup::keymap()?;
    let theme = setup::theme(options)?;
    let synonyms = setup::synonyms()?;
    let folders = UserDirs::from_env();
    let (own, damage) = match folders
        .as_ref()
        .map(|folders| user_data::load_bookmarks(&folders.bookmarks_file()))
    {
        Some(Ok(own)) => (Some(own), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let local = LocalTerminal::open(capabilities).context("cannot take over the terminal")?;
    let size = local.size();
    let shelf = LibraryHandle::new(Arc::clone(&opening.library));
    let errand = library_handle::LoadJob {
        options: options.clone(),
        file: target::file_argument(&arguments.target).map(Path::to_owned),
        open_document: Arc::clone(&opening.document),
        synonyms,
    };
    let start = AppOptions {
        library: opening.library,
        index: Arc::default(),
        keymap: Arc::new(keymap),
        host: Host::Local,
        charset: capabilities.charset,
        size: ratatui::layout::Size::new(size.columns(), size.rows()),
        document: opening.document,
        row_path: opening.place,
        top: opening.top,
        message: opening.note.or(damage),
        bookmarks: own,
        table_mode: if options.plain_ui {
            TableMode::Linear
        } else {
            TableMode::Columns
        },
    };
    let mut session = Session::new(start, Arc::new(theme), capabilities);
    // The picture first, everything else beside it. That the terminal is gone, or that the program
    // is to end before the terminal takes anything, comes as an event as well.
    let _ = session.draw(Instant::now(), &mut Buffer::default(), &mut local.writer());
    shelf.load_in_background(errand, local.sender());
    let teller = local.sender();
    let keeper = folders.map(|folders| {
        StateWriter::start(folders, move |error| {
            // A session that has ended needs no note.
            let _ = teller.send(Event::StatusMessage(error.to_string()));
        })
    });
    let ending = run(local, session, |effect| match effect {
        Effect::LoadDocument(code, place) => {
            let document = shelf.document(&code).map_err(|error| error.to_string());
            Some(Event::Loaded(document, place))
        }
        // What cannot be read any more stays as it is on screen.
        Effect::ReloadDocument(code) => shelf.document(&code).ok().map(Event::Reloaded),
        Effect::LoadExcerpts(asks) => Some(Event::load_excerpts(&shelf.library(), asks)),
        Effect::LoadComparison(topic) => Event::load_comparison(&shelf.library(), topic),
        Effect::SavePosition(whereabouts) => {
            if let Some(keeper) = &keeper {
                keeper.send(WriteJob::Position(whereabouts));
            }
            None
        }
        Effect::SaveBookmark(mark) => {
            if let Some(keeper) = &keeper {
                keeper.send(WriteJob::Bookmark(mark));
            }
            None
        }
        Effect::Quit
        | Effect::Suspend
        | Effect::Redraw
        | Effect::Copy(_)
        | Effect::SetMouseOwner(_) => None,
    })?;
    if let Some(keeper) = keeper {
        keeper.finish(SAVE_TIMEOUT);
    }
    Ok(ExitCode::from(ending.exit_status()))
}
