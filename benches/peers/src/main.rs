//! Measures search beside others, on the same texts and the same queries in one run.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! `FOLDER` has the ICD-10-CM order file; without it there is nothing to compare, and the program
//! says so. ripgrep (`rg`) and `fzf` take part where they are installed.
//!
//! Each query is typed letter by letter, as a reader does, and each letter is one measurement; a
//! program that is started for a query gets whole queries only, and fewer of them.

#[path = "../../../tests/search/generate.rs"]
#[expect(dead_code, reason = "the tests and the other benchmark use more of it")]
mod generate;
#[path = "../../search/library.rs"]
#[expect(dead_code, reason = "the other benchmark uses more of it")]
mod library;

mod codeleaf_search;
mod filters;
mod sqlite;
mod tantivy_search;

use std::path::Path;
use std::time::{Duration, Instant};

use codeleaf::content::CodeId;

use generate::{QueryCase, TitledCode};

/// How many documents the made-up library has.
const DOCUMENTS: usize = 10_000;

/// How many queries a program that is started for each one gets.
const SLOW_ENGINE_QUERIES: usize = 30;

/// Somebody who searches.
pub trait SearchEngine {
    /// Returns the codes that are found, best first.
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>>;

    /// Says whether a query is so dear that only whole ones are asked, and few.
    fn is_slow(&self) -> bool {
        false
    }
}

/// One text to search.
pub struct CorpusDocument {
    /// The code, without its dot.
    pub code: String,
    pub title: String,
    /// The file of a document; nothing for a bare code.
    pub file: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let Some(codes) = generate::load_icd10cm() else {
        return Ok(());
    };
    let cut = generate::cut_title_queries(&codes, 2, 300);
    let tasks = [
        ("codes without dot", generate::bare_code_queries(&codes, 1, 300)),
        ("three words of a title, the last cut", cut.clone()),
        ("the same with a typo", generate::misspelled_queries(&cut, 3)),
    ];
    let titles: Vec<CorpusDocument> = codes.iter().map(corpus_document).collect();
    let folder = tempfile::tempdir()?;

    println!("{} codes", codes.len());
    for (name, build) in ENGINES {
        let start = Instant::now();
        let Some(peer) = build(&titles, &folder.path().join(name))? else {
            println!("\n{name}: not installed");
            continue;
        };
        println!("\n{name}: ready in {:.0?}", start.elapsed());
        for (task, asked) in &tasks {
            measure(&*peer, task, asked)?;
        }
    }

    let phrases: Vec<String> = codes.into_iter().map(|coded| coded.title).collect();
    let mut both = titles;
    for number in 0..DOCUMENTS {
        let (_, file) = library::document_file(number, &phrases);
        let title = file.lines().find_map(|line| line.strip_prefix("title = "));
        both.push(CorpusDocument {
            code: (10_000 + number).to_string(),
            title: title.unwrap_or_default().trim_matches('"').to_owned(),
            file: Some(file),
        });
    }
    println!("\n{} codes and {DOCUMENTS} documents", phrases.len());
    for (name, build) in ENGINES {
        let start = Instant::now();
        let Some(peer) = build(&both, &folder.path().join(format!("{name}-both")))? else {
            continue;
        };
        println!("\n{name}: ready in {:.0?}", start.elapsed());
        for (task, asked) in &tasks[1..] {
            measure(&*peer, task, asked)?;
        }
    }
    Ok(())
}

/// Makes a peer ready to answer; nothing where it is not installed.
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

/// Types queries letter by letter; prints how often the right answer came first, and how long the
/// keystrokes took.
fn measure(peer: &dyn SearchEngine, task: &str, asked: &[QueryCase]) -> anyhow::Result<()> {
    let asked = if peer.is_slow() { &asked[..SLOW_ENGINE_QUERIES] } else { asked };
    let mut times = Vec::new();
    let mut right = 0;
    for QueryCase { text, code } in asked {
        let shortest = if peer.is_slow() { text.len() } else { 1 };
        for end in (shortest..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let start = Instant::now();
            let found = peer.search(&text[..end])?;
            times.push(start.elapsed());
            if end == text.len() {
                right += usize::from(found.first().is_some_and(|first| is_same_code(first, code)));
            }
        }
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "    {task:38} right first {right:3} of {:3}; {:6} keys: p50 {:8.3} p95 {:8.3} max {:8.3} ms",
        asked.len(),
        times.len(),
        ms(at(50)),
        ms(at(95)),
        ms(at(100))
    );
    Ok(())
}

/// Says whether a value is that of a code.
fn is_same_code(found: &str, code: &CodeId) -> bool {
    found.replace('.', "") == code.value().replace('.', "")
}
