//! Makes the text that is copied of a row: unwrapped, with or without who says so.

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::modes::text_panel::TextPanel;
use crate::content::{Document, Row, Subject, Value};

/// Whether code, source and date go with a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Citation {
    /// They do.
    With,
    /// The row's own text alone.
    Without,
}

impl App {
    /// Copies the selected row, and shows what was copied.
    pub(crate) fn copy(&mut self, citation: Citation) -> Option<Effect> {
        let document = self.document_view.document();
        let (_, _, row) = self
            .document_view
            .row_path()
            .and_then(|place| document.row(place))?;
        let text = copy_text(document, row, citation);
        self.focus = Focus::TextPanel(TextPanel::copied(
            text.clone(),
            &self.keymap,
            self.layout_options(),
        ));
        Some(Effect::Copy(text))
    }
}

/// Returns a row's text: its fields on one line, a tab apart, as a spreadsheet takes them.
fn copy_text(document: &Document, row: &Row, citation: Citation) -> String {
    let fields: Vec<String> = row
        .cells
        .iter()
        .map(|cell| match &cell.value {
            Value::Text(text) => text.clone(),
            Value::Unavailable(absent) => match &absent.stated {
                Some(stated) => format!("{} (“{stated}”)", absent.reason.label()),
                None => absent.reason.label().to_owned(),
            },
        })
        .collect();
    let text = fields.join("\t");
    match citation {
        Citation::Without => text,
        Citation::With => format!("{text}\n{}", citation_line(document, row)),
    }
}

/// Returns `83950-26 · CPT 83950: … (publication), no date · disagrees: …`.
fn citation_line(document: &Document, row: &Row) -> String {
    let code = document.code.value();
    let system = document.code.system();
    let mut words = match &row.subject {
        Subject::Modifier(modifier) | Subject::PayerRule(modifier) => {
            format!("{system} {code}-{modifier}")
        }
        Subject::Text | Subject::Payer | Subject::Place | Subject::Code(_) | Subject::Absence => {
            format!("{system} {code}")
        }
    };
    let named = |id| {
        document
            .source(id)
            .map(|source| format!("{}, {}", source.title, source.as_of))
    };
    match row.source.as_ref().and_then(named) {
        Some(source) => words += &format!(" · {source}"),
        None => words += " · no source named",
    }
    for source in row.disputed_by.iter().filter_map(named) {
        words += &format!(" · disagrees: {source}");
    }
    words
}
