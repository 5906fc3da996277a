//! The state of one reader.

use std::sync::Arc;

use ratatui::layout::Size;

use crate::app::action::MouseOwner;
use crate::app::bookmarks::{Bookmark, Bookmarks};
use crate::app::command::{Command, Host};
use crate::app::detail_pane::SidePanes;
use crate::app::document_view::DocumentView;
use crate::app::history::{History, ReadingPosition};
use crate::app::invalid_version::InvalidVersion;
use crate::app::keymap::Keymap;
use crate::app::messages::status::FIRST_HINTS;
use crate::app::mode::Mode;
use crate::app::modes::bookmarks::BookmarkList;
use crate::app::modes::comparison::ComparisonView;
use crate::app::modes::copy_menu::CopyMenu;
use crate::app::modes::document::{DocumentPane, OutlinePane};
use crate::app::modes::filter::FilterField;
use crate::app::modes::library::LibraryList;
use crate::app::modes::note::NoteEditor;
use crate::app::modes::palette::Palette;
use crate::app::modes::row_detail::RowDetail;
use crate::app::modes::search::{ActiveSearch, SearchState};
use crate::app::modes::text_panel::TextPanel;
use crate::app::pane::{Pane, PaneContext};
use crate::app::screen_layout::{PaneSettings, ScreenLayout};
use crate::app::search_history::SearchHistory;
use crate::content::{Date, Document, RowPath};
use crate::layout::{LayoutOptions, Medium, TableMode};
use crate::library::{Library, Progress};
use crate::search::{Highlighter, Index};
use crate::text::Charset;

/// The whole state of one reader. Only [`App::update`] changes it.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) library: Arc<Library>,
    pub(crate) index: Arc<Index>,
    pub(crate) keymap: Arc<Keymap>,
    pub(crate) charset: Charset,
    pub(crate) size: Size,
    pub(crate) document_view: DocumentView,
    pub(crate) focus: Focus,
    /// The pane below an overlay.
    pub(crate) below: Option<Box<Focus>>,
    /// The text that was just copied, shown until the next key.
    pub(crate) copied: Option<String>,
    /// The bookmark that was just deleted.
    pub(crate) deleted_bookmark: Option<Bookmark>,
    /// Today's date, for new bookmarks.
    pub(crate) today: Option<Date>,
    /// Whether an unbound key has already led to a message.
    pub(crate) has_shown_help_key: bool,
    pub(crate) side_panes: SidePanes,
    pub(crate) active_search: Option<ActiveSearch>,
    /// The query of a search that is neither active nor in focus.
    pub(crate) last_query: String,
    pub(crate) search_history: SearchHistory,
    /// How many times the search history has changed in this session.
    pub(crate) search_history_changes: usize,
    /// The last version of the open document's file, if it has errors.
    pub(crate) invalid_version: Option<InvalidVersion>,
    /// The message in the status line.
    pub(crate) message: Option<String>,
    /// `None` unless indexing takes longer than a moment.
    pub(crate) progress: Option<Progress>,
    pub(crate) mouse_owner: MouseOwner,
    pub(crate) table_mode: TableMode,
    pub(crate) history: History,
    /// `None` if bookmarks and notes cannot be saved.
    pub(crate) bookmarks: Option<Bookmarks>,
}

/// The pane that has the keys, with its state.
#[derive(Clone, Debug)]
pub enum Focus {
    /// The open document; its state is in [`App::document_view`].
    Document,
    /// The sections of the open document. The open one is its cursor.
    Outline,
    RowDetail(RowDetail),
    Search(Box<SearchState>),
    Filter(FilterField),
    Library(LibraryList),
    Comparison(Box<ComparisonView>),
    TextPanel(TextPanel),
    Note(NoteEditor),
    Bookmarks(BookmarkList),
    Palette(Box<Palette>),
    CopyMenu(CopyMenu),
}

impl Focus {
    /// Returns true for a pane that opens over another one and returns to it.
    pub(crate) const fn is_overlay(&self) -> bool {
        matches!(
            self,
            Self::TextPanel(_) | Self::Palette(_) | Self::CopyMenu(_)
        )
    }

