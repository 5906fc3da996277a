//! Tests of the cached library and index: reuse, invalidation, damage and concurrency.

mod damaged;
mod killed;
mod reader;
mod shared;
mod synonyms;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use codeleaf::codesets::{Edition, ImportRequest, ImportedSets, SetStore, open_groups};
use codeleaf::library::Library;
use codeleaf::loader::{IndexCache, LibraryLoader};
use codeleaf::search::{Hit, Index, Query};
use tempfile::TempDir;

use crate::sets::files;
use crate::support::program::Home;

/// The number of documents per folder: enough for the library to be cached.
const DOCUMENTS: usize = 40;

fn built_in_count() -> usize {
    Library::built_in().entries().len()
}

/// A library in temporary folders, and its cache.
struct TestLibrary {
    root: TempDir,
    folders: Vec<PathBuf>,
    cache: IndexCache,
}

/// The hits for sample queries, the catalog entries, and the reports on broken files.
type LibraryAnswers = (Vec<Hit>, Vec<String>, Vec<String>);

fn document(value: usize, text: &str) -> String {
    format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{value:05}\"\ntitle = \"Assay {value}\"\n\
         status = \"active\"\n[summary]\ntext = \"{text}\"\n\
         [[modifier]]\ncode = \"26\"\nsystem = \"cpt\"\ndescription = \"Professional Component\"\n\
         when = \"When only the reading is billed.\"\n"
    )
}

/// Writes a file and sets its time to a minute ago, so that its fingerprint is reliable.
pub fn write_backdated(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    let then = SystemTime::now() - Duration::from_secs(60);
    file.set_modified(then).unwrap();
}

impl TestLibrary {
    /// Makes two folders with overlapping documents and one broken file.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = ["first", "second"].map(|name| folder.path().join(name));
        for (number, folder) in folders.iter().enumerate() {
            fs::create_dir(folder).unwrap();
            for value in 0..DOCUMENTS {
                let value = value + number * DOCUMENTS / 2;
                let text = format!("The specimen of folder {number}, kind k{}.", value % 7);
                write_backdated(
                    &folder.join(format!("cpt-{value:05}.toml")),
                    &document(value, &text),
                );
            }
        }
        write_backdated(&folders[1].join("broken.toml"), "schema = 1\n[code\n");
        Self {
            cache: IndexCache::new(folder.path().join("cache")),
            folders: folders.into(),
            root: folder,
        }
    }

    fn loader(&self) -> LibraryLoader<'_> {
        LibraryLoader::new(&self.folders, Some(&self.cache))
    }

    fn document_path(&self, value: usize) -> PathBuf {
        self.folders[1].join(format!("cpt-{value:05}.toml"))
    }

    /// Opens the library, and returns whether files were read.
    fn open(&self) -> (Arc<Library>, Arc<Index>, bool) {
        let was_read = AtomicBool::new(false);
        let report = |_| was_read.store(true, Ordering::Relaxed);
        let loaded = self.loader().load(ImportedSets::default(), &report);
        assert!(loaded.cache_error.is_none(), "{:?}", loaded.cache_error);
        let (library, index) = loaded.into_shared();
        (library, index, was_read.into_inner())
    }

    fn answers(&self) -> (LibraryAnswers, bool) {
        let (library, index, was_read) = self.open();
        (search_answers(&library, &index), was_read)
    }

    fn uncached_answers(&self) -> LibraryAnswers {
        let loader = LibraryLoader::new(&self.folders, None);
        let (library, index) = loader.load(ImportedSets::default(), &|_| ()).into_shared();
        search_answers(&library, &index)
    }

    fn cache_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.root.path().join("cache")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn only_cache_file(&self) -> PathBuf {
        let cached = self.cache_files();
        let [file] = &cached[..] else {
            panic!("{cached:?}")
        };
        file.clone()
    }
}

fn search_answers(library: &Library, index: &Index) -> LibraryAnswers {
    let queries = [
        "specimen k3",
        "mod 26",
        "assay 3",
        "00044",
        "k99",
        "tumr",
        "zebras",
        "lizard",
        "horses",
    ];
    let search = |text: &&str| index.search(&Query::parse(text), None, 60).hits;
    let entries = library.entries().iter().map(|entry| format!("{entry:?}"));
    let broken = library.broken().iter().map(|broken| broken.report.clone());
    (
        queries.iter().flat_map(search).collect(),
        entries.collect(),
        broken.collect(),
    )
}

#[test]
fn cached_library_answers_like_an_uncached_one() {
    let fixture = TestLibrary::new();
    let uncached = fixture.uncached_answers();
    assert_eq!((uncached.0.len() > 80, uncached.2.len()), (true, 1));
    assert_eq!(fixture.answers(), (uncached.clone(), true));
    let cached = fs::read(fixture.only_cache_file()).unwrap();
    assert_eq!(fixture.answers(), (uncached.clone(), false));
    assert_eq!(fs::read(fixture.only_cache_file()).unwrap(), cached);
    let library = fixture
        .loader()
        .load_library(ImportedSets::default(), &|_| ());
    let entries: Vec<String> = library.entries().iter().map(|e| format!("{e:?}")).collect();
    assert_eq!(entries, uncached.1);
}

