//! The guide for authors matches the format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use codeleaf::authoring::json_schema;
use codeleaf::content::parse_document;

use super::fixtures;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/README.md");
    fs::read_to_string(path).unwrap()
}

/// The examples, each completed to a document.
fn examples() -> Vec<String> {
    let readme = readme();
    let parts = readme.split("```toml\n").skip(1);
    let examples = parts.map(|part| part.split("```").next().unwrap());
    let complete = |example: &str| {
        if example.starts_with("schema =") {
            return example.to_owned();
        }
        let tables: toml::Table = toml::from_str(example).unwrap();
        let mut text = String::from("schema = 1\n");
        if !tables.contains_key("code") {
            let (system, value) = if tables.contains_key("when") {
                ("modifier", "59")
            } else {
                ("cpt", "99213")
            };
            text += &format!(
                "[code]\nsystem = \"{system}\"\nvalue = \"{value}\"\ntitle = \"A\"\nstatus = \"active\"\n"
            );
        }
        text += "[sources.policy]\ntitle = \"Policy 12\"\nkind = \"primary\"\nas_of = 2026\n";
        text += "[summary]\ntext = \"A\"\n";
        text + example
    };
    examples.map(complete).collect()
}

#[test]
fn every_example_parses() {
    let examples = examples();
    assert!(examples.len() > 8, "{}", examples.len());
    for example in &examples {
        if let Err(report) = parse_document("content/README.md", example.as_bytes()) {
            panic!("{report}\n{example}");
        }
    }
}

#[test]
fn examples_have_every_table() {
    let mut tables = BTreeSet::new();
    for example in examples() {
        let example: toml::Table = toml::from_str(&example).unwrap();
        tables.extend(example.into_iter().map(|(name, _)| name));
    }
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    for name in schema["properties"].as_object().unwrap().keys() {
        // The sections have the same fields.
        let is_section = ["overview", "coding", "payers"].contains(&name.as_str());
        assert!(is_section || tables.contains(name), "{name}");
    }
}

/// Collects the names of all fields and tables.
fn collect_names(value: &toml::Value, into: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                into.insert(name.clone());
                collect_names(value, into);
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| collect_names(value, into)),
        _ => {}
    }
}

#[test]
fn readme_names_every_field() {
    let mut all = BTreeSet::new();
    let tables = ["everything", "modifier"].map(|name| {
        let path = fixtures().join(format!("valid/{name}.toml"));
        let table: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        table
    });
    // Source ids are chosen by the author.
    for (name, value) in tables.into_iter().flatten() {
        match value {
            toml::Value::Table(sources) if name == "sources" => {
                sources
                    .values()
                    .for_each(|source| collect_names(source, &mut all));
            }
            value => collect_names(&value, &mut all),
        }
        all.insert(name);
    }
    assert!(all.len() > 40, "{all:?}");
    let readme = readme();
    for name in all {
        let forms = [
            format!("`{name}`"),
            format!("[{name}]"),
            format!("[{name}."),
            format!(".{name}]"),
            format!("`{name} = "),
        ];
        assert!(forms.iter().any(|form| readme.contains(form)), "{name}");
    }
}