    pub(crate) const fn mode(&self) -> Mode {
        match self {
            Self::Document => Mode::Document,
            Self::Outline => Mode::Outline,
            Self::RowDetail(_) => Mode::RowDetail,
            Self::Search(_) => Mode::Search,
            Self::Filter(_) => Mode::Filter,
            Self::Library(_) => Mode::Library,
            Self::Comparison(_) => Mode::Comparison,
            Self::TextPanel(_) => Mode::TextPanel,
            Self::Note(_) => Mode::Note,
            Self::Bookmarks(_) => Mode::Bookmarks,
            Self::Palette(_) => Mode::Palette,
            Self::CopyMenu(_) => Mode::CopyMenu,
        }
    }
}

#[derive(Clone, Debug)]
pub struct AppOptions {
    pub library: Arc<Library>,
    /// May be empty until [`super::Action::LibraryLoaded`].
    pub index: Arc<Index>,
    pub keymap: Arc<Keymap>,
    pub host: Host,
    /// `None` if bookmarks and notes cannot be saved.
    pub bookmarks: Option<Bookmarks>,
    pub charset: Charset,
    /// The terminal's size, in columns and rows.
    pub size: Size,
    pub document: Arc<Document>,
    /// The row to select.
    pub row_path: Option<RowPath>,
    /// The line to scroll to, if the row stays in view.
    pub top: usize,
    /// The first message in the status line.
    pub message: Option<String>,
    /// Whether the first message, if there is no other, names the most useful keys.
    pub is_first_start: bool,
    pub table_mode: TableMode,
    /// Today's date, for new bookmarks.
    pub today: Option<Date>,
    pub panes: PaneSettings,
}

impl App {
    pub fn new(options: AppOptions) -> Self {
        let screen = ScreenLayout::new(options.size, options.table_mode, options.panes);
        let layout = LayoutOptions {
            columns: screen.body.width,
            charset: options.charset,
            table_mode: options.table_mode,
            medium: Medium::Screen,
        };
        let mut document_view = DocumentView::new(options.document, layout, screen.body.height);
        if let Some(path) = &options.row_path {
            document_view.go_to_row(path);
            document_view.scroll_to(options.top);
        }
        let mut app = Self {
            library: options.library,
            index: options.index,
            keymap: options.keymap.for_host(options.host),
            charset: options.charset,
            size: options.size,
            document_view,
            focus: Focus::Document,
            below: None,
            copied: None,
            deleted_bookmark: None,
            today: options.today,
            has_shown_help_key: false,
            side_panes: SidePanes {
                settings: options.panes,
                ..SidePanes::default()
            },
            active_search: None,
            last_query: String::new(),
            search_history: SearchHistory::default(),
            search_history_changes: 0,
            invalid_version: None,
            message: options.message,
            progress: None,
            mouse_owner: MouseOwner::default(),
            table_mode: options.table_mode,
            history: History::default(),
            bookmarks: options.bookmarks,
        };
        if options.is_first_start && app.message.is_none() {
            app.message = app.key_effects(&FIRST_HINTS, "   ");
        }
        // The open document needs no loading.
        let _ = app.update_side_panes();
        app
    }

    /// Formats the keys of commands with their effects: `y copies this report`. Returns `None` if no
    /// command has a key.
    pub(crate) fn key_effects(
        &self,
        effects: &[(Command, &str)],
        separator: &str,
    ) -> Option<String> {
        let effects = effects.iter().filter_map(|(command, effect)| {
            let key = self.key_label(*command)?;
            Some(format!("{key} {effect}"))
        });
        let text = effects.collect::<Vec<_>>().join(separator);
        (!text.is_empty()).then_some(text)
    }

    pub const fn document_view(&self) -> &DocumentView {
        &self.document_view
    }

    pub const fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Returns true unless a pane without the open document fills the screen.
    pub const fn shows_document(&self) -> bool {
        matches!(
            self.focus,
            Focus::Document | Focus::Outline | Focus::RowDetail(_) | Focus::CopyMenu(_)
        )
    }

