//! The lines below a row: fields without a column, its source, and what others say against it.

use crate::content::labels::MORE;
use crate::content::{Cell, Row, SourceId, Subject, Value, Visibility};
use crate::layout::builder::{PageBuilder, attribution, conflict};
use crate::layout::page::{Medium, Role, value_text};

/// The fewest columns of a screen for the annotations of a table row.
const MIN_COLUMNS: u16 = 60;

impl PageBuilder<'_> {
    /// Adds the annotations of a table row, or a mark if the page is too narrow for them.
    pub(crate) fn table_annotations(&mut self, row: &Row, next: Option<&Row>) {
        // The key that opens other rows opens the document of the code instead.
        let has_details = !matches!(row.subject, Subject::Code(_));
        let is_narrow = self.options.medium == Medium::Screen && self.options.columns < MIN_COLUMNS;
        if !has_details || !is_narrow {
            return self.annotations(row, next, 2);
        }
        self.row_source(row, next);
        let has_lines = row.cells.iter().any(|cell| self.is_line(cell));
        if has_lines || !row.remarks.is_empty() || disputing(row).next().is_some() {
            self.paragraph(MORE, Role::Caution, 1);
        }
    }

    /// Adds the fields of a row that have no column, its source if the editors wrote it, and the
    /// remarks and sources against it.
    pub(crate) fn annotations(&mut self, row: &Row, next: Option<&Row>, indent: usize) {
        for cell in &row.cells {
            if self.is_line(cell) {
                let charset = self.options.charset;
                let (text, role) = value_text(&cell.value, self.voice(row), charset);
                self.paragraph(&format!("{}: {text}", cell.label), role, 2);
                if let Value::Unavailable(absent) = &cell.value {
                    self.absence_details(absent, row.source.as_ref());
                }
            }
        }
        self.row_source(row, next);
        self.remarks(row, indent);
    }

    fn is_line(&self, cell: &Cell) -> bool {
        match cell.visibility {
            Visibility::Column => false,
            Visibility::Line => true,
            Visibility::Record => self.options.medium == Medium::Print,
        }
    }

    /// Adds the editors' remarks on a row, with their sources, and the other sources that disagree.
    pub(crate) fn remarks(&mut self, row: &Row, indent: usize) {
        for remark in &row.remarks {
            self.hanging_paragraph("| ", &remark.text, Role::Editor, indent);
            let (source, role) = if disputing(row).any(|id| *id == remark.source) {
                (conflict(self.document, &remark.source), Role::Conflict)
            } else {
                (attribution(self.document, &remark.source), Role::Source)
            };
            self.paragraph(&source, role, indent + 2);
        }
        for id in disputing(row) {
            if row.remarks.iter().all(|remark| remark.source != *id) {
                self.paragraph(&conflict(self.document, id), Role::Conflict, indent);
            }
        }
    }
}

/// The sources that disagree with a row. A payer's rule has a mark instead, which compares it with
/// other rules.
fn disputing(row: &Row) -> impl Iterator<Item = &SourceId> {
    let is_rule = matches!(row.subject, Subject::PayerRule(_));
    row.disputed_by.iter().filter(move |_| !is_rule)
}
