//! Concurrent readers and writers of one cache.

use std::{fs, thread};

use codeleaf::search::Query;

use super::{TestLibrary, document, write_backdated};

#[test]
fn concurrent_writers_leave_a_valid_cache_file() {
    let fixture = TestLibrary::new();
    let uncached = fixture.uncached_answers();
    for round in 0..4 {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!(fixture.answers().0, uncached));
            }
        });
        assert_eq!(
            fixture.answers(),
            (uncached.clone(), false),
            "round {round}"
        );
        assert_eq!(fixture.cache_files().len(), 1);
        fs::remove_file(fixture.only_cache_file()).unwrap();
    }
}

#[test]
fn open_index_survives_a_rebuild() {
    let fixture = TestLibrary::new();
    let (_, old, _) = fixture.open();
    let hits = |index: &codeleaf::search::Index| {
        let hits = index.search(&Query::parse("specimen k3"), None, 60).hits;
        hits.into_iter()
            .map(|hit| hit.snippet.text)
            .collect::<Vec<_>>()
    };
    let before = hits(&old);
    for value in 20..60 {
        write_backdated(
            &fixture.document_path(value),
            &document(value, "Nothing of that kind."),
        );
    }
    let (_, new, was_read) = fixture.open();
    assert!(was_read);
    assert_eq!(hits(&old), before);
    assert_ne!(hits(&new), before);
}
