//! Documents made from sets, and rows that sets add to documents.

use std::sync::Arc;

use codeleaf::content::{
    CodeId, CodeSystem, Document, ModifierCode, Row, Standing, Status, Subject, Value, Voice,
};
use codeleaf::library::{Library, ListedCode, LoadError};
use codeleaf::search::{IndexBuilder, Query};

use super::{StoreFixture, files};

fn library(fixture: &StoreFixture) -> Library {
    for (_, name, bytes) in files::all() {
        fixture.import(name, &bytes).unwrap();
    }
    Library::built_in().with_sets(fixture.store.open_sets())
}

fn open(library: &Library, code: &str) -> Arc<Document> {
    library.document(&code.parse::<CodeId>().unwrap()).unwrap()
}

fn modifier(code: &str) -> ModifierCode {
    ModifierCode::new(code).unwrap()
}

fn rows<'d>(document: &'d Document, section: &str, block: &str) -> Vec<&'d Row> {
    let found = document.rows();
    found
        .filter(|(s, b, _)| s.id.0 == section && b.id.0 == block)
        .map(|(_, _, row)| row)
        .collect()
}

fn texts(row: &Row) -> Vec<&str> {
    row.cells
        .iter()
        .filter_map(|cell| cell.value.as_text())
        .collect()
}

fn keys<'d>(document: &'d Document, section: &str, block: &str) -> Vec<&'d str> {
    rows(document, section, block)
        .iter()
        .map(|row| row.key.0.as_str())
        .collect()
}

#[test]
fn diagnosis_shows_parents_siblings_and_children() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "icd10cm:K92.2");
    assert_eq!(document.title, "Invented hemorrhage, unspecified");
    assert_eq!(document.sources[0].as_of.to_string(), "2025");
    assert_eq!(
        keys(&document, "hierarchy", "parents"),
        ["chapter 11", "section K90-K95", "K92"]
    );
    assert_eq!(keys(&document, "hierarchy", "neighbours"), ["K92.0"]);
    let children = rows(&document, "hierarchy", "children");
    assert_eq!(children[0].subject, Subject::Absence);
    let header = open(&library, "icd10cm:t36");
    // A code below a child is not a child.
    assert_eq!(keys(&header, "hierarchy", "children"), ["T36.0X1"]);
    let child = rows(&header, "hierarchy", "children")[0];
    assert_eq!(
        child.subject,
        Subject::Code("icd10cm:T36.0X1".parse().unwrap())
    );
    let below = open(&library, "icd10cm:T360X1");
    assert_eq!(
        keys(&below, "hierarchy", "children"),
        ["T36.0X1A", "T36.0X1D"]
    );
    let last = open(&library, "icd10cm:T36.0X1D");
    assert_eq!(keys(&last, "hierarchy", "parents"), ["T36", "T36.0X1"]);
    assert_eq!(keys(&last, "hierarchy", "neighbours"), ["T36.0X1A"]);
    assert!(texts(rows(&header, "summary", "facts")[1])[0].starts_with("Not billable"));
}

#[test]
fn hcpcs_code_shows_dates_and_coverage() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "hcpcs:G0103");
    assert_eq!(document.status, Status::Deleted);
    let facts: Vec<Vec<&str>> = rows(&document, "summary", "facts")
        .iter()
        .map(|r| texts(r))
        .collect();
    assert!(facts.contains(&vec!["2025-12-31"]), "{facts:?}");
    assert!(facts.contains(&vec!["Carrier judgment"]), "{facts:?}");
    let rate = rows(&document, "imported", "set-clfs");
    assert_eq!(texts(rate[0]), ["G0103", "$19.00", "2025-01-01", "local"]);
    assert!(
        document
            .notices
            .iter()
            .any(|n| n.starts_with("Fee schedules"))
    );
}

