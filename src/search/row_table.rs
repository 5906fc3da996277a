//! The row table: the kind and length of each row, the rows about modifiers, the terms of payers'
//! names, and the sections.

use std::ops::Range;

use crate::content::{ModifierCode, Subject};
use crate::num::saturating_u32;
use crate::storage::PartReader;
use crate::storage::varint::{write_bytes, write_text, write_varint};

/// The columns of rows. A position is a row id.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowTable {
    /// See [`pack_row_kind`].
    pub(crate) packed_kinds: Vec<u8>,
    /// The rows about modifiers, by modifier and row.
    pub(crate) modifiers: Vec<([u8; 2], u32)>,
    /// The rows where another section starts, and its position in `sections`.
    pub(crate) section_starts: Vec<(u32, u16)>,
    /// The terms in the names of payers, ascending.
    pub(crate) payer_terms: Vec<u32>,
    /// The folded names of each section: id, short title and title, separated by `\n`.
    pub(crate) sections: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SubjectKind {
    Modifier,
    Payer,
    Other,
    Absence,
}

impl SubjectKind {
    const ALL: [Self; 4] = [Self::Modifier, Self::Payer, Self::Other, Self::Absence];

    pub(crate) const fn from_subject(subject: &Subject) -> Self {
        match subject {
            Subject::Modifier(_) => Self::Modifier,
            Subject::Payer | Subject::PayerRule(_) => Self::Payer,
            Subject::Absence => Self::Absence,
            Subject::Text | Subject::Place | Subject::Code(_) => Self::Other,
        }
    }

    /// Returns the kind of a row that [`pack_row_kind`] packed.
    pub(crate) fn unpack(packed: u8) -> Self {
        Self::ALL[usize::from(packed >> 6)]
    }
}

impl RowTable {
    pub(crate) fn shrink_to_fit(&mut self) {
        self.packed_kinds.shrink_to_fit();
        self.modifiers.shrink_to_fit();
        self.section_starts.shrink_to_fit();
        self.payer_terms.shrink_to_fit();
    }

    pub(crate) fn count(&self) -> u32 {
        saturating_u32(self.packed_kinds.len())
    }

    pub(crate) fn size(&self) -> usize {
        size_of_val(&self.packed_kinds[..])
            + size_of_val(&self.modifiers[..])
            + size_of_val(&self.section_starts[..])
            + size_of_val(&self.payer_terms[..])
            + self.sections.iter().map(String::len).sum::<usize>()
    }

    pub(crate) fn kind(&self, row: u32) -> SubjectKind {
        let packed = self.packed_kinds.get(row as usize);
        packed.map_or(SubjectKind::Other, |byte| SubjectKind::unpack(*byte))
    }

    pub(crate) fn length_class(&self, row: u32) -> u8 {
        let packed = self.packed_kinds.get(row as usize);
        packed.copied().unwrap_or_default() & 0x3f
    }

    /// Returns the rows about modifiers that start with `prefix`, by modifier.
    pub(crate) fn with_modifier_prefix(&self, prefix: &str) -> &[([u8; 2], u32)] {
        let (low, high) = match prefix.as_bytes() {
            [first] => ([*first, 0], [*first, u8::MAX]),
            [first, second] => ([*first, *second], [*first, *second]),
            _ => return &[],
        };
        let start = self.modifiers.partition_point(|(code, _)| *code < low);
        let end = self.modifiers.partition_point(|(code, _)| *code <= high);
        self.modifiers.get(start..end).unwrap_or_default()
    }

    /// Returns the modifiers that a range of rows is about, in the order of rows.
    pub(crate) fn modifiers_of(&self, rows: &Range<u32>) -> Vec<ModifierCode> {
        let in_rows = self.modifiers.iter().filter(|(_, row)| rows.contains(row));
        let mut modifiers: Vec<(u32, ModifierCode)> = in_rows
            .filter_map(|(code, row)| {
                let code = std::str::from_utf8(code).ok()?;
                Some((*row, ModifierCode::new(code).ok()?))
            })
            .collect();
        modifiers.sort();
        modifiers.into_iter().map(|(_, code)| code).collect()
    }

    pub(crate) fn section_ranges(&self) -> impl Iterator<Item = (Range<u32>, u16)> {
        let ends = self.section_starts.iter().skip(1).map(|(row, _)| *row);
        let ends = ends.chain([self.count()]);
        let starts = self.section_starts.iter();
        starts
            .zip(ends)
            .map(|((start, section), end)| (*start..end, *section))
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        write_bytes(out, &self.packed_kinds);
        write_varint(out, self.modifiers.len() as u64);
        for (code, row) in &self.modifiers {
            out.extend(code);
            out.extend(row.to_le_bytes());
        }
        write_varint(out, self.section_starts.len() as u64);
        for (row, section) in &self.section_starts {
            out.extend(row.to_le_bytes());
            out.extend(section.to_le_bytes());
        }
        write_varint(out, self.payer_terms.len() as u64);
        for term in &self.payer_terms {
            out.extend(term.to_le_bytes());
        }
        write_varint(out, self.sections.len() as u64);
        for section in &self.sections {
            write_text(out, section);
        }
    }

    pub(crate) fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self {
            packed_kinds: part.read_bytes()?,
            modifiers: part.read_list(|part| {
                Some((part.read_array()?, u32::from_le_bytes(part.read_array()?)))
            })?,
            section_starts: part.read_list(|part| {
                let row = u32::from_le_bytes(part.read_array()?);
                Some((row, u16::from_le_bytes(part.read_array()?)))
            })?,
            payer_terms: part.read_list(|part| part.read_array().map(u32::from_le_bytes))?,
            sections: part.read_list(PartReader::read_text)?,
        })
    }
}

/// Packs the kind (two high bits) and length class (six low bits) of a row.
pub(crate) fn pack_row_kind(kind: SubjectKind, words: usize) -> u8 {
    (kind as u8) << 6 | length_class(words)
}

/// Rounds a number of words to one of 64 classes: exact up to 32, then in steps of an eighth.
fn length_class(words: usize) -> u8 {
    let mut class = 0;
    let mut bound = 0;
    while bound < words && class < 0x3f {
        class += 1;
        bound += 1 + bound / 32 * 4;
    }
    class
}
