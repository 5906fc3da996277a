//! Tests of the library: which documents it has, which override which, and which are broken.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use codeleaf::codesets::ImportedSets;
use codeleaf::content::{CodeId, CodeSystem, ModifierCode};
use codeleaf::library::{CatalogEntry, Library, LoadError, Origin};
use tempfile::TempDir;

/// A valid document on a CPT code.
fn document(value: &str, title: &str) -> String {
    format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{value}\"\ntitle = \"{title}\"\n\
         status = \"active\"\n[summary]\ntext = \"A text about {value}.\"\n"
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn open(folders: &[&TempDir]) -> Library {
    let folders: Vec<PathBuf> = folders.iter().map(|f| f.path().to_owned()).collect();
    Library::open(&folders)
}

fn cpt(value: &str) -> CodeId {
    CodeId::new(CodeSystem::Cpt, value).unwrap()
}

/// Returns the entries that are not on modifiers.
fn on_codes(library: &Library) -> Vec<&CatalogEntry> {
    let entries = library.entries().iter();
    let on_codes = entries.filter(|entry| entry.code.as_modifier().is_none());
    on_codes.collect()
}

fn codes(entries: &[&CatalogEntry]) -> Vec<String> {
    entries.iter().map(|entry| entry.code.to_string()).collect()
}

/// Returns the reports of broken files, without their folders.
fn broken_reports(library: &Library) -> String {
    let report = |broken: &codeleaf::library::BrokenFile| {
        let folder = format!("{}/", broken.path.parent().unwrap().display());
        broken.report.replace(&folder, "")
    };
    library
        .broken()
        .iter()
        .map(report)
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[test]
fn built_in_library_contains_83950() {
    let library = Library::built_in();
    assert!(library.broken().is_empty());
    let entry = library.entry(&cpt("83950")).unwrap();
    assert_eq!(entry.origin, Origin::BuiltIn);
    assert_eq!(entry.title, "HER2/neu serum tumor marker assay");
    let modifiers: Vec<&str> = entry.modifiers.iter().map(ModifierCode::as_str).collect();
    assert_eq!(modifiers, ["26", "90"]);
    let payers = [
        "Aetna",
        "Blue Cross Blue Shield",
        "Cigna Health",
        "UnitedHealthcare",
        "Medicare",
    ];
    assert_eq!(&*entry.payers, payers);
}

#[test]
fn later_folder_overrides_earlier_and_built_in() {
    let first = folder(&[
        ("a.toml", &document("83950", "First")),
        ("b.toml", &document("80048", "B")),
    ]);
    let second = folder(&[("c.toml", &document("83950", "Second"))]);
    let library = open(&[&first, &second]);
    let entry = library.entry(&cpt("83950")).unwrap();
    assert_eq!(entry.title, "Second");
    assert_eq!(entry.origin, Origin::File(second.path().join("c.toml")));
    assert_eq!(
        entry.shadowed,
        [Origin::File(first.path().join("a.toml")), Origin::BuiltIn]
    );
    assert_eq!(library.document(&cpt("83950")).unwrap().title, "Second");
    assert_eq!(codes(&on_codes(&library)), ["cpt:80048", "cpt:83950"]);
    // A folder that is named twice takes its last place and shadows nothing of its own.
    let library = open(&[&first, &second, &first]);
    let entry = library.entry(&cpt("83950")).unwrap();
    assert_eq!(entry.title, "First");
    assert_eq!(
        entry.shadowed,
        [Origin::File(second.path().join("c.toml")), Origin::BuiltIn]
    );
}

#[test]
fn broken_file_does_not_affect_the_others() {
    let valid = document("80048", "Valid");
    let folder = folder(&[
        ("b-broken.toml", "schema = 1\n[code\n"),
        ("c-again.toml", &document("80048", "The same code again")),
        ("a-valid.toml", &valid),
        ("d-not-a-code.toml", &document("8395", "Short")),
        (".hidden.toml", "no TOML at all"),
        ("notes.txt", "no TOML at all"),
        ("backup.toml~", "no TOML at all"),
    ]);
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(
        folder.path().join("sub/e.toml"),
        document("80050", "In a subfolder"),
    )
    .unwrap();
    symlink("a-valid.toml", folder.path().join("e-link.toml")).unwrap();
    let library = open(&[&folder]);
    assert_eq!(codes(&on_codes(&library)), ["cpt:80048", "cpt:83950"]);
    assert_eq!(library.entry(&cpt("80048")).unwrap().title, "Valid");
    let reports = broken_reports(&library).replace(&format!("{}/", folder.path().display()), "");
    insta::assert_snapshot!(reports, @r#"
    error: this heading has no closing bracket
     --> b-broken.toml:2:6
      |
    2 | [code
      |      ^
      |
      = help: write [name] or [[name]] in a line of its own

    error: c-again.toml: cpt:80048 is already described by a-valid.toml
     |
     = help: one file describes one code; remove or move one of the two

    error: `8395` is not a valid CPT code
     --> d-not-a-code.toml:4:9
      |
    4 | value = "8395"
      |         ^^^^^^
      |
      = help: CPT codes have five characters: four digits, then a digit or one of A, F, M, T, U; if leading zeros were lost, it is "08395"

    error: e-link.toml: cpt:80048 is already described by a-valid.toml
     |
     = help: one file describes one code; remove or move one of the two
    "#);
}

#[test]
fn unopenable_folders_are_reported() {
    let valid = folder(&[("a.toml", &document("80048", "Valid"))]);
    let file = valid.path().join("a.toml");
    let library = Library::open(&[valid.path().join("missing"), file, valid.path().to_owned()]);
    assert_eq!(library.code_documents(), 2);
    insta::assert_snapshot!(broken_reports(&library), @r#"
    error: missing: folder not found
     |
     = help: check the name of this content folder

    error: a.toml: this is a file, not a folder
     |
     = help: name the folder that contains it, or open the file by itself
    "#);
}

#[test]
fn unreadable_folder_is_reported() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may read every folder");
        return;
    }
    let secret = folder(&[]);
    fs::set_permissions(secret.path(), fs::Permissions::from_mode(0o000)).unwrap();
    let library = open(&[&secret]);
    fs::set_permissions(secret.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(
        library.broken()[0]
            .report
            .contains("no permission to read this folder")
    );
}

#[test]
fn single_file_overrides_every_folder() {
    let folder = folder(&[("a.toml", &document("83950", "Folder"))]);
    let single = self::folder(&[
        ("mine.toml", &document("83950", "Mine")),
        ("new.toml", &document("80048", "New")),
    ]);
    let library = open(&[&folder]);
    // Opened now, so that a stale cached copy would show.
    assert_eq!(library.document(&cpt("83950")).unwrap().title, "Folder");
    let (library, code) = library.with_file(&single.path().join("mine.toml")).unwrap();
    assert_eq!(code, cpt("83950"));
    assert_eq!(library.document(&code).unwrap().title, "Mine");
    let entry = library.entry(&code).unwrap();
    assert_eq!(
        entry.shadowed,
        [Origin::File(folder.path().join("a.toml")), Origin::BuiltIn]
    );
    let (library, code) = library.with_file(&single.path().join("new.toml")).unwrap();
    assert_eq!(library.document(&code).unwrap().title, "New");
    assert_eq!(library.code_documents(), 2);
    let report = library
        .with_file(&single.path().join("missing.toml"))
        .unwrap_err();
    assert!(report.to_string().contains("there is no such file"));
}

#[test]
fn document_is_parsed_once_and_reread_after_eviction() {
    let folder = folder(&[("a.toml", &document("80048", "Before"))]);
    for number in 0..16 {
        let name = format!("{number}.toml");
        let text = document(&format!("900{number:02}"), "Another");
        fs::write(folder.path().join(name), text).unwrap();
    }
    let library = open(&[&folder]);
    let code = cpt("80048");
    let first = library.document(&code).unwrap();
    fs::write(folder.path().join("a.toml"), document("80048", "After")).unwrap();
    assert!(Arc::ptr_eq(&first, &library.document(&code).unwrap()));
    for number in 0..16 {
        library.document(&cpt(&format!("900{number:02}"))).unwrap();
    }
    assert_eq!(library.document(&code).unwrap().title, "After");
    assert_eq!(
        library.entry(&code).unwrap().title,
        "Before",
        "the catalog does not change"
    );
    let unknown = library.document(&cpt("80050"));
    assert!(matches!(unknown, Err(LoadError::Unknown(_))));
}

#[test]
fn file_changed_after_opening_is_reported() {
    let path = |folder: &TempDir| folder.path().join("a.toml");
    let folder = folder(&[("a.toml", &document("80048", "Before"))]);
    let library = open(&[&folder]);
    fs::write(path(&folder), document("80050", "Another code")).unwrap();
    let error = library.document(&cpt("80048")).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("a.toml: this file is now about cpt:80050"),
        "{error}"
    );
    fs::remove_file(path(&folder)).unwrap();
    let error = library.document(&cpt("80048")).unwrap_err();
    assert!(
        error.to_string().contains("there is no such file"),
        "{error}"
    );
    assert!(
        library.entry(&cpt("80048")).is_some(),
        "the catalog does not change"
    );
}

fn document_in_system(system: &str, value: &str) -> String {
    document(value, "A").replace("\"cpt\"", &format!("\"{system}\""))
}

#[test]
fn lazy_library_opens_documents_without_listing_them() {
    let folder = folder(&[("cpt-80048.toml", &document("80048", "Lazy"))]);
    let folders = [folder.path().to_owned()];
    let library = Library::lazy(&folders, ImportedSets::default(), None);
    assert!(!library.is_fully_loaded());
    assert!(library.entries().is_empty());
    assert_eq!(library.first_code(), Some(cpt("80048")));
    assert_eq!(library.document(&cpt("80048")).unwrap().title, "Lazy");
    assert!(library.contains(&cpt("83950")) && !library.contains(&cpt("80050")));
}

#[test]
fn bare_value_finds_every_matching_code() {
    let folder = folder(&[
        ("a.toml", &document_in_system("hcpcs", "G0439")),
        ("b.toml", &document_in_system("icd10cm", "G04.39")),
        ("c.toml", &document_in_system("icd10cm", "K92.2")),
    ]);
    let library = open(&[&folder]);
    for (value, expected) in [
        ("83950", &["cpt:83950"][..]),
        (" 83950 ", &["cpt:83950"]),
        ("cpt:83950", &["cpt:83950"]),
        ("CPT:83950", &["cpt:83950"]),
        ("hcpcs:83950", &[]),
        ("g0439", &["hcpcs:G0439", "icd10cm:G04.39"]),
        ("G04.39", &["icd10cm:G04.39"]),
        ("icd10cm:g0439", &["icd10cm:G04.39"]),
        ("k922", &["icd10cm:K92.2"]),
        ("80048", &[]),
        ("", &[]),
        ("HER2", &[]),
    ] {
        assert_eq!(codes(&library.find(value)), expected, "{value:?}");
    }
}

#[test]
fn nearest_codes_are_ordered_by_spelling() {
    let folder = folder(&[
        ("a.toml", &document_in_system("hcpcs", "G0439")),
        ("b.toml", &document_in_system("icd10cm", "K92.2")),
        ("c.toml", &document("83951", "A")),
        ("d.toml", &document("38950", "A")),
    ]);
    let library = open(&[&folder]);
    for (values, expected) in [
        (&["cpt:83960"][..], &["cpt:83950", "cpt:83951"][..]),
        (&["cpt:83905"], &["cpt:83950", "cpt:83951"]),
        (&["cpt:83952"], &["cpt:83951", "cpt:83950"]),
        (&["hcpcs:G0438"], &["hcpcs:G0439"]),
        (&["hcpcs:K9220", "icd10cm:K92.20"], &["icd10cm:K92.2"]),
        // Codes of other systems are not suggested.
        (&["icd10cm:K92.3"], &["icd10cm:K92.2"]),
        (&["taxonomy:207R00000X"], &[]),
    ] {
        let values: Vec<CodeId> = values.iter().map(|it| it.parse().unwrap()).collect();
        let nearest = library.nearest(&values, expected.len().max(1)).into_iter();
        let nearest: Vec<String> = nearest.map(|(code, _)| code.to_string()).collect();
        assert_eq!(nearest, expected, "{values:?}");
    }
    let nearest = library.nearest(&["icd10cm:K92.3".parse().unwrap()], 9);
    assert_eq!(nearest.len(), 1);
}

#[test]
fn many_files_are_read_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { Path::join(folder.path(), name) };
    for number in 0..300 {
        let name = format!("{number:03}.toml");
        fs::write(path(&name), document(&format!("8{number:04}"), &name)).unwrap();
    }
    for number in [299, 150, 3] {
        fs::write(path(&format!("{number:03}.toml")), "broken").unwrap();
    }
    fs::write(path("zzz.toml"), document("80000", "Too late")).unwrap();
    let library = Library::open(&[folder.path().to_owned()]);
    assert_eq!(library.code_documents(), 300 - 3 + 1);
    assert_eq!(library.entry(&cpt("80000")).unwrap().title, "000.toml");
    let broken: Vec<&Path> = library
        .broken()
        .iter()
        .map(|broken| broken.path.as_path())
        .collect();
    assert_eq!(
        broken,
        [
            path("003.toml"),
            path("150.toml"),
            path("299.toml"),
            path("zzz.toml")
        ]
    );
}
