//! Opens the reader; without a terminal, prints what it would have opened.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ratatui::buffer::Buffer;

use super::answer::{self, Answer};
use super::arguments::Arguments;
use super::options::Options;
use super::shelf::{self, Shelf};
use super::target::{self, Found};
use super::{complain, setup};
use crate::app::{Effect, Host, Start, Whereabouts};
use crate::content::{Document, Place};
use crate::export::Format;
use crate::keep::{self, Errand, Folders, Keeper};
use crate::library::Library;
use crate::page::Flow;
use crate::terminal::{self, Capabilities, Event, Local, Painting, Session};

/// How long leaving waits for the state file.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where the reader starts.
struct Opening {
    library: Arc<Library>,
    document: Arc<Document>,
    place: Option<Place>,
    top: usize,
    note: Option<String>,
}

/// Opens the reader.
pub fn read(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let on_terminal = io::stdout().is_terminal();
    let capabilities = match Capabilities::detect(&setup::variable, options.overrides()) {
        Painting::Full(capabilities) if on_terminal => Some(capabilities),
        _ => None,
    };
    let opening = if arguments.target.is_empty() {
        // What is printed is the last word, and what is read may still change.
        resume(
            options,
            match capabilities {
                Some(_) => setup::begun(options),
                None => setup::library(options),
            },
        )?
    } else {
        let found = match capabilities {
            Some(_) => target::find_first(&arguments.target, options),
            None => target::find(&arguments.target, options),
        };
        match found {
            Ok(found) => match Opening::of(&found) {
                Ok(opening) => opening,
                // A bare value of several systems is not guessed at.
                Err(words) if on_terminal => {
                    complain(&words);
                    return Ok(ExitCode::from(super::BAD));
                }
                Err(_) => return print(arguments, &found),
            },
            Err(miss) => return Answer::from(miss).print(),
        }
    };
    let Some(capabilities) = capabilities else {
        if on_terminal {
            complain("TERM is dumb or not set, so this is plain text; set TERM to read by keys");
        }
        let documents = vec![(opening.document, opening.place)];
        let found = Found {
            library: opening.library,
            documents,
        };
        return print(arguments, &found);
    };
    open(arguments, opening, capabilities)
}

/// Prints what would have been opened.
fn print(arguments: &Arguments, found: &Found) -> anyhow::Result<ExitCode> {
    answer::show(
        found,
        None,
        Format::Text,
        setup::charset(arguments.options.overrides()),
    )
    .print()
}

impl Opening {
    fn of(found: &Found) -> Result<Self, String> {
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
fn resume(options: &Options, library: Library) -> anyhow::Result<Opening> {
    let path = Folders::of_user().map(|folders| folders.state_file());
    let (kept, note) = match path.as_deref().map(keep::read) {
        Some(Ok(kept)) => (kept, None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let place = kept.as_ref().map(|kept| &kept.code);
    let is_there = place
        .cloned()
        .or_else(|| library.first())
        .is_some_and(|code| library.document(&code).is_ok());
    let library = if is_there || library.is_whole() {
        Arc::new(library)
    } else {
        // Its file has another name than one would think, or is gone.
        Arc::new(setup::library(options))
    };
    if let Some(Whereabouts { code, place, top }) = kept
        && let Ok(document) = library.document(&code)
    {
        return Ok(Opening {
            library,
            document,
            place,
            top,
            note,
        });
    }
    let code = library.first().context("there are no documents")?;
    let document = library.document(&code)?;
    Ok(Opening {
        library,
        document,
        place: None,
        top: 0,
        note,
    })
}

fn open(
    arguments: &Arguments,
    opening: Opening,
    capabilities: Capabilities,
) -> anyhow::Result<ExitCode> {
    let options = &arguments.options;
    let keymap = setup::keymap()?;
    let theme = setup::theme(options)?;
    let synonyms = setup::synonyms()?;
    let folders = Folders::of_user();
    let (own, damage) = match folders
        .as_ref()
        .map(|folders| keep::own(&folders.marks_file()))
    {
        Some(Ok(own)) => (Some(own), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let local = Local::open(capabilities).context("cannot take over the terminal")?;
    let size = local.size();
    let shelf = Shelf::new(Arc::clone(&opening.library));
    let errand = shelf::Errand {
        options: options.clone(),
        file: target::file(&arguments.target).map(Path::to_owned),
        open: Arc::clone(&opening.document),
        synonyms,
    };
    let start = Start {
        library: opening.library,
        index: Arc::default(),
        keymap: Arc::new(keymap),
        host: Host::Local,
        charset: capabilities.charset,
        size: ratatui::layout::Size::new(size.columns(), size.rows()),
        document: opening.document,
        place: opening.place,
        top: opening.top,
        note: opening.note.or(damage),
        own,
        flow: if options.plain_ui {
            Flow::Linear
        } else {
            Flow::Columns
        },
    };
    let mut session = Session::new(start, Arc::new(theme), capabilities);
    // The picture first, everything else beside it. That the terminal is gone, or that the program
    // is to end before the terminal takes anything, comes as an event as well.
    let _ = session.draw(Instant::now(), &mut Buffer::default(), &mut local.writer());
    shelf.fill(errand, local.sender());
    let teller = local.sender();
    let keeper = folders.map(|folders| {
        Keeper::start(folders, move |error| {
            // A session that has ended needs no note.
            let _ = teller.send(Event::Note(error.to_string()));
        })
    });
    let ending = terminal::run(local, session, |effect| match effect {
        Effect::Load(code, place) => {
            let document = shelf.document(&code).map_err(|error| error.to_string());
            Some(Event::Loaded(document, place))
        }
        // What cannot be read any more stays as it is on screen.
        Effect::Reload(code) => shelf.document(&code).ok().map(Event::Reloaded),
        Effect::Ask(asks) => Some(Event::told(&shelf.library(), asks)),
        Effect::Compare(topic) => Event::compared(&shelf.library(), topic),
        Effect::Keep(whereabouts) => {
            if let Some(keeper) = &keeper {
                keeper.send(Errand::Place(whereabouts));
            }
            None
        }
        Effect::Mark(mark) => {
            if let Some(keeper) = &keeper {
                keeper.send(Errand::Mark(mark));
            }
            None
        }
        Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Copy(_) | Effect::Mouse(_) => {
            None
        }
    })?;
    if let Some(keeper) = keeper {
        keeper.finish(PATIENCE);
    }
    Ok(ExitCode::from(ending.exit_status()))
}
