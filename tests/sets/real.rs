//! The published files, if `CODELEAF_DATA` names a folder that has them.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use codeleaf::codesets::{SetKind, SetRow};
use codeleaf::content::{CodeId, CodeSystem, Row, Subject};
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
fn published_notes_are_at_each_code() {
    let Some(folder) = data_folder() else { return };
    let fixture = StoreFixture::new();
    for file in ["icd10cm-order-2025.txt", "icd10cm-tabular-April-1-2026.xml"] {
        fixture.import_as(None, &folder.join(file), None).unwrap();
    }
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    for (code, block, text, from, link) in [
        (
            "E11.9",
            "excludes1",
            "diabetes mellitus due to underlying condition (E08.-)",
            "E11",
            Some("E08"),
        ),
        (
            "E11.9",
            "useAdditionalCode",
            "insulin (Z79.4)",
            "E11",
            Some("Z79.4"),
        ),
        ("E11.9", "includes", "diabetes NOS", "E11", None),
        ("I63.9", "inclusionTerm", "Stroke NOS", "this code", None),
        ("S72.001A", "sevenChrDef", "S: sequela", "S72", None),
        (
            "S72.001A",
            "excludes2",
            "frostbite (T33-T34)",
            "section S70-S79",
            Some("T33"),
        ),
        // The other end of the range.
        (
            "S72.001A",
            "excludes2",
            "… T34 Frostbite with tissue necrosis",
            "section S70-S79",
            Some("T34"),
        ),
    ] {
        let code = CodeId::new(CodeSystem::Icd10cm, code).unwrap();
        let document = library.document(&code).unwrap();
        let mut rows = document.rows().filter(|(_, of, _)| of.id.0 == block);
        let cell =
            |row: &Row, index: usize| row.cells[index].value.as_text() == Some([text, from][index]);
        let found = rows.find(|(_, _, row)| cell(row, 0) && cell(row, 1));
        let (_, _, row) = found.unwrap_or_else(|| panic!("{code}: {text}"));
        let linked = match &row.subject {
            Subject::Code(code) => Some(code.value()),
            _ => None,
        };
        assert_eq!(linked, link, "{code}: {text}");
    }
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

/// The columns of the relative value file that are imported, as in CMS's record layout of October
/// 2025: the column of the delimited file, and the first and last column of the fixed width.
const PFS_COLUMNS: [(usize, usize, usize); 23] = [
    (0, 1, 5),
    (1, 6, 7),
    (3, 58, 58),
    (5, 60, 65),
    (6, 67, 72),
    (7, 73, 74),
    (8, 76, 81),
    (9, 82, 83),
    (10, 85, 89),
    (11, 91, 96),
    (12, 97, 102),
    (13, 103, 103),
    (14, 104, 106),
    (15, 107, 109),
    (16, 110, 112),
    (17, 113, 115),
    (18, 116, 116),
    (19, 117, 117),
    (20, 118, 118),
    (21, 119, 119),
    (22, 120, 120),
    (23, 128, 132),
    (24, 133, 140),
];

#[test]
fn published_fee_schedule_is_the_same_in_fixed_width() {
    let Some(folder) = data_folder() else { return };
    let delimited = folder.join("pprrvu-2025-oct.csv");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(&delimited)
        .unwrap();
    let mut out =
        b"HDR 2025 National Physician Fee Schedule Relative Value File October Release\r\n"
            .to_vec();
    let records = reader.byte_records().map(Result::unwrap);
    let rows = records.skip_while(|record| &record[0] != b"HCPCS").skip(1);
    for record in rows {
        let mut line = [b' '; 200];
        for (column, from, to) in PFS_COLUMNS {
            let text = std::str::from_utf8(&record[column]).unwrap().trim();
            // The layout has `.99` for shares, and right-aligned numbers.
            let text = match column {
                15..=17 => text.strip_prefix('0').unwrap(),
                _ => text,
            };
            let width = to + 1 - from;
            let field = match text.parse::<f64>() {
                Ok(_) if width > 3 => format!("{text:>width$}"),
                _ => format!("{text:<width$}"),
            };
            line[from - 1..to].copy_from_slice(field.as_bytes());
        }
        out.extend(line);
        out.extend(b"\r\n");
    }
    let fixture = StoreFixture::new();
    let path = fixture.write_file("PPRRVU25_OCT.txt", &out);
    let rows = |path: &std::path::Path| {
        let imported = fixture.import_as(None, path, None).unwrap();
        assert_eq!(imported.header.name(), "pfs-2025-10");
        let sets = fixture.store.open_sets();
        let rows = sets.in_force(SetKind::Pfs).unwrap().rows();
        rows.map(Result::unwrap).collect::<Vec<SetRow>>()
    };
    let fixed_width = rows(&path);
    assert_eq!(fixed_width.len(), 19_090);
    let differs = |(a, b): &(SetRow, SetRow)| a != b;
    let pairs = rows(&delimited).into_iter().zip(fixed_width);
    assert_eq!(pairs.filter(differs).collect::<Vec<_>>(), []);
}
