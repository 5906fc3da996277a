//! Descriptions of a row: its name, and the source of its statement.

use crate::app::{DocumentView, messages};
use crate::content::labels::{NO_SOURCE, conflict_after_source};
use crate::content::{AsOf, Block, Document, Row, SourceId, Standing, Subject, Value};
use crate::search::Hit;

/// The selected row, and its block.
pub fn selected_row(view: &DocumentView) -> Option<(&Block, &Row)> {
    let (_, block, row) = view.document().row(view.row_path()?)?;
    Some((block, row))
}

/// The number of rows that pass the filter, and of all rows of the section.
pub fn row_count(view: &DocumentView) -> String {
    let (shown, all) = view.row_counts();
    messages::document::rows(shown, all)
}

/// A row's name and standing, each after a comma: `, 26, ! disputed`.
pub fn row_description((block, row): (&Block, &Row)) -> String {
    let name = match row.subject {
        Subject::Absence => Some(messages::document::SPOKEN_ABSENCE),
        _ => block.row_name(row),
    };
    let mut text = String::new();
    for part in [name, row.standing.map(Standing::label)]
        .into_iter()
        .flatten()
    {
        if !part.is_empty() {
            text += ", ";
            text += part;
        }
    }
    text
}

/// The sources of a row with their dates, and the sources that disagree.
pub fn attribution(document: &Document, row: &Row) -> String {
    let source_of_absence = row.cells.iter().find_map(|cell| match &cell.value {
        Value::Unavailable(absent) => absent.source.as_ref(),
        Value::Text(_) => None,
    });
    let name = |id: &SourceId| {
        document
            .source(id)
            .map_or(id.0.clone(), |source| source.short.clone())
    };
    let dated = |id: &SourceId| {
        let source = document.source(id);
        let as_of = source.map_or(AsOf::Unknown, |source| source.as_of);
        format!("{}, {as_of}", name(id))
    };
    let main = row.source.as_ref().or(source_of_absence);
    let mut text = main.map_or_else(|| NO_SOURCE.to_owned(), dated);
    for id in &row.confirmed_by {
        text += &format!(" · {}", dated(id));
    }
    for id in &row.disputed_by {
        text += &conflict_after_source(name(id));
    }
    text
}

/// A text such as `CPT 83950 › Payers › Aetna`, or code and title if a whole document matches.
pub fn hit_text(hit: &Hit, separator: &str) -> String {
    let code = format!("{} {}", hit.code.system(), hit.code.value());
    if hit.trail.is_empty() {
        return format!("{code}  {}", hit.title);
    }
    let trail = hit.trail.iter().map(String::as_str);
    let parts: Vec<&str> = std::iter::once(code.as_str()).chain(trail).collect();
    parts.join(separator)
}
