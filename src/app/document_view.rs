//! The open document: its section, the selected row, and the scroll position.

use std::sync::Arc;

use crate::app::command::Movement;
use crate::app::scroll::ScrollView;
use crate::content::{Document, Row, RowPath};
use crate::layout::{LayoutOptions, Page, PageEnd, PageRow, RowKind};

/// The open document and the reader's position in it.
#[derive(Clone, Debug)]
pub struct DocumentView {
    document: Arc<Document>,
    section: usize,
    /// Only rows that have each of its words are shown. Empty for all rows.
    filter: String,
    /// The open section, laid out at the width of the screen.
    view: ScrollView,
    /// The number of the selected row, from 0.
    selected: usize,
    /// The reader's last positions in the other sections, as selected row and top line.
    section_positions: Vec<(usize, usize)>,
    /// The rows that are marked for copying, in the order of the document.
    marks: Vec<RowPath>,
    options: LayoutOptions,
    /// The lines of the pane.
    height: u16,
}

impl DocumentView {
    /// Opens a document at its start, for a pane of a given height.
    pub(crate) fn new(document: Arc<Document>, options: LayoutOptions, height: u16) -> Self {
        let mut view = Self {
            section_positions: vec![(0, 0); document.sections.len()],
            document,
            section: 0,
            filter: String::new(),
            view: ScrollView::default(),
            selected: 0,
            marks: Vec::new(),
            options,
            height,
        };
        view.update_page();
        view
    }

    pub fn document(&self) -> &Document {
        &self.document
    }

    pub(crate) const fn shared_document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The number of the open section, from 0.
    pub const fn section(&self) -> usize {
        self.section
    }

    pub const fn page(&self) -> &Page {
        &self.view.page
    }

    pub const fn top(&self) -> usize {
        self.view.top
    }

    pub const fn selected(&self) -> usize {
        self.selected
    }

    pub fn selected_row(&self) -> Option<&PageRow> {
        self.view.page.rows.get(self.selected)
    }

    /// The path of the selected row. `None` if the section has no rows.
    pub fn row_path(&self) -> Option<&RowPath> {
        self.selected_row().map(|row| &row.path)
    }

    pub(crate) fn row(&self) -> Option<&Row> {
        let (_, _, row) = self.document.row(self.row_path()?)?;
        Some(row)
    }

    pub fn marks(&self) -> &[RowPath] {
        &self.marks
    }

    /// Marks the selected row, or removes its mark, and selects the next row.
    pub(crate) fn toggle_mark(&mut self) {
        let Some(path) = self.row_path().cloned() else {
            return;
        };
        match self.marks.iter().position(|marked| *marked == path) {
            Some(position) => {
                self.marks.remove(position);
            }
            None => self.marks.push(path),
        }
        let document = Arc::clone(&self.document);
        self.marks
            .sort_by_cached_key(|path| document.row_number(path));
        self.move_by(Movement::Down);
    }

