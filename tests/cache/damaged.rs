//! A cache file that is damaged, truncated or of another version is rebuilt.

use std::fs;

use codeleaf::codesets::ImportedSets;
use codeleaf::loader::{IndexCache, LibraryLoader};

use super::{TestLibrary, search_answers};

/// The number of bytes that are damaged, one at a time.
const SAMPLES: usize = 150;

#[test]
fn damage_never_changes_search_answers() {
    let fixture = TestLibrary::new();
    let (uncached, _) = fixture.answers();
    let file = fixture.only_cache_file();
    let intact = fs::read(&file).unwrap();
    let mut read = 0;
    for sample in 0..SAMPLES {
        let at = sample * (intact.len() - 1) / (SAMPLES - 1);
        let mut damaged = intact.clone();
        damaged[at] ^= 1 << (sample % 8);
        fs::write(&file, damaged).unwrap();
        let (answers, was_read) = fixture.answers();
        assert_eq!(answers, uncached, "byte {at}");
        read += usize::from(was_read);
    }
    // Damage in stored rows is found when hits are shown; then the documents are read.
    assert!(read > 10, "{read}");
}

#[test]
fn truncated_cache_file_is_rebuilt() {
    let fixture = TestLibrary::new();
    let (uncached, _) = fixture.answers();
    let file = fixture.only_cache_file();
    let intact = fs::read(&file).unwrap();
    for sample in 0..30 {
        let length = sample * (intact.len() - 1) / 29;
        fs::write(&file, &intact[..length]).unwrap();
        assert_eq!(
            fixture.answers(),
            (uncached.clone(), true),
            "{length} bytes"
        );
        assert_eq!(fs::read(&file).unwrap(), intact);
    }
}

#[test]
fn cache_file_of_another_version_is_rebuilt() {
    let fixture = TestLibrary::new();
    fixture.open();
    let file = fixture.only_cache_file();
    let intact = fs::read(&file).unwrap();
    let mut newer = intact.clone();
    newer[8] += 1;
    fs::write(&file, newer).unwrap();
    assert!(fixture.answers().1);
    assert_eq!(fs::read(&file).unwrap(), intact);
}

#[test]
fn unwritable_cache_is_reported_and_search_still_works() {
    let fixture = TestLibrary::new();
    let uncached = fixture.uncached_answers();
    let below_a_file = IndexCache::new(fixture.document_path(30).join("cache"));
    let loader = LibraryLoader::new(&fixture.folders, Some(&below_a_file));
    let mut library = loader.load(ImportedSets::default(), &|_| ());
    let error = library.cache_error.take().unwrap().to_string();
    assert!(
        error.starts_with("cannot save the search index in "),
        "{error}"
    );
    let (library, index) = library.into_shared();
    assert_eq!(search_answers(&library, &index), uncached);
}
