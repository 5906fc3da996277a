//! JSON. Its shape is stable: fields may be added, but never renamed or removed.

use serde_json::{Value, json};

use crate::content::{Block, Document, Row, RowPath, Section};
use crate::export::scope::ExportScope;
use crate::library::{BrokenFile, CatalogEntry, Library, Origin};
use crate::search::{Hit, MatchReason, Query, Results};
use crate::text::is_invisible;

/// The version of the shape, which is in every output.
pub const SCHEMA_VERSION: u32 = 1;

pub(crate) fn document(document: &Document, scope: &ExportScope) -> String {
    let sections = scope.sections(document).map(|(section, blocks)| {
        let blocks = blocks.iter().map(|(block, rows)| {
            let rows = rows.iter().map(|row| self::row(section, block, row));
            let rows: Vec<Value> = rows.collect();
            json!({ "id": block.id, "title": block.title, "shape": block.shape, "rows": rows })
        });
        json!({
            "id": section.id,
            "title": section.title,
            "headings": section.headings,
            "blocks": blocks.collect::<Vec<_>>(),
        })
    });
    let mut value = json!({
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
        "sections": sections.collect::<Vec<_>>(),
        "notices": document.notices,
    });
    if let Some(edition) = &document.edition {
        value["edition"] = json!(edition);
    }
    pretty(&value)
}

fn row(section: &Section, block: &Block, row: &Row) -> Value {
    // A plain struct with string keys always has a JSON form.
    let mut value = serde_json::to_value(row).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        let path = RowPath::new(section, block, row);
        fields.insert("place".into(), json!(path));
    }
    value
}

pub(crate) fn list(library: &Library, notices: &[&str]) -> String {
    let documents: Vec<Value> = library.entries().iter().map(entry).collect();
    let broken: Vec<Value> = library.broken().iter().map(broken_file).collect();
    pretty(&json!({
        "schema": SCHEMA_VERSION,
        "documents": documents,
        "broken": broken,
        "notices": notices,
    }))
}

pub(crate) fn results(query: &Query, results: &Results, notices: &[String]) -> String {
    pretty(&json!({
        "schema": SCHEMA_VERSION,
        "query": query.text(),
        "total": results.total,
        "unread": results.unverified,
        "hits": results.hits.iter().map(hit).collect::<Vec<_>>(),
        "missing": results.missing,
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

fn broken_file(broken: &BrokenFile) -> Value {
    let duplicate_of = broken.duplicate_of.as_ref();
    json!({
        "path": broken.path.display().to_string(),
        "report": broken.report,
        "duplicate_of": duplicate_of.map(|path| path.display().to_string()),
    })
}

fn origin(origin: &Origin) -> Value {
    match origin {
        Origin::BuiltIn => json!(Origin::BUILT_IN),
        Origin::File(path) => json!(path.display().to_string()),
    }
}

fn hit(hit: &Hit) -> Value {
    let why = match &hit.reason {
        MatchReason::Code => json!({ "kind": "code" }),
        MatchReason::Modifier => json!({ "kind": "modifier" }),
        MatchReason::Synonym {
            query_words,
            synonym,
        } => json!({ "kind": "synonym", "asked": query_words, "found": synonym }),
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

/// Formats a value, with control and invisible characters escaped: a path may contain them.
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
