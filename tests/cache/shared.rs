//! Readers who share a cache do not disturb each other.

use std::{fs, thread};

use codeleaf::search::Query;

use super::{TestLibrary, document, write_backdated};

#[test]
fn concurrent_writers_leave_a_valid_cache_file() {
    let place = TestLibrary::new();
    let anew = place.uncached_answers();
    for round in 0..4 {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!(place.answers().0, anew));
            }
        });
        assert_eq!(place.answers(), (anew.clone(), false), "round {round}");
        assert_eq!(place.cache_files().len(), 1);
        fs::remove_file(place.only_cache_file()).unwrap();
    }
}

#[test]
fn open_index_survives_a_rebuild() {
    let place = TestLibrary::new();
    let (_, old, _) = place.open();
    let hits = |index: &codeleaf::search::Index| {
        let hits = index.search(&Query::parse("specimen k3"), None, 60).hits;
        hits.into_iter()
            .map(|hit| hit.snippet.text)
            .collect::<Vec<_>>()
    };
    let before = hits(&old);
    for value in 20..60 {
        write_backdated(
            &place.document_path(value),
            &document(value, "Nothing of that kind."),
        );
    }
    let (_, new, was_read) = place.open();
    assert!(was_read);
    assert_eq!(hits(&old), before);
    assert_ne!(hits(&new), before);
}