    pub const fn mode(&self) -> Mode {
        if self.has_preview_focus() {
            Mode::Preview
        } else {
            self.focus.mode()
        }
    }

    /// Returns true if the page beside a list has the keys.
    pub const fn has_preview_focus(&self) -> bool {
        matches!(self.focus, Focus::Search(_) | Focus::Library(_)) && self.side_panes.is_focused
    }

    /// Calls a function with the focused pane and the rest of the app, as far as panes may use it.
    pub(crate) fn with_pane<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Pane, &mut PaneContext<'_>) -> T,
    ) -> T {
        let options = self.layout_options(self.size.width);
        let screen = self.screen_layout();
        let (mut document_pane, mut outline_pane) = (DocumentPane, OutlinePane);
        let pane: &mut dyn Pane = match &mut self.focus {
            Focus::Document => &mut document_pane,
            Focus::Outline => &mut outline_pane,
            Focus::RowDetail(pane) => pane,
            Focus::Search(pane) => &mut **pane,
            Focus::Filter(pane) => pane,
            Focus::Library(pane) => pane,
            Focus::Comparison(pane) => &mut **pane,
            Focus::TextPanel(pane) => pane,
            Focus::Note(pane) => pane,
            Focus::Bookmarks(pane) => pane,
            Focus::Palette(pane) => &mut **pane,
            Focus::CopyMenu(pane) => pane,
        };
        let mut context = PaneContext {
            document_view: &mut self.document_view,
            library: &self.library,
            index: &self.index,
            keymap: &self.keymap,
            bookmarks: self.bookmarks.as_ref(),
            search_history: &self.search_history,
            options,
            screen,
        };
        call(pane, &mut context)
    }

    /// Returns true while a search may miss documents that are still being read.
    pub fn is_library_loading(&self) -> bool {
        let has_documents = !self.library.entries().is_empty();
        !self.library.is_fully_loaded() || (self.index.is_empty() && has_documents)
    }

    pub fn library(&self) -> &Library {
        &self.library
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The first key of a command in the current mode; see [`Keymap::key_label`].
    pub fn key_label(&self, command: Command) -> Option<String> {
        self.keymap.key_label(command, self.mode(), self.charset)
    }

    pub const fn bookmarks(&self) -> Option<&Bookmarks> {
        self.bookmarks.as_ref()
    }

    pub const fn search_history(&self) -> &SearchHistory {
        &self.search_history
    }

    pub const fn search_history_changes(&self) -> usize {
        self.search_history_changes
    }

    /// The text that was just copied.
    pub fn copied_text(&self) -> Option<&str> {
        self.copied.as_deref()
    }

    /// The highlighter of the search whose hits the reader steps through.
    pub fn highlighter(&self) -> Option<&Highlighter> {
        let search = self.active_search.as_ref();
        search.map(ActiveSearch::highlighter)
    }

    pub fn screen_layout(&self) -> ScreenLayout {
        ScreenLayout::new(self.size, self.table_mode, self.side_panes.settings)
    }

    pub fn reading_position(&self) -> ReadingPosition {
        ReadingPosition {
            code: self.document_view.document().code.clone(),
            row_path: self.document_view.row_path().cloned(),
            top: self.document_view.top(),
        }
    }

    pub const fn side_panes(&self) -> &SidePanes {
        &self.side_panes
    }

    /// The details of the selected row, laid out for their area.
    pub(crate) fn row_detail(&self) -> Option<RowDetail> {
        let (bookmarks, screen) = (self.bookmarks.as_ref(), self.screen_layout());
        let options = self.layout_options(screen.detail_area().width);
        RowDetail::new(&self.document_view, bookmarks, screen, options)
    }

    pub(crate) const fn layout_options(&self, columns: u16) -> LayoutOptions {
        LayoutOptions {
            columns,
            charset: self.charset,
            table_mode: self.table_mode,
            medium: Medium::Screen,
        }
    }
}
