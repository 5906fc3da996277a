//! Tests of content: the built-in document, valid files, and reports on invalid ones.

mod invalid;
mod mutation;
mod publication;
mod readme;
mod unreadable;
mod valid;

use std::fs;
use std::path::{Path, PathBuf};

use codeleaf::content::{Document, parse_document};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Returns the TOML files in a folder of fixtures, sorted by name.
fn toml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    assert!(!files.is_empty());
    files
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// Parses a valid fixture.
fn document(name: &str) -> Document {
    let path = fixtures().join(name);
    parse_document(name, &fs::read(path).unwrap()).unwrap_or_else(|report| panic!("{report}"))
}
