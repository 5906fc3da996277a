//! Measures how often a search answers an everyday question with its first hit and with its first
//! three, and prints the questions that it does not answer.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo bench --bench questions -- [FILE]…
//! ```
//!
//! `FOLDER` has the public files `icd10cm-order-2025.txt` and `hcpcs-2019-anweb.txt`. A file has a
//! question, a tab and the acceptable codes on each line; without one, `tests/search/everyday.tsv`
//! is measured.

#[path = "../tests/search/questions.rs"]
mod questions;

use std::path::Path;

use anyhow::Context as _;
use codeleaf::search::Index;

fn main() -> anyhow::Result<()> {
    let folder = std::env::var_os("CODELEAF_DATA").context("CODELEAF_DATA names no folder")?;
    let index = questions::index_with_sets(Path::new(&folder))?;
    let is_file = |word: &String| !word.starts_with("--");
    let mut files: Vec<String> = std::env::args().skip(1).filter(is_file).collect();
    if files.is_empty() {
        let folder = env!("CARGO_MANIFEST_DIR");
        files.push(format!("{folder}/tests/search/everyday.tsv"));
    }
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| file.clone())?;
        println!("{file}");
        measure(&index, &text);
    }
    Ok(())
}

fn measure(index: &Index, text: &str) {
    let questions = questions::parse_questions(text);
    let (mut first, mut first_three) = (0, 0);
    for question in &questions {
        let (position, hits) = questions::answer(index, question, 20);
        first += usize::from(position == Some(0));
        first_three += usize::from(position.is_some_and(|position| position < 3));
        if position != Some(0) {
            let (text, codes) = (&question.text, question.codes.join("|"));
            let rank = position.map_or("-".to_owned(), |position| (position + 1).to_string());
            let before = hits[..hits.len().min(4)].join(" ");
            println!("{rank:>4}  {text:32} {codes:24} found: {before}");
        }
    }
    let percent = |count: usize| 100 * count / questions.len().max(1);
    println!(
        "{} questions: {} % answered first, {} % in the first three\n",
        questions.len(),
        percent(first),
        percent(first_three)
    );
}
