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
fn claim_of_two_codes_shows_their_edit() {
    let fixture = with_all_sets();
    let out = stdout(&fixture, &["search", "83950, 86294"]);
    assert!(out.contains("83950 — 86294 — "), "{out}");
    assert!(!stdout(&fixture, &["search", "83950, 0001U"]).contains("83950 > Coding"));
}
