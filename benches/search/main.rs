//! Measures search: how long a keystroke takes, and how much memory an index holds.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo bench --bench search
//! ```
//!
//! `FOLDER` contains the ICD-10-CM order file. Without it, words are invented, and the queries for
//! codes and titles are omitted.
//!
//! Each query is typed letter by letter, and every keystroke is measured. The slowest keystrokes
//! matter, whereas benchmark frameworks repeat one query, so this is a plain program. A keystroke
//! counts as the best of three, to exclude what other programs on the machine do.

#[path = "../../tests/search/generate.rs"]
mod generate;
mod library;

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeleaf::app::MAX_HITS;
use codeleaf::library::Library;
use codeleaf::search::{DocumentSource, Index, IndexBuilder, Query};
use generate::{QueryCase, TitledCode};

/// The number of generated documents.
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
    measure_typing(index, "what users search for", &library::READER_QUERIES);
}

fn query_texts(cases: &[QueryCase]) -> Vec<&str> {
    cases.iter().map(|case| case.text.as_str()).collect()
}

/// Types queries letter by letter, and prints the time per keystroke.
fn measure_typing(index: &Index, name: &str, queries: &[&str]) {
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for text in queries {
        for end in (1..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let typed = &text[..end];
            let best = (0..3).map(|_| time_search(index, typed)).min();
            times.push((best.unwrap_or_default(), typed));
        }
    }
    times.sort_unstable();
    let percentile = |percent: usize| times[(times.len() - 1) * percent / 100].0;
    println!(
        "{name:24} {:6} keystrokes: p50 {:>9.1?}  p95 {:>9.1?}  max {:>9.1?}",
        times.len(),
        percentile(50),
        percentile(95),
        percentile(100)
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
