//! Readers who share a cache do not disturb each other.

use std::fs;
use std::thread;

use codeleaf::search::Query;

use super::{Place, document, write};

#[test]
fn two_who_write_at_once_leave_a_sound_file() {
    let place = Place::new();
    let anew = place.anew();
    for round in 0..4 {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!(place.answers().0, anew));
            }
        });
        assert_eq!(place.answers(), (anew.clone(), false), "round {round}");
        assert_eq!(place.kept().len(), 1);
        fs::remove_file(place.kept_file()).unwrap();
    }
}

#[test]
fn who_has_a_file_open_keeps_it() {
    let place = Place::new();
    let (_, old, _) = place.open();
    let hits = |index: &codeleaf::search::Index| {
        let hits = index.search(&Query::parse("specimen k3"), None, 60).hits;
        hits.into_iter()
            .map(|hit| hit.snippet.text)
            .collect::<Vec<_>>()
    };
    let before = hits(&old);
    for value in 20..60 {
        write(
            &place.file(value),
            &document(value, "Nothing of that kind."),
        );
    }
    let (_, new, was_read) = place.open();
    assert!(was_read);
    assert_eq!(hits(&old), before);
    assert_ne!(hits(&new), before);
}
