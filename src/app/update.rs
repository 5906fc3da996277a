//! Changes the state: one action in, at most one effect out.

use std::mem;
use std::sync::Arc;

use tui_input::InputRequest;

use super::clipping::Citation;
use super::command::{Erasure, Step};
use super::{Action, App, Command, Effect, Focus, Found, Opened, Reading, Searching, Sheet};
use crate::content::{Document, Place};

impl App {
    /// Changes the state as an action asks, and returns what the world outside is to do for it.
    pub fn update(&mut self, action: Action) -> Option<Effect> {
        if let Action::Told(answers) = action {
            // Nothing is asked again after an answer, whatever it was: that could go on for ever.
            self.told(answers);
            return None;
        }
        self.act(action).or_else(|| self.ask())
    }

    fn act(&mut self, action: Action) -> Option<Effect> {
        match action {
            Action::Do(command) => {
                self.note = None;
                self.command(command)
            }
            Action::Insert(text) => {
                self.note = None;
                self.insert(&text);
                None
            }
            Action::Click(at) => {
                self.note = None;
                self.click(at)
            }
            Action::Wheel(step) => {
                self.note = None;
                self.travel(step);
                None
            }
            Action::Resize(size) => {
                self.size = size;
                self.set();
                None
            }
            Action::Loaded(document, place) => {
                self.reading = Reading::new(document);
                self.set();
                self.arrive(place.as_ref());
                None
            }
            Action::Told(answers) => {
                self.told(answers);
                None
            }
            Action::Compared(topic, document, place) => {
                self.lay_beside(topic, document, place);
                None
            }
            Action::Catalogue(library, index) => {
                self.library = library;
                self.index = index;
                Some(self.catalogue())
            }
            Action::Reloaded(document) => {
                self.reload(document);
                None
            }
            Action::Progress(progress) => {
                self.progress = Some(progress);
                None
            }
            Action::Note(note) => {
                self.note = Some(note);
                None
            }
        }
    }

    fn command(&mut self, command: Command) -> Option<Effect> {
        match command {
            Command::Quit => return Some(Effect::Quit),
            Command::Suspend => return Some(Effect::Suspend),
            Command::Redraw => return Some(Effect::Redraw),
            Command::Help => self.focus = Focus::Text(Sheet::help(&self.keymap, self.setting())),
            Command::Library => self.list(),
            Command::Search => self.focus = Focus::Search(Box::default()),
            Command::Copy => return self.copy(Citation::Without),
            Command::CopyCited => return self.copy(Citation::With),
            Command::Bookmark => return self.bookmark(),
            Command::Annotate => return self.annotate(),
            Command::Marks => return self.list_marks(),
            Command::Mouse => return Some(self.toggle_mouse()),
            Command::NextHit => return self.go_to_hit(1),
            Command::PreviousHit => return self.go_to_hit(-1),
            Command::Open => return self.open(),
            Command::Back => self.back(),
            Command::HistoryBack => return self.history_back(),
            Command::HistoryForward => return self.history_forward(),
            Command::NextSection => self.turn(1),
            Command::PreviousSection => self.turn(-1),
            Command::Section(n) => self.show_section(usize::from(n).saturating_sub(1)),
            Command::Left => return self.sideways(-1),
            Command::Right => return self.sideways(1),
            Command::Go(step) => self.travel(step),
            Command::Erase(erasure) => self.erase(erasure),
        }
        None
    }

    /// Sets everything that depends on the screen's size.
    fn set(&mut self) {
        let (setting, height) = (self.setting(), self.layout().body.height);
        self.reading.set(setting, height);
        let list = self.layout().list().1.height;
        match &mut self.focus {
            Focus::Reading | Focus::Note(_) => {}
            Focus::Record(opened) => {
                let top = opened.top;
                if let Some(place) = self.reading.place() {
                    *opened =
                        Opened::new(self.reading.document(), place, setting, self.own.as_ref());
                    opened.scroll_to(top, height);
                }
            }
            Focus::Search(searching) => searching.choose(0, list),
            Focus::Library(listing) => listing.choose(0, list),
            Focus::Beside(beside) => {
                beside.set(setting);
                beside.scroll_to(beside.top, list);
            }
            Focus::Marks(marks) => {
                if let Some(own) = &self.own {
                    marks.choose(0, own, list);
                }
            }
            Focus::Text(sheet) => {
                sheet.set(&self.keymap, setting);
                sheet.scroll_to(sheet.top, list);
            }
        }
    }

    /// Takes note of a library that has been read: the open document may be newer in it.
    fn catalogue(&mut self) -> Effect {
        self.progress = None;
        let open = self.reading.document().code.clone();
        match &mut self.focus {
            Focus::Search(searching) => searching.ask(&self.index, &open),
            Focus::Library(listing) => {
                listing.renew(&self.library, &self.index);
            }
            Focus::Reading
            | Focus::Record(_)
            | Focus::Beside(_)
            | Focus::Text(_)
            | Focus::Note(_)
            | Focus::Marks(_) => {}
        }
        self.set();
        Effect::Reload(open)
    }

