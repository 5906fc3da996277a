//! Which edition answers on a date of service, and what is said of codes that only another one has.

use codeleaf::codesets::{ImportError, ImportRequest, ImportedSets, SetKind, open_groups};
use codeleaf::content::{CodeId, Date, Status};
use codeleaf::library::Library;

use super::commands::{decode_output, run};
use super::{StoreFixture, files};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Imports an order file in which A00.0 has a description, or is missing if the description is empty.
fn import_icd10cm(fixture: &StoreFixture, name: &str, a000: &'static str) {
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows[1].2 = a000;
    rows.retain(|row| !row.2.is_empty());
    fixture
        .import(name, &files::icd10cm_from_rows(&rows))
        .unwrap();
}

fn in_force(sets: ImportedSets, kind: SetKind, day: &str) -> String {
    let sets = sets.for_date(date(day));
    sets.in_force(kind).unwrap().header().edition.name.clone()
}

#[test]
fn edition_in_force_is_the_last_that_has_begun() {
    let fixture = StoreFixture::new();
    // A month is not later than a year: fiscal year 2026 begins in October 2025.
    for name in ["2026", "April-2025", "2025", "April-1-2026"] {
        import_icd10cm(&fixture, &format!("icd10cm-order-{name}.txt"), "Fever");
    }
    for (day, edition) in [
        ("2020-01-01", "2025"),
        ("2024-10-01", "2025"),
        ("2025-03-31", "2025"),
        ("2025-04-01", "2025-04"),
        ("2025-09-30", "2025-04"),
        ("2025-10-01", "2026"),
        ("2026-03-31", "2026"),
        ("2026-04-01", "2026-04"),
        ("2030-01-01", "2026-04"),
    ] {
        let sets = fixture.store.open_sets();
        assert_eq!(in_force(sets, SetKind::Icd10cm, day), edition, "{day}");
    }
    let latest = fixture.store.open_sets();
    let latest = latest.in_force(SetKind::Icd10cm).unwrap();
    assert_eq!(latest.header().edition.name, "2026-04");
}

#[test]
fn quarters_and_half_years_are_in_force_from_their_first_day() {
    let fixture = StoreFixture::new();
    for name in ["HCPC2026_JAN_ANWEB.txt", "HCPC2025_OCT_ANWEB.txt"] {
        fixture.import(name, &files::hcpcs(293)).unwrap();
    }
    for name in ["nucc_taxonomy_251.csv", "nucc_taxonomy_250.csv"] {
        fixture.import(name, &files::nucc()).unwrap();
    }
    for (kind, day, edition) in [
        (SetKind::Hcpcs, "2025-12-31", "2025-10"),
        (SetKind::Hcpcs, "2026-01-01", "2026-01"),
        (SetKind::Nucc, "2025-06-30", "25.0"),
        (SetKind::Nucc, "2025-07-01", "25.1"),
    ] {
        assert_eq!(in_force(fixture.store.open_sets(), kind, day), edition);
    }
}

#[test]
fn edition_without_a_day_answers_only_alone() {
    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "order.txt", "Fever");
    let alone = in_force(fixture.store.open_sets(), SetKind::Icd10cm, "2025-01-01");
    assert!(alone.starts_with("unknown-"), "{alone}");
    import_icd10cm(&fixture, "icd10cm-order-2027.txt", "Other fever");
    let known = in_force(fixture.store.open_sets(), SetKind::Icd10cm, "2025-01-01");
    assert_eq!(known, "2027");
}

/// Returns status, header edition and remark of A00.0 on a date of service.
fn a000(fixture: &StoreFixture, day: &str) -> (Status, String, String) {
    let sets = fixture.store.open_sets().for_date(date(day));
    let library = Library::built_in().with_sets(sets);
    let code: CodeId = "icd10cm:A00.0".parse().unwrap();
    let document = library.document(&code).unwrap();
    let row = document.rows().next().unwrap().2;
    let text = row.cells[0].value.as_text().unwrap().to_owned();
    (document.status, document.edition.clone().unwrap(), text)
}

#[test]
fn code_that_only_another_edition_has_says_so() {
    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "icd10cm-order-2024.txt", "Fever");
    import_icd10cm(&fixture, "icd10cm-order-2025.txt", "");
    let text = |text: &str| text.to_owned();
    let deleted = "Valid until 2024-09-30; deleted in 2025.";
    let answer = a000(&fixture, "2025-01-15");
    assert_eq!(answer, (Status::Deleted, text("2024"), text(deleted)));
    let answer = a000(&fixture, "2024-09-30");
    assert_eq!(answer, (Status::Active, text("2024"), text("Fever")));

    // Two years lie between the editions, so the last day is not known.
    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "icd10cm-order-2022.txt", "Fever");
    import_icd10cm(&fixture, "icd10cm-order-2025.txt", "");
    let answer = a000(&fixture, "2025-01-15");
    assert_eq!(
        answer,
        (Status::Deleted, text("2022"), text("In 2022, not in 2025."))
    );

    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "icd10cm-order-2024.txt", "");
    import_icd10cm(&fixture, "icd10cm-order-2025.txt", "Fever");
    let later = "Valid from 2024-10-01; not in edition 2024.";
    let answer = a000(&fixture, "2024-01-15");
    assert_eq!(answer, (Status::Active, text("2025"), text(later)));
}

