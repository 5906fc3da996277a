//! Writes Markdown: headings, paragraphs, tables, and remarks as quotations.

use crate::content::{
    Block, Cell, Document, Row, Shape, SourceId, Subject, Unavailable, Value, Visibility, Voice,
};
use crate::export::{ExportScope, selected_sections};
use crate::library::Library;
use crate::search::{Query, Results};

pub fn document(document: &Document, extent: &ExportScope) -> String {
    let mut out = String::new();
    paragraph(
        &mut out,
        &format!("# {} {}", document.code.value(), escape(&document.title)),
    );
    for (section, blocks) in selected_sections(document, extent) {
        paragraph(&mut out, &format!("## {}", escape(&section.title)));
        for heading in &section.headings {
            paragraph(&mut out, &format!("**{}**", escape(heading)));
        }
        for (block, rows) in blocks {
            if let Some(title) = &block.title {
                paragraph(&mut out, &format!("### {}", escape(title)));
            }
            crate::export::markdown::block(&mut out, document, block, &rows);
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

pub fn list(library: &Library, notices: &[&str]) -> String {
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

pub fn results(query: &Query, results: &Results, notices: &[String]) -> String {
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
    if let Some(more) = crate::export::more_results_note(results) {
        paragraph(&mut out, &more);
    }
    for notice in notices {
        paragraph(&mut out, &escape(notice));
    }
    out
}

fn block(out: &mut String, document: &Document, block: &Block, rows: &[&Row]) {
    let (absent, present): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.subject == Subject::Absence);
    if block.shape == Shape::Table && !present.is_empty() {
        table(out, &present);
        for row in &present {
            for cell in row
                .cells
                .iter()
                .filter(|cell| cell.visibility == Visibility::Record)
            {
                let value = value(document, &cell.value);
                paragraph(
                    out,
                    &format!("{}, {}: {value}", escape(row.name()), escape(&cell.label)),
                );
            }
            row_annotations(out, document, row);
        }
    } else {
        for row in &present {
            for cell in &row.cells {
                let value = value(document, &cell.value);
                let label = match cell.label.as_str() {
                    "" => String::new(),
                    label => format!("**{}:** ", escape(label)),
                };
                let bullet = if block.shape == Shape::Prose {
                    ""
                } else {
                    "- "
                };
                let quote = if row.voice == Voice::Editor { "> " } else { "" };
                paragraph(out, &format!("{quote}{bullet}{label}{value}"));
            }
            row_annotations(out, document, row);
        }
    }
    for row in absent {
        for cell in &row.cells {
            paragraph(out, &format!("*{}*", value(document, &cell.value)));
        }
    }
}

fn table(out: &mut String, rows: &[&Row]) {
    let mut labels: Vec<&str> = Vec::new();
    let shown = |row: &Row| -> Vec<Cell> {
        row.cells
            .iter()
            .filter(|cell| cell.visibility == Visibility::Column)
            .cloned()
            .collect()
    };
    for row in rows {
        for cell in row
            .cells
            .iter()
            .filter(|cell| cell.visibility == Visibility::Column)
        {
            if !labels.contains(&cell.label.as_str()) {
                labels.push(&cell.label);
            }
        }
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    *out += &line(labels.iter().map(|label| escape(label)).collect());
    *out += &line(labels.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        let cells = shown(row);
        let text = |label: &&str| {
            cells.iter().find(|cell| cell.label == **label).map_or(
                String::new(),
                |cell| match &cell.value {
                    Value::Text(text) => escape(text),
                    Value::Unavailable(absent) => escape(absent.reason.label()),
                },
            )
        };
        *out += &line(labels.iter().map(text).collect());
    }
    out.push('\n');
}

/// Writes what stands below a row: its standing, who says so, who disagrees, and remarks.
fn row_annotations(out: &mut String, document: &Document, row: &Row) {
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
    let mut words = escape(absent.reason.label());
    if let Some(stated) = &absent.stated {
        words += &format!(": “{}”", escape(stated));
    }
    if let Some(source) = &absent.source {
        words += &format!(" — {}", citation(document, source));
    }
    words
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

/// Escapes what Markdown would take for a mark.
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
