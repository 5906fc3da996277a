//! Commands that write content files: `rows`, `new --from` and `fmt`; and exports for spreadsheets.

mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use codeleaf::authoring::{format_document, json_schema};
use codeleaf::content::{load_document, parse_document};
use insta::assert_snapshot;

use crate::sets::archives::spreadsheet;
use crate::support::program::{Home, Launch, text};

/// A document whose comments and rows must stay.
const DOCUMENT: &str = r#"# Our document.
schema = 1

[code]
system = "cpt"
value = "00001"
title = "A service"
status = "active"

[sources.policy]
title = "Policy 12 of our plan"
short = "Policy 12"
kind = "primary"
as_of = 2026

[summary]
text = "A text."

[[modifier]]
code = "26"
description = "Professional part"  # in our words
when = "Only the report"

# The payers.
[[payer]]
id = "aetna"
name = "Aetna"
plan = "All"
policy = "1"
rate = { reason = "unpublished" }

#[[diagnosis]]
#code = "Z00.00"
"#;

const MODIFIERS: &str = "Our modifiers,,,,,\r\n\
    \r\n\
    Modifier,Description,When to use,Standing,Source,Remark of Kim\r\n\
    59,Distinct service,\"Another site, or another visit\",conditional,Policy 12,ask\r\n\
    26,Again,Never,usual,policy,\r\n\
    GA,Waiver,,not appropriate,policy 12 of our plan,\r\n\
    5,Lost a digit,,,,\r\n\
    XU,Unusual,,maybe,,\r\n\
    XE,Other visit,,,Policy 13,\r\n";

/// Runs a command in the folder of a user, and returns its status and output.
fn run(home: &Home, arguments: &[&str]) -> (i32, String, String) {
    let output = Launch::codeleaf_with(arguments).home(home).run();
    let status = output.status.code().unwrap();
    (status, text(&output.stdout), text(&output.stderr))
}

fn add(home: &Home, sheet: &str, kind: &str) -> (i32, String, String) {
    let arguments = ["rows", sheet, "--as", kind, "--into", "doc.toml", "--yes"];
    run(home, &arguments)
}

