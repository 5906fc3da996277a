//! Markdown: headings, paragraphs and tables. Remarks, and rows of the editors next to a publication,
//! are block quotes.

use crate::content::labels;
use crate::content::{
    AsOf, Block, Cell, Document, Row, Shape, Source, SourceId, Subject, Value, Visibility, Voice,
};
use crate::export::scope::{ExportScope, more_results_note};
use crate::layout::about::source_lines;
use crate::layout::builder::attribution;
use crate::layout::table::column_labels;
use crate::library::Library;
use crate::search::{Query, Results};

pub(crate) fn document(document: &Document, scope: &ExportScope) -> String {
    let mut out = String::new();
    let (code, title) = (document.code.value(), escape(&document.title));
    paragraph(&mut out, &format!("# {code} {title}"));
    let editors_quote = if document.has_one_voice() { "" } else { "> " };
    for (section, blocks) in scope.sections(document) {
        paragraph(&mut out, &format!("## {}", escape(&section.title)));
        for heading in &section.headings {
            paragraph(&mut out, &format!("**{}**", escape(heading)));
        }
        for (block, rows) in blocks {
            if let Some(title) = &block.title {
                paragraph(&mut out, &format!("### {}", escape(title)));
            }
            write_block(&mut out, document, (block, &rows), editors_quote);
        }
    }
    about(&mut out, document, scope);
    paragraphs(&mut out, &document.notices);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

pub(crate) fn list(library: &Library, notices: &[&str]) -> String {
    let mut out = String::from("| Code | System | Title | Status |\n| --- | --- | --- | --- |\n");
    for entry in library.entries() {
        let (code, system) = (entry.code.value(), entry.code.system());
        let (title, status) = (escape(&entry.title), entry.status.id());
        out += &format!("| {code} | {system} | {title} | {status} |\n");
    }
    out.push('\n');
    paragraphs(&mut out, notices);
    out
}

pub(crate) fn results(query: &Query, results: &Results, notices: &[String]) -> String {
    let mut out = String::new();
    paragraph(&mut out, &format!("# {}", escape(query.text())));
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            let heading = results.heading(hit.group, query.text());
            paragraph(&mut out, &format!("## {}", escape(&heading)));
        }
        let mut trail = vec![hit.code.value().to_owned()];
        trail.extend(hit.trail.iter().map(|part| escape(part)));
        let (trail, snippet) = (trail.join(" › "), escape(&hit.snippet.text));
        let reason = escape(&hit.reason.to_string());
        paragraph(&mut out, &format!("**{trail}** ({reason})  \n{snippet}"));
    }
    if let Some(note) = more_results_note(results) {
        paragraph(&mut out, &note);
    }
    for missing in &results.missing {
        paragraph(&mut out, &escape(missing));
    }
    paragraphs(&mut out, notices);
    out
}

fn write_block(
    out: &mut String,
    document: &Document,
    (block, rows): (&Block, &[&Row]),
    editors_quote: &str,
) {
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
                let quote = match row.voice {
                    Voice::Editor => editors_quote,
                    Voice::Publication => "",
                };
                paragraph(out, &labeled_value(block, quote, &cell.label, &value));
            } else if !is_in_table(cell) {
                let (name, label) = (escape(row.name()), escape(&cell.label));
                paragraph(out, &format!("{name}, {label}: {value}"));
            }
        }
        write_annotations(out, document, row, editors_quote);
    }
    for row in absent {
        for cell in &row.cells {
            paragraph(out, &format!("*{}*", value(document, &cell.value)));
        }
    }
}

/// Returns true if the table has all that is known of a field. It has only the reason of an absence.
fn is_in_table(cell: &Cell) -> bool {
    let is_column = cell.visibility == Visibility::Column;
    is_column && matches!(cell.value, Value::Text(_))
}

fn labeled_value(block: &Block, quote: &str, label: &str, value: &str) -> String {
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
    let labels = column_labels(rows.iter().copied());
    let mut write_row = |cells: Vec<String>| *out += &format!("| {} |\n", cells.join(" | "));
    write_row(labels.iter().map(|label| escape(label)).collect());
    write_row(labels.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        let text = |label: &&str| {
            let cell = row.column_cells().find(|cell| cell.label == **label);
            match cell.map(|cell| &cell.value) {
                Some(Value::Text(text)) => escape(text),
                Some(Value::Unavailable(absent)) => escape(&absent.short_text()),
                None => String::new(),
            }
        };
        write_row(labels.iter().map(text).collect());
    }
    out.push('\n');
}

/// Writes a row's standing, source, disagreeing sources and remarks below it.
fn write_annotations(out: &mut String, document: &Document, row: &Row, editors_quote: &str) {
    let name = escape(row.name());
    if let Some(standing) = row.standing {
        paragraph(out, &format!("{name}: **{}**", escape(standing.label())));
    }
    let main = row.source.iter().filter(|_| row.voice == Voice::Editor);
    for source in main.chain(&row.confirmed_by) {
        let source = escape(&attribution(document, source));
        paragraph(out, &format!("{editors_quote}{source}"));
    }
    for source in &row.disputed_by {
        let source = citation(document, source);
        paragraph(out, &format!("{name}: {}", labels::conflict(source)));
    }
    for remark in &row.remarks {
        let text = escape(&remark.text);
        let source = escape(&attribution(document, &remark.source));
        paragraph(out, &format!("> {name}: {text}\n> {source}"));
    }
}

fn value(document: &Document, value: &Value) -> String {
    let absent = match value {
        Value::Text(text) => return escape(text),
        Value::Unavailable(absent) => absent,
    };
    let mut text = escape(&absent.text());
    if let Some(stated) = &absent.stated {
        text += &format!(": “{}”", escape(stated));
    }
    if let Some(source) = &absent.source {
        text += &format!(" — {}", citation(document, source));
    }
    if absent.checked != AsOf::Unknown {
        text += &format!(", {}", labels::checked(absent.checked));
    }
    if let Some(find) = absent.find_elsewhere() {
        text += &format!("; {}", labels::see(escape(find)));
    }
    text
}

/// Writes the history of the document, and the sources in scope.
fn about(out: &mut String, document: &Document, scope: &ExportScope) {
    paragraph(out, &format!("## {}", labels::ABOUT));
    let (system, code) = (document.code.system(), document.code.value());
    let history = escape(&document.history().join(" · "));
    paragraph(out, &format!("{system} {code} · {history}"));
    paragraph(out, &format!("## {}", labels::SOURCES));
    for line in source_lines(document, &scope.sources(document)) {
        paragraph(out, &format!("- {}", escape(&line)));
    }
}

fn citation(document: &Document, id: &SourceId) -> String {
    let source = document.source(id);
    escape(&source.map_or_else(|| id.0.clone(), Source::citation))
}

fn paragraphs<T: AsRef<str>>(out: &mut String, texts: &[T]) {
    for text in texts {
        paragraph(out, &escape(text.as_ref()));
    }
}

fn paragraph(out: &mut String, text: &str) {
    *out += text;
    *out += "\n\n";
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
