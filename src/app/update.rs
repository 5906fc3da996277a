//! Changes the state: one action in, at most one effect out.

use std::mem;
use std::sync::Arc;

use tui_input::InputRequest;

use crate::app::action::{Action, Effect};
use crate::app::app::{App, Focus};
use crate::app::command::{Command, Deletion, Movement};
use crate::app::copy::Citation;
use crate::app::modes::document::{DocumentView, RowDetail};
use crate::app::modes::search::{ActiveSearch, SearchState};
use crate::app::modes::text_panel::TextPanel;
use crate::content::{Document, RowPath};

impl App {
    /// Changes the state as an action asks, and returns what the world outside is to do for it.
    pub fn update(&mut self, action: Action) -> Option<Effect> {
        if let Action::ExcerptsLoaded(answers) = action {
            // Nothing is asked again after an answer, whatever it was: that could go on for ever.
            self.receive_excerpts(answers);
            return None;
        }
        self.apply(action)
            .or_else(|| self.request_missing_excerpts())
    }

    fn apply(&mut self, action: Action) -> Option<Effect> {
        match action {
            Action::Command(command) => {
                self.message = None;
                self.run_command(command)
            }
            Action::Insert(text) => {
                self.message = None;
                self.insert(&text);
                None
            }
            Action::Click(at) => {
                self.message = None;
                self.click(at)
            }
            Action::Wheel(step) => {
                self.message = None;
                self.move_vertically(step);
                None
            }
            Action::Resize(size) => {
                self.size = size;
                self.relayout();
                None
            }
            Action::DocumentLoaded(document, place) => {
                self.document_view = DocumentView::new(document);
                self.relayout();
                self.go_to(place.as_ref());
                None
            }
            Action::ExcerptsLoaded(answers) => {
                self.receive_excerpts(answers);
                None
            }
            Action::ComparisonLoaded(topic, document, place) => {
                self.show_comparison(topic, document, place);
                None
            }
            Action::LibraryLoaded(library, index) => {
                self.library = library;
                self.index = index;
                Some(self.library_loaded())
            }
            Action::DocumentReloaded(document) => {
                self.reload_document(document);
                None
            }
            Action::Progress(progress) => {
                self.progress = Some(progress);
                None
            }
            Action::ShowMessage(note) => {
                self.message = Some(note);
                None
            }
        }
    }

    fn run_command(&mut self, command: Command) -> Option<Effect> {
        match command {
            Command::Quit => return Some(Effect::Quit),
            Command::Suspend => return Some(Effect::Suspend),
            Command::Redraw => return Some(Effect::Redraw),
            Command::Help => {
                self.focus = Focus::TextPanel(TextPanel::help(&self.keymap, self.layout_options()));
            }
            Command::Library => self.show_library(),
            Command::Search => self.focus = Focus::Search(Box::default()),
            Command::Copy => return self.copy(Citation::Without),
            Command::CopyWithCitation => return self.copy(Citation::With),
            Command::Bookmark => return self.toggle_bookmark(),
            Command::Annotate => return self.annotate(),
            Command::Bookmarks => return self.show_bookmarks(),
            Command::ToggleMouse => return Some(self.toggle_mouse()),
            Command::NextHit => return self.go_to_hit(1),
            Command::PreviousHit => return self.go_to_hit(-1),
            Command::Open => return self.open(),
            Command::Back => self.back(),
            Command::HistoryBack => return self.history_back(),
            Command::HistoryForward => return self.history_forward(),
            Command::NextSection => self.cycle_tab(1),
            Command::PreviousSection => self.cycle_tab(-1),
            Command::Section(n) => self.show_section(usize::from(n).saturating_sub(1)),
            Command::Left => return self.move_horizontally(-1),
            Command::Right => return self.move_horizontally(1),
            Command::Move(step) => self.move_vertically(step),
            Command::Delete(erasure) => self.delete(erasure),
        }
        None
    }

