//! The update of an app: one action in, at most one effect out.

use std::mem;
use std::sync::Arc;

use crate::app::action::{Action, Effect};
use crate::app::app::{App, Focus};
use crate::app::bookmarks::Bookmark;
use crate::app::command::{Command, Movement};
use crate::app::copy::CopyFormat;
use crate::app::detail_pane::LoadedPreview;
use crate::app::document_view::DocumentView;
use crate::app::messages::{bookmarks, status};
use crate::app::modes::bookmarks::BookmarkList;
use crate::app::modes::comparison::ComparisonView;
use crate::app::modes::filter::FilterField;
use crate::app::modes::library::LibraryList;
use crate::app::modes::note::NoteEditor;
use crate::app::modes::palette::PaletteContent;
use crate::app::modes::search::SearchState;
use crate::app::modes::search::filter_bar::Filter;
use crate::app::panes::Pace;
use crate::app::text_input::Edit;
use crate::content::{Document, RowPath};
use crate::library::ComparisonRequest;
use crate::search::Query;

impl App {
    /// Applies an action. The host has to carry out the effect.
    pub fn update(&mut self, action: Action) -> Option<Effect> {
        // An answer never leads to another request, which could go on forever.
        let is_answer = matches!(action, Action::ExcerptsLoaded(_));
        let pace = Pace::from(&action);
        let effect = self.apply(action);
        self.side_panes.is_focused &= self.has_preview_focus() && self.preview_area().is_some();
        if effect.is_some() {
            // There is one effect at a time, so the panes wait.
            self.side_panes.is_moving |= pace == Pace::Immediate && self.has_moving_rows();
            return effect;
        }
        let request = self.follow_cursor(pace);
        if request.is_some() || is_answer {
            return request;
        }
        self.request_missing_excerpts()
    }

    fn apply(&mut self, action: Action) -> Option<Effect> {
        // Input removes the last message.
        if let Action::Command(_)
        | Action::Insert(_)
        | Action::UnboundKey
        | Action::CodeTyped(..)
        | Action::Paste(_)
        | Action::Click(_)
        | Action::Wheel(_) = action
        {
            self.message = None;
        }
        let is_input = matches!(
            action,
            Action::Command(_) | Action::Insert(_) | Action::UnboundKey | Action::CodeTyped(..)
        );
        if is_input && self.copied.take().is_some() && closes_copied_text(&action) {
            return None;
        }
        match action {
            Action::Command(command) => return self.run_command(command),
            Action::Insert(text) if self.mode().has_text_field() => {
                self.edit(Edit::Insert(&text));
            }
            Action::Insert(_) | Action::UnboundKey => self.report_unbound_key(),
            Action::CodeTyped(text, start) => {
                let mut search = SearchState::with_text(text);
                search.origin = Some(start);
                self.below = None;
                self.show_search(search);
            }
            Action::Paste(text) => self.paste(text),
            Action::Click(at) => return self.click(at),
            Action::Wheel(movement) => {
                self.with_pane(|pane, context| pane.move_vertically(movement, context));
            }
            Action::Resize(size) => {
                self.size = size;
                self.relayout();
            }
            Action::DocumentLoaded(document, path) => {
                let body = self.screen_layout().body;
                let options = self.layout_options(body.width);
                self.search_history
                    .add_code(&document.code, &document.title);
                self.search_history_changes += 1;
                self.document_view = DocumentView::new(document, options, body.height);
                self.invalid_version = None;
                self.go_to(path.as_ref());
            }
            Action::DocumentReloaded(document) => self.replace_document(document),
            Action::DocumentInvalid(version) => self.keep_document(version),
            Action::FilesChanged => return Some(self.reload_document()),
            Action::Located(line) => return Some(Effect::Edit(line)),
            Action::ExcerptsLoaded(excerpts) => {
                if let Focus::Library(list) = &mut self.focus {
                    list.receive(excerpts);
                }
            }
            Action::ComparisonLoaded(request, document, path) => {
                self.show_comparison(request, document, path);
            }
            Action::SearchHistoryLoaded(history) => self.search_history.merge(history),
            Action::PreviewLoaded(code, document) => {
                self.side_panes.preview = Some(LoadedPreview { code, document });
            }
            Action::Progress(progress) => self.progress = Some(progress),
            Action::LibraryLoaded(library, index) => {
                (self.library, self.index) = (library, index);
                self.progress = None;
                self.side_panes.preview = None;
                self.with_pane(|pane, context| pane.reload(context));
                self.relayout();
                // The new library may have a newer version of the open document.
                return Some(self.reload_document());
            }
            Action::ShowMessage(message) => self.message = Some(message),
            // Only the panes beside the rows change, as after every action.
            Action::Rest => {}
        }
        None
    }