    /// Exchanges the open document for what the library has on its code now.
    fn reload(&mut self, document: Arc<Document>) {
        let open = self.reading.document();
        if document.code == open.code && *document != *open {
            let (setting, height) = (self.setting(), self.layout().body.height);
            self.reading.replace(document, setting, height);
            self.set();
        }
    }

    fn insert(&mut self, text: &str) {
        let open = &self.reading.document().code;
        match &mut self.focus {
            Focus::Search(searching) => {
                searching.insert(text);
                searching.ask(&self.index, open);
            }
            Focus::Library(listing) => listing.insert(text, &self.library, &self.index),
            Focus::Note(writing) => writing.insert(text),
            Focus::Reading
            | Focus::Record(_)
            | Focus::Beside(_)
            | Focus::Text(_)
            | Focus::Marks(_) => {}
        }
    }

    fn erase(&mut self, erasure: Erasure) {
        let request = match erasure {
            Erasure::Before => InputRequest::DeletePrevChar,
            Erasure::After => InputRequest::DeleteNextChar,
            Erasure::Word => InputRequest::DeletePrevWord,
            Erasure::All => InputRequest::DeleteLine,
        };
        let open = &self.reading.document().code;
        match &mut self.focus {
            Focus::Search(searching) => {
                if searching.edit(request) {
                    searching.ask(&self.index, open);
                }
            }
            Focus::Library(listing) => listing.edit(request, &self.library, &self.index),
            Focus::Note(writing) => writing.edit(request),
            Focus::Reading
            | Focus::Record(_)
            | Focus::Beside(_)
            | Focus::Text(_)
            | Focus::Marks(_) => {}
        }
    }

    /// Moves up or down in whatever has the keys.
    fn travel(&mut self, step: Step) {
        let body = self.layout().body.height;
        let list = self.layout().list().1.height;
        match &mut self.focus {
            Focus::Reading => match step {
                Step::Up => self.reading.up(body),
                Step::Down => self.reading.down(body),
                Step::PageUp => self.reading.page_up(body),
                Step::PageDown => self.reading.page_down(body),
                Step::Home => self.reading.home(),
                Step::End => self.reading.end(body),
            },
            Focus::Record(opened) => {
                let top = moved(opened.top, step, usize::from(body));
                opened.scroll_to(top, body);
            }
            Focus::Text(sheet) => {
                let top = moved(sheet.top, step, usize::from(list));
                sheet.scroll_to(top, list);
            }
            Focus::Beside(beside) => {
                let top = moved(beside.top, step, usize::from(list));
                beside.scroll_to(top, list);
            }
            Focus::Library(listing) => {
                listing.choose(distance(step, listing.visible(list)), list);
            }
            Focus::Marks(marks) => {
                if let Some(own) = &self.own {
                    marks.choose(distance(step, usize::from(list)), own, list);
                }
            }
            Focus::Note(writing) => match step {
                Step::Home => writing.edit(InputRequest::GoToStart),
                Step::End => writing.edit(InputRequest::GoToEnd),
                Step::Up | Step::Down | Step::PageUp | Step::PageDown => {}
            },
            Focus::Search(searching) => match step {
                Step::Home => {
                    searching.edit(InputRequest::GoToStart);
                }
                Step::End => {
                    searching.edit(InputRequest::GoToEnd);
                }
                Step::Up | Step::Down | Step::PageUp | Step::PageDown => {
                    searching.choose(distance(step, searching.visible(list)), list);
                }
            },
        }
    }

    /// Moves left or right: between sections, rows, lists, or characters.
    fn sideways(&mut self, by: isize) -> Option<Effect> {
        match &mut self.focus {
            Focus::Reading => {
                if let Some(section) = self.reading.section().checked_add_signed(by) {
                    self.show_section(section);
                }
            }
            Focus::Record(_) => {
                let height = self.layout().body.height;
                if let Some(row) = self.reading.selected().checked_add_signed(by) {
                    self.reading.select(row, height);
                    self.open_row();
                }
            }
            Focus::Search(searching) => {
                let request = if by < 0 {
                    InputRequest::GoToPrevChar
                } else {
                    InputRequest::GoToNextChar
                };
                searching.edit(request);
            }
            Focus::Beside(_) => return self.next_beside(by),
            // Where there is no text to move in, they go between the lists.
            Focus::Library(listing) if listing.text().is_empty() => self.turn(by),
            Focus::Library(listing) => {
                let request = if by < 0 {
                    InputRequest::GoToPrevChar
                } else {
                    InputRequest::GoToNextChar
                };
                listing.edit(request, &self.library, &self.index);
            }
            Focus::Note(writing) => writing.edit(if by < 0 {
                InputRequest::GoToPrevChar
            } else {
                InputRequest::GoToNextChar
            }),
            Focus::Text(_) | Focus::Marks(_) => {}
        }
        None
    }

