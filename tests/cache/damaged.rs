//! A kept library that is damaged, cut or of another version is made anew, and nobody notices.

use std::fs;

use codeleaf::codesets::ImportedSets;
use codeleaf::loader::{IndexCache, LibraryLoader};

use super::{TestLibrary, search_answers};

/// How many places of the file are damaged.
const SAMPLES: usize = 150;

#[test]
fn damage_never_changes_search_answers() {
    let place = TestLibrary::new();
    let (anew, _) = place.answers();
    let file = place.only_cache_file();
    let sound = fs::read(&file).unwrap();
    let mut read = 0;
    for sample in 0..SAMPLES {
        let at = sample * (sound.len() - 1) / (SAMPLES - 1);
        let mut damaged = sound.clone();
        damaged[at] ^= 1 << (sample % 8);
        fs::write(&file, damaged).unwrap();
        let (answers, was_read) = place.answers();
        assert_eq!(answers, anew, "byte {at}");
        read += usize::from(was_read);
    }
    // What hits show is checked when it is shown, and then read from the documents.
    assert!(read > 10, "{read}");
}

#[test]
fn truncated_cache_file_is_rebuilt() {
    let place = TestLibrary::new();
    let (anew, _) = place.answers();
    let file = place.only_cache_file();
    let sound = fs::read(&file).unwrap();
    for sample in 0..30 {
        let length = sample * (sound.len() - 1) / 29;
        fs::write(&file, &sound[..length]).unwrap();
        assert_eq!(place.answers(), (anew.clone(), true), "{length} bytes");
        assert_eq!(fs::read(&file).unwrap(), sound);
    }
}

#[test]
fn cache_file_of_another_version_is_rebuilt() {
    let place = TestLibrary::new();
    place.open();
    let file = place.only_cache_file();
    let sound = fs::read(&file).unwrap();
    let mut newer = sound.clone();
    newer[8] += 1;
    fs::write(&file, newer).unwrap();
    assert!(place.answers().1);
    assert_eq!(fs::read(&file).unwrap(), sound);
}

#[test]
fn unwritable_cache_is_reported_and_search_still_works() {
    let place = TestLibrary::new();
    let anew = place.uncached_answers();
    let below_a_file = IndexCache::new(place.document_path(30).join("cache"));
    let recipe = LibraryLoader::new(&place.folders, Some(&below_a_file));
    let mut collection = recipe.load(ImportedSets::default(), &mut |_| ());
    let error = collection.cache_error.take().unwrap().to_string();
    assert!(
        error.starts_with("cannot save the search index in "),
        "{error}"
    );
    let (library, index) = collection.into_shared();
    assert_eq!(search_answers(&library, &index), anew);
}
