//! Measures codeleaf's search and other search engines, with the same texts and queries in one run.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! `FOLDER` contains the ICD-10-CM order file; without it, nothing is measured. ripgrep (`rg`) and
//! `fzf` are included if they are installed.
//!
//! Each query is typed letter by letter, and every keystroke is measured. Programs that are started
//! for each query get whole queries only, and fewer of them.

#[path = "../../../tests/search/generate.rs"]
#[expect(dead_code, reason = "the tests and the other benchmark use the rest")]
mod generate;
#[path = "../../search/library.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest")]
mod library;

mod codeleaf_search;
mod filters;
mod sqlite;
mod tantivy_search;

use std::path::Path;
use std::time::{Duration, Instant};

use codeleaf::content::CodeId;

use generate::{QueryCase, TitledCode};

/// The number of generated documents.
const DOCUMENTS: usize = 10_000;

/// The number of queries for programs that are started for each one.
const SLOW_ENGINE_QUERIES: usize = 30;

pub trait SearchEngine {
    /// Returns the codes of the hits, best first.
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>>;

    /// Returns true if queries are so slow that only a few whole ones are measured.
    fn is_slow(&self) -> bool {
        false
    }
}

/// A document or listed code.
pub struct CorpusDocument {
    /// The code, without its dot.
    pub code: String,
    pub title: String,
    /// The TOML file of a document, or `None` for a listed code.
    pub file: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let Some(codes) = generate::load_icd10cm() else {
        return Ok(());
    };
    let cut = generate::cut_title_queries(&codes, 2, 300);
    let query_sets = [
        (
            "codes without dot",
            generate::bare_code_queries(&codes, 1, 300),
        ),
        ("three words of a title, the last cut", cut.clone()),
        (
            "the same with a typo",
            generate::misspelled_queries(&cut, 3),
        ),
    ];
    let titles: Vec<CorpusDocument> = codes.iter().map(corpus_document).collect();
    let folder = tempfile::tempdir()?;

    println!("{} codes", codes.len());
    for (name, build) in ENGINES {
        let start = Instant::now();
        let Some(engine) = build(&titles, &folder.path().join(name))? else {
            println!("\n{name}: not installed");
            continue;
        };
        println!("\n{name}: ready in {:.0?}", start.elapsed());
        for (name, queries) in &query_sets {
            measure(&*engine, name, queries)?;
        }
    }

    let phrases: Vec<String> = codes.into_iter().map(|coded| coded.title).collect();
    let mut corpus = titles;
    for number in 0..DOCUMENTS {
        let (_, file) = library::document_file(number, &phrases);
        let title = file.lines().find_map(|line| line.strip_prefix("title = "));
        corpus.push(CorpusDocument {
            code: (10_000 + number).to_string(),
            title: title.unwrap_or_default().trim_matches('"').to_owned(),
            file: Some(file),
        });
    }
    println!("\n{} codes and {DOCUMENTS} documents", phrases.len());
    for (name, build) in ENGINES {
        let start = Instant::now();
        let Some(engine) = build(&corpus, &folder.path().join(format!("{name}-documents")))? else {
            continue;
        };
        println!("\n{name}: ready in {:.0?}", start.elapsed());
        for (name, queries) in &query_sets[1..] {
            measure(&*engine, name, queries)?;
        }
    }
    Ok(())
}

/// Builds an index of the texts, or returns `None` if the program is not installed.
type EngineBuilder = fn(&[CorpusDocument], &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>>;

const ENGINES: [(&str, EngineBuilder); 5] = [
    ("codeleaf", codeleaf_search::build),
    ("tantivy", tantivy_search::build),
    ("SQLite FTS5", sqlite::build),
    ("ripgrep", filters::ripgrep),
    ("fzf", filters::fzf),
];

fn corpus_document(coded: &TitledCode) -> CorpusDocument {
    CorpusDocument {
        code: coded.code.value().replace('.', ""),
        title: coded.title.clone(),
        file: None,
    }
}

/// Types queries letter by letter, and prints how often the right code is the first hit, and the
/// time per keystroke.
fn measure(engine: &dyn SearchEngine, name: &str, queries: &[QueryCase]) -> anyhow::Result<()> {
    let queries = if engine.is_slow() {
        &queries[..SLOW_ENGINE_QUERIES]
    } else {
        queries
    };
    let mut times = Vec::new();
    let mut right = 0;
    for QueryCase { text, code } in queries {
        let shortest = if engine.is_slow() { text.len() } else { 1 };
        for end in (shortest..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let start = Instant::now();
            let found = engine.search(&text[..end])?;
            times.push(start.elapsed());
            if end == text.len() {
                right += usize::from(found.first().is_some_and(|first| is_same_code(first, code)));
            }
        }
    }
    times.sort_unstable();
    let percentile = |percent: usize| times[(times.len() - 1) * percent / 100];
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "    {name:38} right first {right:3} of {:3}; {:6} keys: p50 {:8.3} p95 {:8.3} max {:8.3} ms",
        queries.len(),
        times.len(),
        ms(percentile(50)),
        ms(percentile(95)),
        ms(percentile(100))
    );
    Ok(())
}

/// Returns true if a value with or without its dot is that of a code.
fn is_same_code(value: &str, code: &CodeId) -> bool {
    value.replace('.', "") == code.value().replace('.', "")
}
