//! Writes Markdown: headings, paragraphs, tables, and remarks as quotations.

use super::{Extent, parts};
use crate::content::{
    Block, Cell, Document, Reach, Row, Shape, SourceId, Subject, Unavailable, Value, Voice,
};
use crate::library::Library;
use crate::search::{Query, Results};

pub fn document(document: &Document, extent: &Extent) -> String {
    let mut out = String::new();
    paragraph(
        &mut out,
        &format!("# {} {}", document.code.value(), escaped(&document.title)),
    );
    for (section, blocks) in parts(document, extent) {
        paragraph(&mut out, &format!("## {}", escaped(&section.title)));
        for heading in &section.headings {
            paragraph(&mut out, &format!("**{}**", escaped(heading)));
        }
        for (block, rows) in blocks {
            if let Some(title) = &block.title {
                paragraph(&mut out, &format!("### {}", escaped(title)));
            }
            self::block(&mut out, document, block, &rows);
        }
    }
    sources(&mut out, document);
    for notice in &document.notices {
        paragraph(&mut out, &escaped(notice));
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
            escaped(&entry.title),
            entry.status.id()
        );
    }
    out.push('\n');
    for notice in notices {
        paragraph(&mut out, &escaped(notice));
    }
    out
}

pub fn results(query: &Query, results: &Results, notices: &[String]) -> String {
    let mut out = String::new();
    paragraph(&mut out, &format!("# {}", escaped(query.text())));
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            paragraph(&mut out, &format!("## {}", hit.group.title()));
        }
        let mut trail = vec![hit.code.value().to_owned()];
        trail.extend(hit.trail.iter().map(|part| escaped(part)));
        paragraph(
            &mut out,
            &format!(
                "**{}**  \n{}",
                trail.join(" › "),
                escaped(&hit.snippet.text)
            ),
        );
    }
    if let Some(more) = super::more(results) {
        paragraph(&mut out, &more);
    }
    for notice in notices {
        paragraph(&mut out, &escaped(notice));
    }
    out
}

fn block(out: &mut String, document: &Document, block: &Block, rows: &[&Row]) {
    let (absent, present): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.subject == Subject::Absence);
    if block.shape == Shape::Table && !present.is_empty() {
        table(out, &present);
        for row in &present {
            for cell in row.cells.iter().filter(|cell| cell.reach == Reach::Record) {
                let value = value(document, &cell.value);
                paragraph(
                    out,
                    &format!("{}, {}: {value}", escaped(row.name()), escaped(&cell.label)),
                );
            }
            below(out, document, row);
        }
    } else {
        for row in &present {
            for cell in &row.cells {
                let value = value(document, &cell.value);
                let label = match cell.label.as_str() {
                    "" => String::new(),
                    label => format!("**{}:** ", escaped(label)),
                };
                let bullet = if block.shape == Shape::Prose {
                    ""
                } else {
                    "- "
                };
                let quote = if row.voice == Voice::Editor { "> " } else { "" };
                paragraph(out, &format!("{quote}{bullet}{label}{value}"));
            }
            below(out, document, row);
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
            .filter(|cell| cell.reach == Reach::Column)
            .cloned()
            .collect()
    };
    for row in rows {
        for cell in row.cells.iter().filter(|cell| cell.reach == Reach::Column) {
            if !labels.contains(&cell.label.as_str()) {
                labels.push(&cell.label);
            }
        }
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    *out += &line(labels.iter().map(|label| escaped(label)).collect());
    *out += &line(labels.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        let cells = shown(row);
        let text = |label: &&str| {
            cells.iter().find(|cell| cell.label == **label).map_or(
                String::new(),
                |cell| match &cell.value {
                    Value::Text(text) => escaped(text),
                    Value::Unavailable(absent) => escaped(absent.reason.words()),
                },
            )
        };
        *out += &line(labels.iter().map(text).collect());
    }
    out.push('\n');
}

/// Writes what stands below a row: its standing, who says so, who disagrees, and remarks.
fn below(out: &mut String, document: &Document, row: &Row) {
    let name = escaped(row.name());
    if let Some(standing) = row.standing {
        paragraph(out, &format!("{name}: **{}**", escaped(standing.words())));
    }
    if row.voice == Voice::Editor
        && let Some(source) = &row.source
    {
        paragraph(out, &format!("> — {}", said_by(document, source)));
    }
    for source in &row.against {
        paragraph(
            out,
            &format!("{name}: disagrees — {}", said_by(document, source)),
        );
    }
    for remark in &row.remarks {
        let source = said_by(document, &remark.source);
        paragraph(
            out,
            &format!("> {name}: {}\n> — {source}", escaped(&remark.text)),
        );
    }
}

fn value(document: &Document, value: &Value) -> String {
    match value {
        Value::Text(text) => escaped(text),
        Value::Unavailable(absent) => absence(document, absent),
    }
}

fn absence(document: &Document, absent: &Unavailable) -> String {
    let mut words = escaped(absent.reason.words());
    if let Some(stated) = &absent.stated {
        words += &format!(": “{}”", escaped(stated));
    }
    if let Some(source) = &absent.source {
        words += &format!(" — {}", said_by(document, source));
    }
    words
}

fn sources(out: &mut String, document: &Document) {
    paragraph(out, "## Sources");
    for source in &document.sources {
        paragraph(
            out,
            &format!("- {}, {}", escaped(&source.title), source.as_of),
        );
    }
}

fn said_by(document: &Document, id: &SourceId) -> String {
    document.source(id).map_or_else(
        || escaped(&id.0),
        |source| format!("{}, {}", escaped(&source.title), source.as_of),
    )
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

/// Escapes what Markdown would take for a mark.
fn escaped(text: &str) -> String {
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
