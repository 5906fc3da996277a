//! The text of a row for the clipboard: unwrapped, with or without a citation.

use crate::content::{Document, Row, Source, Subject, Value};

/// Whether code, source and date are copied with the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Citation {
    With,
    Without,
}

/// A row's fields on one line, separated by tabs as for a spreadsheet. With a citation, its standing,
/// its source and the remarks on it follow, each on a line.
pub(crate) fn copy_text(document: &Document, row: &Row, citation: Citation) -> String {
    let fields = row.cells.iter().map(|cell| match &cell.value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absent) => match &absent.stated {
            Some(stated) => format!("{} (“{stated}”)", absent.text()),
            None => absent.text(),
        },
    });
    let mut lines = vec![fields.collect::<Vec<_>>().join("\t")];
    if citation == Citation::With {
        lines.extend(row.standing.map(|standing| standing.label().to_owned()));
        lines.push(citation_line(document, row));
        lines.extend(row.remarks.iter().map(|remark| {
            let source = document.source(&remark.source);
            let source = source.map_or(String::new(), Source::citation);
            format!("{} · {source}", remark.text)
        }));
    }
    lines.join("\n")
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
    let source_text = |id| document.source(id).map(Source::citation);
    match row.source.as_ref().and_then(source_text) {
        Some(source) => line += &format!(" · {source}"),
        None => line += " · no source named",
    }
    for source in row.disputed_by.iter().filter_map(source_text) {
        line += &format!(" · disagrees: {source}");
    }
    line
}
