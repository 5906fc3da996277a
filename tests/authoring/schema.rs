//! The JSON Schema of content files: it is current, and agrees with the loader.

use std::fs;
use std::path::{Path, PathBuf};

use codeleaf::authoring::json_schema;
use codeleaf::content::parse_document;
use codeleaf::diagnostics::Diagnostic;
use jsonschema::Validator;
use serde_json::json;

use super::valid_files;

/// The starts of the loader's messages on the shape of a file: its tables, fields and keywords.
const SHAPE_MESSAGES: [&str; 16] = [
    "missing field",
    "missing table",
    "unknown field",
    "unknown system",
    "unknown status",
    "unknown kind",
    "unknown standing",
    "unknown relation",
    "unknown reason",
    "`schema` must be",
    "`stated` quotes",
    "`payer` cannot be set",
    "only a document on a modifier",
    "a text must",
    "this must be",
    "this file is of schema",
];

fn validator() -> Validator {
    let schema = serde_json::from_str(&json_schema()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

/// Converts a file as editors do: dates are texts.
fn to_json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(values) => values.iter().map(to_json).collect(),
        toml::Value::Table(table) => {
            let fields = table
                .iter()
                .map(|(key, value)| (key.clone(), to_json(value)));
            serde_json::Value::Object(fields.collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

/// Returns true for a missing field of a source or a payer, which a file of the folder may have.
fn may_be_shared(text: &str, diagnostic: &Diagnostic) -> bool {
    let lines = text.lines().take(diagnostic.line);
    let header = lines.filter(|line| line.starts_with('[')).last();
    let is_entry = |header: &str| header.starts_with("[sources.") || header == "[[payer]]";
    let mut fields = ["kind", "as_of", "title", "name"].iter();
    fields.any(|field| diagnostic.message == format!("missing field `{field}`"))
        && header.is_some_and(is_entry)
}

/// Compares the loader with the schema on a file; returns true if the loader accepts it.
fn compare(validator: &Validator, name: &str, text: &str, file: &toml::Value) -> bool {
    let file = to_json(file);
    let errors = || {
        let errors = validator.iter_errors(&file);
        errors.map(|error| error.to_string()).collect::<Vec<_>>()
    };
    match parse_document("", text.as_bytes()) {
        Ok(_) => {
            assert!(validator.is_valid(&file), "{name}: {:?}\n{text}", errors());
            true
        }
        Err(report) => {
            let is_shape = |diagnostic: &&Diagnostic| {
                let message = &diagnostic.message;
                let mut starts = SHAPE_MESSAGES.iter();
                let is_known = starts.any(|start| message.starts_with(start));
                (is_known || message.contains(" must be ")) && !may_be_shared(text, diagnostic)
            };
            let of_shape = report.diagnostics.iter().find(is_shape);
            if let Some(diagnostic) = of_shape.filter(|_| validator.is_valid(&file)) {
                panic!(
                    "{name}: only the loader refuses it: {}\n{text}",
                    diagnostic.message
                );
            }
            false
        }
    }
}

#[test]
fn schema_file_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/schema/document.json");
    let file = fs::read_to_string(path).unwrap_or_default();
    let hint = "run `codeleaf schema > assets/schema/document.json`";
    assert!(file == json_schema(), "{hint}");
}

#[test]
fn schema_and_loader_agree_on_every_file() {
    let validator = validator();
    for path in valid_files() {
        let text = fs::read_to_string(&path).unwrap();
        let file = toml::from_str(&text).unwrap();
        assert!(compare(
            &validator,
            &path.display().to_string(),
            &text,
            &file
        ));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/invalid");
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut compared = 0;
    for path in files.filter(|path| path.extension().is_some_and(|it| it == "toml")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        // The others are not TOML.
        if let Ok(file) = toml::from_str(&text) {
            compare(&validator, &path.display().to_string(), &text, &file);
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

/// Every change of one entry of a value: removed, renamed, and of another type.
fn changes(value: &toml::Value) -> Vec<toml::Value> {
    let mut changed = Vec::new();
    match value {
        toml::Value::Table(table) => {
            for (key, entry) in table {
                let mut without = table.clone();
                without.remove(key);
                let mut renamed = without.clone();
                renamed.insert("xyzzy".to_owned(), entry.clone());
                changed.extend([without, renamed].map(toml::Value::Table));
                let others = [true.into(), 123_456.into(), " ".into(), "xyzzy".into()];
                let empty = [toml::Value::Array(Vec::new()), toml::Table::new().into()];
                let replaced = others.into_iter().chain(empty).chain(changes(entry));
                changed.extend(replaced.map(|other| {
                    let mut table = table.clone();
                    table.insert(key.clone(), other);
                    toml::Value::Table(table)
                }));
            }
        }
        toml::Value::Array(values) => {
            for (index, entry) in values.iter().enumerate() {
                changed.extend(changes(entry).into_iter().map(|other| {
                    let mut values = values.clone();
                    values[index] = other;
                    toml::Value::Array(values)
                }));
            }
        }
        _ => {}
    }
    changed
}

/// The fixtures of documents without errors.
fn fixtures() -> impl Iterator<Item = PathBuf> {
    let is_fixture = |path: &PathBuf| path.display().to_string().contains("fixtures");
    valid_files().into_iter().filter(is_fixture)
}

/// A schema without one of the fields would refuse a fixture.
#[test]
fn fixtures_have_every_field_of_the_schema() {
    let files = fixtures().map(|path| {
        let file: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        to_json(&toml::Value::Table(file))
    });
    let files: Vec<serde_json::Value> = files.collect();
    let mut schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let definitions = schema["definitions"].as_object().unwrap().keys();
    let tables = definitions.map(|name| format!("/definitions/{name}/properties"));
    let tables: Vec<String> = tables.chain(["/properties".to_owned()]).collect();
    let mut missing = Vec::new();
    for table in tables {
        let Some(properties) = schema.pointer(&table).cloned() else {
            continue;
        };
        for field in properties.as_object().unwrap().keys() {
            let fields = schema.pointer_mut(&table).unwrap().as_object_mut().unwrap();
            fields.remove(field);
            let validator = jsonschema::validator_for(&schema).unwrap();
            if files.iter().all(|file| validator.is_valid(file)) {
                missing.push(format!("{table}/{field}"));
            }
            *schema.pointer_mut(&table).unwrap() = properties.clone();
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn schema_and_loader_agree_on_every_changed_field() {
    let validator = validator();
    let (mut accepted, mut refused) = (0, 0);
    for path in fixtures() {
        let text = fs::read_to_string(&path).unwrap();
        let file: toml::Table = toml::from_str(&text).unwrap();
        for change in changes(&toml::Value::Table(file)) {
            let text = toml::to_string(&change).unwrap();
            if compare(&validator, &path.display().to_string(), &text, &change) {
                accepted += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(accepted > 100 && refused > 1000, "{accepted} {refused}");
}
