//! Tests of links to sources, and of the sources and payers that the documents of a folder share
//! (`tests/fixtures/shared`).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use codeleaf::check::{CheckFormat, CheckRequest, check};
use codeleaf::codesets::ImportedSets;
use codeleaf::content::{Document, Source};
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::loader::{IndexCache, LibraryLoader};
use codeleaf::search::Query;
use codeleaf::tty::{Capabilities, Feature};
use insta::assert_snapshot;
use tempfile::TempDir;

use crate::cache::write_backdated;
use crate::support::program::{Home, Launch};
use crate::support::reader::TestSession;
use crate::support::sequences::{OutputToken, parse_output};

const FOLDER: &str = "tests/fixtures/shared";

fn open(folder: &Path) -> Arc<Library> {
    Arc::new(Library::open(&[folder.to_owned()]))
}

fn document(library: &Library, code: &str) -> Arc<Document> {
    library.document(&code.parse().unwrap()).unwrap()
}

fn payer_names(document: &Document) -> Vec<String> {
    let payers = document.section(&codeleaf::content::SectionId("payers".to_owned()));
    let rows = payers.unwrap().1.blocks[0].rows.iter();
    rows.map(|row| row.name().to_owned()).collect()
}

/// A copy of the documents, a minute old, with a cache.
struct SharedFolder {
    _root: TempDir,
    folders: [PathBuf; 1],
    cache: IndexCache,
}

impl SharedFolder {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("content");
        fs::create_dir(&folder).unwrap();
        let copy = Self {
            cache: IndexCache::new(root.path().join("cache")),
            folders: [folder],
            _root: root,
        };
        for entry in fs::read_dir(FOLDER).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            copy.write(name, &fs::read_to_string(&path).unwrap());
        }
        copy
    }

    fn write(&self, name: &str, text: &str) {
        write_backdated(&self.folders[0].join(name), text);
    }

    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.folders[0].join(name)).unwrap();
        assert!(text.contains(from));
        self.write(name, &text.replace(from, to));
    }

    /// Opens the library, and returns the rows that a search finds, and whether files were read.
    fn search(&self, query: &str) -> (Vec<String>, bool) {
        let was_read = AtomicBool::new(false);
        let report = |_| was_read.store(true, Ordering::Relaxed);
        let loader = LibraryLoader::new(&self.folders, Some(&self.cache));
        let opened = loader.load(ImportedSets::default(), &report);
        let (_library, index) = opened.into_shared();
        let results = index.search(&Query::parse(query), None, 20);
        let hits = results.hits.iter();
        let rows = hits.map(|hit| format!("{} {}", hit.code.value(), hit.trail.join(" › ")));
        (rows.collect(), was_read.into_inner())
    }
}

#[test]
fn documents_name_shared_sources_and_payers_by_id_and_override_them() {
    let library = open(Path::new(FOLDER));
    let first = document(&library, "cpt:00001");
    assert_eq!(
        payer_names(&first),
        ["Cigna Healthcare", "Blue Cross of Maine"]
    );
    let citations: Vec<String> = first.sources.iter().map(Source::citation).collect();
    let clfs = "CMS Clinical Laboratory Fee Schedule, laboratory tests, 2026";
    assert_eq!(
        citations,
        ["Our notes, 2026-01", clfs],
        "only those that it names"
    );
    let second = document(&library, "cpt:00002");
    assert_eq!(
        payer_names(&second),
        ["Blue Cross and Blue Shield of Maine"]
    );
    let [source] = &second.sources[..] else {
        panic!()
    };
    let later = "CMS Clinical Laboratory Fee Schedule, laboratory tests, 2025-05";
    assert_eq!(source.citation(), later);
    assert_eq!(
        source.link(),
        Some("https://www.example.com/clfs?year=2026")
    );
}

#[test]
fn files_with_shared_entries_are_not_listed() {
    let library = open(Path::new(FOLDER));
    let own = library.entries().len() - Library::built_in().entries().len();
    assert_eq!(own, 3);
    let broken: Vec<_> = library
        .broken()
        .iter()
        .map(|file| file.path.clone())
        .collect();
    assert_eq!(broken, [Path::new(FOLDER).join("cpt-00004.toml")]);
}