    /// Names the help key the first time that an unbound key is pressed. The copy menu closes
    /// instead.
    fn report_unbound_key(&mut self) {
        if matches!(self.focus, Focus::CopyMenu(_)) {
            return self.close_overlay();
        }
        if let (false, Some(key)) = (self.has_shown_help_key, self.key_label(Command::Help)) {
            self.message = Some(status::unbound_key(key));
            self.has_shown_help_key = true;
        }
    }

    pub(crate) fn run_command(&mut self, command: Command) -> Option<Effect> {
        if self.keymap.is_refused(command) {
            self.message = Some(status::NOT_IN_SECURE_MODE.to_owned());
            return None;
        }
        match command {
            Command::Quit => return Some(Effect::Quit),
            Command::Suspend => return Some(Effect::Suspend),
            Command::Redraw => return Some(Effect::Redraw),
            Command::Help => self.show_help(),
            Command::Palette => self.show_palette(PaletteContent::ActionsAndCodes),
            Command::Library => self.show_library(),
            Command::Search if matches!(&self.focus, Focus::TextPanel(panel) if panel.is_help()) => {
                self.show_palette(PaletteContent::Keys);
            }
            Command::Search
                if self.has_preview_focus() && matches!(self.focus, Focus::Search(_)) =>
            {
                self.side_panes.is_focused = false;
            }
            Command::Search => self.resume_search(),
            Command::Filter => {
                self.focus = Focus::Filter(FilterField::new(self.document_view.filter()));
            }
            Command::FilterBillable => self.apply_filter(Filter::Billable),
            Command::FilterThisDocument => self.apply_filter(Filter::ThisDocument),
            Command::Copy if matches!(self.focus, Focus::CopyMenu(_)) => {
                return self.copy(CopyFormat::Row);
            }
            Command::Copy if matches!(self.focus, Focus::TextPanel(_)) => {
                return self.copy_report();
            }
            Command::Copy => self.show_copy_menu(),
            Command::CopyWithCitation => return self.copy(CopyFormat::CitedRow),
            Command::MarkRow => self.toggle_mark(),
            Command::DeleteBookmark => return self.delete_bookmark(),
            Command::UndoDelete => return self.restore_bookmark(),
            Command::NextTheme => return Some(Effect::NextTheme),
            Command::FieldStart => self.edit(Edit::ToStart),
            Command::FieldEnd => self.edit(Edit::ToEnd),
            Command::NextScreen => return self.run_command(Command::Move(Movement::PageDown)),
            Command::Bookmark => return self.toggle_bookmark(),
            Command::Annotate => self.annotate(),
            Command::Edit => return self.edit_file(),
            Command::ShowErrors => self.show_errors(),
            Command::Bookmarks => self.show_bookmarks(),
            Command::ToggleMouse => return Some(self.toggle_mouse()),
            Command::NextHit => return self.go_to_hit(1),
            Command::PreviousHit => return self.go_to_hit(-1),
            Command::Open => return self.open(),
            Command::Back | Command::Cancel => return self.back(),
            Command::HistoryBack => return self.history_back(),
            Command::HistoryForward => return self.history_forward(),
            Command::NextPane => self.cycle_pane(1),
            Command::PreviousPane => self.cycle_pane(-1),
            Command::TogglePanes => self.toggle_panes(),
            Command::SplitLeft => self.move_split(-1),
            Command::SplitRight => self.move_split(1),
            Command::NextSection => self.cycle_tab(1),
            Command::PreviousSection => self.cycle_tab(-1),
            Command::Section(n) => {
                let n = usize::from(n).saturating_sub(1);
                if let Focus::CopyMenu(menu) = &self.focus {
                    return self.copy(*menu.formats.get(n)?);
                }
                self.show_section(n);
            }
            // An opened row is one step in from the document.
            Command::Left if matches!(self.focus, Focus::RowDetail(_)) => return self.back(),
            Command::Right if matches!(self.focus, Focus::RowDetail(_)) => return self.open(),
            Command::Left if self.focus_beside(-1) => {}
            Command::Right if self.focus_beside(1) => {}
            Command::Left => {
                return self.with_pane(|pane, context| pane.move_horizontally(-1, context));
            }
            Command::Right => {
                return self.with_pane(|pane, context| pane.move_horizontally(1, context));
            }
            Command::Move(movement) if self.has_preview_focus() => self.scroll_preview(movement),
            Command::Move(movement) => {
                self.with_pane(|pane, context| pane.move_vertically(movement, context));
            }
            Command::Delete(deletion) => self.edit(Edit::Delete(deletion)),
        }
        None
    }

