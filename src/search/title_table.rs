//! The title table: the title of each document, encoded as a list of word ids.
//!
//! A code set has a hundred thousand titles made of a few thousand words. A word here is anything
//! between spaces, with its capitals and commas. The most common words have the smallest ids, which
//! take one byte.

use std::cmp::Reverse;

use foldhash::{HashMap, HashMapExt};

use crate::num::saturating_u32;
use crate::search::columns::item_range;
use crate::storage::PartReader;
use crate::storage::varint::{encode_u32s, read_varint, write_bytes, write_text, write_varint};

#[derive(Clone, Debug, Default)]
pub(crate) struct TitleTable {
    words: String,
    word_ends: Vec<u32>,
    /// The word ids of each title, as varints.
    word_ids: Vec<u8>,
    title_ends: Vec<u32>,
}

impl TitleTable {
    pub(crate) fn from_titles<'t>(titles: impl Iterator<Item = &'t str> + Clone) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for word in titles.clone().flat_map(|title| title.split(' ')) {
            *counts.entry(word).or_default() += 1;
        }
        let mut words: Vec<(&str, u32)> = counts.into_iter().collect();
        words.sort_unstable_by_key(|(word, count)| (Reverse(*count), *word));
        let ids: HashMap<&str, u64> = words.iter().map(|(word, _)| *word).zip(0..).collect();
        let mut table = Self::default();
        for (word, _) in &words {
            table.words.push_str(word);
            table.word_ends.push(saturating_u32(table.words.len()));
        }
        for title in titles {
            for word in title.split(' ') {
                let id = ids.get(word).copied().unwrap_or_default();
                write_varint(&mut table.word_ids, id);
            }
            table.title_ends.push(saturating_u32(table.word_ids.len()));
        }
        table.words.shrink_to_fit();
        table.word_ends.shrink_to_fit();
        table.word_ids.shrink_to_fit();
        table.title_ends.shrink_to_fit();
        table
    }

    /// Returns the title of a document, or an empty one if there is no such document.
    pub(crate) fn get(&self, doc: u32) -> String {
        let range = item_range(&self.title_ends, doc as usize);
        let ids = self.word_ids.get(range.start as usize..range.end as usize);
        let mut ids = ids.unwrap_or_default();
        let mut words = Vec::new();
        while let Some(id) = read_varint(&mut ids) {
            let id = usize::try_from(id).unwrap_or(usize::MAX);
            let range = item_range(&self.word_ends, id);
            let word = self.words.get(range.start as usize..range.end as usize);
            words.push(word.unwrap_or_default());
        }
        words.join(" ")
    }

    pub(crate) fn size(&self) -> usize {
        self.words.len()
            + self.word_ids.len()
            + size_of_val(&self.word_ends[..])
            + size_of_val(&self.title_ends[..])
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        write_text(out, &self.words);
        write_bytes(out, &encode_u32s(&self.word_ends));
        write_bytes(out, &self.word_ids);
        write_bytes(out, &encode_u32s(&self.title_ends));
    }

    pub(crate) fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self {
            words: part.read_text()?,
            word_ends: part.read_u32s()?,
            word_ids: part.read_bytes()?,
            title_ends: part.read_u32s()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_round_trip() {
        let titles = [
            "Cholera, unspecified",
            "",
            " Cholera due to  Vibrio",
            "Ménière's disease",
        ];
        let table = TitleTable::from_titles(titles.into_iter());
        for (doc, title) in (0..).zip(titles) {
            assert_eq!(table.get(doc), title);
        }
        assert_eq!(table.get(99), "");
    }
}