#[test]
fn imported_sets_add_rows_and_keep_the_documents_own_rows() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "cpt:83950");
    let plain = open(&Library::built_in(), "cpt:83950");
    // The rows of the document are unchanged and in order, except for the pointer to the rate.
    let mut own: Vec<&Row> = document.rows().map(|(_, _, row)| row).collect();
    let is_added = |row: &&Row| {
        row.source
            .as_ref()
            .is_some_and(|source| source.0.starts_with("set-"))
    };
    let added: Vec<&Row> = own.extract_if(.., |row| is_added(row)).collect();
    let plain: Vec<&Row> = plain.rows().map(|(_, _, row)| row).collect();
    let changed: Vec<(&&Row, &&Row)> = own.iter().zip(&plain).filter(|(a, b)| a != b).collect();
    assert_eq!(own.len(), plain.len());
    let [(disputed, _), (medicare, before)] = changed[..] else {
        panic!("{changed:?}");
    };
    assert_eq!(disputed.subject, Subject::Modifier(modifier("26")));
    let rate = |row: &Row| match &row.cells[3].value {
        Value::Unavailable(absent) => absent.short_text(),
        Value::Text(text) => text.clone(),
    };
    assert_eq!(rate(before), "– not imported");
    assert_eq!(
        rate(medicare),
        "see CLFS rate, edition 2025-q2: 83950, $64.41"
    );
    // The added rows speak in the editors' voice and cite a listed source.
    assert!(!added.is_empty());
    for row in &added {
        assert_eq!(row.voice, Voice::Editor);
        let source = document.source(row.source.as_ref().unwrap()).unwrap();
        assert!(source.title.contains("imported from"), "{}", source.title);
    }
    let rate = rows(&document, "payers", "set-clfs");
    assert_eq!(
        texts(rate[0]),
        ["83950", "$64.41", "2025-01-01", "national"]
    );
    assert_eq!(texts(rate[1]), ["83950-QW", "QW not listed on this CLFS"]);
    assert_eq!(keys(&document, "coding", "set-hcpcs"), ["GA", "QW"]);
    assert_eq!(texts(rows(&document, "coding", "set-mue")[0])[1], "1");
    let pairs = keys(&document, "coding", "set-ptp");
    assert_eq!(pairs, ["83951-83950-2022-01-01", "83950-86294-2018-07-01"]);
    // The row that states the absence comes directly before the rows of the set.
    let coding = document
        .sections
        .iter()
        .find(|s| s.id.0 == "coding")
        .unwrap();
    let absent = rows(&document, "coding", "diagnoses");
    assert!(matches!(absent[0].cells[0].value, Value::Unavailable(_)));
    let at = |id: &str| {
        coding
            .blocks
            .iter()
            .position(|block| block.id.0 == id)
            .unwrap()
    };
    assert!(at("set-ptp") > at("related") && at("set-ptp") < at("taxonomies"));
}

#[test]
fn codes_mentioned_in_a_document_are_described() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let path = fixture.write_file(
        "own.toml",
        br#"
schema = 1
[code]
system = "cpt"
value = "80047"
title = "Invented panel"
status = "active"
effective = "unknown"
[document]
publication = "p"
revised = 2026-01-01
reviewed_by = ""
next_review = 2027-01-01
[sources.p]
title = "Invented"
short = "inv"
kind = "house"
as_of = "unknown"
[summary]
source = "p"
text = "Given for Z85.3."
[[diagnosis]]
code = "K92.2"
description = "bleeding"
relation = "mentioned"
source = "p"
[[taxonomy]]
code = "999L00000X"
name = "a lab"
source = "p"
[[place]]
code = "81"
name = "lab"
source = "p"
[notices]
cpt = "CPT copyright 2026 American Medical Association."
use = "Reference only; no guarantee of coverage or payment."
fees = "Fee schedules are not assigned by the AMA."
"#,
    );
    let (library, code) = library
        .with_file(&path)
        .unwrap_or_else(|report| panic!("{report}"));
    let document = library.document(&code).unwrap();
    assert_eq!(keys(&document, "coding", "set-icd10cm"), ["K92.2", "Z85.3"]);
    assert_eq!(keys(&document, "coding", "set-nucc"), ["999L00000X"]);
    assert_eq!(keys(&document, "overview", "set-pos"), ["81"]);
    // A row for QW replaces the remark that there is none.
    assert_eq!(
        keys(&document, "imported", "set-clfs"),
        ["80047", "80047-QW"]
    );
}

