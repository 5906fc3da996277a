//! How often the right answer comes first, over the whole of a real code set.

use codeleaf::search::{Index, Query};

use super::generate::{
    QueryCase, bare_code_queries, build_index, cut_title_queries, load_icd10cm, misspelled_queries,
};

/// Counts the queries whose first hit is the right one; shows those whose is not.
fn count_correct(index: &Index, asked: &[QueryCase]) -> usize {
    let mut right = 0;
    for QueryCase { text, code } in asked {
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
    let Some(codes) = load_icd10cm() else { return };
    let index = build_index(&codes);
    let bare = bare_code_queries(&codes, 1, 300);
    assert_eq!(count_correct(&index, &bare), 300);
    let cut = cut_title_queries(&codes, 2, 300);
    let found = count_correct(&index, &cut);
    assert!(found >= 295, "{found} of 300 cut titles");
    let wrong = misspelled_queries(&cut, 3);
    let found = count_correct(&index, &wrong);
    assert!(found >= 290, "{found} of 300 misspelled titles");
}