    pub(crate) fn clear_marks(&mut self) {
        self.marks.clear();
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Shows only the rows of the section that have each of some words.
    pub(crate) fn set_filter(&mut self, filter: &str) {
        filter.clone_into(&mut self.filter);
        self.update_page();
    }

    /// Returns the number of rows that are shown and of all rows of the section.
    pub fn row_counts(&self) -> (usize, usize) {
        let section = self.document.sections.get(self.section);
        let rows = section.iter().flat_map(|section| &section.blocks);
        let all: usize = rows.map(|block| block.rows.len()).sum();
        (self.page().rows.len(), all)
    }

    /// Lays the page out for a pane of another size.
    pub(crate) fn relayout(&mut self, options: LayoutOptions, height: u16) {
        (self.options, self.height) = (options, height);
        self.update_page();
    }

    /// Lays the page out and keeps the selected row, if it still exists.
    fn update_page(&mut self) {
        let path = self.row_path().cloned();
        let (section, options) = (self.section, self.options);
        let is_last = section + 1 == self.document.sections.len();
        let end = if is_last {
            PageEnd::About
        } else {
            PageEnd::Notices
        };
        let page = Page::from_filtered_section(&self.document, section, &self.filter, options, end);
        self.view.replace(page, self.height);
        let row = path.and_then(|path| self.page().row_index(&path));
        self.select(row.unwrap_or(self.selected));
    }

    /// Opens another section at the reader's last position in it.
    pub(crate) fn show_section(&mut self, section: usize) {
        if section >= self.document.sections.len() || section == self.section {
            return;
        }
        self.section_positions[self.section] = (self.selected, self.view.top);
        self.filter.clear();
        self.section = section;
        (self.selected, self.view.top) = self.section_positions[section];
        self.view.page = Page::default();
        self.update_page();
    }

    /// Selects a row of any section. Returns false if the document has no such row.
    pub(crate) fn go_to_row(&mut self, path: &RowPath) -> bool {
        let Some((section, _)) = self.document.section(&path.section) else {
            return false;
        };
        self.show_section(section);
        if self.page().row_index(path).is_none() && !self.filter.is_empty() {
            self.set_filter("");
        }
        let Some(row) = self.page().row_index(path) else {
            return false;
        };
        self.select(row);
        true
    }

    /// Replaces the document by a newer version. Keeps the open section and the selected row, at
    /// its line of the screen, if they still exist.
    pub(crate) fn replace_document(&mut self, document: Arc<Document>) {
        let here = (self.selected, self.view.top);
        if let Some(open) = self.section_positions.get_mut(self.section) {
            *open = here;
        }
        let old = std::mem::replace(&mut self.document, document);
        let position = |index: usize| {
            let id = &old.sections.get(index)?.id;
            let mut sections = self.document.sections.iter();
            sections.position(|section| section.id == *id)
        };
        let mut positions = vec![(0, 0); self.document.sections.len()];
        for (index, known) in self.section_positions.iter().enumerate() {
            if let Some(new) = position(index) {
                positions[new] = *known;
            }
        }
        let last = self.document.sections.len().saturating_sub(1);
        self.section = position(self.section).unwrap_or(self.section.min(last));
        self.section_positions = positions;
        let document = &self.document;
        self.marks.retain(|path| document.row(path).is_some());
        let line = |view: &Self| {
            view.selected_row()
                .map(|row| (row.path.clone(), row.lines.start))
        };
        let (before, top) = (line(self), self.view.top);
        self.update_page();
        if let (Some((path, old)), Some((same, new))) = (before, line(self))
            && path == same
        {
            self.scroll_to((top + new).saturating_sub(old));
            self.select(self.selected);
        }
    }

    /// Selects a row of the page and scrolls it into view.
    pub(crate) fn select(&mut self, row: usize) {
        self.selected = row.min(self.last_row());
        if let Some(row) = self.selected_row() {
            self.scroll_to(self.top_for(row));
        }
    }

    pub(crate) fn scroll_to(&mut self, top: usize) {
        self.view.scroll_to(top, self.height);
    }

    pub(crate) fn move_by(&mut self, movement: Movement) {
        match movement {
            Movement::Up => self.up(),
            Movement::Down => self.down(),
            Movement::PageUp
            | Movement::PageDown
            | Movement::HalfPageUp
            | Movement::HalfPageDown => self.move_by_screen(movement),
            Movement::Home => (self.selected, self.view.top) = (0, 0),
            Movement::End => {
                self.selected = self.last_row();
                self.scroll_to(usize::MAX);
            }
        }
    }

    /// Selects the next row. Scrolls one line instead if the selected row continues below the
    /// screen, or if the next row is so far below that the headings between would be skipped.
    fn down(&mut self) {
        let bottom = self.top() + usize::from(self.height);
        let continues = self.selected_row().is_none_or(|row| row.lines.end > bottom);
        let next = self.view.page.rows.get(self.selected + 1);
        match next.map(|next| self.top_for(next)) {
            Some(top) if !continues && top <= bottom => self.select(self.selected + 1),
            _ => self.scroll_to(self.top() + 1),
        }
    }

    /// Selects the previous row. Scrolls one line instead if the selected row begins above the
    /// screen.
    fn up(&mut self) {
        let begins_above = self
            .selected_row()
            .is_none_or(|row| row.lines.start < self.top());
        if begins_above || self.selected == 0 {
            return self.scroll_to(self.top().saturating_sub(1));
        }
        self.selected -= 1;
        let Some(row) = self.selected_row() else {
            return;
        };
        // The headings above a row scroll into view with it.
        let start = match self.selected.checked_sub(1) {
            // Rows of a grid share their lines.
            Some(previous) => self.view.page.rows[previous].lines.end.min(row.lines.start),
            None => 0,
        };
        let (lines, height) = (&row.lines, usize::from(self.height));
        let top = match row.kind {
            RowKind::Record if lines.end - start <= height => start,
            RowKind::Record if lines.end - lines.start <= height => lines.start,
            _ => lines.end.saturating_sub(1),
        };
        if self.top() > top {
            self.scroll_to(top);
        }
    }

    /// Scrolls by a screen and selects its first row. At an end of the page, selects the first or
    /// last row.
    fn move_by_screen(&mut self, movement: Movement) {
        let before = self.top();
        self.view.apply(movement, self.height);
        self.selected = match movement {
            _ if self.top() != before => self.first_visible_row(),
            Movement::PageUp | Movement::HalfPageUp => 0,
            _ => self.last_row(),
        };
    }

    fn last_row(&self) -> usize {
        self.view.page.rows.len().saturating_sub(1)
    }

    fn first_visible_row(&self) -> usize {
        let (rows, top) = (&self.view.page.rows, self.top());
        let whole = rows.iter().position(|row| row.lines.start >= top);
        whole
            .or_else(|| rows.iter().position(|row| row.lines.end > top))
            .unwrap_or(self.last_row())
    }

    /// The scroll position nearest to the current one at which a row is in view: all of a record,
    /// or its start if it is taller than the pane, but only the first line of prose, which is read
    /// on line by line.
    fn top_for(&self, row: &PageRow) -> usize {
        let (top, height) = (self.top(), usize::from(self.height.max(1)));
        let (start, end) = (row.lines.start, row.lines.end);
        let is_record = row.kind == RowKind::Record;
        let visible_end = if is_record {
            end.min(start + height)
        } else {
            start + 1
        };
        if start < top && (is_record || end <= top) {
            start
        } else if visible_end > top + height {
            visible_end - height
        } else {
            top
        }
    }
}