#[test]
fn unknown_code_is_an_error_and_set_codes_are_not_listed() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let code = |text: &str| text.parse::<CodeId>().unwrap();
    assert!(library.contains(&code("cpt:83950")) && library.contains(&code("icd10cm:K92.2")));
    for unknown in ["icd10cm:K92.9", "hcpcs:A9999", "cpt:80048"] {
        assert!(!library.contains(&code(unknown)), "{unknown}");
        let error = library.document(&code(unknown)).unwrap_err();
        assert!(matches!(error, LoadError::Unknown(_)));
    }
    assert_eq!(library.entries().len(), Library::built_in().entries().len());
    assert_eq!(library.sets().all().len(), 9);
}

#[test]
fn document_opens_with_a_note_about_a_damaged_set() {
    let fixture = StoreFixture::new();
    drop(library(&fixture));
    for (path, mut bytes) in fixture.stored_files() {
        // In the first row, which opening does not read.
        bytes[100] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    let document = open(&library, "cpt:83950");
    let note = texts(rows(&document, "payers", "set-clfs")[0])[0].to_owned();
    assert!(note.contains("the set is damaged"), "{note}");
    let code: CodeId = "icd10cm:K92.2".parse().unwrap();
    assert!(matches!(library.document(&code), Err(LoadError::Broken(_))));
    for (path, bytes) in fixture.stored_files() {
        std::fs::write(path, &bytes[..50]).unwrap();
    }
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    assert_eq!(library.broken().len(), 9);
    assert!(library.broken()[0].report.contains("the set is damaged"));
}

#[test]
fn tables_of_one_edition_stand_beside_each_other() {
    let fixture = StoreFixture::new();
    let table = |setting: &str, code: &str| {
        format!(
            "HCPCS/CPT Code,{setting} Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n{code},2,3 Date of Service Edit: Clinical,x\n"
        )
    };
    for (setting, code) in [
        ("DME Supplier", "A4206"),
        ("Practitioner", "83950"),
        ("Outpatient Hospital", "83950"),
    ] {
        let name = format!("MCR_MUE_{setting}_Eff_07-01-2026.csv");
        fixture
            .import(&name, table(setting, code).as_bytes())
            .unwrap();
    }
    let pair = ["83950\t86294\t\t20180701\t*\t1\tx".to_owned()];
    for name in ["ccipra-v322r0-f1.txt", "ccioph-v322r0-f1.txt"] {
        fixture.import(name, &files::ptp_from_rows(&pair)).unwrap();
    }
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    let document = open(&library, "cpt:83950");
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let blocks = blocks.filter(|block| block.id.0.starts_with("set-"));
    let titles: Vec<&str> = blocks.filter_map(|block| block.title.as_deref()).collect();
    assert_eq!(
        titles,
        [
            "Not paid together (NCCI PTP), practitioner, edition v322r0",
            "Not paid together (NCCI PTP), outpatient hospital, edition v322r0",
            "Most units a day (NCCI MUE), practitioner, edition 2026-07-01",
            "Most units a day (NCCI MUE), outpatient hospital, edition 2026-07-01",
        ]
    );
    assert_eq!(keys(&document, "coding", "set-mue"), ["83950"]);
    assert_eq!(keys(&document, "coding", "set-mue-hospital"), ["83950"]);
}

/// Returns the answer and the reason of each rule on a modifier.
fn rules(document: &Document, section: &str) -> Vec<String> {
    let rows = rows(document, section, "set-pfs-modifiers");
    let rule = |row: &&Row| {
        let texts = texts(row);
        let reason = texts[2]
            .split(": ")
            .next()
            .unwrap()
            .trim_start_matches("PFS 2025-10, ");
        format!("{} {}, {reason}", texts[0], texts[1])
    };
    rows.iter().map(rule).collect()
}

#[test]
fn medicare_indicators_answer_for_modifiers() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let knee = rules(&open(&library, "cpt:27447"), "imported");
    for rule in [
        "26 not applicable, PC/TC indicator 0",
        "50 allowed, Bilateral indicator 1",
        "51 allowed, Multiple procedure indicator 2",
        "62 allowed with documentation, Co-surgeons indicator 1",
        "66 not allowed, Team surgery indicator 0",
        "80 allowed, Assistant at surgery indicator 2",
        "AS allowed, Assistant at surgery indicator 2",
        "54 allowed, Global days indicator 090",
        "57 by policy, Global days indicator 090",
    ] {
        assert!(knee.iter().any(|known| known == rule), "{rule}: {knee:#?}");
    }
    let chest = open(&library, "cpt:71046");
    assert_eq!(
        rules(&chest, "imported")[..2],
        [
            "26 allowed, PC/TC indicator 1",
            "TC allowed, PC/TC indicator 1"
        ]
    );
    // A lab test has no global period: nothing is said on modifiers of visits and later operations.
    let lab = rules(&open(&library, "cpt:83950"), "coding");
    assert!(!lab.iter().any(|rule| rule.starts_with("25")), "{lab:#?}");
    assert!(
        lab.iter().all(|rule| rule.contains("not applicable")),
        "{lab:#?}"
    );
}

