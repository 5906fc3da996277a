//! Each reader reads a valid file completely.

use codeleaf::codesets::{SetKind, SetRow};

use super::{StoreFixture, files};

fn fields(row: &SetRow) -> Vec<String> {
    row.fields().into_iter().map(|(_, text)| text).collect()
}

fn get(fixture: &StoreFixture, kind: SetKind, key: &str) -> Vec<String> {
    let sets = fixture.store.open_sets();
    let row = sets.in_force(kind).unwrap().get(key).unwrap();
    fields(&row.unwrap_or_else(|| panic!("no {key}")))
}

#[test]
fn every_kind_is_detected_and_round_trips() {
    for (kind, name, bytes) in files::all() {
        let fixture = StoreFixture::new();
        let imported = fixture.import(name, &bytes).unwrap();
        assert_eq!(imported.header.kind, kind);
        let sets = fixture.store.open_sets();
        let set = sets.in_force(kind).unwrap();
        assert_eq!(set.header(), &imported.header);
        let rows: Vec<SetRow> = set.rows().map(Result::unwrap).collect();
        assert_eq!(rows.len() as u64, imported.header.rows);
        let keys: Vec<String> = rows.iter().map(SetRow::key).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        for row in &rows {
            assert_eq!(set.get(&row.key()).unwrap().as_ref(), Some(row));
        }
        assert!(imported.header.edition.stated, "{name}");
        assert!(imported.header.files[0].sha256.len() == 64);
    }
}

#[test]
fn edition_comes_from_file_content_or_name() {
    let names = [
        "icd10cm-2025",
        "icd10cm-tabular-2026-04",
        "hcpcs-2026-01",
        "clfs-2025-q2",
        "pfs-2025-10",
        "nucc-25.1",
        "ncci-mue-practitioner-2024-07-01",
        "ncci-ptp-practitioner-v302r0",
        "pos-2025",
    ];
    for ((_, name, bytes), expected) in files::all().into_iter().zip(names) {
        let fixture = StoreFixture::new();
        assert_eq!(
            fixture.import(name, &bytes).unwrap().header.name(),
            expected
        );
    }
}

#[test]
fn file_without_edition_is_named_by_its_digest() {
    let fixture = StoreFixture::new();
    let imported = fixture.import("order.txt", &files::icd10cm()).unwrap();
    let digest = &imported.header.files[0].sha256[..8];
    let name = imported.header.name();
    assert_eq!(name, format!("icd10cm-unknown-{digest}"));
    assert!(imported.header.title().contains("unknown edition"));
    assert!(!imported.header.edition.stated);
}

#[test]
fn icd10cm_row_has_billable_flag_and_two_descriptions() {
    let fixture = StoreFixture::new();
    fixture
        .import("icd10cm-order-2025.txt", &files::icd10cm())
        .unwrap();
    let long = files::ICD10CM_ROWS[12].2;
    assert_eq!(
        get(&fixture, SetKind::Icd10cm, "Z998"),
        ["Z998", "yes", long[..60].trim_end(), long]
    );
    assert_eq!(get(&fixture, SetKind::Icd10cm, "K92")[1], "no");
}

#[test]
fn icd10cm_may_end_with_chapter_22_or_21() {
    let mut rows = files::ICD10CM_ROWS.to_vec();
    for chapter_22 in [("U09", 0, "Invented condition"), ("U099", 1, "Unspecified")] {
        rows.push(chapter_22);
    }
    for (count, key) in [(13, "Z998"), (15, "U099")] {
        let fixture = StoreFixture::new();
        let bytes = files::icd10cm_from_rows(&rows[..count]);
        fixture.import("icd10cm-order-2025.txt", &bytes).unwrap();
        assert_eq!(get(&fixture, SetKind::Icd10cm, key)[0], key);
    }
}

#[test]
fn hcpcs_joins_continuation_records_at_both_widths() {
    for width in [293, 320] {
        let fixture = StoreFixture::new();
        fixture
            .import("HCPC2026_JAN_ANWEB.txt", &files::hcpcs(width))
            .unwrap();
        assert_eq!(
            get(&fixture, SetKind::Hcpcs, "G0439"),
            [
                "G0439",
                "Invented visit, includes a plan of café visits",
                "Short words",
                "C",
                "2010-01-01",
                "2020-01-01",
                "",
                "N"
            ]
        );
        assert_eq!(
            get(&fixture, SetKind::Hcpcs, "-GA")[1],
            "Invented waiver, individual case"
        );
        assert_eq!(get(&fixture, SetKind::Hcpcs, "G0103")[6], "2025-12-31");
    }
}

#[test]
fn hcpcs_in_utf_8_counts_columns_in_characters_or_bytes() {
    let latin = files::hcpcs(293);
    let text: String = latin.iter().map(|byte| char::from(*byte)).collect();
    // Counted in bytes, the two-byte letter takes the place of the space before the next column.
    let in_bytes = text.replace("café visits ", "café visits");
    for text in [text, in_bytes] {
        let fixture = StoreFixture::new();
        fixture
            .import("HCPC2026_JAN_ANWEB.txt", text.as_bytes())
            .unwrap();
        assert!(get(&fixture, SetKind::Hcpcs, "G0439")[1].ends_with("plan of café visits"));
    }
}

