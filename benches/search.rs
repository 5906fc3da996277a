//! Measures search: how long a keystroke takes, and how much memory an index holds.
//!
//! Each query is typed letter by letter, and every letter is one measurement: what matters is not
//! how fast one query is when it is repeated, which is what benchmark frameworks tell, but how slow
//! the slowest keystrokes are. So this is a plain program.

#[path = "../tests/search/generate.rs"]
mod generate;

use std::time::{Duration, Instant};

use codeleaf::search::{Index, Query};
use generate::Asked;

fn main() {
    let Some(codes) = generate::icd10cm() else {
        return;
    };
    let before = resident();
    let start = Instant::now();
    let index = generate::index_of(&codes);
    println!(
        "index of {} codes: {:.0?}, {:?}",
        codes.len(),
        start.elapsed(),
        index
    );
    let cut = generate::cut_titles(&codes, 2, 300);
    type_all(
        &index,
        "codes without dot",
        &generate::bare_codes(&codes, 1, 300),
    );
    type_all(&index, "three words of a title", &cut);
    type_all(
        &index,
        "the same with a typo",
        &generate::misspelled(&cut, 3),
    );
    println!(
        "resident: {} kB more than before the index",
        resident().saturating_sub(before)
    );
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
