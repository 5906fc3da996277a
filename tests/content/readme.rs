//! The guide for authors matches the format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use codeleaf::content::parse_document;

use super::fixtures;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/README.md");
    fs::read_to_string(path).unwrap()
}

#[test]
fn readme_example_parses() {
    let readme = readme();
    let examples: Vec<&str> = readme.split("```toml\n").skip(1).collect();
    assert_eq!(examples.len(), 1);
    let example = examples[0].split("```").next().unwrap();
    if let Err(report) = parse_document("content/README.md", example.as_bytes()) {
        panic!("{report}");
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
