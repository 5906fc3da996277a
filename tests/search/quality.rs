//! Ranking quality: how often the right code is the first hit among all codes of ICD-10-CM, and how
//! often an everyday question is answered.

use std::path::Path;

use codeleaf::search::{Index, Query};

use super::generate::{
    QueryCase, bare_code_queries, build_index, cut_title_queries, load_icd10cm, misspelled_queries,
};
use super::questions::{answer, index_with_sets, parse_questions};

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
fn everyday_questions_are_answered_by_the_first_hits() {
    let Some(folder) = std::env::var_os("CODELEAF_DATA") else {
        println!("skipped: CODELEAF_DATA does not name a folder of published files");
        return;
    };
    let index = index_with_sets(Path::new(&folder)).unwrap();
    let questions = parse_questions(include_str!("everyday.tsv"));
    let (mut first, mut first_three) = (0, 0);
    for question in &questions {
        let (position, hits) = answer(&index, question, 20);
        first += usize::from(position == Some(0));
        first_three += usize::from(position.is_some_and(|position| position < 3));
        if position.is_none_or(|position| position >= 3) {
            eprintln!("{:?} finds {hits:?}", question.text);
        }
    }
    assert!(
        first * 100 >= questions.len() * 80,
        "{first} answered first"
    );
    assert!(
        first_three * 100 >= questions.len() * 95,
        "{first_three} in the first three"
    );
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