    /// Sets everything that depends on the screen's size.
    fn relayout(&mut self) {
        let (setting, height) = (self.layout_options(), self.screen_layout().body.height);
        self.document_view.relayout(setting, height);
        let list = self.screen_layout().list_areas().1.height;
        match &mut self.focus {
            Focus::Document | Focus::Note(_) => {}
            Focus::RowDetail(opened) => {
                let top = opened.top;
                if let Some(place) = self.document_view.row_path() {
                    *opened = RowDetail::new(
                        self.document_view.document(),
                        place,
                        setting,
                        self.bookmarks.as_ref(),
                    );
                    opened.scroll_to(top, height);
                }
            }
            Focus::Search(searching) => searching.move_selection(0, list),
            Focus::Library(listing) => listing.move_selection(0, list),
            Focus::Comparison(beside) => {
                beside.relayout(setting);
                beside.scroll_to(beside.top, list);
            }
            Focus::Bookmarks(marks) => {
                if let Some(own) = &self.bookmarks {
                    marks.move_selection(0, own, list);
                }
            }
            Focus::TextPanel(sheet) => {
                sheet.relayout(&self.keymap, setting);
                sheet.scroll_to(sheet.top, list);
            }
        }
    }

    /// Takes note of a library that has been read: the open document may be newer in it.
    fn library_loaded(&mut self) -> Effect {
        self.progress = None;
        let open = self.document_view.document().code.clone();
        match &mut self.focus {
            Focus::Search(searching) => searching.run_query(&self.index, &open),
            Focus::Library(listing) => {
                listing.refresh(&self.library, &self.index);
            }
            Focus::Document
            | Focus::RowDetail(_)
            | Focus::Comparison(_)
            | Focus::TextPanel(_)
            | Focus::Note(_)
            | Focus::Bookmarks(_) => {}
        }
        self.relayout();
        Effect::ReloadDocument(open)
    }

    /// Exchanges the open document for what the library has on its code now.
    fn reload_document(&mut self, document: Arc<Document>) {
        let open = self.document_view.document();
        if document.code == open.code && *document != *open {
            let (setting, height) = (self.layout_options(), self.screen_layout().body.height);
            self.document_view
                .replace_document(document, setting, height);
            self.relayout();
        }
    }

    fn insert(&mut self, text: &str) {
        let open = &self.document_view.document().code;
        match &mut self.focus {
            Focus::Search(searching) => {
                searching.insert(text);
                searching.run_query(&self.index, open);
            }
            Focus::Library(listing) => listing.insert(text, &self.library, &self.index),
            Focus::Note(writing) => writing.insert(text),
            Focus::Document
            | Focus::RowDetail(_)
            | Focus::Comparison(_)
            | Focus::TextPanel(_)
            | Focus::Bookmarks(_) => {}
        }
    }

    fn delete(&mut self, erasure: Deletion) {
        let request = match erasure {
            Deletion::PreviousChar => InputRequest::DeletePrevChar,
            Deletion::NextChar => InputRequest::DeleteNextChar,
            Deletion::PreviousWord => InputRequest::DeletePrevWord,
            Deletion::All => InputRequest::DeleteLine,
        };
        let open = &self.document_view.document().code;
        match &mut self.focus {
            Focus::Search(searching) => {
                if searching.edit(request) {
                    searching.run_query(&self.index, open);
                }
            }
            Focus::Library(listing) => listing.edit(request, &self.library, &self.index),
            Focus::Note(writing) => writing.edit(request),
            Focus::Document
            | Focus::RowDetail(_)
            | Focus::Comparison(_)
            | Focus::TextPanel(_)
            | Focus::Bookmarks(_) => {}
        }
    }