#[test]
fn fee_schedule_amounts_are_national_and_only_of_paid_codes() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let amounts = |code: &str, section: &str| -> Vec<String> {
        let document = open(&library, code);
        let rows = rows(&document, section, "set-pfs");
        let amounts = rows.iter().map(|row| texts(row)[..4].join(" | "));
        amounts.collect()
    };
    // 1.01 and 0.31 and 0.70 units, at $32.3465.
    assert_eq!(
        amounts("cpt:71046", "imported"),
        [
            "71046 | $32.67 | $32.67 | 1.01 / 1.01",
            "71046-26 | $10.03 | $10.03 | 0.31 / 0.31",
            "71046-TC | $22.64 | $22.64 | 0.70 / 0.70",
        ]
    );
    assert_eq!(
        amounts("cpt:99213", "imported"),
        ["99213 | $88.95 | $63.72 | 2.75 / 1.97"]
    );
    let lab = amounts("cpt:83950", "payers");
    assert_eq!(lab, ["83950 | no amount | no amount | 0.00 / 0.00"]);
    let document = open(&library, "cpt:83950");
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let mut titles = blocks.filter_map(|block| block.title.as_deref());
    assert!(titles.any(|title| title.contains("before geographic adjustment")));
    for notice in ["CPT copyright", "Fee schedules"] {
        let document = open(&library, "hcpcs:G0103");
        assert!(
            document.notices.iter().any(|n| n.starts_with(notice)),
            "{notice}"
        );
    }
}

#[test]
fn claim_that_an_indicator_contradicts_is_a_stated_conflict() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "cpt:83950");
    let (path, row) = document.modifier(&modifier("26")).unwrap();
    assert_eq!(path.to_string(), "coding/modifiers/26");
    assert_eq!(row.standing, Some(Standing::Disputed));
    let disputed_by = row.disputed_by.last().unwrap();
    let source = document.source(disputed_by).unwrap();
    assert!(source.title.contains("record layout"), "{}", source.title);
    let remark = &row.remarks.last().unwrap().text;
    assert!(
        remark.starts_with("Medicare: 83950-26 not applicable. PFS 2025-10, PC/TC indicator 9: "),
        "{remark}"
    );
    assert!(remark.contains("Status X (statutory exclusion"), "{remark}");
    // The fee schedule has no indicator for modifier 90. It answers for TC, which the document does
    // not list.
    let (_, row) = document.modifier(&modifier("90")).unwrap();
    assert_eq!(row.standing, Some(Standing::Situational));
    let (path, _) = document.modifier(&modifier("TC")).unwrap();
    assert_eq!(path.block.0, "set-pfs-modifiers");
}

#[test]
fn claim_that_the_fee_schedule_contradicts_becomes_disputed() {
    let fixture = StoreFixture::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/content/cpt-83950.toml");
    let text = std::fs::read_to_string(shipped).unwrap();
    let text = text.replacen("standing = \"disputed\"", "standing = \"usual\"", 1);
    let path = fixture.write_file("own.toml", text.as_bytes());
    let standing = |library: Library| {
        let (library, code) = library.with_file(&path).unwrap();
        let document = library.document(&code).unwrap();
        document.modifier(&modifier("26")).unwrap().1.standing
    };
    assert_eq!(standing(Library::built_in()), Some(Standing::Usual));
    assert_eq!(standing(library(&fixture)), Some(Standing::Disputed));
}