#[test]
fn hcpcs_csv_reads_columns_by_header() {
    let fixture = StoreFixture::new();
    fixture
        .import("HCPC2026_JAN_ANWEB.csv", &files::hcpcs_csv())
        .unwrap();
    assert_eq!(
        get(&fixture, SetKind::Hcpcs, "-GA")[1],
        "Invented waiver, individual case"
    );
    assert_eq!(
        get(&fixture, SetKind::Hcpcs, "G0439")[1],
        "Invented visit, 5\" wide"
    );
    assert_eq!(
        get(&fixture, SetKind::Hcpcs, "V5364")[6..],
        ["2025-12-31", "D"]
    );
}

#[test]
fn clfs_rates_are_exact_and_descriptors_are_not_kept() {
    let fixture = StoreFixture::new();
    let imported = fixture.import("25CLABQ2.csv", &files::clfs()).unwrap();
    let row = |key| get(&fixture, SetKind::Clfs, key).join("|");
    assert_eq!(row("83950"), "83950||6441|2025-01-01|N|2025");
    assert_eq!(row("80047"), "80047||1370|2025-01-01|N|2025");
    assert_eq!(row("80047-QW"), "80047|QW|1373|2025-04-01|N|2025");
    assert_eq!(row("G0103"), "G0103||1900|2025-01-01|L|2025");
    assert_eq!(imported.header.as_of().to_string(), "2025-04-01");
    let (_, bytes) = &fixture.stored_files()[0];
    assert!(!String::from_utf8_lossy(bytes).contains("Owner's words"));
}

#[test]
fn pfs_is_read_from_both_layouts_without_descriptors() {
    let mut sets = Vec::new();
    for (name, bytes) in [
        ("PPRRVU25_OCT.csv", files::pfs()),
        ("PPRRVU25_OCT.txt", files::pfs_fixed_width()),
    ] {
        let fixture = StoreFixture::new();
        let imported = fixture.import(name, &bytes).unwrap();
        assert_eq!(imported.header.name(), "pfs-2025-10");
        assert_eq!(
            imported.header.edition.as_of(SetKind::Pfs).to_string(),
            "2025-10"
        );
        let knee = get(&fixture, SetKind::Pfs, "27447").join("|");
        assert_eq!(
            knee,
            "27447||A|19.60|15.30|yes|15.30|no|3.98|38.88|38.88|0|090|0.10|0.69|0.21|2|1|2|1|0||32.3465"
        );
        assert_eq!(get(&fixture, SetKind::Pfs, "71046-TC")[9], "0.70");
        let (_, stored) = &fixture.stored_files()[0];
        assert!(!String::from_utf8_lossy(stored).contains("Owner's words"));
        let set = fixture.store.open_sets();
        let rows = set.in_force(SetKind::Pfs).unwrap().rows();
        sets.push(rows.map(Result::unwrap).collect::<Vec<_>>());
    }
    assert_eq!(sets[0], sets[1]);
}

#[test]
fn quoted_fields_may_span_lines() {
    let fixture = StoreFixture::new();
    fixture
        .import("nucc_taxonomy_251.csv", &files::nucc())
        .unwrap();
    let row = get(&fixture, SetKind::Nucc, "9990P0000X");
    assert_eq!(row[5], "With a line break — inside.");
    assert_eq!(
        get(&fixture, SetKind::Nucc, "999L00000X")[5],
        "With a comma, and \"quotes\"."
    );
    let fixture = StoreFixture::new();
    fixture.import("mue.csv", &files::mue()).unwrap();
    assert_eq!(
        get(&fixture, SetKind::NcciMue, "83950"),
        [
            "83950",
            "1",
            "2 Date of Service Edit: Policy",
            "Nature of Analyte"
        ]
    );
}

#[test]
fn control_characters_are_not_stored() {
    let fixture = StoreFixture::new();
    let text = String::from_utf8(files::places()).unwrap();
    let text = text.replace("Invented Office", "Invented\u{1b}[31m \u{202e}Office");
    fixture.import("places-2025.csv", text.as_bytes()).unwrap();
    assert_eq!(
        get(&fixture, SetKind::PlaceOfService, "11")[2],
        "Invented[31m Office"
    );
}

#[test]
fn large_ptp_set_finds_pairs_by_either_code() {
    let fixture = StoreFixture::new();
    let mut rows = Vec::new();
    for first in 0..2000_u32 {
        for second in 0..100_u32 {
            // Neither file order nor key order.
            let (first, second) = (99_999 - first * 7, 10_000 + (second * 37) % 100);
            rows.push(format!(
                "{first:05}\t{second:05}\t\t20180701\t*\t1\tInvented reason, long enough to fill runs"
            ));
        }
    }
    let imported = fixture
        .import("ccipra-v302r0-f1.txt", &files::ptp_from_rows(&rows))
        .unwrap();
    assert_eq!(imported.header.rows, 200_000);
    let sets = fixture.store.open_sets();
    let set = sets.in_force(SetKind::NcciPtp).unwrap();
    assert_eq!(set.rows_with_prefix("99999").unwrap().len(), 100);
    let second = set.rows_with_prefix("10042").unwrap();
    assert_eq!(second.len(), 2000);
    assert!(second.iter().all(|row| fields(row)[1] == "10042"));
    assert_eq!(set.rows().map(Result::unwrap).count(), 200_000);
    let codes: Vec<String> = set.codes().collect();
    let second = (10_000..10_100).map(|code| format!("{code:05}"));
    let first = (0..2000).rev().map(|n| format!("{:05}", 99_999 - n * 7));
    assert_eq!(codes, second.chain(first).collect::<Vec<_>>());
}