#[test]
fn rows_are_added_after_those_of_their_kind_and_the_rest_stays() {
    let home = Home::new();
    let path = home.write("doc.toml", DOCUMENT);
    home.write("modifiers.csv", MODIFIERS);
    let (status, out, err) = add(&home, "modifiers.csv", "modifier");
    assert_eq!(status, 0, "{err}");
    let added = "\n[[modifier]]\ncode = \"59\"\ndescription = \"Distinct service\"\n\
        when = \"Another site, or another visit\"\nstanding = \"situational\"\nsource = \"policy\"\n\
        \n[[modifier]]\ncode = \"GA\"\ndescription = \"Waiver\"\n\
        when = { reason = \"source_silent\" }\nstanding = \"not_expected\"\nsource = \"policy\"\n";
    let expected = DOCUMENT.replace("\n# The payers.", &format!("{added}\n# The payers."));
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_snapshot!(out, @r#"
--- doc.toml
+++ doc.toml
@@ -21,6 +21,20 @@
 description = "Professional part"  # in our words
 when = "Only the report"
 
+[[modifier]]
+code = "59"
+description = "Distinct service"
+when = "Another site, or another visit"
+standing = "situational"
+source = "policy"
+
+[[modifier]]
+code = "GA"
+description = "Waiver"
+when = { reason = "source_silent" }
+standing = "not_expected"
+source = "policy"
+
 # The payers.
 [[payer]]
 id = "aetna"
doc.toml: 2 rows added
doc.toml: cpt:00001 A service: OK
1 file checked: no errors, 1 note
"#);
    for message in [
        "column 6 `Remark of Kim`: no field of [[modifier]] has this name; its fields are code, ",
        "line 5: the file has a row on 26 already",
        "line 7: `5` is not a modifier; a modifier has two letters or digits",
        "line 8: unknown standing `maybe`",
        "line 9: unknown source `Policy 13`",
    ] {
        let message = format!("not added: modifiers.csv: {message}");
        assert!(err.contains(&message), "{message}\n{err}");
    }
    assert_eq!(err.matches("not added: ").count(), 5, "{err}");
    let (status, out, err) = add(&home, "modifiers.csv", "modifier");
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.ends_with("\ndoc.toml: no rows to add\n"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn first_rows_of_a_kind_get_their_canonical_place() {
    let home = Home::new();
    let path = home.write("doc.toml", DOCUMENT);
    home.write(
        "dx.csv",
        "ICD-10;Description;Covered\nK92.2;Bleeding;yes\ni10;Pressure;no\n",
    );
    let (status, _, err) = add(&home, "dx.csv", "diagnosis");
    assert_eq!(status, 0);
    assert!(!err.contains("not added"), "{err}");
    let text = fs::read_to_string(&path).unwrap();
    let at = |needle: &str| text.find(needle).unwrap();
    assert!(
        at("code = \"26\"") < at("K92.2") && at("i10") < at("# The payers."),
        "{text}"
    );
    assert!(text.contains("relation = \"covered\"") && text.contains("relation = \"not_covered\""));
    assert_eq!(format_document(&text).unwrap(), text);
    let payers = "Payer\tPlan\nBlue Cross (FL)\tPPO\nAetna\tHMO\nCigna Health\tAll\n";
    home.write("payers.csv", payers);
    let shared = "schema = 1\n\n[payers.cigna]\nname = \"Cigna\"\naliases = [\"Cigna Health\"]\n";
    home.write("payers.toml", shared);
    let (status, _, err) = add(&home, "payers.csv", "payer");
    assert_eq!(status, 0);
    assert!(
        err.contains("line 3: the file has a row on aetna already"),
        "{err}"
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("id = \"blue-cross-fl\"\nname = \"Blue Cross (FL)\"\nplan = \"PPO\"\n"));
    assert!(text.contains("id = \"cigna\"\nplan = \"All\"\n"), "{text}");
    home.write(
        "related.csv",
        "Code,Relation\n99213,see\nG0439,same purpose\nZZ,see\n",
    );
    let (_, out, err) = add(&home, "related.csv", "related");
    assert!(out.contains("2 rows added"), "{out}{err}");
    assert!(err.contains("line 4: "), "{err}");
    load_document(&path).unwrap();
}

#[test]
fn rows_of_a_sheet_have_its_line_numbers() {
    let home = Home::new();
    let path = home.write("doc.toml", DOCUMENT);
    let header: &[&str] = &["Modifier", "When"];
    let rows: [&[&str]; 6] = [
        &["Our list"],
        &[],
        header,
        &[],
        &["90", "Sent out"],
        &["5", "x"],
    ];
    home.write("mods.xlsx", spreadsheet(&rows));
    let (status, _, err) = add(&home, "mods.xlsx", "modifier");
    assert_eq!(status, 0, "{err}");
    assert!(
        err.contains("mods.xlsx: line 6: `5` is not a modifier"),
        "{err}"
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("code = \"90\"\ndescription = { reason = \"source_silent\" }\n"));
}

#[test]
fn nothing_is_written_without_consent() {
    let home = Home::new();
    let path = home.write("doc.toml", DOCUMENT);
    home.write("modifiers.csv", MODIFIERS);
    let line = "rows modifiers.csv --as modifier --into doc.toml";
    let arguments: Vec<&str> = line.split(' ').collect();
    let (status, out, err) = run(&home, &arguments);
    assert_eq!(status, 0);
    assert!(out.contains("+code = \"59\""), "{out}");
    assert!(err.contains("not written; --yes adds 2 rows"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), DOCUMENT);
    for (answer, is_written) in [("n", false), ("", false), ("y", true), ("YES", true)] {
        home.write("doc.toml", DOCUMENT);
        let mut terminal = Launch::codeleaf(line).home(&home).start();
        terminal.wait_for("Add 2 rows to doc.toml? [y/N]");
        terminal.send(format!("{answer}\n").as_bytes());
        assert_eq!(terminal.wait_for_exit(), 0);
        assert_eq!(fs::read_to_string(&path).unwrap() != DOCUMENT, is_written);
    }
}

#[test]
fn tables_and_files_that_cannot_be_used_have_messages() {
    let home = Home::new();
    home.write("doc.toml", DOCUMENT.replace("[summary]", "[sumary]"));
    home.write("modifiers.csv", MODIFIERS);
    home.write("other.csv", "a,b\n1,2\n");
    let (status, _, err) = add(&home, "modifiers.csv", "modifier");
    assert_eq!(status, 2);
    assert!(err.contains("unknown field `sumary`"), "{err}");
    home.write("doc.toml", DOCUMENT);
    let (status, _, err) = add(&home, "other.csv", "modifier");
    assert_eq!(status, 2);
    assert!(err.contains("no known column names"), "{err}");
    let (status, _, err) = add(&home, "missing.csv", "modifier");
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("missing.csv"), "{err}");
}

#[test]
fn new_document_is_filled_from_a_spreadsheet() {
    let home = Home::new();
    home.write(
        "rows.csv",
        "Modifier,When,Notes\n59,Another site,a\nABC,x,\n",
    );
    let (status, _, err) = run(&home, &["new", "99213", "--from", "rows.csv"]);
    assert_eq!(status, 0, "{err}");
    assert!(err.contains("rows.csv: column 3 `Notes`"), "{err}");
    assert!(err.contains("rows.csv: line 3: "), "{err}");
    let text = fs::read_to_string(home.path("cpt-99213.toml")).unwrap();
    assert!(text.contains("[[modifier]]\ncode = \"59\"\n"), "{text}");
    assert_eq!(run(&home, &["check", "cpt-99213.toml"]).0, 0);
}

#[test]
fn exported_tables_can_be_read_again() {
    let home = Home::new();
    let (status, out, _) = run(
        &home,
        &["show", "83950", "--section", "coding", "--format", "csv"],
    );
    assert_eq!(status, 0);
    assert!(
        out.starts_with("Section,Table,Modifier,Description,When to use,"),
        "{out}"
    );
    assert!(
        out.contains("\nCPT copyright 2026 American Medical Association"),
        "{out}"
    );
    home.write("export.csv", &out);
    let document = DOCUMENT.replace("short = \"Policy 12\"", "short = \"publication\"");
    home.write("doc.toml", document);
    let (status, out, err) = add(&home, "export.csv", "modifier");
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("+code = \"90\""), "{out}\n{err}");
    let (status, out, _) = run(&home, &["list", "--format", "csv"]);
    assert_eq!(status, 0);
    assert!(
        out.starts_with("Code,System,Title,Status,File\r\n83950,CPT,"),
        "{out}"
    );
    let (status, out, _) = run(&home, &["search", "QW", "--format", "csv"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("Code,System,Title,Row,Text\r\n"), "{out}");
}

/// What the schema lists for a field.
fn keywords(table: &str, field: &str) -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let words = &schema["definitions"][table]["properties"][field]["enum"];
    let words = words.as_array().unwrap().iter();
    words
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn exported_rows_with_any_standing_or_relation_are_read_back_unchanged() {
    let home = Home::new();
    let (head, _) = DOCUMENT.split_once("[[modifier]]").unwrap();
    let mut whole = head.to_owned();
    let rest = "description = \"A\"\nsource = \"policy\"\n";
    for (n, word) in (50..).zip(keywords("modifier", "standing")) {
        whole +=
            &format!("[[modifier]]\ncode = \"{n}\"\nwhen = \"B\"\nstanding = \"{word}\"\n{rest}");
    }
    for (n, word) in (1..).zip(keywords("diagnosis", "relation")) {
        whole += &format!("[[diagnosis]]\ncode = \"K92.{n}\"\nrelation = \"{word}\"\n{rest}");
    }
    for (n, word) in (1..).zip(keywords("related", "relation")) {
        whole += &format!(
            "[[related]]\nsystem = \"hcpcs\"\ncode = \"G000{n}\"\nrelation = \"{word}\"\n{rest}"
        );
    }
    let whole = load_document(&home.write("whole.toml", &whole)).unwrap();
    let path = home.write("doc.toml", head);
    let (_, csv, _) = run(&home, &["show", "whole.toml", "--format", "csv"]);
    home.write("export.csv", csv);
    for kind in ["modifier", "diagnosis", "related"] {
        let (status, _, err) = add(&home, "export.csv", kind);
        assert_eq!(status, 0, "{kind}: {err}");
    }
    assert_eq!(load_document(&path).unwrap(), whole);
}

/// Every content file and every valid fixture.
fn valid_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["content", "content/modifiers", "tests/fixtures/valid"];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .collect()
}

#[test]
fn format_is_idempotent_and_keeps_documents_and_comments() {
    let files = valid_files();
    assert!(files.len() > 100);
    for path in files {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let formatted = format_document(&text).unwrap();
        assert_eq!(format_document(&formatted).unwrap(), formatted, "{name}");
        let document = parse_document("", text.as_bytes()).unwrap();
        let again = parse_document("", formatted.as_bytes()).unwrap();
        assert_eq!(again, document, "{name}");
        let sorted_lines = |text: &str| {
            let lines = text.lines().map(|line| line.trim().to_owned());
            let mut lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted_lines(&formatted), sorted_lines(&text), "{name}");
        if !path.starts_with(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")) {
            assert!(
                formatted == text,
                "{name}: run `codeleaf fmt content content/modifiers`"
            );
        }
    }
}

#[test]
fn fmt_writes_what_its_check_lists() {
    let home = Home::new();
    let messy = DOCUMENT.replace(
        "\n\n[code]\nsystem = \"cpt\"\n",
        "\n[code]\nsystem=\"cpt\"\n",
    );
    let path = home.write("a/messy.toml", &messy);
    home.write("a/good.toml", DOCUMENT);
    home.write("a/broken.toml", "schema = 1\n");
    let (status, out, err) = run(&home, &["fmt", "--check", "a"]);
    assert_eq!(status, 2);
    assert_eq!(
        out,
        "a/messy.toml: not formatted\n1 of 3 files not formatted\n"
    );
    assert!(err.contains("a/broken.toml"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), messy);
    fs::remove_file(home.path("a/broken.toml")).unwrap();
    assert_eq!(run(&home, &["fmt", "--check", "a"]).0, 1);
    assert_eq!(
        run(&home, &["fmt", "a"]).1,
        "a/messy.toml: formatted\n1 of 2 files formatted\n"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), DOCUMENT);
    assert_eq!(run(&home, &["fmt", "--check", "a"]).0, 0);
}