#[test]
fn tabular_notes_apply_to_the_codes_below_and_name_their_origin() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "icd10cm:K92.2");
    let notes = |block: &str| -> Vec<String> {
        let rows = rows(&document, "notes", block);
        rows.iter().map(|row| texts(row).join(" | ")).collect()
    };
    assert_eq!(
        notes("inclusionTerm"),
        [
            "Gastric bleeding NOS | this code",
            "Intestinal oozing | this code"
        ]
    );
    assert_eq!(
        notes("useAdditionalCode"),
        ["code for drugs (Z85.3) | this code"]
    );
    assert_eq!(
        notes("excludes1"),
        [
            "neonatal kind (K92.2, U09) | K92",
            "… U09 Invented condition | K92"
        ]
    );
    assert_eq!(
        notes("excludes2"),
        ["invented injuries (S00-T88, Z85.3) | chapter 11"]
    );
    assert_eq!(
        notes("sevenChrDef"),
        [
            "One of these is added | K92",
            "A: first encounter < one day | K92"
        ]
    );
    assert_eq!(notes("includes"), ["invented ulcer NOS | K92"]);
    let parents = rows(&document, "hierarchy", "parents");
    let parents: Vec<String> = parents.iter().map(|row| texts(row).join(" | ")).collect();
    assert_eq!(
        parents,
        [
            "chapter 11 | Invented diseases (K00-K95)",
            "section K90-K95 | Other invented diseases (K90-K95)",
            "K92 | Other invented diseases | header",
        ]
    );
    // Codes in notes are links if the list has them.
    let subjects: Vec<&Subject> = rows(&document, "notes", "excludes1")
        .iter()
        .map(|row| &row.subject)
        .collect();
    let code = |code: &str| Subject::Code(code.parse().unwrap());
    assert_eq!(subjects, [&code("icd10cm:K92.2"), &code("icd10cm:U09")]);
    let excluded = rows(&document, "notes", "excludes2")[0];
    assert_eq!(excluded.subject, Subject::Text);
    // Inclusion terms and the code's own notes stay where they are.
    let header = open(&library, "icd10cm:K92");
    let terms = rows(&header, "notes", "inclusionTerm");
    assert_eq!(texts(terms[0]), ["Invented gut trouble", "this code"]);
    assert_eq!(keys(&header, "notes", "useAdditionalCode"), [""; 0]);
    // The other rows of the source are of the order file.
    let source = rows(&document, "notes", "excludes1")[0].source.as_ref();
    let source = document.source(source.unwrap()).unwrap();
    assert_eq!(source.as_of.to_string(), "2026-04");
}

#[test]
fn code_of_the_tabular_list_alone_has_a_page_and_is_listed_once() {
    let fixture = StoreFixture::new();
    let library = library(&fixture);
    let document = open(&library, "icd10cm:U09");
    assert_eq!(document.title, "Invented condition");
    let usage = &rows(&document, "summary", "facts")[1].cells[0].value;
    assert!(matches!(usage, Value::Unavailable(_)), "{usage:?}");
    assert_eq!(
        keys(&document, "hierarchy", "parents"),
        ["chapter 22", "section U00-U49"]
    );
    // Without a note, there is no section for notes.
    assert!(
        document
            .sections
            .iter()
            .all(|section| section.id.0 != "notes")
    );
    let listed: Vec<ListedCode> = library.codes_only_in_sets().collect();
    let find = |code: &str| {
        let mut found = listed.iter().filter(|listed| listed.code.value() == code);
        let first = found.next().unwrap();
        assert!(found.next().is_none(), "{code} is listed twice");
        first
    };
    assert_eq!(find("U09").aliases, [""; 0]);
    assert_eq!(
        find("K92").aliases,
        ["invented ulcer NOS", "Invented gut trouble"]
    );
    let bleeding = find("K92.2");
    assert_eq!(bleeding.short, "Invented hemorrhage, unspecified");
    assert_eq!(
        bleeding.aliases,
        ["Gastric bleeding NOS", "Intestinal oozing"]
    );
    let diagnoses = listed.iter().map(|listed| &listed.code);
    let diagnoses = diagnoses.filter(|code| code.system() == CodeSystem::Icd10cm);
    assert!(diagnoses.is_sorted());
}

