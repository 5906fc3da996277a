//! Reports on invalid files: `tests/fixtures/invalid/NAME.toml` and `NAME.snap`.

use std::fs;

use codeleaf::content::parse_document;
use codeleaf::text::sanitize;

use super::{fixtures, stem, toml_files};

#[test]
fn every_diagnostic_has_a_location_and_a_hint() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../fixtures/invalid");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in toml_files("invalid") {
        let name = stem(&path).to_owned();
        let report = parse_document(&format!("{name}.toml"), &fs::read(&path).unwrap())
            .expect_err(&format!("{name} is invalid"));
        for diagnostic in &report.diagnostics {
            assert!(diagnostic.line > 0 && diagnostic.column > 0, "{name}");
            assert!(diagnostic.hint.is_some(), "{name}: {}", diagnostic.message);
            let location = format!("{name}.toml:{}:{}\n", diagnostic.line, diagnostic.column);
            assert!(diagnostic.to_string().contains(&location), "{diagnostic}");
        }
        settings.bind(|| insta::assert_snapshot!(name.as_str(), report.to_string()));
    }
}

#[test]
fn every_snapshot_has_its_toml_file() {
    for entry in fs::read_dir(fixtures().join("invalid")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("toml").exists(), "{}", path.display());
    }
}

#[test]
fn reports_contain_no_control_characters() {
    for path in toml_files("invalid") {
        let report =
            parse_document("a\u{1b}[2J\u{202e}.toml", &fs::read(&path).unwrap()).unwrap_err();
        for line in report.to_string().lines() {
            assert_eq!(sanitize(line), line, "{}", path.display());
        }
    }
}
