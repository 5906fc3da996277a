//! Files of the store: round trips, several editions, and detection of damage.

use std::fs;

use codeleaf::codesets::{Change, SetFile, SetKind, SetRow, diff};
use proptest::prelude::*;

use super::{StoreFixture, files};

#[test]
fn reimport_replaces_only_the_same_edition() {
    let fixture = StoreFixture::new();
    let name = "icd10cm-order-2025.txt";
    assert_eq!(
        fixture.import(name, &files::icd10cm()).unwrap().replaced,
        None
    );
    let newer = fixture
        .import("icd10cm-order-2026.txt", &files::icd10cm())
        .unwrap();
    assert_eq!(newer.replaced, None);
    let again = fixture
        .import(name, &files::icd10cm_from_rows(&files::ICD10CM_ROWS[6..8]))
        .unwrap_err();
    assert!(again.to_string().contains("T360X1 is a header"));
    let again = fixture.import(name, &files::icd10cm()).unwrap();
    assert_eq!(again.replaced.unwrap().rows, 13);
    let sets = fixture.store.open_sets();
    let names: Vec<String> = sets.all().iter().map(|set| set.header().name()).collect();
    assert_eq!(names, ["icd10cm-2025", "icd10cm-2026"]);
    assert_eq!(
        sets.in_force(SetKind::Icd10cm).unwrap().header().name(),
        "icd10cm-2026"
    );
    assert!(
        sets.find_by_name("icd10cm").is_none(),
        "the name of a kind with two editions is ambiguous"
    );
    assert!(fixture.store.remove("icd10cm-2026").unwrap());
    assert!(!fixture.store.remove("icd10cm-2026").unwrap());
    assert!(fixture.store.open_sets().find_by_name("icd10cm").is_some());
}

#[test]
fn diff_reports_added_removed_and_changed_rows() {
    let fixture = StoreFixture::new();
    fixture
        .import("icd10cm-order-2025.txt", &files::icd10cm())
        .unwrap();
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows.remove(4);
    rows.insert(2, ("A001", 1, "Invented fever of the second kind"));
    rows[4].2 = "Other diseases, invented anew";
    fixture
        .import("icd10cm-order-2026.txt", &files::icd10cm_from_rows(&rows))
        .unwrap();
    let sets = fixture.store.open_sets();
    let changes: Vec<(char, String)> = diff(&sets.all()[0], &sets.all()[1])
        .map(|change| match change.unwrap() {
            Change::Added(row) => ('+', row.key()),
            Change::Removed(row) => ('-', row.key()),
            Change::Changed { new, .. } => ('~', new.key()),
        })
        .collect();
    let expected = [('+', "A001"), ('~', "K92"), ('-', "K920")];
    assert_eq!(changes, expected.map(|(sign, key)| (sign, key.to_owned())));
}

#[test]
fn corrupted_byte_never_yields_wrong_rows() {
    for (kind, name, bytes) in files::all() {
        let fixture = StoreFixture::new();
        fixture.import(name, &bytes).unwrap();
        let (path, sound) = fixture.stored_files().remove(0);
        let rows = |set: &SetFile| set.rows().collect::<Result<Vec<SetRow>, _>>();
        let expected = rows(&SetFile::open(&path).unwrap()).unwrap();
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x41;
            fs::write(&path, &bytes).unwrap();
            let Ok(set) = SetFile::open(&path) else {
                continue;
            };
            if let Ok(read) = rows(&set) {
                assert_eq!(read, expected, "{kind} at {at}");
            }
            for row in &expected {
                if let Ok(found) = set.get(&row.key()) {
                    assert_eq!(found.as_ref(), Some(row), "{kind} at {at}");
                }
            }
        }
    }
}

#[test]
fn truncated_or_invalid_set_is_listed_as_damaged() {
    let fixture = StoreFixture::new();
    fixture.import("places-2025.csv", &files::places()).unwrap();
    let (path, sound) = fixture.stored_files().remove(0);
    for end in 0..sound.len() {
        fs::write(&path, &sound[..end]).unwrap();
        let sets = fixture.store.open_sets();
        assert_eq!(
            (sets.all().len(), sets.damaged().len()),
            (0, 1),
            "cut at {end}"
        );
    }
    let mut longer = sound.clone();
    longer.push(0);
    fs::write(&path, &longer).unwrap();
    assert!(
        SetFile::open(&path)
            .unwrap_err()
            .to_string()
            .contains("damaged")
    );
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(
        SetFile::open(&path)
            .unwrap_err()
            .to_string()
            .contains("not a file")
    );
}

