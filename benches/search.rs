//! Measures search: how long a keystroke takes, and how much memory an index holds.
//!
//! Each query is typed letter by letter, and every letter is one measurement: what matters is not
//! how fast one query is when it is repeated, which is what benchmark frameworks tell, but how slow
//! the slowest keystrokes are. So this is a plain program.

#[path = "../tests/search/generate.rs"]
mod generate;

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeleaf::content::CodeId;
use codeleaf::library::Library;
use codeleaf::search::{Index, IndexBuilder, Query, Texts};
use generate::{Asked, Coded};

/// How many documents the made-up library has.
const DOCUMENTS: usize = 10_000;

fn main() {
    let codes = generate::icd10cm().unwrap_or_default();
    if !codes.is_empty() {
        let start = Instant::now();
        let index = generate::index_of(&codes);
        println!("{} codes: {:.0?}", codes.len(), start.elapsed());
        measure(&index, &codes);
    }
    let phrases: Vec<String> = match codes.is_empty() {
        true => generate::phrases(50_000),
        false => codes.iter().map(|coded| coded.title.clone()).collect(),
    };
    let folder = tempfile::tempdir().expect("a folder for the library");
    let mut bytes = 0;
    for number in 0..DOCUMENTS {
        let (name, text) = generate::file(number, &phrases);
        bytes += text.len();
        std::fs::write(folder.path().join(name), text).expect("a file of the library");
    }
    let start = Instant::now();
    let library = Arc::new(Library::open(&[folder.path().to_owned()]));
    assert!(
        library.broken().is_empty(),
        "{}",
        library.broken()[0].report
    );
    println!(
        "\n{DOCUMENTS} documents of {} bytes: opened in {:.0?}",
        bytes / DOCUMENTS,
        start.elapsed()
    );
    let start = Instant::now();
    let mut builder = IndexBuilder::new();
    for entry in library.entries() {
        builder.add(&library.document(&entry.code).expect("a document"));
    }
    for Coded { code, title } in &codes {
        builder.add_code(code, title, "");
    }
    let index = builder.finish(Texts::Library(library));
    println!("with {} codes: {:.0?}", codes.len(), start.elapsed());
    measure(&index, &codes);
}

fn measure(index: &Index, codes: &[Coded]) {
    println!("{index:?}");
    let cut = match codes.is_empty() {
        true => Vec::new(),
        false => generate::cut_titles(codes, 2, 300),
    };
    if !codes.is_empty() {
        type_all(
            index,
            "codes without dot",
            &generate::bare_codes(codes, 1, 300),
        );
        type_all(index, "three words of a title", &cut);
        type_all(
            index,
            "the same with a typo",
            &generate::misspelled(&cut, 3),
        );
    }
    let words = [
        "professional component",
        "outside lab",
        "her2/neu",
        "mod 26",
        "-26",
        "83950-90",
        "10234-90",
        "reccurence",
        "medicare policy",
        "laboratory test",
        "specimen is tested for",
        "clia waived",
        "payer:aetna covered",
        "in:coding specimen",
        "breast cancer",
        "heart attack",
        "\"laboratory assay\"",
    ];
    let code: CodeId = "icd10cm:A00".parse().expect("a code");
    let words = words.map(|text| Asked {
        text: text.to_owned(),
        code: code.clone(),
    });
    type_all(index, "what readers ask", &words);
}

/// Types queries letter by letter, and prints how long the keystrokes took.
fn type_all(index: &Index, name: &str, asked: &[Asked]) {
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for Asked { text, .. } in asked {
        for end in (1..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let typed = &text[..end];
            let start = Instant::now();
            let found = index.search(&Query::parse(typed), None, 20);
            times.push((start.elapsed(), typed));
            std::hint::black_box(found);
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
    for (time, typed) in times.iter().rev().take(4) {
        println!("    slow: {time:>9.1?}  {typed:?}");
    }
}

/// Returns the resident memory of this process in kB, where the system tells.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or_default()
}
