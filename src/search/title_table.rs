//! Defines titles, packed: a code set has a hundred thousand of them, made of a few thousand words.
//!
//! Each title is a row of numbers, and each number a word with all its capitals and commas; the
//! commonest words have the smallest numbers, which take one byte.

use foldhash::{HashMap, HashMapExt};

use crate::storage::varint::{read_varint, write_varint};

/// The titles of an index.
#[derive(Clone, Debug, Default)]
pub(crate) struct TitleTable {
    /// The words, commonest first.
    words: PackedStrings,
    /// The numbers of each title's words.
    word_ids: Vec<u8>,
    /// Where the numbers of each title end.
    ends: Vec<u32>,
}

/// Texts one after the other.
#[derive(Clone, Debug, Default)]
struct PackedStrings {
    text: String,
    ends: Vec<u32>,
}

impl PackedStrings {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(saturating_u32(self.text.len()));
    }

    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        self.text.get(start(&self.ends, at) as usize..end as usize)
    }
}

impl TitleTable {
    /// Packs titles.
    pub(crate) fn from_titles<'t>(all: impl Iterator<Item = &'t str> + Clone) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for word in all.clone().flat_map(|title| title.split(' ')) {
            *counts.entry(word).or_default() += 1;
        }
        let mut words: Vec<(&str, u32)> = counts.into_iter().collect();
        words.sort_unstable_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
        let numbers: HashMap<&str, u64> = words.iter().map(|(word, _)| *word).zip(0..).collect();
        let mut titles = Self::default();
        for (word, _) in &words {
            titles.words.push(word);
        }
        for title in all {
            for word in title.split(' ') {
                let number = numbers.get(word).copied().unwrap_or_default();
                write_varint(&mut titles.word_ids, number);
            }
            titles.ends.push(saturating_u32(titles.word_ids.len()));
        }
        titles.word_ids.shrink_to_fit();
        titles.ends.shrink_to_fit();
        titles.words.text.shrink_to_fit();
        titles.words.ends.shrink_to_fit();
        titles
    }

    /// Makes titles of the parts that [`TitleTable::words`] and [`TitleTable::word_ids`] return.
    pub(crate) const fn from_parts(
        text: String,
        word_ends: Vec<u32>,
        numbers: Vec<u8>,
        ends: Vec<u32>,
    ) -> Self {
        Self {
            words: PackedStrings {
                text,
                ends: word_ends,
            },
            word_ids: numbers,
            ends,
        }
    }

    /// Returns the words one after the other, and where each ends.
    pub(crate) fn words(&self) -> (&str, &[u32]) {
        (&self.words.text, &self.words.ends)
    }

    /// Returns the packed numbers of each title's words, and where each title ends.
    pub(crate) fn word_ids(&self) -> (&[u8], &[u32]) {
        (&self.word_ids, &self.ends)
    }

    /// Returns a title.
    pub(crate) fn get(&self, at: u32) -> String {
        let at = at as usize;
        let end = self.ends.get(at).copied().unwrap_or_default();
        let bytes = start(&self.ends, at) as usize..end as usize;
        let mut numbers = self.word_ids.get(bytes).unwrap_or_default();
        let mut words = Vec::new();
        while let Some(number) = read_varint(&mut numbers) {
            let word = usize::try_from(number)
                .ok()
                .and_then(|at| self.words.get(at));
            words.push(word.unwrap_or_default());
        }
        words.join(" ")
    }

    /// Returns the memory that the titles take, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.word_ids.len()
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

fn saturating_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_round_trip() {
        let all = [
            "Cholera, unspecified",
            "",
            " Cholera due to  Vibrio",
            "Ménière's disease",
        ];
        let titles = TitleTable::from_titles(all.into_iter());
        for (at, title) in (0..).zip(all) {
            assert_eq!(titles.get(at), title);
        }
        assert_eq!(titles.get(99), "");
    }
}
