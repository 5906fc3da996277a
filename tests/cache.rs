//! The library and its index as they are kept: used where nothing has changed, and never trusted.

mod damaged;
mod killed;
mod reader;
mod shared;
mod synonyms;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use codeleaf::codesets::{Edition, ImportRequest, ImportedSets, SetStore};
use codeleaf::library::Library;
use codeleaf::loader::{IndexCache, LibraryLoader};
use codeleaf::search::{Hit, Index, Query};
use tempfile::TempDir;

use crate::sets::files;
use crate::support::program::Home;

/// How many documents a library has in these tests: enough for one to be kept.
const DOCUMENTS: usize = 40;

/// A library in folders of its own, and where it is kept.
struct TestLibrary {
    root: TempDir,
    folders: Vec<PathBuf>,
    cache: IndexCache,
}

/// What a library answers to some questions, and what is broken in it.
type LibraryAnswers = (Vec<Hit>, Vec<String>, Vec<String>);

fn document(value: usize, text: &str) -> String {
    format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{value:05}\"\ntitle = \"Assay {value}\"\n\
         status = \"active\"\n[summary]\ntext = \"{text}\"\n\
         [[modifier]]\ncode = \"26\"\nsystem = \"cpt\"\ndescription = \"Professional Component\"\n\
         when = \"When only the reading is billed.\"\n"
    )
}

/// Writes a file as if some time ago, so that its stamp is believed.
fn write_backdated(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    let then = SystemTime::now() - Duration::from_secs(60);
    file.set_modified(then).unwrap();
}

impl TestLibrary {
    /// Two folders whose documents overlap, and a file that is broken.
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

    /// Opens the library; says as well whether files were read for it.
    fn open(&self) -> (Arc<Library>, Arc<Index>, bool) {
        let mut was_read = false;
        let mut tell = |_| was_read = true;
        let collection = self.loader().load(ImportedSets::default(), &mut tell);
        assert!(
            collection.cache_error.is_none(),
            "{:?}",
            collection.cache_error
        );
        let (library, index) = collection.into_shared();
        (library, index, was_read)
    }

    fn answers(&self) -> (LibraryAnswers, bool) {
        let (library, index, was_read) = self.open();
        (search_answers(&library, &index), was_read)
    }

    /// Returns what a library answers that was never kept.
    fn uncached_answers(&self) -> LibraryAnswers {
        let recipe = LibraryLoader::new(&self.folders, None);
        let (library, index) = recipe
            .load(ImportedSets::default(), &mut |_| ())
            .into_shared();
        search_answers(&library, &index)
    }

    /// Returns the files of the cache.
    fn cache_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.root.path().join("cache")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn only_cache_file(&self) -> PathBuf {
        let kept = self.cache_files();
        let [file] = &kept[..] else {
            panic!("{kept:?}")
        };
        file.clone()
    }
}

fn search_answers(library: &Library, index: &Index) -> LibraryAnswers {
    let asked = [
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
        asked.iter().flat_map(search).collect(),
        entries.collect(),
        broken.collect(),
    )
}

#[test]
fn cached_library_answers_like_an_uncached_one() {
    let place = TestLibrary::new();
    let anew = place.uncached_answers();
    assert_eq!((anew.0.len() > 80, anew.2.len()), (true, 1));
    assert_eq!(place.answers(), (anew.clone(), true));
    let kept = fs::read(place.only_cache_file()).unwrap();
    assert_eq!(place.answers(), (anew.clone(), false));
    assert_eq!(fs::read(place.only_cache_file()).unwrap(), kept);
    let library = place.loader().load_library(ImportedSets::default());
    let entries: Vec<String> = library.entries().iter().map(|e| format!("{e:?}")).collect();
    assert_eq!(entries, anew.1);
}

