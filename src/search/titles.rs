//! Defines titles, packed: a code set has a hundred thousand of them, made of a few thousand words.
//!
//! Each title is a row of numbers, and each number a word with all its capitals and commas; the
//! commonest words have the smallest numbers, which take one byte.

use std::collections::HashMap;

use super::postings::{read_number, write_number};

/// The titles of an index.
#[derive(Clone, Debug, Default)]
pub(super) struct Titles {
    /// The words, commonest first.
    words: Strings,
    /// The numbers of each title's words.
    numbers: Vec<u8>,
    /// Where the numbers of each title end.
    ends: Vec<u32>,
    /// The titles as they came, until they are packed.
    loose: Vec<Box<str>>,
}

/// Texts one after the other.
#[derive(Clone, Debug, Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(length(self.text.len()));
    }

    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        self.text.get(start(&self.ends, at) as usize..end as usize)
    }
}

impl Titles {
    /// Adds a title, which can be had once all of them are packed.
    pub(super) fn add(&mut self, title: &str) {
        self.loose.push(title.into());
    }

    /// Packs the titles that were added.
    pub(super) fn pack(&mut self) {
        let loose = std::mem::take(&mut self.loose);
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for word in loose.iter().flat_map(|title| title.split(' ')) {
            *counts.entry(word).or_default() += 1;
        }
        let mut words: Vec<(&str, u32)> = counts.into_iter().collect();
        words.sort_unstable_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
        let numbers: HashMap<&str, u64> = words.iter().map(|(word, _)| *word).zip(0..).collect();
        self.words = Strings::default();
        for (word, _) in &words {
            self.words.add(word);
        }
        for title in &loose {
            for word in title.split(' ') {
                write_number(
                    &mut self.numbers,
                    numbers.get(word).copied().unwrap_or_default(),
                );
            }
            self.ends.push(length(self.numbers.len()));
        }
        self.numbers.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.words.text.shrink_to_fit();
        self.words.ends.shrink_to_fit();
    }

    /// Returns a title.
    pub(super) fn get(&self, at: u32) -> String {
        let at = at as usize;
        let end = self.ends.get(at).copied().unwrap_or_default();
        let bytes = start(&self.ends, at) as usize..end as usize;
        let mut numbers = self.numbers.get(bytes).unwrap_or_default();
        let mut words = Vec::new();
        while let Some(number) = read_number(&mut numbers) {
            let word = usize::try_from(number)
                .ok()
                .and_then(|at| self.words.get(at));
            words.push(word.unwrap_or_default());
        }
        words.join(" ")
    }

    /// Returns the memory that the titles take, in bytes.
    pub(super) fn size(&self) -> usize {
        self.numbers.len()
            + self.words.text.len()
            + size_of_val(&self.ends[..])
            + size_of_val(&self.words.ends[..])
    }
}

/// Returns where a piece begins, given where each ends.
fn start(ends: &[u32], at: usize) -> u32 {
    let before = at.checked_sub(1).and_then(|before| ends.get(before));
    before.copied().unwrap_or_default()
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_comes_back_as_it_was() {
        let mut titles = Titles::default();
        let all = [
            "Cholera, unspecified",
            "",
            " Cholera due to  Vibrio",
            "Ménière's disease",
        ];
        for title in all {
            titles.add(title);
        }
        titles.pack();
        for (at, title) in (0..).zip(all) {
            assert_eq!(titles.get(at), title);
        }
        assert_eq!(titles.get(99), "");
    }
}
