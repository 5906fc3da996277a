//! Defines what is made up for tests and benchmarks of search: codes and queries, the same in
//! every run.

use std::collections::HashMap;

use codeleaf::content::{CodeId, CodeSystem};
use codeleaf::search::{DocumentSource, Index, IndexBuilder};

/// Numbers that look random and are the same in every run (splitmix64, by Sebastiano Vigna).
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts a row of numbers.
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

    /// Returns a number below a bound, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }

    /// Returns one of some things.
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

/// Reads the ICD-10-CM order file from the folder that `CODELEAF_DATA` names; says so where there
/// is none.
pub fn load_icd10cm() -> Option<Vec<TitledCode>> {
    let Some(folder) = std::env::var_os("CODELEAF_DATA") else {
        eprintln!("skipped: CODELEAF_DATA names no folder with icd10cm-order-2025.txt");
        return None;
    };
    let path = std::path::Path::new(&folder).join("icd10cm-order-2025.txt");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            return None;
        }
    };
    let coded = text.lines().filter_map(|line| {
        Some(TitledCode {
            code: CodeId::new(CodeSystem::Icd10cm, line.get(6..13)?.trim()).ok()?,
            title: line.get(77..)?.trim().to_owned(),
        })
    });
    Some(coded.collect())
}

/// Makes an index of codes.
pub fn build_index(codes: &[TitledCode]) -> Index {
    let mut builder = IndexBuilder::new();
    for TitledCode { code, title } in codes {
        builder.add_code(code, title, "");
    }
    builder.finish(DocumentSource::default())
}

/// A query and the code that is its right answer.
#[derive(Clone, Debug)]
pub struct QueryCase {
    pub text: String,
    pub code: CodeId,
}

/// Asks for codes without their dot, in any case.
pub fn bare_code_queries(codes: &[TitledCode], seed: u64, count: usize) -> Vec<QueryCase> {
    let mut chance = SplitMix64::new(seed);
    (0..count)
        .map(|_| {
            let code = &chance.pick(codes).code;
            let text = code.value().replace('.', "");
            QueryCase {
                text: if chance.below(2) == 0 {
                    text.to_lowercase()
                } else {
                    text
                },
                code: code.clone(),
            }
        })
        .collect()
}

/// Asks for three words of a title, the last one cut; only for titles that no other code shares
/// these three words with, so that there is one right answer.
pub fn cut_title_queries(codes: &[TitledCode], seed: u64, count: usize) -> Vec<QueryCase> {
    let mut chance = SplitMix64::new(seed);
    let folded: Vec<Vec<String>> = codes
        .iter()
        .map(|coded| title_words(&coded.title))
        .collect();
    let mut having: HashMap<&String, Vec<usize>> = HashMap::new();
    for (at, words) in folded.iter().enumerate() {
        for word in words {
            let titles = having.entry(word).or_default();
            if titles.last() != Some(&at) {
                titles.push(at);
            }
        }
    }
    let mut asked = Vec::with_capacity(count);
    while asked.len() < count {
        let at = chance.below(codes.len());
        let mut long: Vec<&String> = folded[at].iter().filter(|word| word.len() >= 4).collect();
        long.dedup();
        if long.len() < 3 {
            continue;
        }
        while long.len() > 3 {
            long.remove(chance.below(long.len()));
        }
        let rarest = long
            .iter()
            .map(|word| &having[*word])
            .min_by_key(|at| at.len());
        let all = |at: &&usize| long.iter().all(|word| folded[**at].contains(word));
        if rarest.map_or(0, |titles| titles.iter().filter(all).count()) != 1 {
            continue;
        }
        let last = long[2];
        let cut = last.len() - chance.below(last.len() / 2);
        asked.push(QueryCase {
            text: format!("{} {} {}", long[0], long[1], &last[..cut]),
            code: codes[at].code.clone(),
        });
    }
    asked
}

/// Puts one typo into each query: a letter left out, doubled by another, changed, or exchanged
/// with the next, in a word long enough that one is forgiven.
pub fn misspelled_queries(asked: &[QueryCase], seed: u64) -> Vec<QueryCase> {
    let mut chance = SplitMix64::new(seed);
    asked
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
                &mut words[*chance.pick(&long)]
            };
            let letter = *chance.pick(b"abcdefghijklmnopqrstuvwxyz");
            let at = chance.below(word.len() - 1);
            match chance.below(4) {
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
