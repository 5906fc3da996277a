//! Measures search: how long a keystroke takes, and how much memory an index holds.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo bench --bench search
//! ```
//!
//! `FOLDER` has the ICD-10-CM order file; without it, words are made up as well and the queries for
//! codes are left out.
//!
//! Each query is typed letter by letter, and every letter is one measurement: what matters is not
//! how fast one query is when it is repeated, which is what benchmark frameworks tell, but how slow
//! the slowest keystrokes are. So this is a plain program. A keystroke counts as its best of three,
//! which takes out what other programs on the machine do and nothing else.

#[path = "../../tests/search/generate.rs"]
mod generate;
mod library;

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeleaf::app::MAX_HITS;
use codeleaf::library::Library;
use codeleaf::search::{DocumentSource, Index, IndexBuilder, Query};
use generate::{QueryCase, TitledCode};

/// How many documents the made-up library has.
const DOCUMENTS: usize = 10_000;

fn main() -> anyhow::Result<()> {
    let codes = generate::load_icd10cm().unwrap_or_default();
    if !codes.is_empty() {
        let start = Instant::now();
        let index = generate::build_index(&codes);
        println!("{} codes: {:.0?}", codes.len(), start.elapsed());
        measure(&index, &codes);
    }
    let phrases = if codes.is_empty() {
        library::phrases(50_000)
    } else {
        codes.iter().map(|coded| coded.title.clone()).collect()
    };
    let folder = tempfile::tempdir()?;
    let mut bytes = 0;
    for number in 0..DOCUMENTS {
        let (name, text) = library::document_file(number, &phrases);
        bytes += text.len();
        std::fs::write(folder.path().join(name), text)?;
    }
    let start = Instant::now();
    let library = Arc::new(Library::open(&[folder.path().to_owned()]));
    if let Some(broken) = library.broken().first() {
        anyhow::bail!("{}", broken.report);
    }
    let size = bytes / DOCUMENTS;
    println!(
        "\n{DOCUMENTS} documents of {size} bytes: opened in {:.0?}",
        start.elapsed()
    );
    let start = Instant::now();
    let mut builder = IndexBuilder::with_row_store();
    for entry in library.entries() {
        builder.add(&*library.document(&entry.code)?);
    }
    println!("read and added in {:.0?}", start.elapsed());
    for TitledCode { code, title } in &codes {
        builder.add_code(code, title, "");
    }
    let index = builder.finish(DocumentSource::Library(library));
    println!("with {} codes: {:.0?}", codes.len(), start.elapsed());
    measure(&index, &codes);
    Ok(())
}

fn measure(index: &Index, codes: &[TitledCode]) {
    println!("{index:?}, {} kB", index.size() / 1024);
    if !codes.is_empty() {
        let cut = generate::cut_title_queries(codes, 2, 300);
        let bare = generate::bare_code_queries(codes, 1, 300);
        measure_typing(index, "codes without dot", &query_texts(&bare));
        measure_typing(index, "three words of a title", &query_texts(&cut));
        measure_typing(
            index,
            "the same with a typo",
            &query_texts(&generate::misspelled_queries(&cut, 3)),
        );
    }
    measure_typing(index, "what readers ask", &library::READER_QUERIES);
}

fn query_texts(asked: &[QueryCase]) -> Vec<&str> {
    asked.iter().map(|asked| asked.text.as_str()).collect()
}

/// Types queries letter by letter, and prints how long the keystrokes took.
fn measure_typing(index: &Index, name: &str, asked: &[&str]) {
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for text in asked {
        for end in (1..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let typed = &text[..end];
            let best = (0..3).map(|_| time_search(index, typed)).min();
            times.push((best.unwrap_or_default(), typed));
        }
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].0;
    println!(
        "{name:24} {:6} keystrokes: p50 {:>9.1?}  p95 {:>9.1?}  max {:>9.1?}",
        times.len(),
        at(50),
        at(95),
        at(100)
    );
    for (time, typed) in times.iter().rev().take(3) {
        println!("    slowest: {time:>9.1?}  {typed:?}");
    }
}

fn time_search(index: &Index, typed: &str) -> Duration {
    let start = Instant::now();
    std::hint::black_box(index.search(&Query::parse(typed), None, MAX_HITS));
    start.elapsed()
}
