//! A kept library that is damaged, cut or of another version is made anew, and nobody notices.

use std::fs;

use codeleaf::search::{Cache, Recipe};
use codeleaf::sets::Sets;

use super::{Place, answers};

/// How many places of the file are damaged.
const SAMPLES: usize = 150;

#[test]
fn damage_anywhere_gives_no_wrong_answer() {
    let place = Place::new();
    let (anew, _) = place.answers();
    let file = place.kept_file();
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
fn a_file_that_was_cut_is_made_anew() {
    let place = Place::new();
    let (anew, _) = place.answers();
    let file = place.kept_file();
    let sound = fs::read(&file).unwrap();
    for sample in 0..30 {
        let length = sample * (sound.len() - 1) / 29;
        fs::write(&file, &sound[..length]).unwrap();
        assert_eq!(place.answers(), (anew.clone(), true), "{length} bytes");
        assert_eq!(fs::read(&file).unwrap(), sound);
    }
}

#[test]
fn a_file_of_another_version_is_made_anew() {
    let place = Place::new();
    place.open();
    let file = place.kept_file();
    let sound = fs::read(&file).unwrap();
    let mut newer = sound.clone();
    newer[8] += 1;
    fs::write(&file, newer).unwrap();
    assert!(place.answers().1);
    assert_eq!(fs::read(&file).unwrap(), sound);
}

#[test]
fn where_nothing_can_be_written_everything_works_all_the_same() {
    let place = Place::new();
    let anew = place.anew();
    let below_a_file = Cache::new(place.file(30).join("cache"));
    let recipe = Recipe::of(&place.folders, Some(&below_a_file));
    let mut collection = recipe.collection(Sets::default(), &mut |_| ());
    let error = collection.unkept.take().unwrap().to_string();
    assert!(
        error.starts_with("cannot keep the search index in "),
        "{error}"
    );
    let (library, index) = collection.share();
    assert_eq!(answers(&library, &index), anew);
}
