//! Enter in each mode ([`Command::Open`]): opens the selected row, hit or item.

use std::mem;

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::messages;
use crate::app::modes::bookmarks::BookmarkList;
use crate::app::modes::comparison::ComparisonView;
use crate::app::modes::library::{LibraryItem, LibraryList};
use crate::app::modes::note::NoteEditor;
use crate::app::modes::search::{ActiveSearch, SearchState, StartItem};
use crate::content::{CodeId, CodeSystem, RowPath, Subject};
use crate::library::way_back;

/// The search for all rows of a payer.
pub(crate) fn payer_query(name: &str) -> String {
    format!("payer:\"{name}\" ")
}

impl App {
    /// Opens the selected row, hit or item, or saves the note.
    pub(crate) fn open(&mut self) -> Option<Effect> {
        match mem::replace(&mut self.focus, Focus::Document) {
            Focus::Document => self.open_row(),
            // The filter stays.
            Focus::Outline | Focus::Filter(_) => None,
            Focus::RowDetail(detail) => {
                self.focus = Focus::RowDetail(detail);
                self.follow_row()
            }
            Focus::Search(search) => self.open_hit(search),
            Focus::Library(list) => self.open_library_item(list),
            Focus::Comparison(comparison) => self.open_compared_row(comparison),
            Focus::TextPanel(panel) => {
                self.focus = Focus::TextPanel(panel);
                None
            }
            Focus::Note(editor) => self.save_note(&editor),
            Focus::Bookmarks(list) => self.open_bookmark(&list),
            Focus::Palette(palette) => self.open_palette_item(palette),
            Focus::CopyMenu(menu) => {
                let format = menu.selected();
                self.focus = Focus::CopyMenu(menu);
                self.copy(format?)
            }
        }
    }

    /// Opens the document of the code that the selected row names, or else the row's detail.
    fn open_row(&mut self) -> Option<Effect> {
        if let Subject::Code(code) = &self.document_view.row()?.subject {
            // Whether an imported set has the code is known only after reading the set.
            if self.library.entry(code).is_some() || !self.library.sets().all().is_empty() {
                return Some(self.open_document(code.clone(), self.linked_row(code)));
            }
            self.message = Some(messages::document::no_document(code));
        }
        self.focus = Focus::RowDetail(self.row_detail()?);
        None
    }

    /// Returns the row to select in a document that the selected row links to: in a hierarchy, the row
    /// that leads back; from the page of a modifier, the row on that modifier, if the link is about it.
    fn linked_row(&self, code: &CodeId) -> Option<RowPath> {
        let document = self.document_view.document();
        let way_back = way_back(document, self.document_view.row_path()?);
        if way_back.is_some() {
            return way_back;
        }
        let modifier = document.code.as_modifier()?;
        let link = self.document_view.row()?;
        let is_own_row = link.key.0 == format!("{}-{modifier}", code.value());
        is_own_row.then(|| RowPath::of_modifier(&modifier))
    }

    /// Follows the opened row: a code or modifier to its document, a payer, or a modifier without a
    /// document, to a search for all rows on it.
    fn follow_row(&mut self) -> Option<Effect> {
        let row = self.document_view.row()?;
        let query = match &row.subject {
            Subject::Code(_) => return self.open_row(),
            Subject::Modifier(modifier) | Subject::PayerRule(modifier) => {
                let page = CodeId::from(modifier);
                if self.has_page(&page) {
                    return Some(self.open_document(page, None));
                }
                format!("mod:{modifier} ")
            }
            Subject::Payer => payer_query(row.name()),
            Subject::Place => {
                let place = CodeId::new(CodeSystem::PlaceOfService, &row.key.0).ok()?;
                let has_set = self.library.edition_name(place.system()).is_some();
                return has_set.then(|| self.open_document(place, None));
            }
            Subject::Text | Subject::Absence => return None,
        };
        self.search_for(query);
        None
    }

