//! Codes and generated queries for tests and benchmarks of search; the same in every run.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use codeleaf::content::{CodeId, CodeSystem};
use codeleaf::search::{DocumentSource, Index, IndexBuilder};

/// A pseudorandom number generator (splitmix64, by Sebastiano Vigna).
pub struct SplitMix64(u64);

impl SplitMix64 {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// One code of a code set.
#[derive(Clone, Debug)]
pub struct TitledCode {
    pub code: CodeId,
    pub title: String,
}

/// Reads codes and titles from the ICD-10-CM order file in the folder `CODELEAF_DATA`, without the
/// importer. If there is no such file, prints that to standard error, past the capture of libtest.
pub fn load_icd10cm() -> Option<Vec<TitledCode>> {
    let skip = |reason: &str| {
        let _ = writeln!(std::io::stderr(), "skipped: {reason}");
    };
    let Some(folder) = std::env::var_os("CODELEAF_DATA") else {
        skip("CODELEAF_DATA does not name a folder with icd10cm-order-2025.txt");
        return None;
    };
    let path = Path::new(&folder).join("icd10cm-order-2025.txt");
    let text = std::fs::read_to_string(&path)
        .inspect_err(|error| skip(&format!("{}: {error}", path.display())))
        .ok()?;
    let codes = text.lines().filter_map(|line| {
        Some(TitledCode {
            code: CodeId::new(CodeSystem::Icd10cm, line.get(6..13)?.trim()).ok()?,
            title: line.get(77..)?.trim().to_owned(),
        })
    });
    Some(codes.collect())
}

pub fn build_index(codes: &[TitledCode]) -> Index {
    let mut builder = IndexBuilder::new();
    for TitledCode { code, title } in codes {
        builder.add_code(code, title, "");
    }
    builder.finish(DocumentSource::default())
}

/// A query, and the code that its first hit should have.
#[derive(Clone, Debug)]
pub struct QueryCase {
    pub text: String,
    pub code: CodeId,
}

/// Generates queries that are codes without their dot, in upper or lower case.
pub fn bare_code_queries(codes: &[TitledCode], seed: u64, count: usize) -> Vec<QueryCase> {
    let mut random = SplitMix64::new(seed);
    (0..count)
        .map(|_| {
            let code = &random.pick(codes).code;
            let text = code.value().replace('.', "");
            QueryCase {
                text: if random.below(2) == 0 {
                    text.to_lowercase()
                } else {
                    text
                },
                code: code.clone(),
            }
        })
        .collect()
}

/// Generates queries of three words of a title, the last one cut short. No other title has the same
/// three words, so that there is one right answer.
pub fn cut_title_queries(codes: &[TitledCode], seed: u64, count: usize) -> Vec<QueryCase> {
    let mut random = SplitMix64::new(seed);
    let words_by_title: Vec<Vec<String>> = codes
        .iter()
        .map(|coded| title_words(&coded.title))
        .collect();
    let mut titles_by_word: HashMap<&String, Vec<usize>> = HashMap::new();
    for (at, words) in words_by_title.iter().enumerate() {
        for word in words {
            let titles = titles_by_word.entry(word).or_default();
            if titles.last() != Some(&at) {
                titles.push(at);
            }
        }
    }
    let mut queries = Vec::with_capacity(count);
    while queries.len() < count {
        let at = random.below(codes.len());
        let mut long: Vec<&String> = words_by_title[at]
            .iter()
            .filter(|word| word.len() >= 4)
            .collect();
        long.dedup();
        if long.len() < 3 {
            continue;
        }
        while long.len() > 3 {
            long.remove(random.below(long.len()));
        }
        let rarest = long
            .iter()
            .map(|word| &titles_by_word[*word])
            .min_by_key(|at| at.len());
        let all = |at: &&usize| long.iter().all(|word| words_by_title[**at].contains(word));
        if rarest.map_or(0, |titles| titles.iter().filter(all).count()) != 1 {
            continue;
        }
        let last = long[2];
        let cut = last.len() - random.below(last.len() / 2);
        queries.push(QueryCase {
            text: format!("{} {} {}", long[0], long[1], &last[..cut]),
            code: codes[at].code.clone(),
        });
    }
    queries
}

/// Puts one typo into each query: a letter is deleted, inserted, replaced, or swapped with the next,
/// in a word that is long enough to be corrected.
pub fn misspelled_queries(queries: &[QueryCase], seed: u64) -> Vec<QueryCase> {
    let mut random = SplitMix64::new(seed);
    queries
        .iter()
        .map(|QueryCase { text, code }| {
            let mut words: Vec<Vec<u8>> = text
                .split(' ')
                .map(|word| word.as_bytes().to_vec())
                .collect();
            let long: Vec<usize> = (0..words.len())
                .filter(|at| words[*at].len() >= 5)
                .collect();
            let word = if long.is_empty() {
                &mut words[0]
            } else {
                &mut words[*random.pick(&long)]
            };
            let letter = *random.pick(b"abcdefghijklmnopqrstuvwxyz");
            let at = random.below(word.len() - 1);
            match random.below(4) {
                0 => drop(word.remove(at)),
                1 => word.insert(at, letter),
                2 => word[at] = letter,
                _ => word.swap(at, at + 1),
            }
            QueryCase {
                text: words
                    .iter()
                    .map(|word| String::from_utf8_lossy(word))
                    .collect::<Vec<_>>()
                    .join(" "),
                code: code.clone(),
            }
        })
        .collect()
}

fn title_words(title: &str) -> Vec<String> {
    title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
