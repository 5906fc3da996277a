//! The commands `import`, `sets` and `show`, run as a shell runs them.

use std::process::{Command, Output};

use super::{StoreFixture, files};

/// Runs a command with variables, of which `None` are unset.
pub fn run(
    fixture: &StoreFixture,
    arguments: &[&str],
    variables: &[(&str, Option<&str>)],
) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codeleaf"));
    command
        .args(arguments)
        .current_dir(fixture.folder.path())
        .env_remove("CODELEAF_AS_OF")
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_DATA_HOME", fixture.folder.path().join("data"));
    for (name, value) in variables {
        command.envs(value.map(|value| (name, value)));
    }
    command.output().unwrap()
}

pub fn decode_output(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn set_can_be_imported_listed_compared_shown_and_removed() {
    let fixture = StoreFixture::new();
    fixture.write_file("icd10cm-order-2025.txt", &files::icd10cm());
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows[5].2 = "Invented bleeding, unspecified";
    rows.remove(4);
    fixture.write_file("icd10cm-order-2026.txt", &files::icd10cm_from_rows(&rows));
    let (status, out, err) =
        decode_output(&run(&fixture, &["import", "icd10cm-order-2025.txt"], &[]));
    assert_eq!(
        (status, err.as_str()),
        (0, ""),
        "no progress bar without a terminal"
    );
    assert!(
        out.starts_with("icd10cm-2025: ICD-10-CM, edition 2025, 13 rows\n"),
        "{out}"
    );
    assert!(out.contains("public domain"), "{out}");
    let (_, out, _) = decode_output(&run(&fixture, &["import", "icd10cm-order-2025.txt"], &[]));
    assert!(out.contains("replaces the import of"), "{out}");
    decode_output(&run(
        &fixture,
        &["import", "icd10cm", "icd10cm-order-2026.txt"],
        &[],
    ));

    let (status, out, _) = decode_output(&run(
        &fixture,
        &["sets", "diff", "icd10cm-2025", "icd10cm-2026"],
        &[],
    ));
    assert_eq!(status, 0);
    assert_eq!(
        out,
        "icd10cm-2025 to icd10cm-2026: 0 added, 1 removed, 1 changed\n\
         - K920  billable yes; long Invented disease of the first kind\n\
         ~ K922\n    \
         short: Invented hemorrhage, unspecified → Invented bleeding, unspecified\n    \
         long: Invented hemorrhage, unspecified → Invented bleeding, unspecified\n"
    );
    let (_, out, _) = decode_output(&run(&fixture, &["sets", "list", "--format", "json"], &[]));
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(listed["sets"][1]["set"], "icd10cm-2026");
    assert_eq!(listed["sets"][0]["rows"], 13);
    let (status, out, _) = decode_output(&run(&fixture, &["show", "icd10cm:K92.2"], &[]));
    assert_eq!(status, 0);
    assert!(
        out.contains("Invented bleeding, unspecified"),
        "the latest edition: {out}"
    );

    let (status, out, _) = decode_output(&run(&fixture, &["sets", "remove", "icd10cm-2026"], &[]));
    assert_eq!((status, out.as_str()), (0, "icd10cm-2026 was removed\n"));
    let (status, _, err) = decode_output(&run(&fixture, &["sets", "remove", "icd10cm-2026"], &[]));
    assert_eq!(status, 1);
    assert_eq!(err, "no set `icd10cm-2026`; did you mean `icd10cm-2025`?\n");
}

#[test]
fn failed_import_exits_with_status_2() {
    let fixture = StoreFixture::new();
    fixture.write_file("x.csv", b"hello\n");
    let clfs = files::clfs();
    fixture.write_file("c.csv", &clfs[..clfs.len() - 5]);
    for (arguments, expected) in [
        (
            vec!["import", "x.csv"],
            "none of the files that can be imported",
        ),
        (vec!["import", "missing.csv"], "cannot be read"),
        (vec!["import", "clsf", "c.csv"], "did you mean `clfs`?"),
        (vec!["import", "clfs"], "name a file as well"),
        (vec!["import", "clfs", "c.csv"], "the store is unchanged"),
        (
            vec!["import", "c.csv", "--edition", "../x"],
            "not a valid edition name",
        ),
    ] {
        let (status, _, err) = decode_output(&run(&fixture, &arguments, &[]));
        assert_eq!(status, 2, "{arguments:?}");
        assert!(err.contains(expected), "{err}");
    }
    assert_eq!(fixture.stored_files(), []);
    let (status, out, _) = decode_output(&run(&fixture, &["sets"], &[]));
    assert_eq!(status, 0);
    assert!(out.starts_with("no code sets"));
}

#[test]
fn import_without_an_edition_mentions_the_option() {
    let fixture = StoreFixture::new();
    fixture.write_file("order.txt", &files::icd10cm());
    let (status, out, _) = decode_output(&run(&fixture, &["import", "order.txt"], &[]));
    assert_eq!(status, 0);
    assert!(
        out.contains("note: neither the file nor its name states an edition; --edition names it"),
        "{out}"
    );
}

#[test]
fn set_of_an_older_version_is_listed_with_the_command_that_imports_it_again() {
    let fixture = StoreFixture::new();
    fixture.write_file("icd10cm-order-2025.txt", &files::icd10cm());
    let import = ["import", "icd10cm-order-2025.txt"];
    assert_eq!(decode_output(&run(&fixture, &import, &[])).0, 0);
    let (path, _) = fixture.stored_files().remove(0);
    std::fs::write(path, [b"leafset\n".as_slice(), &[1; 4000]].concat()).unwrap();
    let (_, _, err) = decode_output(&run(&fixture, &["sets"], &[]));
    assert!(
        err.contains(
            "icd10cm-2025.set: another version of codeleaf imported this set; import its file again"
        ),
        "{err}"
    );
    assert!(err.contains("codeleaf import FILE"), "{err}");
    assert_eq!(decode_output(&run(&fixture, &import, &[])).0, 0);
    let (_, out, err) = decode_output(&run(&fixture, &["sets"], &[]));
    assert!(
        err.is_empty() && out.starts_with("icd10cm-2025  "),
        "{out}{err}"
    );
}

#[test]
fn ptp_files_of_one_edition_form_one_set() {
    let fixture = StoreFixture::new();
    let row = |first: &str| format!("{first}\t86294\t\t20180701\t*\t1\tInvented reason");
    fixture.write_file(
        "ccipra-v302r0-f1.txt",
        &files::ptp_from_rows(&[row("83950")]),
    );
    fixture.write_file(
        "ccipra-v302r0-f2.txt",
        &files::ptp_from_rows(&[row("90000")]),
    );
    fixture.write_file(
        "ccipra-v303r0-f1.txt",
        &files::ptp_from_rows(&[row("90001")]),
    );
    fixture.write_file("ccipra-again.txt", &files::ptp_from_rows(&[row("83950")]));
    let import = |first, second, edition| {
        decode_output(&run(
            &fixture,
            &["import", first, second, "--edition", edition],
            &[],
        ))
    };
    let (status, out, _) = import("ccipra-v302r0-f1.txt", "ccipra-v302r0-f2.txt", "x");
    assert_eq!(status, 0);
    assert!(out.contains("edition x, 2 rows"), "{out}");
    let (_, _, err) = import("ccipra-v302r0-f1.txt", "ccipra-again.txt", "y");
    assert!(
        err.starts_with("ccipra-again.txt:7: 83950 and 86294 of 2018-07-01 is already in ccipra"),
        "{err}"
    );
    let files = ["import", "ccipra-v302r0-f1.txt", "ccipra-v303r0-f1.txt"];
    let (status, _, err) = decode_output(&run(&fixture, &files, &[]));
    assert_eq!(status, 2);
    assert!(
        err.contains("different editions: practitioner-v302r0, practitioner-v303r0"),
        "{err}"
    );
}

#[test]
fn only_changes_that_matter_are_compared() {
    let fixture = StoreFixture::new();
    for (year, rates) in [(25, ["7.77", "10.56"]), (26, ["7.77", "10.99"])] {
        let row = |code: &str, rate: &str| format!("20{year},{code},,20{year}0101,N,{rate}\r\n");
        let rows = row("85025", rates[0]) + &row("80053", rates[1]);
        let text = format!("YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE\r\n{rows}");
        fixture
            .import(&format!("{year}CLABQ1.csv"), text.as_bytes())
            .unwrap();
    }
    let diff = ["sets", "diff", "clfs-2025-q1", "clfs-2026-q1"];
    let (_, out, _) = decode_output(&run(&fixture, &diff, &[]));
    assert_eq!(
        out,
        "clfs-2025-q1 to clfs-2026-q1: 0 added, 0 removed, 1 changed\n~ 80053  $10.56 → $10.99\n"
    );
    let csv = [&diff[..], &["--format", "csv"]].concat();
    let (_, out, _) = decode_output(&run(&fixture, &csv, &[]));
    assert_eq!(
        out,
        "change,key,field,old,new\nchanged,80053,rate,$10.56,$10.99\n"
    );
    let (_, out, _) = decode_output(&run(&fixture, &["sets", "--format", "csv"], &[]));
    assert!(out.contains("\nclfs-2026-q1,"), "{out}");
    assert!(
        out.contains(",2026-01-01,2,2026-11-23,26CLABQ1.csv\n"),
        "{out}"
    );
    // The action and its date belong to the edition.
    for (month, action) in [("JAN", "20200101,,N"), ("APR", "20260401,,C")] {
        let file = String::from_utf8(files::hcpcs_csv()).unwrap();
        let file = file.replace("20200101,,N", action);
        let name = format!("HCPC2026_{month}_ANWEB.csv");
        fixture.import(&name, file.as_bytes()).unwrap();
    }
    let diff = ["sets", "diff", "hcpcs-2026-01", "hcpcs-2026-04"];
    let (_, out, _) = decode_output(&run(&fixture, &diff, &[]));
    assert_eq!(
        out,
        "hcpcs-2026-01 to hcpcs-2026-04: 0 added, 0 removed, 0 changed\n"
    );
}

#[test]
fn new_document_has_the_status_and_the_source_of_an_imported_code() {
    let fixture = StoreFixture::new();
    fixture.write_file("icd10cm-order-2025.txt", &files::icd10cm());
    run(&fixture, &["import", "icd10cm-order-2025.txt"], &[]);
    let (status, out, err) = decode_output(&run(&fixture, &["new", "icd10cm:K92.2"], &[]));
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    let path = fixture.folder.path().join("icd10cm-K92.2.toml");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("status = \"active\"\n"), "{text}");
    assert!(text.contains("[sources.set-icd10cm-2025]\n"), "{text}");
    assert!(!text.contains("Invented hemorrhage"), "{text}");
    let (status, out, err) = decode_output(&run(&fixture, &["check", "icd10cm-K92.2.toml"], &[]));
    let checked = "icd10cm-K92.2.toml: icd10cm:K92.2 Untitled: OK\n1 file checked: no errors\n";
    assert_eq!((status, out.as_str(), err.as_str()), (0, checked, ""));
}
