//! Defines what an index knows about documents and rows besides their words.

use std::ops::Range;

use crate::content::{CodeId, CodeSystem, ModifierCode, Subject};

use crate::search::title_table::TitleTable;

/// The codes of an index, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocTable {
    /// Each code, packed; see [`pack_code`].
    pub(crate) codes: Vec<u64>,
    /// The row after each document's last one.
    pub(crate) row_ends: Vec<u32>,
    /// What each one is, and how many words its title has; see [`DocKind`].
    pub(crate) packed_kinds: Vec<u8>,
    /// The documents' positions, by code.
    pub(crate) by_code: Vec<u32>,
    pub(crate) titles: TitleTable,
}

/// What stands behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DocKind {
    /// A document.
    Document,
    /// An entry of a code set, of which the index knows the title and no rows.
    ListedCode,
}

const LISTED_CODE_BIT: u8 = 0x80;

impl DocKind {
    /// Packs what stands behind a code, and how many words its title has.
    pub(crate) fn pack(self, words: usize) -> u8 {
        let words = u8::try_from(words)
            .unwrap_or(u8::MAX)
            .min(LISTED_CODE_BIT - 1);
        match self {
            Self::Document => words,
            Self::ListedCode => words | LISTED_CODE_BIT,
        }
    }
}

impl DocTable {
    /// Adds a code, as packed and made, and the row after its last one.
    pub(crate) fn add(&mut self, code: u64, make: u8, rows: u32) {
        self.codes.push(code);
        self.packed_kinds.push(make);
        self.row_ends.push(rows);
    }

    /// Sorts the codes for look-up; to be called once all of them are in.
    pub(crate) fn finish(&mut self) {
        let count = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        self.by_code = (0..count).collect();
        self.by_code.sort_by_key(|doc| self.codes[*doc as usize]);
        self.codes.shrink_to_fit();
        self.packed_kinds.shrink_to_fit();
        self.row_ends.shrink_to_fit();
    }

    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    /// Returns the memory that the codes and titles take, in bytes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&self.codes[..])
            + size_of_val(&self.row_ends[..])
            + size_of_val(&self.packed_kinds[..])
            + size_of_val(&self.by_code[..])
            + self.titles.size()
    }

    pub(crate) fn code(&self, doc: u32) -> Option<CodeId> {
        unpack_code(*self.codes.get(doc as usize)?)
    }

    pub(crate) fn kind(&self, doc: u32) -> DocKind {
        match self.packed_kinds.get(doc as usize) {
            Some(byte) if byte & LISTED_CODE_BIT != 0 => DocKind::ListedCode,
            _ => DocKind::Document,
        }
    }

    pub(crate) fn title_word_count(&self, doc: u32) -> u8 {
        self.packed_kinds
            .get(doc as usize)
            .copied()
            .unwrap_or_default()
            & !LISTED_CODE_BIT
    }

    pub(crate) fn system(&self, doc: u32) -> Option<CodeSystem> {
        let packed = *self.codes.get(doc as usize)?;
        unpack_system(packed)
    }

    /// Returns the rows of a document.
    pub(crate) fn rows(&self, doc: u32) -> Range<u32> {
        let doc = doc as usize;
        let start = match doc.checked_sub(1) {
            Some(before) => self.row_ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        start..self.row_ends.get(doc).copied().unwrap_or(start)
    }

    /// Starts to look up the documents of ascending rows.
    pub(crate) fn row_to_doc(&self) -> RowToDoc<'_> {
        RowToDoc {
            row_ends: &self.row_ends,
            doc: 0,
        }
    }

    pub(crate) fn find(&self, code: &CodeId) -> Option<u32> {
        let packed = pack_code(code);
        let at = self
            .by_code
            .partition_point(|doc| self.codes[*doc as usize] < packed);
        let doc = *self.by_code.get(at)?;
        (self.codes[doc as usize] == packed).then_some(doc)
    }

    /// Returns the documents whose code begins so (upper case, without dot), by code.
    pub(crate) fn with_code_prefix(&self, system: CodeSystem, prefix: &str) -> &[u32] {
        let (Some(low), true) = (pack_code_value(system, prefix), prefix.len() <= 7) else {
            return &[];
        };
        let spare = 8 * (7 - prefix.len());
        let high = low | ((1_u64 << spare) - 1);
        let from = self
            .by_code
            .partition_point(|doc| self.codes[*doc as usize] < low);
        let to = self
            .by_code
            .partition_point(|doc| self.codes[*doc as usize] <= high);
        self.by_code.get(from..to).unwrap_or_default()
    }

    /// Returns some codes around the place where one would stand.
    pub(crate) fn nearest_codes(&self, code: &CodeId, most: usize) -> Vec<CodeId> {
        let packed = pack_code(code);
        let at = self
            .by_code
            .partition_point(|doc| self.codes[*doc as usize] < packed);
        let mut near: Vec<u32> = self
            .by_code
            .get(at.saturating_sub(most)..(at + most).min(self.by_code.len()))
            .unwrap_or_default()
            .to_vec();
        near.retain(|doc| self.system(*doc) == Some(code.system()));
        near.sort_by_key(|doc| {
            let other = self.codes[*doc as usize];
            (
                std::cmp::Reverse((other ^ packed).leading_zeros() / 8),
                other.abs_diff(packed),
            )
        });
        near.truncate(most);
        near.into_iter().filter_map(|doc| self.code(doc)).collect()
    }
}