#[test]
fn every_file_change_is_detected() {
    let fixture = TestLibrary::new();
    fixture.open();
    let text = document(30, "Something about zebras.");
    let changes: [(&str, &dyn Fn()); 6] = [
        ("a text", &|| {
            write_backdated(&fixture.document_path(30), &text);
        }),
        ("a text of the same size", &|| {
            write_backdated(
                &fixture.document_path(30),
                &text.replace("zebras", "lizard"),
            );
        }),
        ("a new file", &|| {
            write_backdated(
                &fixture.folders[0].join("zz.toml"),
                &document(99_000, "Of zebras."),
            );
        }),
        ("a removed file", &|| {
            fs::remove_file(fixture.document_path(31)).unwrap();
        }),
        ("a removed file that was overridden", &|| {
            fs::remove_file(fixture.document_path(22)).unwrap();
        }),
        ("a file that was broken", &|| {
            write_backdated(
                &fixture.folders[1].join("broken.toml"),
                &document(99_001, "Of horses."),
            );
        }),
    ];
    for (name, change) in changes {
        let before = fixture.uncached_answers();
        change();
        let uncached = fixture.uncached_answers();
        assert_ne!(before, uncached, "{name}");
        assert_eq!(fixture.answers(), (uncached.clone(), true), "{name}");
        assert_eq!(fixture.answers(), (uncached, false), "{name}");
    }
}

#[test]
fn recently_changed_file_is_read_again() {
    let fixture = TestLibrary::new();
    fs::write(
        fixture.document_path(30),
        document(30, "Written this moment."),
    )
    .unwrap();
    assert!(fixture.answers().1);
    assert!(fixture.answers().1, "the fingerprint is not reliable yet");
    write_backdated(
        &fixture.document_path(30),
        &document(30, "Written this moment."),
    );
    assert!(fixture.answers().1);
    assert!(!fixture.answers().1);
}

#[test]
fn loading_the_catalog_alone_reads_changed_files() {
    let fixture = TestLibrary::new();
    fixture.open();
    write_backdated(
        &fixture.document_path(30),
        &document(30, "Of zebras.").replace("Assay 30", "Zebras"),
    );
    let cached = fs::read(fixture.only_cache_file()).unwrap();
    let progress = Mutex::new(None);
    let library = fixture
        .loader()
        .load_library(ImportedSets::default(), &|it| {
            *progress.lock().unwrap() = Some((it.done, it.total, it.unit));
        });
    assert_eq!(progress.into_inner().unwrap(), Some((1, 1, "files")));
    let code = "cpt:00030".parse().unwrap();
    assert_eq!(library.entry(&code).unwrap().title, "Zebras");
    assert_eq!(
        library.entries().len(),
        DOCUMENTS * 3 / 2 + built_in_count()
    );
    assert_eq!(library.broken().len(), 1);
    assert_eq!(fs::read(fixture.only_cache_file()).unwrap(), cached);
}

#[test]
fn each_folder_list_has_its_own_cache_file() {
    let fixture = TestLibrary::new();
    fixture.open();
    let one = [fixture.folders[0].clone()];
    let loader = LibraryLoader::new(&one, Some(&fixture.cache));
    let library = loader.load(ImportedSets::default(), &|_| ()).library;
    assert_eq!(library.entries().len(), DOCUMENTS + built_in_count());
    assert_eq!(fixture.cache_files().len(), 2);
    assert!(!fixture.answers().1);
}

#[test]
fn imported_sets_invalidate_the_cache() {
    let fixture = TestLibrary::new();
    let store = SetStore::new(fixture.root.path().join("sets"));
    let import = |name: &str, text: &str| {
        let path = fixture.root.path().join(name);
        fs::write(&path, text).unwrap();
        let groups = open_groups(None, &[path]).unwrap();
        let import = ImportRequest {
            edition: Some(Edition::from_name("2025").unwrap()),
            replace: true,
            today: codeleaf::content::Date::new(2026, 11, 23).unwrap(),
        };
        store.import(&groups[0], &import, &mut |_| ()).unwrap();
    };
    let found = |title: &str| {
        let was_read = AtomicBool::new(false);
        let report = |_| was_read.store(true, Ordering::Relaxed);
        let loaded = fixture.loader().load(store.open_sets(), &report);
        let (_, index) = loaded.into_shared();
        let hits = index.search(&Query::parse("A000"), None, 9).hits;
        assert_eq!(hits[0].title, title);
        was_read.into_inner()
    };
    fixture.open();
    let file = String::from_utf8(files::icd10cm()).unwrap();
    import("icd10cm.txt", &file);
    assert!(found("Invented fever of the first kind"));
    assert!(!found("Invented fever of the first kind"));
    import(
        "icd10cm.txt",
        &file.replace("fever of the first", "fever of one other"),
    );
    assert!(found("Invented fever of one other kind"));
    assert!(!found("Invented fever of one other kind"));
    assert!(fixture.answers().1, "without sets the cache is invalid");
}

#[test]
fn thread_count_does_not_change_the_cache_file() {
    let fixture = TestLibrary::new();
    let cached = [1, 2, 5].map(|threads| {
        let loader = LibraryLoader {
            threads,
            ..fixture.loader()
        };
        loader.load(ImportedSets::default(), &|_| ());
        let file = fixture.only_cache_file();
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(file).unwrap();
        bytes
    });
    assert!(cached[0].len() > 10_000);
    assert!(cached[0] == cached[1] && cached[1] == cached[2]);
}

/// Writes a library into a user's data folder.
fn install_user_library(home: &Home) -> PathBuf {
    let folder = home.path("data/codeleaf/content");
    fs::create_dir_all(&folder).unwrap();
    for value in 0..DOCUMENTS {
        let text = document(value, &format!("The specimen number {value}."));
        write_backdated(&folder.join(format!("cpt-{value:05}.toml")), &text);
    }
    folder
}
