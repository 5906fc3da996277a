//! Markdown: headings, paragraphs, tables, and remarks as block quotes.

use crate::content::{
    Block, Cell, Document, Row, Shape, SourceId, Subject, Unavailable, Value, Visibility, Voice,
};
use crate::export::scope::{ExportScope, more_results_note};
use crate::library::Library;
use crate::search::{Query, Results};

pub(crate) fn document(document: &Document, scope: &ExportScope) -> String {
    let mut out = String::new();
    paragraph(
        &mut out,
        &format!("# {} {}", document.code.value(), escape(&document.title)),
    );
    for (section, blocks) in scope.sections(document) {
        paragraph(&mut out, &format!("## {}", escape(&section.title)));
        for heading in &section.headings {
            paragraph(&mut out, &format!("**{}**", escape(heading)));
        }
        for (block, rows) in blocks {
            if let Some(title) = &block.title {
                paragraph(&mut out, &format!("### {}", escape(title)));
            }
            write_block(&mut out, document, block, &rows);
        }
    }
    sources(&mut out, document);
    for notice in &document.notices {
        paragraph(&mut out, &escape(notice));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

pub(crate) fn list(library: &Library, notices: &[&str]) -> String {
    let mut out = String::from("| Code | System | Title | Status |\n| --- | --- | --- | --- |\n");
    for entry in library.entries() {
        out += &format!(
            "| {} | {} | {} | {} |\n",
            entry.code.value(),
            entry.code.system(),
            escape(&entry.title),
            entry.status.id()
        );
    }
    out.push('\n');
    for notice in notices {
        paragraph(&mut out, &escape(notice));
    }
    out
}

pub(crate) fn results(query: &Query, results: &Results, notices: &[String]) -> String {
    let mut out = String::new();
    paragraph(&mut out, &format!("# {}", escape(query.text())));
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            paragraph(&mut out, &format!("## {}", hit.group.title()));
        }
        let mut trail = vec![hit.code.value().to_owned()];
        trail.extend(hit.trail.iter().map(|part| escape(part)));
        paragraph(
            &mut out,
            &format!("**{}**  \n{}", trail.join(" › "), escape(&hit.snippet.text)),
        );
    }
    if let Some(note) = more_results_note(results) {
        paragraph(&mut out, &note);
    }
    for notice in notices {
        paragraph(&mut out, &escape(notice));
    }
    out
}

fn write_block(out: &mut String, document: &Document, block: &Block, rows: &[&Row]) {
    let (absent, present): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.subject == Subject::Absence);
    let is_table = block.shape == Shape::Table && !present.is_empty();
    if is_table {
        write_table(out, &present);
    }
    for row in present {
        for cell in &row.cells {
            let value = value(document, &cell.value);
            if !is_table {
                paragraph(out, &labeled_value(block, row, &cell.label, &value));
            } else if cell.visibility == Visibility::Record {
                let (name, label) = (escape(row.name()), escape(&cell.label));
                paragraph(out, &format!("{name}, {label}: {value}"));
            }
        }
        write_annotations(out, document, row);
    }
    for row in absent {
        for cell in &row.cells {
            paragraph(out, &format!("*{}*", value(document, &cell.value)));
        }
    }
}

fn labeled_value(block: &Block, row: &Row, label: &str, value: &str) -> String {
    let quote = if row.voice == Voice::Editor { "> " } else { "" };
    let bullet = match block.shape {
        Shape::Prose => "",
        _ => "- ",
    };
    match label {
        "" => format!("{quote}{bullet}{value}"),
        label => format!("{quote}{bullet}**{}:** {value}", escape(label)),
    }
}

fn write_table(out: &mut String, rows: &[&Row]) {
    let mut labels: Vec<&str> = Vec::new();
    for cell in rows.iter().flat_map(|row| column_cells(row)) {
        if !labels.contains(&cell.label.as_str()) {
            labels.push(&cell.label);
        }
    }
    let mut write_row = |cells: Vec<String>| *out += &format!("| {} |\n", cells.join(" | "));
    write_row(labels.iter().map(|label| escape(label)).collect());
    write_row(labels.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        let text = |label: &&str| {
            let cell = column_cells(row).find(|cell| cell.label == **label);
            match cell.map(|cell| &cell.value) {
                Some(Value::Text(text)) => escape(text),
                Some(Value::Unavailable(absent)) => escape(absent.reason.label()),
                None => String::new(),
            }
        };
        write_row(labels.iter().map(text).collect());
    }
    out.push('\n');
}

fn column_cells(row: &Row) -> impl Iterator<Item = &Cell> {
    let cells = row.cells.iter();
    cells.filter(|cell| cell.visibility == Visibility::Column)
}

/// Writes a row's standing, source, disagreeing sources and remarks below it.
fn write_annotations(out: &mut String, document: &Document, row: &Row) {
    let name = escape(row.name());
    if let Some(standing) = row.standing {
        paragraph(out, &format!("{name}: **{}**", escape(standing.label())));
    }
    if row.voice == Voice::Editor
        && let Some(source) = &row.source
    {
        paragraph(out, &format!("> — {}", citation(document, source)));
    }
    for source in &row.disputed_by {
        paragraph(
            out,
            &format!("{name}: disagrees — {}", citation(document, source)),
        );
    }
    for remark in &row.remarks {
        let source = citation(document, &remark.source);
        paragraph(
            out,
            &format!("> {name}: {}\n> — {source}", escape(&remark.text)),
        );
    }
}

fn value(document: &Document, value: &Value) -> String {
    match value {
        Value::Text(text) => escape(text),
        Value::Unavailable(absent) => absence(document, absent),
    }
}

fn absence(document: &Document, absent: &Unavailable) -> String {
    let mut text = escape(absent.reason.label());
    if let Some(stated) = &absent.stated {
        text += &format!(": “{}”", escape(stated));
    }
    if let Some(source) = &absent.source {
        text += &format!(" — {}", citation(document, source));
    }
    text
}

fn sources(out: &mut String, document: &Document) {
    paragraph(out, "## Sources");
    for source in &document.sources {
        paragraph(
            out,
            &format!("- {}, {}", escape(&source.title), source.as_of),
        );
    }
}

fn citation(document: &Document, id: &SourceId) -> String {
    document.source(id).map_or_else(
        || escape(&id.0),
        |source| format!("{}, {}", escape(&source.title), source.as_of),
    )
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

/// Escapes the characters that have a meaning in Markdown.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    if out.starts_with(['#', '+', '-', '~']) {
        out.insert(0, '\\');
    }
    out
}