    fn apply_filter(&mut self, filter: Filter) {
        self.with_pane(|pane, context| pane.apply_filter(filter, context));
    }

    fn edit(&mut self, edit: Edit<'_>) {
        self.with_pane(|pane, context| pane.edit(edit, context));
    }

    /// Inserts pasted text. Over a document, codes and modifiers are looked up; other text is
    /// ignored, because it is not meant as commands.
    fn paste(&mut self, text: String) {
        match self.focus {
            Focus::Document | Focus::Outline | Focus::RowDetail(_)
                if Query::parse(&text).is_codes_only() =>
            {
                self.search_for(text);
            }
            _ => self.edit(Edit::Insert(&text)),
        }
    }

    pub(crate) fn relayout(&mut self) {
        let screen = self.screen_layout();
        let options = self.layout_options(screen.body.width);
        self.document_view.relayout(options, screen.body.height);
        if matches!(self.focus, Focus::Outline) && screen.outline.is_none() {
            self.focus = Focus::Document;
        }
        self.with_pane(|pane, context| pane.relayout(context));
    }

    fn reload_document(&self) -> Effect {
        Effect::ReloadDocument(self.document_view.document().code.clone())
    }

    /// Requests the excerpts for the visible lines of a library list.
    fn request_missing_excerpts(&self) -> Option<Effect> {
        let Focus::Library(list) = &self.focus else {
            return None;
        };
        let height = self.screen_layout().list_areas().1.height;
        let missing = list.missing_excerpts(&self.library, &self.index, height);
        (!missing.is_empty()).then_some(Effect::LoadExcerpts(missing))
    }

    fn show_library(&mut self) {
        let open = &self.document_view.document().code;
        let list = LibraryList::with_selected(open, &self.library, &self.index);
        self.focus = Focus::Library(list);
        self.with_pane(|pane, context| pane.relayout(context));
    }

    /// Shows a comparison, unless the reader has left the list that requested it.
    fn show_comparison(
        &mut self,
        request: ComparisonRequest,
        document: Arc<Document>,
        path: Option<RowPath>,
    ) {
        let opened_from = match mem::replace(&mut self.focus, Focus::Document) {
            Focus::Library(list) => list,
            Focus::Comparison(comparison) => comparison.into_list(),
            other => {
                self.focus = other;
                return;
            }
        };
        let options = self.layout_options(self.size.width);
        let comparison = ComparisonView::new(request, document, path, opened_from, options);
        self.focus = Focus::Comparison(Box::new(comparison));
    }