    /// Moves up or down in whatever has the keys.
    fn move_vertically(&mut self, step: Movement) {
        let body = self.screen_layout().body.height;
        let list = self.screen_layout().list_areas().1.height;
        match &mut self.focus {
            Focus::Document => match step {
                Movement::Up => self.document_view.up(body),
                Movement::Down => self.document_view.down(body),
                Movement::PageUp => self.document_view.page_up(body),
                Movement::PageDown => self.document_view.page_down(body),
                Movement::Home => self.document_view.home(),
                Movement::End => self.document_view.end(body),
            },
            Focus::RowDetail(opened) => {
                let top = scrolled_top(opened.top, step, usize::from(body));
                opened.scroll_to(top, body);
            }
            Focus::TextPanel(sheet) => {
                let top = scrolled_top(sheet.top, step, usize::from(list));
                sheet.scroll_to(top, list);
            }
            Focus::Comparison(beside) => {
                let top = scrolled_top(beside.top, step, usize::from(list));
                beside.scroll_to(top, list);
            }
            Focus::Library(listing) => {
                listing
                    .move_selection(selection_offset(step, listing.items_per_screen(list)), list);
            }
            Focus::Bookmarks(marks) => {
                if let Some(own) = &self.bookmarks {
                    marks.move_selection(selection_offset(step, usize::from(list)), own, list);
                }
            }
            Focus::Note(writing) => match step {
                Movement::Home => writing.edit(InputRequest::GoToStart),
                Movement::End => writing.edit(InputRequest::GoToEnd),
                Movement::Up | Movement::Down | Movement::PageUp | Movement::PageDown => {}
            },
            Focus::Search(searching) => match step {
                Movement::Home => {
                    searching.edit(InputRequest::GoToStart);
                }
                Movement::End => {
                    searching.edit(InputRequest::GoToEnd);
                }
                Movement::Up | Movement::Down | Movement::PageUp | Movement::PageDown => {
                    searching.move_selection(
                        selection_offset(step, searching.items_per_screen(list)),
                        list,
                    );
                }
            },
        }
    }

