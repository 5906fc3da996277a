//! Every imported row can be reached, by its code and by words.

use super::commands::{decode_output, run};
use super::{StoreFixture, files};

fn with_all_sets() -> StoreFixture {
    let fixture = StoreFixture::new();
    for (_, name, bytes) in files::all() {
        fixture.import(name, &bytes).unwrap();
    }
    fixture
}

fn stdout(fixture: &StoreFixture, arguments: &[&str]) -> String {
    let (status, out, err) = decode_output(&run(fixture, arguments, &[]));
    assert_eq!((status, err.as_str()), (0, ""), "{arguments:?}");
    out
}

#[test]
fn code_of_every_set_has_a_page() {
    let fixture = with_all_sets();
    for (written, expected) in [
        // From the CLFS alone, from MUE and PTP edits, and from column 2 of a PTP edit alone.
        (&["80047"][..], "$13.70"),
        (&["0028u"], "0001U"),
        (&["86294"], "83950"),
        (&["99213"], "CMS Physician Fee Schedule"),
        (&["pos:11"], "Invented Office"),
        (&["pos", "11"], "A room, invented."),
        (&["POS 11"], "Non-Facility"),
        (&["taxonomy:9990p0000x"], "Invented Pathologist"),
        (&["9990P0000X"], "Pathology"),
    ] {
        let out = stdout(&fixture, &[&["show"], written].concat());
        assert!(out.contains(expected), "{written:?}\n{out}");
    }
    let (status, _, err) = decode_output(&run(&fixture, &["show", "pos:98"], &[]));
    assert_eq!(status, 1);
    assert!(err.starts_with("no document on 98"), "{err}");
}

#[test]
fn code_of_every_set_is_found() {
    let fixture = with_all_sets();
    let codes = |query: &str| -> Vec<String> {
        let out = stdout(&fixture, &["search", query, "--format", "json"]);
        let found: serde_json::Value = serde_json::from_str(&out).unwrap();
        let hits = found["hits"].as_array().unwrap().iter();
        let code = |hit: &serde_json::Value| {
            let code = &hit["code"];
            let part = |name: &str| code[name].as_str().unwrap().to_owned();
            format!("{}:{}", part("system"), part("value"))
        };
        hits.map(code).collect()
    };
    for (query, expected) in [
        ("80047", "cpt:80047"),
        ("0001u", "cpt:0001U"),
        // From column 1 and column 2 of PTP edits alone.
        ("83951", "cpt:83951"),
        ("86294", "cpt:86294"),
        ("\"86294\"", "cpt:86294"),
        ("\"K92.2\"", "icd10cm:K92.2"),
        ("pos:11", "pos:11"),
        ("POS 11", "pos:11"),
        ("invented office", "pos:11"),
        ("9990P0000X", "taxonomy:9990P0000X"),
        ("taxonomy:9990p", "taxonomy:9990P0000X"),
        ("invented pathologist", "taxonomy:9990P0000X"),
    ] {
        let codes = codes(query);
        assert_eq!(codes.first().map(String::as_str), Some(expected), "{query}");
    }
    assert_eq!(codes("pos:"), ["pos:11", "pos:81", "pos:99"]);
    assert_eq!(codes("99213-25 POS 11").last().unwrap(), "pos:11");
    let sets = stdout(&fixture, &["search", "set:"]);
    for system in ["cpt", "hcpcs", "icd10cm", "modifier", "pos", "taxonomy"] {
        assert!(sets.contains(&format!("set:{system}\n")), "{sets}");
    }
}

#[test]
fn unknown_code_is_answered_with_the_nearest_of_its_set() {
    let fixture = StoreFixture::new();
    let show = |code: &str| decode_output(&run(&fixture, &["show", code], &[])).2;
    assert_eq!(
        show("K92.3"),
        "no document on K92.3 (ICD-10-CM); `codeleaf import FILE` adds public code sets\n"
    );
    fixture
        .import("icd10cm-order-2025.txt", &files::icd10cm())
        .unwrap();
    fixture.import("25CLABQ2.csv", &files::clfs()).unwrap();
    let message = show("K92.3");
    let expected =
        "no document on K92.3 (ICD-10-CM); nearest: K92.2 Invented hemorrhage, unspecified, ";
    assert!(message.starts_with(expected), "{message}");
    let message = show("80048");
    assert!(message.contains("nearest: 80047 In CMS CLFS"), "{message}");
}

#[test]
fn set_of_one_row_has_one_row() {
    let fixture = StoreFixture::new();
    let mue = String::from_utf8(files::mue()).unwrap();
    let one = mue.replace(
        "0001U,1,2 Date of Service Edit: Policy,Code Descriptor\r\n",
        "",
    );
    fixture.write_file("mue-2026q1.csv", one.as_bytes());
    let imported = stdout(&fixture, &["import", "mue-2026q1.csv"]);
    // Only the header says which table it is.
    let expected = "ncci-mue-practitioner-2026-q1: ";
    assert!(imported.starts_with(expected), "{imported}");
    assert!(imported.contains(", 1 row\n"), "{imported}");
    assert!(stdout(&fixture, &["sets"]).contains("  1 row, imported"));
}

#[test]
fn claim_of_two_codes_shows_their_edit() {
    let fixture = with_all_sets();
    let out = stdout(&fixture, &["search", "83950, 86294"]);
    assert!(out.contains("83950 — 86294 — "), "{out}");
    assert!(!stdout(&fixture, &["search", "83950, 0001U"]).contains("83950 > Coding"));
}
