//! The published files, if `CODELEAF_DATA` names a folder that has them.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use codeleaf::codesets::{SetKind, SetRow};
use codeleaf::content::{CodeId, CodeSystem};
use codeleaf::library::Library;

use super::StoreFixture;

/// File, the beginning of its set's name, rows.
const FILES: [(&str, &str, u64); 9] = [
    ("icd10cm-order-2025.txt", "icd10cm-2025", 97_584),
    (
        "icd10cm-tabular-April-1-2026.xml",
        "icd10cm-tabular-2026-04",
        47_200,
    ),
    ("hcpcs-2019-anweb.txt", "hcpcs-2019", 6_800),
    ("clfs-2025-q2.csv", "clfs-2025-q2", 2_105),
    ("pprrvu-2025-oct.csv", "pfs-2025-10", 19_090),
    ("place-of-service.csv", "pos-unknown-", 52),
    ("nucc-format-sample.csv", "nucc-unknown-", 2),
    (
        "ncci-mue-format-sample.csv",
        "ncci-mue-practitioner-unknown-",
        3,
    ),
    ("ncci-ptp-format-sample.txt", "ncci-ptp-unknown-", 3),
];

pub fn data_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CODELEAF_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: CODELEAF_DATA does not name a folder of published files");
    }
    folder
}

fn import_files(fixture: &StoreFixture, folder: &std::path::Path) {
    for (file, name, rows) in FILES {
        let started = Instant::now();
        let imported = fixture.import_as(None, &folder.join(file), None).unwrap();
        println!("{file}: {rows} rows in {:?}", started.elapsed());
        let set = imported.header.name();
        assert!(set.starts_with(name), "{set}");
        assert_eq!(imported.header.rows, rows, "{file}");
    }
}

#[test]
fn published_files_import_completely() {
    let Some(folder) = data_folder() else { return };
    let fixture = StoreFixture::new();
    import_files(&fixture, &folder);
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    let started = Instant::now();
    let sets = fixture.store.open_sets();
    let count = sets.all().len();
    println!("{count} sets opened in {:?}", started.elapsed());
    for (kind, system, value, title) in [
        (
            SetKind::Icd10cm,
            CodeSystem::Icd10cm,
            "k922",
            "Gastrointestinal hemorrhage, unspecified",
        ),
        (
            SetKind::Icd10cm,
            CodeSystem::Icd10cm,
            "Z85.3",
            "Personal history of malignant neoplasm of breast",
        ),
        (
            SetKind::Hcpcs,
            CodeSystem::Hcpcs,
            "V5363",
            "Language screening",
        ),
    ] {
        assert!(sets.in_force(kind).is_some());
        let code = CodeId::new(system, value).unwrap();
        assert_eq!(library.document(&code).unwrap().title, title);
    }
    for set in sets.all() {
        let started = Instant::now();
        let mut found = 0;
        for row in set.rows().step_by(100) {
            found += u64::from(set.get(&row.unwrap().key()).unwrap().is_some());
        }
        assert_eq!(found, set.header().rows.div_ceil(100));
        println!("{found} lookups in {:?}", started.elapsed());
    }
    let children = sets
        .in_force(SetKind::Icd10cm)
        .unwrap()
        .children("C50")
        .unwrap();
    let children: Vec<String> = children.iter().map(SetRow::key).collect();
    assert_eq!(children.first().map(String::as_str), Some("C500"));
    assert!(children.iter().all(|code| code.len() == 4), "{children:?}");
}

#[test]
fn damaged_published_files_are_rejected() {
    let Some(folder) = data_folder() else { return };
    let fixture = StoreFixture::new();
    for (file, name, _) in FILES {
        let bytes = fs::read(folder.join(file)).unwrap();
        let mut kinds = SetKind::ALL.into_iter();
        let kind = kinds.find(|kind| name.starts_with(kind.id())).unwrap();
        // Cut in the middle of a line, near the start, the middle and the end.
        for part in [10, 50, 90, 99] {
            let mut end = bytes.len() * part / 100;
            while bytes[end - 1] == b'\n' {
                end -= 1;
            }
            let path = fixture.write_file(file, &bytes[..end]);
            let error = fixture.import_as(Some(kind), &path, None).unwrap_err();
            println!("{error}");
            assert_eq!(fixture.stored_files(), []);
        }
        // The last row twice.
        let row = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .next_back()
            .unwrap();
        let path = fixture.write_file(file, &[&bytes, row].concat());
        let error = fixture.import_as(None, &path, None);
        if file != "nucc-format-sample.csv" {
            println!("{}", error.unwrap_err());
            assert_eq!(fixture.stored_files(), []);
        }
    }
}