#[test]
fn fmt_formats_the_entries_that_a_folder_shares() {
    let home = Home::new();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shared");
    for name in ["cpt-00001.toml", "payers.toml", "sources.toml"] {
        let text = fs::read(shared.join(name)).unwrap();
        home.write(&format!("a/{name}"), text);
    }
    assert_eq!(run(&home, &["fmt", "a"]).0, 0);
    let all_formatted = "0 of 3 files not formatted\n";
    assert_eq!(run(&home, &["fmt", "--check", "a"]).1, all_formatted);
    for (name, good, messy) in [
        (
            "a/sources.toml",
            "short = \"CMS CLFS\"\nkind = \"primary\"\n",
            "kind=\"primary\"\nshort = \"CMS CLFS\"\n",
        ),
        (
            "a/payers.toml",
            "\n\n[payers.maine]\n",
            "\n[payers.maine]\n\n",
        ),
    ] {
        let path = home.path(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(good), "{text}");
        fs::write(&path, text.replace(good, messy)).unwrap();
        for paths in ["a", name] {
            let (status, out, err) = run(&home, &["fmt", "--check", paths]);
            assert_eq!(status, 1, "{err}");
            assert!(
                out.starts_with(&format!("{name}: not formatted\n")),
                "{out}"
            );
        }
        assert_eq!(
            run(&home, &["fmt", "a", name]).1,
            format!("{name}: formatted\n1 of 3 files formatted\n")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    home.write("a/payers.toml", "schema = 1\n[payers.maine]\nnam = \"B\"\n");
    let (status, _, err) = run(&home, &["fmt", "--check", "a"]);
    assert_eq!(status, 2);
    assert!(err.contains("a/payers.toml:3:1"), "{err}");
}
