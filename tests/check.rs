//! Tests of the command `check`: one folder of documents for each rule, with the report on it, in
//! `tests/fixtures/check`.

use std::path::{Path, PathBuf};
use std::process::Output;

use codeleaf::check::{ALL, CheckFormat, CheckReport, CheckRequest, check};
use codeleaf::content::Date;
use codeleaf::diagnostics::Level;
use codeleaf::library::Library;
use serde_json::Value;

use crate::sets::{StoreFixture, files};
use crate::support::program::{Home, Launch, text};

/// The rules whose documents are compared with imported sets.
const RULES_ON_SETS: [&str; 4] = [
    "unlisted-code",
    "code-not-in-force",
    "non-billable-diagnosis",
    "rate-differs",
];

fn fixtures() -> PathBuf {
    Path::new("tests/fixtures/check").to_owned()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn run(paths: &[PathBuf], library: &Library) -> CheckReport {
    check(CheckRequest {
        paths,
        library,
        today: Some(date("2026-11-26")),
    })
}

/// A library with the invented sets. A later edition of the diagnoses lacks one and has another.
fn library_with_sets() -> (StoreFixture, Library) {
    let fixture = StoreFixture::new();
    for (_, name, bytes) in files::all() {
        fixture.import(name, &bytes).unwrap();
    }
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows.retain(|(code, ..)| *code != "K920");
    let edition = |fixture: &StoreFixture, year: &str, rows: &[(&str, u8, &str)]| {
        let name = format!("icd10cm-order-{year}.txt");
        let imported = fixture.import(&name, &files::icd10cm_from_rows(rows));
        assert!(imported.is_ok());
    };
    edition(&fixture, "2026", &rows);
    rows.insert(5, ("K925", 1, "Invented disease of a later year"));
    edition(&fixture, "2027", &rows);
    let sets = fixture.store.open_sets().for_date(date("2026-03-01"));
    let library = Library::built_in().with_sets(sets);
    (fixture, library)
}

#[test]
fn every_rule_has_documents_that_break_it() {
    let (_store, with_sets) = library_with_sets();
    let without_sets = Library::built_in();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/check");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for rule in ALL {
        let is_on_sets = RULES_ON_SETS.contains(&rule.id);
        let library = if is_on_sets {
            &with_sets
        } else {
            &without_sets
        };
        let report = run(&[fixtures().join(rule.id)], library);
        let diagnostics = report.reports().flat_map(|report| &report.diagnostics);
        let of_rule = diagnostics.filter(|diagnostic| diagnostic.rule == rule);
        assert!(of_rule.count() > 0, "no document breaks {}", rule.id);
        let [out, err] = report.format(CheckFormat::Text);
        settings.bind(|| insta::assert_snapshot!(rule.id, format!("{err}\n{out}")));
    }
}

#[test]
fn rule_names_are_unique_and_in_kebab_case() {
    let mut names: Vec<&str> = ALL.iter().map(|rule| rule.id).collect();
    names.extend(codeleaf::diagnostics::READING.iter().map(|rule| rule.id));
    let is_kebab = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    assert!(names.iter().all(is_kebab), "{names:?}");
    let readme = std::fs::read_to_string("README.md").unwrap();
    for name in &names {
        assert!(
            readme.contains(&format!("| `{name}` |")),
            "{name} is not in the README"
        );
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        ALL.len() + codeleaf::diagnostics::READING.len()
    );
}

#[test]
fn built_in_documents_have_no_errors_and_no_warnings() {
    let folders = ["content", "content/modifiers"].map(PathBuf::from);
    let report = run(&folders, &Library::built_in());
    let [_, err] = report.format(CheckFormat::Text);
    assert_eq!(report.count(Level::Error), 0, "{err}");
    assert_eq!(report.count(Level::Warning), 0, "{err}");
    assert!(report.files.len() > 100);
}

fn command(arguments: &str, home: &Home) -> Output {
    Launch::codeleaf(&format!("check {arguments}"))
        .home(home)
        .run()
}

#[test]
fn file_that_is_named_twice_is_checked_once() {
    let folder = fixtures().join("unused-source");
    let paths = [folder.clone(), folder.join("cpt-00001.toml")];
    let library = Library::open(&[]);
    let request = CheckRequest {
        paths: &paths,
        library: &library,
        today: None,
    };
    let report = check(request);
    assert_eq!(report.files.len(), 1);
    assert_eq!(report.count(Level::Error), 0);
}

/// A folder with a document of each level: an error, a warning, a note, and nothing.
fn documents_of_each_level() -> Home {
    let home = Home::new();
    let copy = |from: &str, to: &str| {
        let text = std::fs::read(fixtures().join(from)).unwrap();
        home.write(&format!("docs/{to}"), text);
    };
    copy("unused-source/cpt-00001.toml", "cpt-00001.toml");
    copy("near-duplicate-payer/cpt-00003.toml", "cpt-00003.toml");
    let broken = std::fs::read_to_string(fixtures().join("duplicate-code/a.toml")).unwrap();
    home.write("broken/cpt-00001.toml", broken.replace("kind =", "knid ="));
    home
}

