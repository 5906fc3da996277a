//! How often the right answer comes first, over the whole of a real code set.

use codeleaf::search::{Index, Query};

use super::generate::{Asked, bare_codes, cut_titles, icd10cm, index_of, misspelled};

/// Counts the queries whose first hit is the right one; shows those whose is not.
fn right(index: &Index, asked: &[Asked]) -> usize {
    let mut right = 0;
    for Asked { text, code } in asked {
        let found = index.search(&Query::parse(text), None, 5);
        match found.hits.first() {
            Some(hit) if hit.code == *code => right += 1,
            hit => eprintln!(
                "{text:?} should find {code}, finds {:?}",
                hit.map(|hit| (hit.code.to_string(), &hit.title))
            ),
        }
    }
    right
}

#[test]
fn the_right_code_comes_first() {
    let Some(codes) = icd10cm() else { return };
    let index = index_of(&codes);
    let bare = bare_codes(&codes, 1, 300);
    assert_eq!(right(&index, &bare), 300);
    let cut = cut_titles(&codes, 2, 300);
    let found = right(&index, &cut);
    assert!(found >= 295, "{found} of 300 cut titles");
    let wrong = misspelled(&cut, 3);
    let found = right(&index, &wrong);
    assert!(found >= 290, "{found} of 300 misspelled titles");
}