#[test]
fn edition_outside_its_days_says_so() {
    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "icd10cm-order-2025.txt", "Fever");
    assert_eq!(a000(&fixture, "2024-10-01").2, "Fever");
    assert_eq!(a000(&fixture, "2025-09-30").2, "Fever");
    assert_eq!(
        a000(&fixture, "2025-10-01").2,
        "Outdated on 2025-10-01: edition 2025 was in force until 2025-09-30. Import a later one."
    );
    assert_eq!(
        a000(&fixture, "2024-09-30").2,
        "No imported edition is in force on 2024-09-30; edition 2025 is the next one."
    );
}

#[test]
fn date_of_service_comes_from_the_option_or_the_variable() {
    let fixture = StoreFixture::new();
    import_icd10cm(&fixture, "icd10cm-order-2025.txt", "Old fever");
    import_icd10cm(&fixture, "icd10cm-order-2026.txt", "New fever");
    let show = |arguments: &[&str], variable: Option<&str>| {
        let arguments = [&["show", "icd10cm:A00.0"], arguments].concat();
        decode_output(&run(&fixture, &arguments, &[("CODELEAF_AS_OF", variable)]))
    };
    let (_, out, _) = show(&["--as-of", "2025-09-30"], None);
    assert!(out.starts_with("A00.0  Old fever\n"), "{out}");
    assert!(
        out.contains("ICD-10-CM, edition 2025, in force from 2024-10-01\n"),
        "{out}"
    );
    let (_, out, _) = show(&["--as-of=10/1/2025"], Some("2025-09-30"));
    assert!(out.starts_with("A00.0  New fever\n"), "{out}");
    let (_, out, _) = show(&[], Some("2025-09-30"));
    assert!(out.starts_with("A00.0  Old fever\n"), "{out}");
    let (status, _, err) = show(&[], Some("soon"));
    let expected = "codeleaf: CODELEAF_AS_OF: `soon` is not a day; write 2026-04-01 or 4/1/2026\n";
    assert_eq!((status, err.as_str()), (2, expected));
}

#[test]
fn header_names_the_table_if_the_file_name_does_not() {
    let fixture = StoreFixture::new();
    for (column, name) in [
        ("Practitioner Services MUE Values", "practitioner"),
        ("Outpatient Hospital Services MUE Values", "hospital"),
        ("DME Supplier Services MUE Values", "supplier"),
        ("MUE Values", ""),
    ] {
        let header = format!("HCPCS/CPT Code,{column},MUE Adjudication Indicator,MUE Rationale");
        let file = format!("{header}\n83950,2,3 Date of Service Edit: Clinical,x\n");
        let imported = fixture.import("mue-07-01-2026.csv", file.as_bytes());
        let edition = imported.unwrap().header.edition.name;
        let table = edition.trim_end_matches("2026-07-01").trim_end_matches('-');
        assert_eq!(table, name, "{column}");
    }
}

#[test]
fn other_content_replaces_an_edition_only_on_request() {
    let fixture = StoreFixture::new();
    let name = "icd10cm-order-2026.txt";
    import_icd10cm(&fixture, name, "Fever of October");
    let before = fixture.stored_files();
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows[1].2 = "Fever of April";
    let path = fixture.write_file(name, &files::icd10cm_from_rows(&rows));
    let groups = open_groups(None, std::slice::from_ref(&path)).unwrap();
    let mut request = ImportRequest {
        edition: None,
        replace: false,
        today: date("2026-04-02"),
    };
    let error = fixture
        .store
        .import(&groups[0], &request, &mut |_| ())
        .unwrap_err();
    assert!(matches!(error, ImportError::WouldReplace { .. }));
    assert_eq!(fixture.stored_files(), before);
    let (status, _, err) = decode_output(&run(&fixture, &["import", name], &[]));
    assert_eq!(status, 2);
    assert_eq!(
        err,
        "icd10cm-2026 was imported on 2026-11-23 and has other content than \
         icd10cm-order-2026.txt; give it a name of its own with --edition NAME, or replace the set \
         with --replace\nthe store is unchanged\n"
    );
    let (status, out, _) = decode_output(&run(&fixture, &["import", name, "--replace"], &[]));
    assert_eq!(status, 0);
    assert!(out.contains("replaces the import of 2026-11-23"), "{out}");
    // The same content needs no request.
    assert!(
        fixture
            .store
            .import(&groups[0], &request, &mut |_| ())
            .is_ok()
    );
    request.edition = Some(codeleaf::codesets::Edition::from_name("2026-04").unwrap());
    assert!(
        fixture
            .store
            .import(&groups[0], &request, &mut |_| ())
            .is_ok()
    );
    assert_eq!(fixture.store.open_sets().all().len(), 2);
}