#[test]
fn status_is_0_with_warnings_1_if_they_are_denied_and_2_with_errors() {
    let home = documents_of_each_level();
    for (arguments, status, summary) in [
        ("docs", 0, "2 files checked: no errors, 1 warning\n"),
        (
            "--deny warnings docs",
            1,
            "2 files checked: no errors, 1 warning\n",
        ),
        (
            "--deny warnings docs/cpt-00003.toml",
            0,
            "1 file checked: no errors\n",
        ),
        (
            "--deny warnings docs broken",
            2,
            "3 files checked: 1 error in 1 file, 1 warning\n",
        ),
    ] {
        let output = command(arguments, &home);
        assert_eq!(output.status.code(), Some(status), "{arguments}");
        let out = text(&output.stdout);
        assert!(out.ends_with(summary), "{arguments}: {out}");
    }
    let out = text(&command("docs", &home).stdout);
    insta::assert_snapshot!(out, @r#"
docs/cpt-00001.toml: cpt:00001 An invented test: 1 warning
docs/cpt-00003.toml: cpt:00003 An invented test: OK
2 files checked: no errors, 1 warning
"#);
    let err = text(&command("docs", &home).stderr);
    insta::assert_snapshot!(err, @r#"
warning[unused-source]: nothing refers to the source `forgotten`
  --> docs/cpt-00001.toml:44:10
   |
44 | [sources.forgotten]
   |          ^^^^^^^^^
   |
   = help: write source = "forgotten" in the rows that are from it, or remove it
"#);
}

#[test]
fn json_has_the_findings_with_their_positions() {
    let home = documents_of_each_level();
    let output = command("--format json docs broken", &home);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stdout), @r#"
{
  "errors": 1,
  "files": 3,
  "findings": [
    {
      "column": 10,
      "file": "docs/cpt-00001.toml",
      "hint": "write source = \"forgotten\" in the rows that are from it, or remove it",
      "level": "warning",
      "line": 44,
      "message": "nothing refers to the source `forgotten`",
      "rule": "unused-source"
    },
    {
      "column": 1,
      "file": "broken/cpt-00001.toml",
      "hint": "known here are title, short, kind, as_of, read, url and section",
      "level": "error",
      "line": 13,
      "message": "unknown field `knid`; did you mean `kind`?",
      "rule": "invalid-content"
    }
  ],
  "notes": 0,
  "schema": 1,
  "warnings": 1
}
"#);
}

#[test]
fn sarif_has_what_code_scanning_requires() {
    let home = documents_of_each_level();
    home.write("docs/empty.toml", "");
    let output = command("--format sarif docs broken", &home);
    assert_eq!(text(&output.stderr), "");
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        sarif["$schema"],
        "https://json.schemastore.org/sarif-2.1.0.json"
    );
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "codeleaf");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for field in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[field]["text"].is_string(), "{rule}: {field}");
        }
    }
    let results = run["results"].as_array().unwrap();
    let mut found = Vec::new();
    for result in results {
        let id = result["ruleId"].as_str().unwrap();
        assert!(rules.iter().any(|rule| rule["id"] == id), "{id}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let location = &result["locations"][0]["physicalLocation"];
        let region = &location["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        assert!(number("startLine") >= 1 && number("startColumn") >= 1);
        assert_eq!(number("startLine"), number("endLine"));
        assert!(number("startColumn") <= number("endColumn"));
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        found.push(format!(
            "{uri}:{}:{}-{} {id}",
            number("startLine"),
            number("startColumn"),
            number("endColumn")
        ));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
docs/cpt-00001.toml:44:10-19 unused-source
docs/empty.toml:1:1-1 unreadable-file
broken/cpt-00001.toml:13:1-5 invalid-content
"#);
    let lonely = command(
        &format!(
            "--format sarif {}",
            fixtures()
                .join("sets-not-imported")
                .canonicalize()
                .unwrap()
                .display()
        ),
        &home,
    );
    let sarif: Value = serde_json::from_slice(&lonely.stdout).unwrap();
    let notifications = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications[0]["descriptor"]["id"], "sets-not-imported");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 0);
}

#[test]
fn date_of_service_decides_which_codes_are_in_force() {
    let (store, _) = library_with_sets();
    let path = [fixtures().join("code-not-in-force")];
    let lines = |as_of: &str| {
        let sets = store.store.open_sets().for_date(date(as_of));
        let report = run(&path, &Library::built_in().with_sets(sets));
        let diagnostics = report.reports().flat_map(|report| &report.diagnostics);
        diagnostics
            .map(|diagnostic| diagnostic.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines("2025-03-01"), [23], "before the end of two codes");
    assert_eq!(lines("2026-03-01"), [17, 23, 30]);
    assert_eq!(lines("2026-10-01"), [17, 30]);
}

#[test]
fn published_sets_contradict_nothing_in_the_built_in_documents() {
    let Some(folder) = crate::sets::real::data_folder() else {
        return;
    };
    let fixture = StoreFixture::new();
    for name in [
        "icd10cm-order-2025.txt",
        "hcpcs-2019-anweb.txt",
        "clfs-2025-q2.csv",
        "pprrvu-2025-oct.csv",
        "place-of-service.csv",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        fixture.import(name, &bytes).unwrap();
    }
    let sets = fixture.store.open_sets().for_date(date("2026-11-26"));
    let library = Library::built_in().with_sets(sets);
    let report = run(&["content".into(), "content/modifiers".into()], &library);
    let [_, err] = report.format(CheckFormat::Text);
    assert_eq!(report.count(Level::Error), 0, "{err}");
    assert_eq!(report.count(Level::Warning), 0, "{err}");
}