/// Looks up the documents of ascending rows, faster than one by one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowToDoc<'a> {
    row_ends: &'a [u32],
    doc: usize,
}

impl RowToDoc<'_> {
    pub(crate) fn doc_of_row(&mut self, row: u32) -> u32 {
        let rest = self.row_ends.get(self.doc..).unwrap_or_default();
        let passed = |count: &usize| rest.get(count - 1).is_some_and(|end| *end <= row);
        let mut bound = 1;
        while passed(&bound) {
            bound *= 2;
        }
        let (from, to) = (bound / 2, bound.min(rest.len()));
        self.doc += from + rest[from..to].partition_point(|end| *end <= row);
        u32::try_from(self.doc).unwrap_or(u32::MAX)
    }
}

/// Packs a code into eight bytes that sort as codes do: the system, then the value without dot.
pub(crate) fn pack_code(code: &CodeId) -> u64 {
    let value: String = code.value().chars().filter(|c| *c != '.').collect();
    pack_code_value(code.system(), &value).unwrap_or(u64::MAX)
}

fn pack_code_value(system: CodeSystem, value: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes[0] = match system {
        CodeSystem::Cpt => 0,
        CodeSystem::Hcpcs => 1,
        CodeSystem::Icd10cm => 2,
    };
    bytes[1..]
        .get_mut(..value.len())?
        .copy_from_slice(value.as_bytes());
    Some(u64::from_be_bytes(bytes))
}

fn unpack_system(packed: u64) -> Option<CodeSystem> {
    Some(match packed.to_be_bytes()[0] {
        0 => CodeSystem::Cpt,
        1 => CodeSystem::Hcpcs,
        2 => CodeSystem::Icd10cm,
        _ => return None,
    })
}

fn unpack_code(packed: u64) -> Option<CodeId> {
    let bytes = packed.to_be_bytes();
    let value = std::str::from_utf8(&bytes[1..]).ok()?;
    CodeId::new(unpack_system(packed)?, value.trim_end_matches('\0')).ok()
}

/// What kind of row a row is, as far as ranking and scopes care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SubjectKind {
    Modifier,
    Payer,
    Other,
    Absence,
}

impl SubjectKind {
    pub(crate) const fn from_subject(subject: &Subject) -> Self {
        match subject {
            Subject::Modifier(_) => Self::Modifier,
            Subject::Payer | Subject::PayerRule(_) => Self::Payer,
            Subject::Absence => Self::Absence,
            Subject::Text | Subject::Place | Subject::Code(_) => Self::Other,
        }
    }
}

