//! Keeps the open document: its section, the selected row, and what is scrolled into sight.

use std::sync::Arc;

use crate::app::modes::bookmarks::Bookmarks;
use crate::content::{Document, RowPath};
use crate::layout::{LayoutOptions, Notices, Page, PageRow, Role, RowKind};

/// The open document and where its reader is.
#[derive(Clone, Debug)]
pub struct DocumentView {
    document: Arc<Document>,
    section: usize,
    page: Page,
    position: SectionPosition,
    /// Where the reader was in the other sections.
    section_positions: Vec<SectionPosition>,
}

/// A selected row and the line shown first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SectionPosition {
    row: usize,
    top: usize,
}

/// One row, opened whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDetail {
    /// The row, set field by field.
    pub page: Page,
    /// The line shown first.
    pub top: usize,
}

impl DocumentView {
    /// Opens a document at its start; it shows nothing before [`DocumentView::relayout`].
    pub(crate) fn new(document: Arc<Document>) -> Self {
        let seats = vec![SectionPosition::default(); document.sections.len()];
        Self {
            document,
            section: 0,
            page: Page::default(),
            position: SectionPosition::default(),
            section_positions: seats,
        }
    }

    /// Returns the document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the number of the open section, from 0.
    pub const fn section(&self) -> usize {
        self.section
    }

    /// Returns the open section, set at the screen's width.
    pub const fn page(&self) -> &Page {
        &self.page
    }

    /// Returns the line shown first.
    pub const fn top(&self) -> usize {
        self.position.top
    }

    /// Returns the selected row, where the section has any.
    pub fn selected_row(&self) -> Option<&PageRow> {
        self.page.rows.get(self.position.row)
    }

    /// Returns where the selected row stands.
    pub fn row_path(&self) -> Option<&RowPath> {
        self.selected_row().map(|row| &row.path)
    }

    /// Returns the number of the selected row, from 0.
    pub const fn selected(&self) -> usize {
        self.position.row
    }

    /// Sets the page anew, for a width or a document that has changed.
    pub(crate) fn relayout(&mut self, setting: LayoutOptions, height: u16) {
        let place = self.row_path().cloned();
        self.page = Page::from_section(&self.document, self.section, setting, Notices::Include);
        if let Some(row) = place.and_then(|place| self.page.row_index(&place)) {
            self.position.row = row;
        }
        self.position.row = self
            .position
            .row
            .min(self.page.rows.len().saturating_sub(1));
        self.scroll_to(self.position.top, height);
        self.reveal(height);
    }

    /// Goes to another section, to where the reader was in it; the number wraps around.
    pub(crate) fn show_section(&mut self, section: usize, setting: LayoutOptions, height: u16) {
        if section >= self.document.sections.len() || section == self.section {
            return;
        }
        self.section_positions[self.section] = self.position;
        self.section = section;
        self.position = self.section_positions[section];
        self.page = Page::default();
        self.relayout(setting, height);
    }

    /// Goes to a row; says whether it is there.
    pub(crate) fn go_to_row(
        &mut self,
        place: &RowPath,
        setting: LayoutOptions,
        height: u16,
    ) -> bool {
        let Some((section, _)) = self.document.section(&place.section) else {
            return false;
        };
        self.show_section(section, setting, height);
        let Some(row) = self.page.row_index(place) else {
            return false;
        };
        self.select(row, height);
        true
    }

    /// Takes a new edition of the same document, and stays at the row where it is still there.
    pub(crate) fn replace_document(
        &mut self,
        document: Arc<Document>,
        setting: LayoutOptions,
        height: u16,
    ) {
        self.section_positions = vec![SectionPosition::default(); document.sections.len()];
        self.section = self.section.min(document.sections.len().saturating_sub(1));
        self.document = document;
        self.relayout(setting, height);
    }

    /// Selects a row of the page and shows it.
    pub(crate) fn select(&mut self, row: usize, height: u16) {
        self.position.row = row.min(self.page.rows.len().saturating_sub(1));
        self.reveal(height);
    }

    /// Shows a line first, as far as the page's length allows.
    pub(crate) fn scroll_to(&mut self, top: usize, height: u16) {
        self.position.top = top.min(self.last_top(height));
    }

    /// Goes one row down, or one line where the selected row goes on below the screen, or where
    /// the next one begins so far below that the headings between would never be seen.
    pub(crate) fn down(&mut self, height: u16) {
        let bottom = self.position.top + usize::from(height);
        let goes_on = self.selected_row().is_none_or(|row| row.lines.end > bottom);
        let next = self.page.rows.get(self.position.row + 1);
        match next.map(|next| self.top_for(next, height)) {
            Some(top) if !goes_on && top <= bottom => self.select(self.position.row + 1, height),
            _ => self.scroll_to(self.position.top + 1, height),
        }
    }