    /// Goes to the section or list before or after, around the ends.
    fn turn(&mut self, by: isize) {
        let list = self.layout().list().1.height;
        if let Focus::Library(listing) = &mut self.focus {
            listing.turn(by, &self.library, &self.index);
            listing.choose_code(&self.library, &self.reading.document().code);
            listing.choose(0, list);
            return;
        }
        let count = self.reading.document().sections.len().max(1);
        let at = self
            .reading
            .section()
            .checked_add_signed(by)
            .unwrap_or(count - 1);
        self.show_section(at % count);
    }

    pub(super) fn show_section(&mut self, section: usize) {
        if section < self.reading.document().sections.len() {
            self.reading
                .show_section(section, self.setting(), self.layout().body.height);
            self.focus = Focus::Reading;
        }
    }

    fn open(&mut self) -> Option<Effect> {
        match mem::replace(&mut self.focus, Focus::Reading) {
            Focus::Reading => self.open_selected(),
            Focus::Search(searching) => self.answer(*searching),
            Focus::Library(listing) => self.open_listed(listing),
            Focus::Beside(beside) => self.open_beside(beside),
            opened @ Focus::Record(_) => {
                self.focus = opened;
                self.follow()
            }
            Focus::Note(writing) => self.note_written(&writing),
            Focus::Marks(marks) => self.open_mark(marks),
            text @ Focus::Text(_) => {
                self.focus = text;
                None
            }
        }
    }

    /// Opens the selected row whole.
    fn open_row(&mut self) {
        if let Some(place) = self.reading.place() {
            self.focus = Focus::Record(Opened::new(
                self.reading.document(),
                place,
                self.setting(),
                self.own.as_ref(),
            ));
        }
    }

    /// Goes to the chosen hit. Where nothing matched, asks for the chosen nearest term instead;
    /// where nothing is typed, begins with the chosen scope.
    fn answer(&mut self, mut searching: Searching) -> Option<Effect> {
        if let Some(term) = searching.scope().or(searching.nearest()).map(str::to_owned) {
            searching.replace(term);
            searching.ask(&self.index, &self.reading.document().code);
            self.focus = Focus::Search(Box::new(searching));
            return None;
        }
        let Some(found) = searching.clone().found() else {
            self.focus = Focus::Search(Box::new(searching));
            return None;
        };
        self.found = Some(found);
        self.jump();
        self.go_to_hit(0)
    }

    /// Goes to a hit some way from the last one, around the ends.
    fn go_to_hit(&mut self, by: isize) -> Option<Effect> {
        let Some(Found { hits, at, text, .. }) = &mut self.found else {
            self.note = Some("nothing searched for yet: / searches".to_owned());
            return None;
        };
        let count = hits.len();
        *at = at.checked_add_signed(by).unwrap_or(count - 1) % count;
        let hit = &hits[*at];
        self.note = Some(format!("hit {} of {count} for “{text}”", *at + 1));
        let (code, place) = (hit.code.clone(), hit.place.clone());
        if code != self.reading.document().code {
            return Some(Effect::Load(code, place));
        }
        self.arrive(place.as_ref());
        None
    }

    /// Shows a row of the open document.
    pub(super) fn arrive(&mut self, place: Option<&Place>) {
        self.focus = Focus::Reading;
        let (setting, height) = (self.setting(), self.layout().body.height);
        if let Some(place) = place
            && !self.reading.go(place, setting, height)
        {
            self.note = Some(format!("{} is no longer in this document", place.row.0));
        }
    }

    fn back(&mut self) {
        match mem::replace(&mut self.focus, Focus::Reading) {
            Focus::Reading => self.found = None,
            Focus::Beside(beside) => {
                self.focus = Focus::Library(beside.into_list());
                self.set();
            }
            Focus::Record(_)
            | Focus::Search(_)
            | Focus::Library(_)
            | Focus::Text(_)
            | Focus::Note(_)
            | Focus::Marks(_) => {}
        }
    }
}

/// Returns the line shown first after a move through a text; the caller clamps it.
const fn moved(top: usize, step: Step, height: usize) -> usize {
    let page = if height > 1 { height - 1 } else { 1 };
    match step {
        Step::Up => top.saturating_sub(1),
        Step::Down => top + 1,
        Step::PageUp => top.saturating_sub(page),
        Step::PageDown => top + page,
        Step::Home => 0,
        Step::End => usize::MAX,
    }
}

/// Returns how far a move goes in a list that shows some items.
fn distance(step: Step, visible: usize) -> isize {
    let page = isize::try_from(visible).unwrap_or(isize::MAX).max(1);
    match step {
        Step::Up => -1,
        Step::Down => 1,
        Step::PageUp => -page,
        Step::PageDown => page,
        Step::Home => isize::MIN,
        Step::End => isize::MAX,
    }
}