/// The rows of an index.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowTable {
    /// Kind (two high bits) and length class (six low ones) of each row.
    pub(crate) packed_kinds: Vec<u8>,
    /// The rows about modifiers, by modifier and row.
    pub(crate) modifiers: Vec<([u8; 2], u32)>,
    /// Where another section begins, and which: a position in `sections`.
    pub(crate) section_starts: Vec<(u32, u16)>,
    /// The names of the sections, folded, each with `\n` between id, short and full title.
    pub(crate) sections: Vec<String>,
}

impl RowTable {
    /// Gives back what was set aside for more rows.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.packed_kinds.shrink_to_fit();
        self.modifiers.shrink_to_fit();
        self.section_starts.shrink_to_fit();
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.packed_kinds.len()).unwrap_or(u32::MAX)
    }

    /// Returns the memory that the rows take, in bytes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&self.packed_kinds[..])
            + size_of_val(&self.modifiers[..])
            + size_of_val(&self.section_starts[..])
            + self.sections.iter().map(String::len).sum::<usize>()
    }

    pub(crate) fn kind(&self, row: u32) -> SubjectKind {
        match self.packed_kinds.get(row as usize).map(|byte| byte >> 6) {
            Some(0) => SubjectKind::Modifier,
            Some(1) => SubjectKind::Payer,
            Some(3) => SubjectKind::Absence,
            _ => SubjectKind::Other,
        }
    }

    /// Returns how long a row is: its words up to 32, and then ever more coarsely.
    pub(crate) fn length_class(&self, row: u32) -> u8 {
        self.packed_kinds
            .get(row as usize)
            .copied()
            .unwrap_or_default()
            & 0x3f
    }

    /// Returns the rows about modifiers that begin so.
    pub(crate) fn with_modifier_prefix(&self, begins: &str) -> &[([u8; 2], u32)] {
        let (low, high) = match begins.as_bytes() {
            [one] => ([*one, 0], [*one, u8::MAX]),
            [one, two] => ([*one, *two], [*one, *two]),
            _ => return &[],
        };
        let from = self.modifiers.partition_point(|(code, _)| *code < low);
        let to = self.modifiers.partition_point(|(code, _)| *code <= high);
        self.modifiers.get(from..to).unwrap_or_default()
    }

    /// Returns the modifier that a row is about.
    pub(crate) fn modifiers_of(&self, rows: &Range<u32>) -> Vec<ModifierCode> {
        let mut found: Vec<_> = self
            .modifiers
            .iter()
            .filter(|(_, row)| rows.contains(row))
            .filter_map(|(code, row)| {
                let code = std::str::from_utf8(code).ok()?;
                Some((*row, ModifierCode::new(code).ok()?))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, code)| code).collect()
    }

    /// Returns the stretches of rows of one section, in order.
    pub(crate) fn section_ranges(&self) -> impl Iterator<Item = (Range<u32>, u16)> {
        let ends = self.section_starts.iter().skip(1).map(|(row, _)| *row);
        let ends = ends.chain([self.count()]);
        let stretch = |((start, section), end): (&(u32, u16), u32)| (*start..end, *section);
        self.section_starts.iter().zip(ends).map(stretch)
    }
}

/// Packs what a row is, and how many words it has.
pub(crate) fn pack_row_kind(kind: SubjectKind, words: usize) -> u8 {
    let kind = match kind {
        SubjectKind::Modifier => 0,
        SubjectKind::Payer => 1,
        SubjectKind::Other => 2,
        SubjectKind::Absence => 3,
    };
    kind << 6 | length_class(words)
}

/// Puts a number of words into six bits: exact up to 32, then in steps of an eighth.
fn length_class(words: usize) -> u8 {
    let mut class = 0;
    let mut bound = 0;
    while bound < words && class < 0x3f {
        class += 1;
        bound += 1 + bound / 32 * 4;
    }
    class
}