#[test]
fn every_file_change_is_detected() {
    let place = TestLibrary::new();
    place.open();
    let text = document(30, "Something about zebras.");
    let changes: [(&str, &dyn Fn()); 6] = [
        ("a text", &|| {
            write_backdated(&place.document_path(30), &text);
        }),
        ("a text of the same size", &|| {
            write_backdated(&place.document_path(30), &text.replace("zebras", "lizard"));
        }),
        ("a new file", &|| {
            write_backdated(
                &place.folders[0].join("zz.toml"),
                &document(99_000, "Of zebras."),
            );
        }),
        ("a file that goes", &|| {
            fs::remove_file(place.document_path(31)).unwrap();
        }),
        ("a file that another stood before", &|| {
            fs::remove_file(place.document_path(22)).unwrap();
        }),
        ("one that was broken", &|| {
            write_backdated(
                &place.folders[1].join("broken.toml"),
                &document(99_001, "Of horses."),
            );
        }),
    ];
    for (words, change) in changes {
        let before = place.uncached_answers();
        change();
        let anew = place.uncached_answers();
        assert_ne!(before, anew, "{words}");
        assert_eq!(place.answers(), (anew.clone(), true), "{words}");
        assert_eq!(place.answers(), (anew, false), "{words}");
    }
}

#[test]
fn recently_changed_file_is_read_again() {
    let place = TestLibrary::new();
    fs::write(
        place.document_path(30),
        document(30, "Written this moment."),
    )
    .unwrap();
    assert!(place.answers().1);
    assert!(place.answers().1, "another change might not show");
    write_backdated(
        &place.document_path(30),
        &document(30, "Written this moment."),
    );
    assert!(place.answers().1);
    assert!(!place.answers().1);
}

#[test]
fn loading_the_catalog_alone_reads_changed_files() {
    let place = TestLibrary::new();
    place.open();
    write_backdated(
        &place.document_path(30),
        &document(30, "Of zebras.").replace("Assay 30", "Zebras"),
    );
    let kept = fs::read(place.only_cache_file()).unwrap();
    let library = place.loader().load_library(ImportedSets::default());
    let code = "cpt:00030".parse().unwrap();
    assert_eq!(library.entry(&code).unwrap().title, "Zebras");
    assert_eq!(library.entries().len(), DOCUMENTS * 3 / 2 + 1);
    assert_eq!(library.broken().len(), 1);
    assert_eq!(fs::read(place.only_cache_file()).unwrap(), kept);
}

#[test]
fn each_folder_list_has_its_own_cache_file() {
    let place = TestLibrary::new();
    place.open();
    let one = [place.folders[0].clone()];
    let recipe = LibraryLoader::new(&one, Some(&place.cache));
    let library = recipe.load(ImportedSets::default(), &mut |_| ()).library;
    assert_eq!(library.entries().len(), DOCUMENTS + 1);
    assert_eq!(place.cache_files().len(), 2);
    assert!(!place.answers().1);
}

#[test]
fn imported_sets_invalidate_the_cache() {
    let place = TestLibrary::new();
    let store = SetStore::new(place.root.path().join("sets"));
    let import = |name: &str, text: &str| {
        let path = place.root.path().join(name);
        fs::write(&path, text).unwrap();
        let import = ImportRequest {
            kind: None,
            files: &[path],
            edition: Some(Edition::from_name("2025").unwrap()),
            today: codeleaf::content::Date::new(2026, 11, 23).unwrap(),
        };
        store.import(&import, &mut |_| ()).unwrap();
    };
    let found = |title: &str| {
        let mut was_read = false;
        let mut tell = |_| was_read = true;
        let collection = place.loader().load(store.open_sets(), &mut tell);
        let (_, index) = collection.into_shared();
        let hits = index.search(&Query::parse("A000"), None, 9).hits;
        assert_eq!(hits[0].title, title);
        was_read
    };
    place.open();
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
    assert!(place.answers().1, "without sets it is another library");
}

#[test]
fn thread_count_does_not_change_the_cache_file() {
    let place = TestLibrary::new();
    let kept = [1, 2, 5].map(|threads| {
        let recipe = LibraryLoader {
            threads,
            ..place.loader()
        };
        recipe.load(ImportedSets::default(), &mut |_| ());
        let file = place.only_cache_file();
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(file).unwrap();
        bytes
    });
    assert!(kept[0].len() > 10_000);
    assert!(kept[0] == kept[1] && kept[1] == kept[2]);
}

/// Puts a library into the data folder of a user.
fn install_user_library(home: &Home) -> PathBuf {
    let folder = home.path("data/codeleaf/content");
    fs::create_dir_all(&folder).unwrap();
    for value in 0..DOCUMENTS {
        let text = document(value, &format!("The specimen number {value}."));
        write_backdated(&folder.join(format!("cpt-{value:05}.toml")), &text);
    }
    folder
}