    /// Moves left or right: between sections, rows, lists, or characters.
    fn move_horizontally(&mut self, by: isize) -> Option<Effect> {
        match &mut self.focus {
            Focus::Document => {
                if let Some(section) = self.document_view.section().checked_add_signed(by) {
                    self.show_section(section);
                }
            }
            Focus::RowDetail(_) => {
                let height = self.screen_layout().body.height;
                if let Some(row) = self.document_view.selected().checked_add_signed(by) {
                    self.document_view.select(row, height);
                    self.open_row_detail();
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
            Focus::Comparison(_) => return self.request_adjacent_comparison(by),
            // Where there is no text to move in, they go between the lists.
            Focus::Library(listing) if listing.filter_text().is_empty() => self.cycle_tab(by),
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
            Focus::TextPanel(_) | Focus::Bookmarks(_) => {}
        }
        None
    }

    /// Goes to the section or list before or after, around the ends.
    fn cycle_tab(&mut self, by: isize) {
        let list = self.screen_layout().list_areas().1.height;
        if let Focus::Library(listing) = &mut self.focus {
            listing.cycle_group_by(by, &self.library, &self.index);
            listing.select_code(&self.library, &self.document_view.document().code);
            listing.move_selection(0, list);
            return;
        }
        let count = self.document_view.document().sections.len().max(1);
        let at = self
            .document_view
            .section()
            .checked_add_signed(by)
            .unwrap_or(count - 1);
        self.show_section(at % count);
    }

    pub(crate) fn show_section(&mut self, section: usize) {
        if section < self.document_view.document().sections.len() {
            self.document_view.show_section(
                section,
                self.layout_options(),
                self.screen_layout().body.height,
            );
            self.focus = Focus::Document;
        }
    }

    fn open(&mut self) -> Option<Effect> {
        match mem::replace(&mut self.focus, Focus::Document) {
            Focus::Document => self.open_selected(),
            Focus::Search(searching) => self.accept_search(*searching),
            Focus::Library(listing) => self.open_library_item(listing),
            Focus::Comparison(beside) => self.open_compared_row(beside),
            opened @ Focus::RowDetail(_) => {
                self.focus = opened;
                self.follow()
            }
            Focus::Note(writing) => self.save_note(&writing),
            Focus::Bookmarks(marks) => self.open_bookmark(marks),
            text @ Focus::TextPanel(_) => {
                self.focus = text;
                None
            }
        }
    }

    /// Opens the selected row whole.
    fn open_row_detail(&mut self) {
        if let Some(place) = self.document_view.row_path() {
            self.focus = Focus::RowDetail(RowDetail::new(
                self.document_view.document(),
                place,
                self.layout_options(),
                self.bookmarks.as_ref(),
            ));
        }
    }

    /// Goes to the chosen hit. Where nothing matched, asks for the chosen nearest term instead;
    /// where nothing is typed, begins with the chosen scope.
    fn accept_search(&mut self, mut searching: SearchState) -> Option<Effect> {
        if let Some(term) = searching
            .selected_scope()
            .or(searching.selected_suggestion())
            .map(str::to_owned)
        {
            searching.set_text(term);
            searching.run_query(&self.index, &self.document_view.document().code);
            self.focus = Focus::Search(Box::new(searching));
            return None;
        }
        let Some(found) = searching.clone().into_active_search() else {
            self.focus = Focus::Search(Box::new(searching));
            return None;
        };
        self.active_search = Some(found);
        self.push_history();
        self.go_to_hit(0)
    }

    /// Goes to a hit some way from the last one, around the ends.
    fn go_to_hit(&mut self, by: isize) -> Option<Effect> {
        let Some(ActiveSearch {
            hits,
            current_hit: at,
            query_text: text,
            ..
        }) = &mut self.active_search
        else {
            self.message = Some(match self.key_label(Command::Search) {
                Some(key) => format!("No search yet. Press {key} to search"),
                None => "No search yet".to_owned(),
            });
            return None;
        };
        let count = hits.len();
        *at = at.checked_add_signed(by).unwrap_or(count - 1) % count;
        let hit = &hits[*at];
        self.message = Some(format!("hit {} of {count} for “{text}”", *at + 1));
        let (code, place) = (hit.code.clone(), hit.row_path.clone());
        if code != self.document_view.document().code {
            return Some(Effect::LoadDocument(code, place));
        }
        self.go_to(place.as_ref());
        None
    }

    /// Shows a row of the open document.
    pub(crate) fn go_to(&mut self, place: Option<&RowPath>) {
        self.focus = Focus::Document;
        let (setting, height) = (self.layout_options(), self.screen_layout().body.height);
        if let Some(place) = place
            && !self.document_view.go_to_row(place, setting, height)
        {
            self.message = Some(format!("{} is no longer in this document", place.row.0));
        }
    }

    fn back(&mut self) {
        match mem::replace(&mut self.focus, Focus::Document) {
            Focus::Document => self.active_search = None,
            Focus::Comparison(beside) => {
                self.focus = Focus::Library(beside.into_list());
                self.relayout();
            }
            Focus::RowDetail(_)
            | Focus::Search(_)
            | Focus::Library(_)
            | Focus::TextPanel(_)
            | Focus::Note(_)
            | Focus::Bookmarks(_) => {}
        }
    }
}

/// Returns the line shown first after a move through a text; the caller clamps it.
const fn scrolled_top(top: usize, step: Movement, height: usize) -> usize {
    let page = if height > 1 { height - 1 } else { 1 };
    match step {
        Movement::Up => top.saturating_sub(1),
        Movement::Down => top + 1,
        Movement::PageUp => top.saturating_sub(page),
        Movement::PageDown => top + page,
        Movement::Home => 0,
        Movement::End => usize::MAX,
    }
}

/// Returns how far a move goes in a list that shows some items.
fn selection_offset(step: Movement, visible: usize) -> isize {
    let page = isize::try_from(visible).unwrap_or(isize::MAX).max(1);
    match step {
        Movement::Up => -1,
        Movement::Down => 1,
        Movement::PageUp => -page,
        Movement::PageDown => page,
        Movement::Home => isize::MIN,
        Movement::End => isize::MAX,
    }
}