    /// Returns true if a modifier has a document, or an entry in the imported HCPCS set, which has all
    /// modifiers but those of two digits.
    fn has_page(&self, modifier: &CodeId) -> bool {
        self.library.entry(modifier).is_some()
            || (self.library.edition_name(modifier.system()).is_some()
                && !modifier.value().bytes().all(|b| b.is_ascii_digit()))
    }

    pub(crate) fn search_for(&mut self, query: String) {
        self.show_search(SearchState::with_text(query));
    }

    /// Goes to the selected hit or code. If a scope, an earlier query or a suggestion is selected,
    /// searches for that.
    fn open_hit(&mut self, mut search: Box<SearchState>) -> Option<Effect> {
        let selected = search.list.selected();
        let query = match search.start_item(selected, &self.search_history) {
            Some(StartItem::Code(opened)) => {
                let code = opened.code.clone();
                return Some(self.open_document(code, None));
            }
            Some(StartItem::Query(query) | StartItem::Scope(query, _)) => Some(query),
            None => search.selected_suggestion(),
        };
        if let Some(query) = query {
            self.search_for(query.to_owned());
            return None;
        }
        if search.selected_hit().is_none() {
            self.focus = Focus::Search(search);
            return None;
        }
        self.search_history.add_query(search.input.text());
        self.search_history_changes += 1;
        let here = search.origin.take();
        self.history
            .record(here.unwrap_or_else(|| self.reading_position()));
        self.active_search = Some(ActiveSearch {
            state: search,
            history_depth: self.history.depth(),
        });
        self.go_to_hit(0)
    }

    fn open_library_item(&mut self, list: LibraryList) -> Option<Effect> {
        match list.item(list.list.selected(), &self.library, &self.index) {
            Some(LibraryItem::Document(entry)) => {
                let code = entry.code.clone();
                Some(self.open_document(code, None))
            }
            Some(LibraryItem::Code { code, .. }) => Some(self.open_document(code, None)),
            Some(LibraryItem::Row { entry, .. }) if entry.code.as_modifier().is_some() => {
                let code = entry.code.clone();
                Some(self.open_document(code, None))
            }
            Some(LibraryItem::BrokenFile(broken)) => {
                let broken = broken.clone();
                self.focus = Focus::Library(list);
                self.show_report(&broken);
                None
            }
            Some(LibraryItem::Row { .. } | LibraryItem::Comparison(_)) | None => {
                let request = list.comparison_request(list.list.selected(), &self.library);
                // The list stays until the answer arrives, and the comparison returns to it.
                self.focus = Focus::Library(list);
                request.map(Effect::LoadComparison)
            }
        }
    }

    fn open_compared_row(&mut self, comparison: Box<ComparisonView>) -> Option<Effect> {
        if let Some((code, path)) = comparison.single_row() {
            return Some(self.open_document(code, path));
        }
        self.focus = Focus::Comparison(comparison);
        let back_key = self.key_label(Command::Back);
        self.message = Some(messages::comparison::select_one(back_key));
        None
    }

    fn open_document(&mut self, code: CodeId, path: Option<RowPath>) -> Effect {
        self.push_history();
        Effect::LoadDocument(code, path)
    }

    /// Saves the note, or removes it if it is empty.
    fn save_note(&mut self, editor: &NoteEditor) -> Option<Effect> {
        let mut entry = self.selected_bookmark()?;
        let text = editor.input.text().trim();
        entry.note = (!text.is_empty()).then(|| text.to_owned());
        let message = match &entry.note {
            Some(_) => messages::bookmarks::NOTE_SAVED,
            None => messages::bookmarks::NOTE_REMOVED,
        };
        self.message = Some(message.to_owned());
        self.save_bookmark(entry)
    }

    fn open_bookmark(&mut self, list: &BookmarkList) -> Option<Effect> {
        let entries = &self.bookmarks.as_ref()?.entries;
        let entry = entries.get(list.list.selected())?.clone();
        self.push_history();
        self.show_row(entry.code, Some(entry.row_path))
    }
}
