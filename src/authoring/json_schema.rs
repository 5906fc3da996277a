//! A JSON Schema of content files, with which editors complete and check them.
//!
//! It is made from the tables that the loader deserializes. This module adds the rules that their
//! types do not have, such as required fields and keywords; a test compares the schema with the loader
//! for every change of a field in every example.

use serde_json::{Map, Value, json};

use crate::content::{
    AbsenceReason, CODE_RELATIONS, CodeSystem, DIAGNOSIS_RELATIONS, FORMAT_VERSION, FieldKind,
    SourceKind, Standing, Status, TableType, is_row_table, table_names, table_type,
};

/// The fields that the loader requires, by table. Titles of sources and names of payers are not
/// among them, because a shared entry may have them.
const REQUIRED: [(&str, &[&str]); 16] = [
    ("code", &["system", "value", "title", "status"]),
    ("section", &["id", "title"]),
    ("section.prose", &["text"]),
    ("section.fact", &["label", "value"]),
    ("section.list", &["items"]),
    ("section.table", &["columns", "rows"]),
    ("section.remark", &["text", "source"]),
    ("modifier", &["code", "description", "when"]),
    ("payer", &["id", "plan", "policy", "rate"]),
    ("payer.modifier", &["code", "says"]),
    ("diagnosis", &["code", "description", "relation"]),
    ("related", &["system", "code", "description", "relation"]),
    ("taxonomy", &["code", "name"]),
    ("synonym", &["text"]),
    ("not_this", &["text"]),
    ("absent", &["section", "what", "reason"]),
];

/// The fields of statements on modifiers; `[[payer_rule]]` has a payer, too.
const REQUIRED_OF_GUIDANCE: [&str; 2] = ["text", "source"];

/// Lists that have an item, by table.
const NOT_EMPTY: [(&str, &str); 2] = [("section.list", "items"), ("section.table", "columns")];

/// Fields that need another one, by table.
const DEPENDENCIES: [(&str, &str, &str); 3] = [
    ("absent", "stated", "source"),
    ("not_this", "code", "system"),
    ("not_this", "system", "code"),
];

/// Fields of sections with a fixed title that only `[[section]]` has.
const OWN_SECTION_FIELDS: [&str; 3] = ["id", "title", "short"];

/// The tables that are not sections and make none.
const HEADER_TABLES: [&str; 5] = ["schema", "code", "document", "sources", "notices"];

/// Returns the schema, formatted.
pub fn json_schema() -> String {
    let mut definitions = Map::new();
    definitions.insert(
        "text".to_owned(),
        json!({ "type": "string", "pattern": "\\S" }),
    );
    definitions.insert("date".to_owned(), date());
    definitions.insert("absence".to_owned(), absence());
    let value = json!({ "anyOf": [reference("text"), reference("absence")] });
    definitions.insert("field".to_owned(), value);
    let mut properties = Map::new();
    properties.insert("schema".to_owned(), json!({ "const": FORMAT_VERSION }));
    for name in table_names() {
        properties.insert(name.to_owned(), table_schema(name, &mut definitions));
    }
    let names = || table_names().filter(|name| !HEADER_TABLES.contains(name));
    let sections: Vec<Value> = names().map(|name| json!({ "required": [name] })).collect();
    let guidance = names().filter(|name| is_guidance(name));
    let guidance: Vec<Value> = guidance.map(|name| json!({ "required": [name] })).collect();
    let of_modifier = json!({ "properties": { "system": { "const": "modifier" } } });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "codeleaf document",
        "description": "A document on one medical billing code or modifier",
        "type": "object",
        "additionalProperties": false,
        "required": ["schema", "code"],
        "properties": properties,
        "anyOf": sections,
        "if": { "properties": { "code": of_modifier } },
        "else": { "not": { "anyOf": guidance } },
        "definitions": definitions,
    });
    format!("{schema:#}\n")
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

fn is_guidance(name: &str) -> bool {
    table_type(name).is_some_and(|table| table.name == "GuidanceRow")
}

fn date() -> Value {
    json!({
        "type": ["string", "integer"],
        "pattern": "^\\s*(unknown|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)\\s*$",
        "minimum": 1000,
        "maximum": 9999,
    })
}

fn reasons() -> Value {
    let reasons = AbsenceReason::STATED.map(AbsenceReason::id);
    // The loader accepts both spellings.
    let reasons: Vec<&str> = reasons.into_iter().chain(["license"]).collect();
    json!({ "enum": reasons })
}

fn absence() -> Value {
    json!({
        "description": "The reason why there is no fact",
        "type": "object",
        "additionalProperties": false,
        "required": ["reason"],
        "properties": {
            "reason": reasons(),
            "stated": reference("text"),
            "source": reference("text"),
            "checked": reference("date"),
            "where": reference("text"),
        },
        "dependencies": { "stated": ["source"] },
    })
}