#[test]
fn inclusion_terms_are_found_and_head_names_rank_first() {
    let fixture = StoreFixture::new();
    let index = IndexBuilder::index_library(&Arc::new(library(&fixture)));
    let first = |text: &str| {
        let results = index.search(&Query::parse(text), None, 5);
        results.hits[0].code.to_string()
    };
    assert_eq!(first("intestinal oozing"), "icd10cm:K92.2");
    assert_eq!(first("gastric bleeding"), "icd10cm:K92.2");
    assert_eq!(first("ulcer"), "icd10cm:K92");
    // The hit shows the term that matched, and where it is.
    let hit = |text: &str| {
        let mut results = index.search(&Query::parse(text), None, 5);
        let hit = results.hits.swap_remove(0);
        let highlights = hit.snippet.highlights.iter().cloned();
        let highlights = highlights.map(|range| hit.snippet.text[range].to_owned());
        let highlights = highlights.collect::<Vec<_>>().join(", ");
        (hit.reason.to_string(), hit.snippet.text.clone(), highlights)
    };
    let found = |reason: &str, text: &str, highlights: &str| {
        (reason.to_owned(), text.to_owned(), highlights.to_owned())
    };
    let title = "Invented hemorrhage, unspecified";
    assert_eq!(
        hit("intestinal oozing"),
        found(
            "inclusion terms",
            &format!("{title} — Intestinal oozing"),
            "Intestinal, oozing"
        )
    );
    assert_eq!(
        hit("ulcer"),
        found(
            "includes",
            "Other invented diseases — invented ulcer NOS",
            "ulcer"
        )
    );
    assert_eq!(
        hit("invented hemorrhage"),
        found("title", title, "Invented, hemorrhage")
    );
    for code in ["K92.2", "\"K92.2\""] {
        assert_eq!(hit(code), found("code", title, ""), "{code}");
    }
}

#[test]
fn edits_say_whether_a_modifier_bypasses_them() {
    let fixture = StoreFixture::new();
    let pairs = [
        ("11111", "0", "0: no modifier bypasses the edit"),
        ("22222", "1", "1: a modifier may bypass the edit"),
        ("33333", "9", "9: not applicable"),
    ];
    let rows_of_file =
        pairs.map(|(code, indicator, _)| format!("83950\t{code}\t\t20180701\t*\t{indicator}\tx"));
    let file = files::ptp_from_rows(&rows_of_file);
    fixture.import("ccipra-v302r0-f1.txt", &file).unwrap();
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    let document = open(&library, "cpt:83950");
    let rows = rows(&document, "coding", "set-ptp");
    let shown: Vec<[&str; 2]> = rows
        .iter()
        .map(|row| [texts(row)[1], texts(row)[2]])
        .collect();
    assert_eq!(shown, pairs.map(|(code, _, text)| [code, text]));
}

#[test]
fn modifier_53_has_a_line_or_is_priced_individually() {
    let fixture = StoreFixture::new();
    // The sums of work, expense and malpractice in the row without a modifier and in the one with 53.
    let line = "45378,,Owner's words,A,,3.26,6.44,,1.80,,0.44,10.14,5.50,0,000,0.00,0.00,0.00,2,0,1,0,0,,32.3465,09,0,99,0.00,0.00,0.00\r\n\
                45378,53,Owner's words,A,,1.63,3.22,,0.90,,0.22,5.07,2.75,0,000,0.00,0.00,0.00,2,0,1,0,0,,32.3465,09,0,99,0.00,0.00,0.00\r\n\
                71046,,";
    let file = String::from_utf8(files::pfs()).unwrap();
    let file = file.replacen("71046,,", line, 1);
    fixture.import("PPRRVU25_OCT.csv", file.as_bytes()).unwrap();
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    let rule = |code: &str, section: &str| {
        let document = open(&library, code);
        let rows = rows(&document, section, "set-pfs-modifiers");
        let row = rows.into_iter().find(|row| row.key.0 == "53")?;
        Some(texts(row)[1..3].join(": "))
    };
    assert_eq!(
        rule("cpt:45378", "imported").unwrap(),
        "allowed: PFS 2025-10, no indicator, but a line with RVUs and an amount of its own, for a \
         procedure that the physician ended early"
    );
    assert_eq!(
        rule("cpt:27447", "imported").unwrap(),
        "by policy: PFS 2025-10, no indicator and no line for it: contractors review such a claim \
         and price it individually"
    );
    assert_eq!(rule("cpt:83950", "coding"), None);
}
