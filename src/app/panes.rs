//! Moves between the panes, and the update of those beside the rows.
//!
//! On a screen of 120 columns or more, a second pane shows the selected row in full to the right of
//! the rows. From 160 columns on, an outline of the sections replaces the tabs at the left.
//!
//! **Geometry.** [`ScreenLayout`](crate::app::ScreenLayout) is a pure function of the screen's size
//! and the reader's [`PaneSettings`](crate::app::PaneSettings). `update` lays pages out with it, and
//! `view` draws with it. On a narrower screen there is one pane, and its area is the whole body.
//!
//! **Focus.** The rows, the outline and the details are values of [`Focus`], each with its own keys.
//! One key cycles through them, and the arrows move left and right. The cursor of the outline is the
//! open section, so the outline has no state of its own. The details are those that Enter opens on
//! a narrow screen, in another area.
//!
//! **Following the cursor.** After a move, only the rows change. When the cursor has rested for a
//! moment, the session sends [`Action::Rest`](crate::app::Action::Rest), and the panes are laid out
//! again. Typed text waits as well; every other action updates them at once. Beside the results of a
//! search and the list of the library is a document, which the host loads first (see
//! [`crate::app::preview`]).
//!
//! **Scrolling.** The scroll region of a terminal spans all columns, so scrolling the rows alone
//! would rewrite the panes beside them at every line. Therefore the details begin at the height of
//! their row and scroll with it ([`DetailPane::line`]). The outline stays in place, at the cost of
//! its few lines, but while a key is held it scrolls as well, and returns when the cursor rests. A
//! held arrow thus sends as many bytes as it does with one pane. A region between columns
//! (DECLRMM) would be simpler, but few terminals have it, and none says so without a query.

use ratatui::layout::Position;

use crate::app::action::{Action, Effect};
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::detail_pane::DetailPane;
use crate::app::messages::status;
use crate::app::mode::Mode;
use crate::app::screen_layout::{MIN_COLUMNS_FOR_PANES, PaneVisibility};
use crate::layout::TableMode;

/// How the panes follow an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// They keep what they show.
    Unchanged,
    /// They wait until the cursor rests.
    Deferred,
    Immediate,
}

impl From<&Action> for Pace {
    fn from(action: &Action) -> Self {
        match action {
            Action::Command(Command::Move(_) | Command::Delete(_))
            | Action::Insert(_)
            | Action::Paste(_)
            | Action::Wheel(_) => Self::Deferred,
            Action::ExcerptsLoaded(_)
            | Action::Progress(_)
            | Action::SearchHistoryLoaded(_)
            | Action::UnboundKey
            | Action::DocumentInvalid(_)
            | Action::FilesChanged
            | Action::Located(_)
            | Action::ShowMessage(_) => Self::Unchanged,
            Action::Command(_)
            | Action::CodeTyped(..)
            | Action::Click(_)
            | Action::Resize(_)
            | Action::DocumentLoaded(..)
            | Action::DocumentReloaded(_)
            | Action::ComparisonLoaded(..)
            | Action::PreviewLoaded(..)
            | Action::LibraryLoaded(..)
            | Action::Rest => Self::Immediate,
        }
    }
}

impl App {
    /// Returns true if the panes are to be updated with [`Action::Rest`] when the cursor rests.
    pub const fn is_moving(&self) -> bool {
        self.side_panes.is_moving
    }

    /// Updates the panes beside the rows after an action. Returns the request for a document to show
    /// in them.
    pub(crate) fn follow_cursor(&mut self, pace: Pace) -> Option<Effect> {
        match pace {
            Pace::Unchanged => None,
            // A move in the outline opens another section, which changes all rows.
            Pace::Deferred if self.has_moving_rows() => {
                if !self.side_panes.is_moving {
                    self.side_panes.outline_line = self.document_view.top();
                }
                self.side_panes.is_moving = true;
                None
            }
            Pace::Deferred | Pace::Immediate => self.update_side_panes(),
        }
    }

    /// Returns true if the panes follow a cursor that moves line by line.
    pub(crate) fn has_moving_rows(&self) -> bool {
        !matches!(self.focus, Focus::Outline) && self.screen_layout().detail.is_some()
    }

    pub(crate) fn update_side_panes(&mut self) -> Option<Effect> {
        self.side_panes.is_moving = false;
        self.side_panes.outline_line = self.document_view.top();
        self.side_panes.detail = match self.focus {
            Focus::Document
            | Focus::Outline
            | Focus::RowDetail(_)
            | Focus::Filter(_)
            | Focus::Note(_)
            | Focus::CopyMenu(_) => self.row_detail_pane(),
            Focus::Search(_) | Focus::Library(_) => return self.update_preview(),
            Focus::Comparison(_)
            | Focus::TextPanel(_)
            | Focus::Bookmarks(_)
            | Focus::Palette(_) => None,
        };
        None
    }

    /// The line at the top of the rows or list beside which a page is.
    pub fn rows_top(&self) -> usize {
        match &self.focus {
            Focus::Search(search) => search.list.top(),
            Focus::Library(library) => library.list.top(),
            _ => self.document_view.top(),
        }
    }