#[test]
fn check_reports_unknown_ids_and_payers_under_another_name() {
    let library = Library::built_in();
    let report = check(CheckRequest {
        paths: &[FOLDER.into()],
        sets: library.sets(),
        is_in_library: &|code| library.contains(code),
        today: "2026-11-26".parse().ok(),
    });
    let [out, err] = report.format(CheckFormat::Text);
    assert_snapshot!(format!("{err}\n{out}"), @r#"
warning[near-duplicate-payer]: `Evernorth` is another name of the shared payer `cigna`
  --> tests/fixtures/shared/cpt-00003.toml:13:8
   |
13 | name = "Evernorth"
   |        ^^^^^^^^^^^
   |
   = help: write id = "cigna", and no name

error: unknown payer `cinga`; did you mean `cigna`?
  --> tests/fixtures/shared/cpt-00004.toml:12:6
   |
12 | id = "cinga"
   |      ^^^^^^^
   |
   = help: name a payer of payers.toml, or write name = "..." in this table

error: unknown source `clsf`; did you mean `clfs`?
  --> tests/fixtures/shared/cpt-00004.toml:16:10
   |
16 | source = "clsf"
   |          ^^^^^^
   |
   = help: name a source of sources.toml, or describe it in a table [sources.ID]

tests/fixtures/shared/cpt-00001.toml: cpt:00001 An invented test: OK
tests/fixtures/shared/cpt-00002.toml: cpt:00002 An invented test: OK
tests/fixtures/shared/cpt-00003.toml: cpt:00003 An invented test: 1 warning
tests/fixtures/shared/sources.toml: 2 sources: OK
tests/fixtures/shared/payers.toml: 2 payers: OK
6 files checked: 2 errors in 1 file, 1 warning
"#);
}

#[test]
fn search_finds_payers_by_their_other_names() {
    let folder = SharedFolder::new();
    for query in ["evernorth", "payer:evernorth", "\"The Cigna Group\""] {
        let (rows, _) = folder.search(query);
        let found = rows
            .iter()
            .any(|row| row.starts_with("00001 Payers › Cigna Healthcare"));
        assert!(found, "{query}: {rows:?}");
    }
}

#[test]
fn caches_follow_changes_of_shared_entries() {
    let folder = SharedFolder::new();
    let title = "\"Clinical Laboratory Fee Schedule\"";
    assert!(folder.search(title).1, "the first time");
    let (rows, was_read) = folder.search(title);
    assert!(!was_read && rows.len() > 1, "{rows:?}");
    folder.replace(
        "sources.toml",
        "Clinical Laboratory Fee Schedule",
        "Laboratory Amounts",
    );
    let (rows, was_read) = folder.search("\"Laboratory Amounts\"");
    assert!(was_read && rows.len() > 1, "{rows:?}");
    folder.replace("payers.toml", "Cigna Healthcare", "Cignetta");
    let loader = LibraryLoader::new(&folder.folders, Some(&folder.cache));
    let library = loader.load_library(ImportedSets::default(), &|_| ());
    let entry = library.entry(&"cpt:00001".parse().unwrap()).unwrap();
    assert_eq!(entry.payers[0], "Cignetta", "the catalog by itself");
    let (rows, was_read) = folder.search("cignetta");
    assert!(was_read && !rows.is_empty(), "{rows:?}");
    fs::remove_file(folder.folders[0].join("payers.toml")).unwrap();
    let library = open(&folder.folders[0]);
    assert!(library.document(&"cpt:00001".parse().unwrap()).is_err());
}

#[test]
fn broken_file_with_shared_entries_is_named_where_its_entries_are_missing() {
    let folder = SharedFolder::new();
    folder.write("sources.toml", "schema = 1\n[sources.ours\n");
    let library = open(&folder.folders[0]);
    let reports = library.broken().iter().map(|broken| &broken.report);
    let reports: Vec<&String> = reports.collect();
    assert_eq!(reports.len(), 4);
    let message = "the source `ours` is not known: sources.toml has errors";
    assert!(
        reports.iter().any(|report| report.contains(message)),
        "{reports:?}"
    );
}

#[test]
fn served_documents_keep_their_shared_entries_until_the_next_reload() {
    let folder = SharedFolder::new();
    let open = || Library::open(&folder.folders);
    let (first, _) = open().for_serving(None);
    folder.replace("payers.toml", "Cigna Healthcare", "Cignetta");
    assert_eq!(
        payer_names(&document(&first, "cpt:00001"))[0],
        "Cigna Healthcare"
    );
    let (second, _) = open().for_serving(Some(&first));
    assert_eq!(payer_names(&document(&second, "cpt:00001"))[0], "Cignetta");
    folder.write("payers.toml", "schema = broken");
    let (third, broken) = open().for_serving(Some(&second));
    assert!(!broken.is_empty());
    assert_eq!(payer_names(&document(&third, "cpt:00001"))[0], "Cignetta");
}

fn reader(size: (u16, u16)) -> TestSession {
    let library = open(Path::new(FOLDER));
    TestSession::with_document(
        document(&library, "cpt:00001"),
        library,
        size,
        Capabilities::modern(),
        TableMode::Columns,
    )
}

#[test]
fn opened_row_shows_the_section_and_the_address_of_its_source() {
    let mut reader = reader((80, 20));
    assert_snapshot!(reader.press("2 enter").screen(), @r#"
00001  An invented test               CPT · status not verified · not reviewed
1 Summary  2 Payers
                                                                           Top
  00001 › Payers › Cigna Healthcare

  Payer           Cigna Healthcare
  Plan            All
  Policy
  – not published (contract rate)
  Rate
  – not imported · import the file to see it
  Also known as   Cigna, Evernorth
  Parent company  The Cigna Group
  — CMS Clinical Laboratory Fee Schedule, laboratory tests, 2026
    https://www.example.com/clfs?year=2026

  CPT copyright 2026 American Medical Association. All rights reserved. CPT is
  a registered trademark of the American Medical Association.
00001 › Payers › Cigna Healthcare                               CMS CLFS, 2026
↑↓ scroll  Esc back  / search  y copy  Y with source  q quit        CPT (c) AMA
"#);
}

#[test]
fn copy_menu_offers_the_link_of_a_source_that_has_one() {
    let mut reader = reader((80, 20));
    assert!(!reader.press("y").screen().contains("Link to the source"));
    reader.press("esc 2 y");
    assert!(
        reader.screen().contains("7 Link to the source"),
        "{}",
        reader.screen()
    );
    reader.press("7");
    let copied = reader.session.app().copied_text();
    assert_eq!(copied, Some("https://www.example.com/clfs?year=2026"));
}

#[test]
fn exports_have_the_section_and_the_address_of_a_source() {
    let home = Home::new();
    let folder = Path::new(FOLDER).canonicalize().unwrap();
    for (format, part) in [
        ("text", "laboratory tests, 2026"),
        ("text", "https://www.example.com/clfs?year=2026"),
        ("markdown", "laboratory tests, 2026"),
        ("markdown", "https://www.example.com/clfs?year=2026"),
        ("json", "\"section\": \"laboratory tests\""),
        (
            "json",
            "\"url\": \"https://www.example.com/clfs?year=2026\"",
        ),
    ] {
        let arguments = format!(
            "show 00001 --width 200 --format {format} --content {}",
            folder.display()
        );
        let output = Launch::codeleaf(&arguments).home(&home).run();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains(part), "{format}: {out}");
    }
}

/// The addresses in OSC 8 sequences, an empty one for the end of a link.
fn link_sequences(bytes: &[u8]) -> Vec<String> {
    let tokens = parse_output(bytes).into_iter();
    let links = tokens.filter_map(|token| match token {
        OutputToken::String(']', content) => content.strip_prefix("8;").map(str::to_owned),
        _ => None,
    });
    links.collect()
}

#[test]
fn address_of_an_opened_row_is_a_link_where_the_terminal_has_links() {
    let mut capable = reader((80, 20));
    assert_eq!(link_sequences(&capable.last_frame), [""; 0]);
    capable.press("2");
    assert_eq!(link_sequences(&capable.last_frame), [""; 0]);
    capable.press("enter");
    let link = "id=1;https://www.example.com/clfs?year=2026";
    assert_eq!(link_sequences(&capable.last_frame), [link, ";"]);
    let frame = String::from_utf8_lossy(&capable.last_frame).into_owned();
    let shown = "https://www.example.com/clfs?year=2026\x1b\\https://www.example.com/clfs?year=2026\x1b]8;;";
    assert!(frame.replace("\x1b[0m", "").contains(shown), "{frame:?}");
    capable.press("esc");
    assert_eq!(link_sequences(&capable.last_frame), [""; 0]);

    let library = open(Path::new(FOLDER));
    let mut plain = TestSession::with_document(
        document(&library, "cpt:00001"),
        library,
        (80, 20),
        Capabilities::modern().without(Feature::Hyperlinks),
        TableMode::Columns,
    );
    plain.press("2 enter");
    assert!(
        plain
            .screen()
            .contains("https://www.example.com/clfs?year=2026")
    );
    assert_eq!(link_sequences(&plain.last_frame), [""; 0]);
}

#[test]
fn lines_of_a_wrapped_address_are_one_link() {
    let mut reader = reader((34, 20));
    reader.press("2 enter");
    for _ in 0..20 {
        let links = link_sequences(&reader.last_frame);
        if !links.is_empty() {
            let addresses = links.iter().filter(|link| *link != ";");
            assert!(addresses.clone().count() > 0);
            for link in addresses {
                assert_eq!(link, "id=1;https://www.example.com/clfs?year=2026");
            }
            return;
        }
        reader.press("down");
    }
    panic!("{}", reader.screen());
}
