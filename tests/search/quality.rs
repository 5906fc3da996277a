//! Ranking quality: how often the right code is the first hit among all codes of ICD-10-CM.

use codeleaf::search::{Index, Query};

use super::generate::{
    QueryCase, bare_code_queries, build_index, cut_title_queries, load_icd10cm, misspelled_queries,
};

/// Counts the queries whose first hit is the expected code, and prints the others.
fn count_correct(index: &Index, queries: &[QueryCase]) -> usize {
    let mut correct = 0;
    for QueryCase { text, code } in queries {
        let results = index.search(&Query::parse(text), None, 5);
        match results.hits.first() {
            Some(hit) if hit.code == *code => correct += 1,
            hit => eprintln!(
                "{text:?} should find {code}, finds {:?}",
                hit.map(|hit| (hit.code.to_string(), &hit.title))
            ),
        }
    }
    correct
}

#[test]
fn right_code_is_the_first_hit() {
    let Some(codes) = load_icd10cm() else { return };
    let index = build_index(&codes);
    let bare = bare_code_queries(&codes, 1, 300);
    assert_eq!(count_correct(&index, &bare), 300);
    let cut = cut_title_queries(&codes, 2, 300);
    let correct = count_correct(&index, &cut);
    assert!(correct >= 295, "{correct} of 300 cut titles");
    let misspelled = misspelled_queries(&cut, 3);
    let correct = count_correct(&index, &misspelled);
    assert!(correct >= 290, "{correct} of 300 misspelled titles");
}