    /// The details of the selected row, beside it. They begin above it if they are longer than the
    /// rest of the pane.
    fn row_detail_pane(&self) -> Option<DetailPane> {
        let height = self.screen_layout().detail?.height;
        let view = self.row_detail()?.view;
        let top = self.document_view.top();
        let row = self.document_view.selected_row()?;
        let max_start = usize::from(height).saturating_sub(view.page.lines.len());
        let start = row.lines.start.saturating_sub(top).min(max_start);
        let line = top + start;
        Some(DetailPane {
            line,
            ..DetailPane::from(view)
        })
    }

    /// The panes with a focus of their own, from left to right.
    fn panes(&self) -> &'static [Mode] {
        let screen = self.screen_layout();
        match (screen.outline, screen.detail) {
            (Some(_), _) => &[Mode::Outline, Mode::Document, Mode::RowDetail],
            (None, Some(_)) => &[Mode::Document, Mode::RowDetail],
            (None, None) => &[],
        }
    }

    fn focused_pane(&self) -> Option<usize> {
        self.panes().iter().position(|pane| *pane == self.mode())
    }

    pub(crate) fn focus_pane(&mut self, pane: usize) {
        let details = || self.row_detail().map(Focus::RowDetail);
        self.focus = match self.panes().get(pane) {
            Some(Mode::Outline) => Focus::Outline,
            Some(Mode::RowDetail) => details().unwrap_or(Focus::Document),
            _ => Focus::Document,
        };
    }

    /// Moves the focus to the pane at the left or right, `by` -1 or 1. Returns false unless the focus
    /// is on one of several panes.
    pub(crate) fn focus_beside(&mut self, by: isize) -> bool {
        if self.has_preview_focus() {
            self.side_panes.is_focused = by > 0;
            return true;
        }
        let Some(focused) = self.focused_pane() else {
            return false;
        };
        if let Some(pane) = focused.checked_add_signed(by)
            && pane < self.panes().len()
        {
            self.focus_pane(pane);
        }
        true
    }

    /// Moves the focus to the next or previous pane, around the ends. Shows the next or previous
    /// section or list unless the focus is on one of several panes. A list has only one page beside
    /// it, so the key for the previous pane shows another list.
    pub(crate) fn cycle_pane(&mut self, by: isize) {
        if self.has_preview_focus() || (by > 0 && self.has_preview()) {
            self.side_panes.is_focused = !self.side_panes.is_focused;
            return;
        }
        match self.focused_pane() {
            Some(focused) => {
                let count = self.panes().len();
                let pane = focused.checked_add_signed(by).unwrap_or(count - 1);
                self.focus_pane(pane % count);
            }
            None => self.cycle_tab(by),
        }
    }

    /// The keys and words of the footer. Among several panes, one key and not the arrows names the
    /// moves to the left and right.
    pub fn key_hints(&self) -> Vec<(String, String)> {
        let has_panes = self.focused_pane().is_some();
        let mode = self.mode();
        let mode_of_words = |command| match command {
            Command::Left | Command::Right => (!has_panes).then_some(mode),
            Command::NextPane if self.shows_document() => has_panes.then_some(mode),
            Command::NextPane if self.has_preview() => Some(Mode::Preview),
            Command::PreviousPane => self.has_preview().then_some(mode),
            _ => Some(mode),
        };
        self.keymap.hints(mode, self.charset, mode_of_words)
    }

    /// The pane at a position, unless it has the focus.
    pub(crate) fn pane_at(&self, at: Position) -> Option<usize> {
        let focused = self.focused_pane()?;
        let screen = self.screen_layout();
        let areas = screen.outline.into_iter().chain([screen.body]);
        let mut areas = areas.chain(screen.detail);
        let pane = areas.position(|area| area.contains(at))?;
        (pane != focused).then_some(pane)
    }

    pub(crate) fn toggle_panes(&mut self) {
        let visibility = &mut self.side_panes.settings.visibility;
        *visibility = match *visibility {
            PaneVisibility::Auto => PaneVisibility::Off,
            PaneVisibility::Off => PaneVisibility::Auto,
        };
        let text = match (*visibility, self.table_mode) {
            (PaneVisibility::Off, _) => status::ONE_PANE.to_owned(),
            (PaneVisibility::Auto, TableMode::Linear) => status::ONE_PANE_IN_PLAIN_UI.to_owned(),
            (PaneVisibility::Auto, _) if self.size.width < MIN_COLUMNS_FOR_PANES => {
                status::panes_need_columns(MIN_COLUMNS_FOR_PANES)
            }
            (PaneVisibility::Auto, _) => status::SEVERAL_PANES.to_owned(),
        };
        self.relayout();
        self.message = Some(text);
    }

    /// Gives the rows more columns or, if `by` is -1, fewer.
    pub(crate) fn move_split(&mut self, by: isize) {
        self.side_panes.settings.move_split(by);
        self.relayout();
    }
}
