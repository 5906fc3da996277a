//! The text of a row for the clipboard: unwrapped, with or without a citation.

use crate::content::{Document, Row, Subject, Value};

/// Whether code, source and date are copied with the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Citation {
    With,
    Without,
}

/// A row's fields on one line, separated by tabs as for a spreadsheet.
pub(crate) fn copy_text(document: &Document, row: &Row, citation: Citation) -> String {
    let fields = row.cells.iter().map(|cell| match &cell.value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absent) => match &absent.stated {
            Some(stated) => format!("{} (“{stated}”)", absent.reason.label()),
            None => absent.reason.label().to_owned(),
        },
    });
    let text = fields.collect::<Vec<_>>().join("\t");
    match citation {
        Citation::Without => text,
        Citation::With => format!("{text}\n{}", citation_line(document, row)),
    }
}

/// A line such as `CPT 83950-26 · CPT 83950: … (publication), no date · disagrees: …`.
fn citation_line(document: &Document, row: &Row) -> String {
    let code = document.code.value();
    let system = document.code.system();
    let mut line = match &row.subject {
        Subject::Modifier(modifier) | Subject::PayerRule(modifier) => {
            format!("{system} {code}-{modifier}")
        }
        Subject::Text | Subject::Payer | Subject::Place | Subject::Code(_) | Subject::Absence => {
            format!("{system} {code}")
        }
    };
    let source_text = |id| {
        let source = document.source(id)?;
        Some(format!("{}, {}", source.title, source.as_of))
    };
    match row.source.as_ref().and_then(source_text) {
        Some(source) => line += &format!(" · {source}"),
        None => line += " · no source named",
    }
    for source in row.disputed_by.iter().filter_map(source_text) {
        line += &format!(" · disagrees: {source}");
    }
    line
}