    /// Goes one row up, or one line where the selected row goes on above the screen.
    pub(crate) fn up(&mut self, height: u16) {
        let goes_on = self
            .selected_row()
            .is_none_or(|row| row.lines.start < self.position.top);
        if goes_on || self.position.row == 0 {
            self.scroll_to(self.position.top.saturating_sub(1), height);
            return;
        }
        self.position.row -= 1;
        let Some(row) = self.selected_row() else {
            return;
        };
        // The headings above a row come into sight with it.
        let start = match self.position.row.checked_sub(1) {
            Some(before) => self.page.rows[before].lines.end,
            None => 0,
        };
        let (last, first) = (row.lines.end, row.lines.start);
        let height_lines = usize::from(height);
        let top = if last - start <= height_lines && row.kind == RowKind::Record {
            start
        } else if row.kind == RowKind::Record && last - first <= height_lines {
            first
        } else {
            last.saturating_sub(1)
        };
        if self.position.top > top {
            self.scroll_to(top, height);
        }
    }

    /// Goes a screen down, and on the last screen to the last row.
    pub(crate) fn page_down(&mut self, height: u16) {
        let before = self.position.top;
        self.scroll_to(
            before + usize::from(height.saturating_sub(1)).max(1),
            height,
        );
        if self.position.top == before {
            self.position.row = self.page.rows.len().saturating_sub(1);
        } else {
            self.position.row = self.first_visible_row();
        }
    }

    /// Goes a screen up, and on the first screen to the first row.
    pub(crate) fn page_up(&mut self, height: u16) {
        let before = self.position.top;
        self.scroll_to(
            before.saturating_sub(usize::from(height.saturating_sub(1)).max(1)),
            height,
        );
        self.position.row = if self.position.top == before {
            0
        } else {
            self.first_visible_row()
        };
    }

    /// Goes to the first row and the top of the page.
    pub(crate) fn home(&mut self) {
        self.position = SectionPosition::default();
    }

    /// Goes to the last row and the end of the page.
    pub(crate) fn end(&mut self, height: u16) {
        self.position = SectionPosition {
            row: self.page.rows.len().saturating_sub(1),
            top: self.last_top(height),
        };
    }

    fn last_top(&self, height: u16) -> usize {
        self.page.lines.len().saturating_sub(usize::from(height))
    }

    fn first_visible_row(&self) -> usize {
        let rows = &self.page.rows;
        rows.iter()
            .position(|row| row.lines.start >= self.position.top)
            .or_else(|| {
                rows.iter()
                    .position(|row| row.lines.end > self.position.top)
            })
            .unwrap_or(rows.len().saturating_sub(1))
    }

    /// Scrolls as little as shows the selected row: whole where it is looked up, or from its start
    /// where it does not fit; of prose, which is read on line by line, the first line is enough.
    fn reveal(&mut self, height: u16) {
        if let Some(row) = self.selected_row() {
            self.scroll_to(self.top_for(row, height), height);
        }
    }

    /// Returns the line to show first so that a row is in sight.
    fn top_for(&self, row: &PageRow, height: u16) -> usize {
        let height = usize::from(height.max(1));
        let (start, end) = (row.lines.start, row.lines.end);
        let whole = row.kind == RowKind::Record;
        let must_end = if whole {
            end.min(start + height)
        } else {
            start + 1
        };
        let top = self.position.top;
        if start < top && (whole || end <= top) {
            start
        } else if must_end > top + height {
            must_end - height
        } else {
            top
        }
    }
}

impl RowDetail {
    /// Opens the row at a place, with the reader's own note on it.
    pub(crate) fn new(
        document: &Document,
        place: &RowPath,
        setting: LayoutOptions,
        own: Option<&Bookmarks>,
    ) -> Self {
        let mut page = Page::from_row(document, place, setting, Notices::Omit);
        let mark = own.and_then(|own| own.get(&document.code, place));
        if let Some(note) = mark.and_then(|mark| mark.note.as_deref()) {
            let pairs = [
                (String::new(), "Your note".to_owned(), Role::Title),
                (String::new(), note.to_owned(), Role::Text),
            ];
            page.append(Page::from_label_values(pairs, setting));
        }
        page.append(Page::from_notices(document, setting));
        Self { page, top: 0 }
    }

    /// Shows a line first, as far as the length allows.
    pub(crate) fn scroll_to(&mut self, top: usize, height: u16) {
        self.top = top.min(self.page.lines.len().saturating_sub(usize::from(height)));
    }
}