    fn back(&mut self) -> Option<Effect> {
        if mem::take(&mut self.side_panes.is_focused) {
            return None;
        }
        match mem::replace(&mut self.focus, Focus::Document) {
            Focus::Document if !self.document_view.marks().is_empty() => {
                self.document_view.clear_marks();
            }
            Focus::TextPanel(_) | Focus::Palette(_) | Focus::CopyMenu(_) => self.close_overlay(),
            Focus::Document if !self.document_view.filter().is_empty() => {
                self.document_view.set_filter("");
            }
            Focus::Filter(_) => self.document_view.set_filter(""),
            Focus::Document if self.active_search.is_some() => return self.history_back(),
            Focus::Search(search) => return self.leave_search(search),
            Focus::Comparison(comparison) => {
                self.focus = Focus::Library(comparison.into_list());
                self.with_pane(|pane, context| pane.relayout(context));
            }
            Focus::Document
            | Focus::Outline
            | Focus::RowDetail(_)
            | Focus::Library(_)
            | Focus::Note(_)
            | Focus::Bookmarks(_) => {}
        }
        None
    }

    /// The bookmark and note on the selected row, or a blank entry. Shows a message if there is no
    /// row, or if bookmarks cannot be saved.
    pub(crate) fn selected_bookmark(&mut self) -> Option<Bookmark> {
        let view = &self.document_view;
        let bookmarks = self.bookmarks.as_ref();
        let entry = bookmarks
            .zip(view.row_path())
            .and_then(|(bookmarks, path)| bookmarks.get_or_blank(view.document(), path));
        if entry.is_none() {
            self.message = Some(bookmarks::CANNOT_SAVE.to_owned());
        }
        entry
    }

    pub(crate) fn save_bookmark(&mut self, mut entry: Bookmark) -> Option<Effect> {
        entry.date = entry.date.or(self.today);
        self.bookmarks.as_mut()?.put(entry.clone());
        self.with_pane(|pane, context| pane.relayout(context));
        Some(Effect::SaveBookmark(entry))
    }

    fn toggle_bookmark(&mut self) -> Option<Effect> {
        let mut entry = self.selected_bookmark()?;
        entry.is_bookmarked = !entry.is_bookmarked;
        self.message = Some(if entry.is_bookmarked {
            bookmarks::bookmarked(self.key_label(Command::Bookmarks))
        } else {
            bookmarks::BOOKMARK_REMOVED.to_owned()
        });
        self.save_bookmark(entry)
    }

    /// Opens the note on the selected row.
    fn annotate(&mut self) {
        if let Some(entry) = self.selected_bookmark() {
            self.focus = Focus::Note(NoteEditor::new(entry.note.unwrap_or_default()));
        }
    }

    fn show_bookmarks(&mut self) {
        match &self.bookmarks {
            Some(bookmarks) => self.focus = Focus::Bookmarks(BookmarkList::new(bookmarks)),
            None => self.message = Some(bookmarks::CANNOT_SAVE.to_owned()),
        }
    }

    /// Deletes the selected bookmark and its note.
    fn delete_bookmark(&mut self) -> Option<Effect> {
        let Focus::Bookmarks(list) = &self.focus else {
            return None;
        };
        let entry = self
            .bookmarks
            .as_ref()?
            .entries
            .get(list.list.selected())?
            .clone();
        let undo_key = self.key_label(Command::UndoDelete);
        self.message = Some(bookmarks::deleted(entry.note.is_some(), undo_key));
        self.deleted_bookmark = Some(entry.clone());
        self.save_bookmark(Bookmark {
            is_bookmarked: false,
            note: None,
            ..entry
        })
    }

    fn restore_bookmark(&mut self) -> Option<Effect> {
        let entry = self.deleted_bookmark.take()?;
        self.save_bookmark(entry)
    }
}

/// Returns true for input that only closes the copied text.
const fn closes_copied_text(action: &Action) -> bool {
    matches!(
        action,
        Action::Command(Command::Quit | Command::Back | Command::Cancel | Command::Open)
    )
}