#[test]
fn set_of_another_format_asks_for_a_new_import() {
    let fixture = StoreFixture::new();
    fixture.import("places-2025.csv", &files::places()).unwrap();
    let (path, sound) = fixture.stored_files().remove(0);
    let mut format_1 = b"leafset\n\x01\0\0\0".to_vec();
    format_1.resize(4096, 7);
    let mut format_3 = sound.clone();
    format_3[8] = 3;
    for bytes in [format_1, format_3] {
        fs::write(&path, bytes).unwrap();
        let sets = fixture.store.open_sets();
        let message = &sets.damaged()[0].message;
        assert_eq!(
            message,
            "another version of codeleaf imported this set; import its file again"
        );
        let imported = fixture.import("places-2025.csv", &files::places()).unwrap();
        assert_eq!(imported.replaced, None);
        assert_eq!(fixture.store.open_sets().damaged(), []);
    }
    fs::write(&path, [b'x'; 100]).unwrap();
    assert!(
        SetFile::open(&path)
            .unwrap_err()
            .to_string()
            .contains("not a code set")
    );
}

#[test]
fn every_row_of_a_set_of_many_pages_is_found() {
    let fixture = StoreFixture::new();
    let path = fixture.write_file("icd.txt", &files::large_icd10cm());
    fixture.import_as(None, &path, Some("2025")).unwrap();
    let sets = fixture.store.open_sets();
    let set = &sets.all()[0];
    let keys: Vec<String> = set.rows().map(|row| row.unwrap().key()).collect();
    assert_eq!(keys.len(), 26_000);
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(set.get(key).unwrap().unwrap().key(), *key);
        if number % 100 == 0 {
            let rest = set.rows_from(key).unwrap().take(3);
            let rest: Vec<String> = rest.map(|row| row.unwrap().key()).collect();
            assert_eq!(rest, keys[number..(number + 3).min(keys.len())]);
            // A key between two rows finds neither, and the row after it.
            let between = format!("{key}!");
            assert!(set.get(&between).unwrap().is_none());
            let next = set.rows_from(&between).unwrap().next();
            assert_eq!(
                next.map(|row| row.unwrap().key()).as_ref(),
                keys.get(number + 1)
            );
        }
    }
    assert!(set.get("").unwrap().is_none() && set.get("~").unwrap().is_none());
}

#[test]
fn open_set_stays_readable_after_replacement() {
    let fixture = StoreFixture::new();
    let name = "icd10cm-order-2025.txt";
    fixture.import(name, &files::icd10cm()).unwrap();
    let sets = fixture.store.open_sets();
    let mut rows = files::ICD10CM_ROWS.to_vec();
    rows.remove(4);
    fixture
        .import(name, &files::icd10cm_from_rows(&rows))
        .unwrap();
    assert!(sets.all()[0].get("K920").unwrap().is_some());
    assert!(
        fixture.store.open_sets().all()[0]
            .get("K920")
            .unwrap()
            .is_none()
    );
}

#[test]
fn concurrent_imports_do_not_interfere() {
    let fixture = StoreFixture::new();
    let path = fixture.write_file("icd10cm-order-2025.txt", &files::icd10cm());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    fixture.import_as(None, &path, None).unwrap();
                    assert_eq!(fixture.store.open_sets().all()[0].rows().count(), 13);
                }
            });
        }
    });
    assert_eq!(fixture.stored_files().len(), 1, "no unfinished file stays");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_rejected_as_a_set(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let fixture = StoreFixture::new();
        let path = fixture.write_file("x.set", &bytes);
        prop_assert!(SetFile::open(&path).is_err());
    }

    #[test]
    fn importing_arbitrary_bytes_never_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        kind in 0_usize..9,
        head in 0_usize..400,
    ) {
        let fixture = StoreFixture::new();
        let (kind, name, sound) = files::all().swap_remove(kind);
        let mut mixed = sound[..head.min(sound.len())].to_vec();
        mixed.extend(&bytes);
        let path = fixture.write_file(name, &mixed);
        if fixture.import_as(Some(kind), &path, None).is_err() {
            prop_assert_eq!(fixture.stored_files(), []);
        }
    }

    #[test]
    fn text_fields_round_trip(texts in proptest::collection::vec("[ -~é—]{1,80}", 1..40)) {
        let fixture = StoreFixture::new();
        let mut out = String::from("pos_code,pos_type,pos_name,pos_description\n");
        for (code, text) in texts.iter().enumerate() {
            let text = text.replace('"', "\"\"");
            out += &format!("{code:02},,Name,\"{text}\"\n");
        }
        out += "99,,Other,Other\n";
        fixture.import("places-2025.csv", out.as_bytes()).unwrap();
        let sets = fixture.store.open_sets();
        for (code, text) in texts.iter().enumerate() {
            let row = sets.all()[0].get(&format!("{code:02}")).unwrap().unwrap();
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(&row.fields()[3].1, &words.join(" "));
        }
    }
}