/// Returns the schema of a table or list of rows of the file, and adds the definitions of its types.
fn table_schema(name: &str, definitions: &mut Map<String, Value>) -> Value {
    if name == "sources" {
        define("sources.ID", definitions);
        return json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" },
            "additionalProperties": reference("sources.ID"),
        });
    }
    define(representative(name), definitions);
    let item = reference(representative(name));
    if is_row_table(name) {
        json!({ "type": "array", "items": item })
    } else {
        item
    }
}

/// Returns the first of the tables with the same fields, which share a definition.
fn representative(path: &str) -> &str {
    match table_type(path).map_or("", |table| table.name) {
        "SectionTable" if path != "section" => "summary",
        "GuidanceRow" if path != "payer_rule" => "when",
        "NamedRow" => "taxonomy",
        _ => path,
    }
}

/// Adds the definition of the table with a path.
fn define(path: &str, definitions: &mut Map<String, Value>) {
    let Some(table) = table_type(path).filter(|_| !definitions.contains_key(path)) else {
        return;
    };
    definitions.insert(path.to_owned(), Value::Null);
    let is_fixed_section = table.name == "SectionTable" && path != "section";
    let mut properties = Map::new();
    for (field, kind) in table.names.iter().zip(table.kinds) {
        let is_own = is_fixed_section && OWN_SECTION_FIELDS.contains(field);
        let is_payer = is_guidance(path) && path != "payer_rule" && *field == "payer";
        if is_own || is_payer {
            continue;
        }
        let schema = match kind {
            FieldKind::Text => text_schema(path, field),
            FieldKind::Date => reference("date"),
            FieldKind::Value => reference("field"),
            FieldKind::Texts => {
                let fewest = usize::from(NOT_EMPTY.contains(&(path, *field)));
                json!({ "type": "array", "items": reference("text"), "minItems": fewest })
            }
            FieldKind::Sources => json!({
                "anyOf": [
                    reference("text"),
                    { "type": "array", "items": reference("text"), "minItems": 1 },
                ],
            }),
            FieldKind::Grid => json!({
                "type": "array",
                "minItems": 1,
                "items": { "type": "array", "items": reference("field") },
            }),
            FieldKind::Rows(row) => {
                // Rows of one type are the same below every table.
                let below = format!("{}.{field}", parent_of(row, path));
                define(&below, definitions);
                json!({ "type": "array", "items": reference(&below) })
            }
        };
        properties.insert((*field).to_owned(), schema);
    }
    let mut schema = json!({
        "description": table.doc.trim(),
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    let mut required = required_fields(path, table).to_vec();
    if path == "payer_rule" {
        required.push("payer");
    }
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let dependencies = DEPENDENCIES.iter().filter(|(table, ..)| *table == path);
    let dependencies = dependencies.map(|(_, field, other)| ((*field).to_owned(), json!([other])));
    let dependencies: Map<String, Value> = dependencies.collect();
    if !dependencies.is_empty() {
        schema["dependencies"] = dependencies.into();
    }
    if path == "payer.modifier" {
        // A rule that is stated to be unknown needs neither.
        schema["if"] = json!({ "properties": { "says": { "type": "string" } } });
        schema["then"] = json!({ "required": ["standing", "source"] });
    }
    definitions.insert(path.to_owned(), schema);
}

/// Returns the first table with rows of a type. Its definition serves all of them.
fn parent_of<'p>(row: &TableType, path: &'p str) -> &'p str {
    match row.name {
        "PayerRuleRow" => path,
        _ => "section",
    }
}

fn required_fields(path: &str, table: &TableType) -> &'static [&'static str] {
    if table.name == "GuidanceRow" {
        return &REQUIRED_OF_GUIDANCE;
    }
    let required = REQUIRED.iter().find(|(table, _)| *table == path);
    required.map_or(&[], |(_, fields)| fields)
}

/// Returns the schema of a text: a keyword, a name, or any text.
fn text_schema(path: &str, field: &str) -> Value {
    let keywords: Vec<&str> = match (path, field) {
        ("modifier", "system") => vec![CodeSystem::Cpt.id(), CodeSystem::Hcpcs.id()],
        (_, "system") => CodeSystem::ALL.map(CodeSystem::id).to_vec(),
        (_, "status") => Status::ALL.map(Status::id).to_vec(),
        (_, "kind") => SourceKind::ALL.map(SourceKind::id).to_vec(),
        (_, "standing") => Standing::ALL.map(Standing::id).to_vec(),
        (_, "reason") => return reasons(),
        ("diagnosis", "relation") => DIAGNOSIS_RELATIONS.map(|(id, _)| id).to_vec(),
        ("related", "relation") => CODE_RELATIONS.map(|(id, _)| id).to_vec(),
        (_, "id") => return json!({ "type": "string", "pattern": "^\\s*[A-Za-z0-9_-]+\\s*$" }),
        // An empty name means that the document is not reviewed.
        (_, "reviewed_by") => return json!({ "type": "string" }),
        _ => return reference("text"),
    };
    json!({ "enum": keywords })
}
