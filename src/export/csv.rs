//! CSV for spreadsheets (RFC 4180): the rows of all tables in one, with a column for each field.
//!
//! A spreadsheet runs a cell that begins with `=` and a few other characters as a formula, so such
//! cells get an apostrophe in front, as OWASP recommends.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::codesets::FORMULA_STARTS;
use crate::content::{AsOf, Document, Row, Shape, Source, SourceId, Standing, Subject, Value};
use crate::export::scope::ExportScope;
use crate::library::Library;
use crate::search::Results;

/// The columns before and after the fields of a row.
const FIRST_COLUMNS: [&str; 2] = ["Section", "Table"];
const LAST_COLUMNS: [&str; 5] = ["Standing", "Source", "As of", "Conflicts with", "Remarks"];

pub(crate) fn document(document: &Document, scope: &ExportScope) -> String {
    let mut rows = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    for (section, blocks) in scope.sections(document) {
        for (block, block_rows) in blocks {
            if block.shape != Shape::Table {
                continue;
            }
            for row in block_rows {
                if row.subject == Subject::Absence {
                    continue;
                }
                for cell in &row.cells {
                    if !labels.contains(&&*cell.label) {
                        labels.push(&cell.label);
                    }
                }
                rows.push((section, block, row));
            }
        }
    }
    let header = FIRST_COLUMNS.iter().chain(&labels).chain(&LAST_COLUMNS);
    let mut table = vec![header.map(|label| (*label).to_owned()).collect()];
    for (section, block, row) in rows {
        let title = block.title.as_deref().unwrap_or_default();
        let mut cells = vec![section.title.clone(), title.to_owned()];
        cells.extend(labels.iter().map(|label| field(row, label)));
        cells.extend(annotations(document, row));
        table.push(cells);
    }
    write(table, &document.notices)
}

fn field(row: &Row, label: &str) -> String {
    let cell = row.cells.iter().find(|cell| cell.label == label);
    match cell.map(|cell| &cell.value) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Unavailable(absent)) => absent.text(),
        None => String::new(),
    }
}

/// Returns the cells of [`LAST_COLUMNS`].
fn annotations(document: &Document, row: &Row) -> [String; LAST_COLUMNS.len()] {
    let sources = row.stated_by().filter_map(|id| document.source(id));
    let sources: Vec<&Source> = sources.collect();
    let as_of = sources.first().map_or(AsOf::Unknown, |source| source.as_of);
    let shorts: Vec<&str> = sources.iter().map(|source| source.short.as_str()).collect();
    let citation = |id: &SourceId| {
        let source = document.source(id);
        source.map_or_else(|| id.0.clone(), Source::citation)
    };
    let conflicts: Vec<String> = row.disputed_by.iter().map(citation).collect();
    let remarks = row.remarks.iter();
    let remarks = remarks.map(|it| format!("{} ({})", it.text, citation(&it.source)));
    [
        row.standing
            .map(Standing::id)
            .unwrap_or_default()
            .to_owned(),
        shorts.join("; "),
        match as_of {
            AsOf::Unknown => String::new(),
            date => date.to_string(),
        },
        conflicts.join("; "),
        remarks.collect::<Vec<_>>().join("; "),
    ]
}

pub(crate) fn list(library: &Library, notices: &[&str]) -> String {
    let header = ["Code", "System", "Title", "Status", "File"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    table.extend(library.entries().iter().map(|entry| {
        vec![
            entry.code.value().to_owned(),
            entry.code.system().to_string(),
            entry.title.clone(),
            entry.status.id().to_owned(),
            entry.origin.to_string(),
        ]
    }));
    write(table, notices)
}

pub(crate) fn results(results: &Results, notices: &[String]) -> String {
    let header = ["Code", "System", "Title", "Row", "Text"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    table.extend(results.hits.iter().map(|hit| {
        vec![
            hit.code.value().to_owned(),
            hit.code.system().to_string(),
            hit.title.clone(),
            hit.trail.join(" › "),
            hit.snippet.text.clone(),
        ]
    }));
    write(table, notices)
}

/// Writes the records, and each notice in the first cell of a record below.
fn write<T: AsRef<str>>(mut table: Vec<Vec<String>>, notices: &[T]) -> String {
    let columns = table.first().map_or(1, Vec::len);
    table.extend(notices.iter().map(|notice| {
        let mut record = vec![String::new(); columns];
        notice.as_ref().clone_into(&mut record[0]);
        record
    }));
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    for record in table {
        // Writing to memory does not fail.
        let _ = writer.write_record(record.into_iter().map(as_text));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Makes a cell that no spreadsheet runs as a formula.
fn as_text(mut cell: String) -> String {
    if cell.starts_with(FORMULA_STARTS) {
        cell.insert(0, '\'');
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_texts() {
        let cells = ["=1+1", "+1", "-1", "@a", "\tb", "＝c", "a=b", "'d", ""];
        let table = vec![cells.map(str::to_owned).to_vec()];
        let expected = "'=1+1,'+1,'-1,'@a,'\tb,'＝c,a=b,'d,\r\n";
        assert_eq!(write::<&str>(table, &[]), expected);
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted() {
        let table = vec![vec!["a\"b".to_owned(), "c,d".to_owned(), "e\nf".to_owned()]];
        let expected = "\"a\"\"b\",\"c,d\",\"e\nf\"\r\n=,,\r\n".replace("=,,", "'=,,");
        assert_eq!(write(table, &["="]), expected);
    }
}
