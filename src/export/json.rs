//! Writes JSON. Its shape is a promise: fields may be added, none is renamed or removed.

use serde::Serialize;
use serde_json::{Value, json};

use crate::content::{Document, RowPath};
use crate::export::{ExportScope, selected_sections};
use crate::library::{CatalogEntry, Library, Origin};
use crate::search::{Hit, MatchReason, Query, Results};
use crate::text::is_invisible;

/// The version of the shape, which every answer names.
pub const SCHEMA_VERSION: u32 = 1;

pub fn document(document: &Document, extent: &ExportScope) -> String {
    let sections: Vec<Value> = selected_sections(document, extent)
        .map(|(section, blocks)| {
            let blocks: Vec<Value> = blocks
                .into_iter()
                .map(|(block, rows)| {
                    let rows: Vec<Value> = rows
                        .into_iter()
                        .map(|row| {
                            let mut value = to_json(row);
                            if let Value::Object(fields) = &mut value {
                                fields.insert("place".into(), json!(RowPath::new(section, block, row)));
                            }
                            value
                        })
                        .collect();
                    json!({ "id": block.id, "title": block.title, "shape": block.shape, "rows": rows })
                })
                .collect();
            json!({
                "id": section.id,
                "title": section.title,
                "headings": section.headings,
                "blocks": blocks,
            })
        })
        .collect();
    pretty(&json!({
        "schema": SCHEMA_VERSION,
        "code": document.code,
        "title": document.title,
        "status": document.status,
        "effective": document.effective,
        "revised": document.revised,
        "reviewed_by": document.reviewed_by,
        "next_review": document.next_review,
        "synonyms": document.synonyms,
        "sources": document.sources,
        "sections": sections,
        "notices": document.notices,
    }))
}

pub fn list(library: &Library, notices: &[&str]) -> String {
    let documents: Vec<Value> = library.entries().iter().map(entry).collect();
    let broken: Vec<Value> = library
        .broken()
        .iter()
        .map(|broken| json!({ "path": broken.path.display().to_string(), "report": broken.report }))
        .collect();
    pretty(
        &json!({ "schema": SCHEMA_VERSION, "documents": documents, "broken": broken, "notices": notices }),
    )
}

pub fn results(query: &Query, results: &Results, notices: &[String]) -> String {
    pretty(&json!({
        "schema": SCHEMA_VERSION,
        "query": query.text(),
        "total": results.total,
        "unread": results.unverified,
        "hits": results.hits.iter().map(hit).collect::<Vec<_>>(),
        "nearest": results.suggestions,
        "notices": notices,
    }))
}

fn entry(entry: &CatalogEntry) -> Value {
    json!({
        "code": entry.code,
        "title": entry.title,
        "status": entry.status,
        "origin": origin(&entry.origin),
        "hidden": entry.shadowed.iter().map(origin).collect::<Vec<_>>(),
        "modifiers": &*entry.modifiers,
        "payers": &*entry.payers,
    })
}

fn origin(origin: &Origin) -> Value {
    match origin {
        Origin::BuiltIn => json!("built in"),
        Origin::File(path) => json!(path.display().to_string()),
    }
}

fn hit(hit: &Hit) -> Value {
    let why = match &hit.reason {
        MatchReason::Code => json!({ "kind": "code" }),
        MatchReason::Modifier => json!({ "kind": "modifier" }),
        MatchReason::Synonym {
            query_words: asked,
            synonym: found,
        } => {
            json!({ "kind": "synonym", "asked": asked, "found": found })
        }
        MatchReason::Words { field, typos } => {
            json!({ "kind": "words", "field": field, "typos": typos })
        }
    };
    json!({
        "group": hit.group.id(),
        "code": hit.code,
        "title": hit.title,
        "place": hit.row_path,
        "trail": hit.trail,
        "why": why,
        "snippet": {
            "text": hit.snippet.text,
            "marks": hit.snippet.highlights.iter().map(|mark| [mark.start, mark.end]).collect::<Vec<_>>(),
        },
    })
}

fn to_json(from: &impl Serialize) -> Value {
    // Plain structs with string keys always have a JSON form.
    serde_json::to_value(from).unwrap_or_default()
}

/// Writes a value, and escapes what a terminal would obey or nobody would see: a path may hold it.
fn pretty(value: &Value) -> String {
    let mut out = String::new();
    for c in format!("{value:#}\n").chars() {
        if c != '\n' && is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
