//! Tests of the command `check`: one folder of documents for each rule, with the report on it, in
//! `tests/fixtures/check`.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;

use codeleaf::check::{ALL, CheckFormat, CheckReport, CheckRequest, check};
use codeleaf::content::Date;
use codeleaf::diagnostics::{Level, READING, Rule};
use codeleaf::library::Library;
use serde_json::{Value, json};

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
        sets: library.sets(),
        is_in_library: &|code| library.contains(code),
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
fn rules_have_unique_names_and_a_row_each_in_the_readme() {
    let rules: Vec<&Rule> = READING.into_iter().chain(ALL).collect();
    let mut names: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    let is_kebab = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    assert!(names.iter().all(is_kebab), "{names:?}");
    let readme = std::fs::read_to_string("README.md").unwrap();
    let row_of =
        |rule: &&Rule| format!("| `{}` | {} | {} |", rule.id, rule.level.id(), rule.summary);
    let rows: Vec<String> = rules.iter().map(row_of).collect();
    assert!(readme.contains(&rows.join("\n")), "{}", rows.join("\n"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules.len());
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
fn library_is_asked_only_about_modifiers_that_no_file_describes() {
    let library = Library::built_in();
    let asked = |path: &str| {
        let asked = Mutex::new(Vec::new());
        let report = check(CheckRequest {
            paths: &[path.into()],
            sets: library.sets(),
            is_in_library: &|code| {
                asked.lock().unwrap().push(code.to_string());
                library.contains(code)
            },
            today: None,
        });
        assert_eq!(report.count(Level::Warning), 0);
        asked.into_inner().unwrap()
    };
    assert!(asked("content/modifiers/modifier-59.toml").contains(&"modifier:XE".to_owned()));
    assert_eq!(asked("content/modifiers"), [""; 0]);
    assert_eq!(asked("content"), [""; 0]);
}

#[test]
fn file_that_is_named_twice_is_checked_once() {
    let folder = fixtures().join("unused-source");
    let paths = [folder.clone(), folder.join("cpt-00001.toml")];
    let library = Library::open(&[]);
    let request = CheckRequest {
        paths: &paths,
        sets: library.sets(),
        is_in_library: &|code| library.contains(code),
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
        (
            "--deny warnings --format json docs",
            1,
            "  \"warnings\": 1\n}\n",
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
fn finding_about_no_file_has_none_in_json_and_is_no_reason_to_fail() {
    let folder = fixtures().join("sets-not-imported").canonicalize().unwrap();
    let arguments = format!("--deny warnings --format json {}", folder.display());
    let output = command(&arguments, &Home::new());
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout), @r#"
{
  "errors": 0,
  "files": 1,
  "findings": [
    {
      "column": 0,
      "file": null,
      "hint": "to compare codes and rates as well, import the published files: `codeleaf import FILE`",
      "level": "note",
      "line": 0,
      "message": "not compared with ICD-10-CM, CMS CLFS, CMS PFS and CMS POS: not imported",
      "rule": "sets-not-imported"
    }
  ],
  "notes": 1,
  "schema": 1,
  "warnings": 0
}
"#);
}

#[test]
fn sarif_has_what_code_scanning_requires() {
    let home = documents_of_each_level();
    home.write("docs/empty.toml", "");
    let folder = fixtures().join("sets-not-imported");
    let note = std::fs::read_to_string(folder.join("cpt-00001.toml")).unwrap();
    home.write("docs/note.toml", note.replace("\"00001\"", "\"00009\""));
    let output = command("--format sarif docs broken", &home);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(2));
    let mut sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].take();
    let described = READING.into_iter().chain(ALL).map(|rule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.summary },
            "fullDescription": { "text": format!("{}.", rule.summary) },
            "help": { "text": "The README of codeleaf lists all rules." },
            "defaultConfiguration": { "level": rule.level.id() },
        })
    });
    assert_eq!(rules, described.collect::<Value>());
    let results = sarif["runs"][0]["results"].take();
    let results = results.as_array().unwrap().iter().map(Value::to_string);
    insta::assert_snapshot!(results.collect::<Vec<_>>().join("\n"), @r#"
{"level":"warning","locations":[{"physicalLocation":{"artifactLocation":{"uri":"docs/cpt-00001.toml"},"region":{"endColumn":19,"endLine":44,"startColumn":10,"startLine":44}}}],"message":{"text":"nothing refers to the source `forgotten`: write source = \"forgotten\" in the rows that are from it, or remove it"},"ruleId":"unused-source"}
{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"docs/empty.toml"},"region":{"endColumn":1,"endLine":1,"startColumn":1,"startLine":1}}}],"message":{"text":"the file is empty: content/README.md shows what a document looks like"},"ruleId":"unreadable-file"}
{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"broken/cpt-00001.toml"},"region":{"endColumn":5,"endLine":13,"startColumn":1,"startLine":13}}}],"message":{"text":"unknown field `knid`; did you mean `kind`?: known here are title, short, kind, as_of, read, url and section"},"ruleId":"invalid-content"}
"#);
    insta::assert_snapshot!(format!("{sarif:#}"), @r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "columnKind": "unicodeCodePoints",
      "invocations": [
        {
          "executionSuccessful": true,
          "toolExecutionNotifications": [
            {
              "descriptor": {
                "id": "sets-not-imported"
              },
              "level": "note",
              "message": {
                "text": "not compared with ICD-10-CM, CMS CLFS, CMS PFS and CMS POS: not imported: to compare codes and rates as well, import the published files: `codeleaf import FILE`"
              }
            }
          ]
        }
      ],
      "results": null,
      "tool": {
        "driver": {
          "name": "codeleaf",
          "rules": null,
          "semanticVersion": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}
"#);
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
