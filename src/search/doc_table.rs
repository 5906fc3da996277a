//! The document table: the code, kind, rows and title of each document and each listed code.

use std::cmp::Reverse;
use std::ops::Range;

use crate::content::{CodeId, CodeSystem};
use crate::num::saturating_u32;
use crate::search::columns::{gallop, item_range};
use crate::search::title_table::TitleTable;
use crate::storage::PartReader;
use crate::storage::varint::{encode_u32s, encode_u64s, write_bytes};

/// The columns of documents and listed codes. A position is a document id.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocTable {
    /// See [`pack_code`].
    codes: Vec<u64>,
    /// The row after each document's last one.
    row_ends: Vec<u32>,
    /// See [`DocKind::pack`].
    packed_kinds: Vec<u8>,
    /// The document ids in the order of codes.
    pub(crate) by_code: Vec<u32>,
    pub(crate) titles: TitleTable,
}

/// A document, or a code without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DocKind {
    Document,
    /// A code of an imported set without a document: only its title is indexed.
    ListedCode,
}

const LISTED_CODE_BIT: u8 = 0x80;

impl DocKind {
    /// Packs a kind (high bit) and the length of the title (other bits).
    pub(crate) fn pack(self, title_length: usize) -> u8 {
        let max = LISTED_CODE_BIT - 1;
        let length = u8::try_from(title_length).map_or(max, |length| length.min(max));
        match self {
            Self::Document => length,
            Self::ListedCode => length | LISTED_CODE_BIT,
        }
    }
}

impl DocTable {
    /// Adds a document, as [`pack_code`] and [`DocKind::pack`] packed it. `row_end` is the row
    /// after its last one.
    pub(crate) fn add(&mut self, code: u64, packed_kind: u8, row_end: u32) {
        self.codes.push(code);
        self.packed_kinds.push(packed_kind);
        self.row_ends.push(row_end);
    }

    /// Sorts the codes for look-up, after all documents were added.
    pub(crate) fn finish(&mut self) {
        self.by_code = (0..saturating_u32(self.len())).collect();
        self.by_code.sort_by_key(|doc| self.codes[*doc as usize]);
        self.codes.shrink_to_fit();
        self.packed_kinds.shrink_to_fit();
        self.row_ends.shrink_to_fit();
    }

    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

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

    pub(crate) fn system(&self, doc: u32) -> Option<CodeSystem> {
        unpack_system(*self.codes.get(doc as usize)?)
    }

    pub(crate) fn kind(&self, doc: u32) -> DocKind {
        match self.packed_kind(doc) & LISTED_CODE_BIT {
            0 => DocKind::Document,
            _ => DocKind::ListedCode,
        }
    }

    /// Returns the length of the title, at most 127: of a document its words, of a listed code see
    /// [`weighted_length`](crate::search::build::prominence::weighted_length).
    pub(crate) fn title_length(&self, doc: u32) -> u8 {
        self.packed_kind(doc) & !LISTED_CODE_BIT
    }

    /// Returns true for the HCPCS codes of quality measures, which repeat the names of diagnoses
    /// and drugs: G8395 to G9999 and M1000 to M1999.
    pub(crate) fn is_quality_measure(&self, doc: u32) -> bool {
        let code = self.codes.get(doc as usize).map(|code| code.to_be_bytes());
        let is_hcpcs = self.system(doc) == Some(CodeSystem::Hcpcs);
        is_hcpcs && matches!(code, Some([_, b'G', b'8' | b'9', ..] | [_, b'M', b'1', ..]))
    }

    fn packed_kind(&self, doc: u32) -> u8 {
        let packed = self.packed_kinds.get(doc as usize);
        packed.copied().unwrap_or_default()
    }

    pub(crate) fn rows(&self, doc: u32) -> Range<u32> {
        item_range(&self.row_ends, doc as usize)
    }

    /// Returns the row after those of all documents, if listed codes follow them.
    pub(crate) fn first_listed_row(&self) -> u32 {
        self.rows(self.first_listed_code()).start
    }

    pub(crate) fn first_listed_code(&self) -> u32 {
        let is_document = |packed: &u8| packed & LISTED_CODE_BIT == 0;
        saturating_u32(self.packed_kinds.partition_point(is_document))
    }

    pub(crate) fn row_to_doc(&self) -> RowToDoc<'_> {
        let first_listed_code = self.first_listed_code();
        RowToDoc {
            row_ends: &self.row_ends,
            doc: 0,
            first_listed_code,
            first_listed_row: self.rows(first_listed_code).start,
        }
    }

    pub(crate) fn find(&self, code: &CodeId) -> Option<u32> {
        let packed = pack_code(code);
        let doc = *self.by_code.get(self.lower_bound(packed))?;
        (self.codes[doc as usize] == packed).then_some(doc)
    }

    /// Returns the documents whose code starts with `prefix` (upper case, without dot), by code.
    pub(crate) fn with_code_prefix(&self, system: CodeSystem, prefix: &str) -> &[u32] {
        let Some(low) = pack_code_value(system, prefix) else {
            return &[];
        };
        let range = self.lower_bound(low)..self.lower_bound(low + digit_weight(prefix.len()));
        self.by_code.get(range).unwrap_or_default()
    }

    pub(crate) fn has_system(&self, system: CodeSystem) -> bool {
        !self.with_code_prefix(system, "").is_empty()
    }

    /// Returns the diagnoses that have more specific codes below them, and so are not billable.
    pub(crate) fn diagnosis_categories(&self) -> impl Iterator<Item = u32> {
        let diagnoses = self.with_code_prefix(CodeSystem::Icd10cm, "");
        let pairs = diagnoses.windows(2).filter(|pair| {
            let [code, next] = [pair[0], pair[1]].map(|doc| self.codes[doc as usize]);
            next - code < digit_weight(code_length(code))
        });
        pairs.map(|pair| pair[0])
    }

    /// Returns true for a diagnosis that is valid on claims: in ICD-10-CM, one without more specific
    /// codes below it. `None` for other codes, and without the imported set.
    pub(crate) fn is_billable(&self, code: &CodeId) -> Option<bool> {
        let doc = self
            .find(code)
            .filter(|_| code.system() == CodeSystem::Icd10cm)?;
        let packed = self.codes[doc as usize];
        let end = packed + digit_weight(code_length(packed));
        let has_subcodes = self.lower_bound(end) > self.lower_bound(packed) + 1;
        (has_subcodes || self.kind(doc) == DocKind::ListedCode).then_some(!has_subcodes)
    }

    /// Returns the codes next to where `code` would be, most similar first.
    pub(crate) fn nearest_codes(&self, code: &CodeId, limit: usize) -> Vec<CodeId> {
        let packed = pack_code(code);
        let position = self.lower_bound(packed);
        let range = position.saturating_sub(limit)..(position + limit).min(self.by_code.len());
        let mut near = self.by_code.get(range).unwrap_or_default().to_vec();
        near.retain(|doc| self.system(*doc) == Some(code.system()));
        near.sort_by_key(|doc| {
            let other = self.codes[*doc as usize];
            let weights = (1..=MAX_CODE_LEN).map(digit_weight);
            let shared = weights.take_while(|weight| other / weight == packed / weight);
            (Reverse(shared.count()), other.abs_diff(packed))
        });
        near.truncate(limit);
        near.into_iter().filter_map(|doc| self.code(doc)).collect()
    }

    /// Returns the position in `by_code` of the first code that is not less than a packed one.
    fn lower_bound(&self, packed: u64) -> usize {
        self.by_code
            .partition_point(|doc| self.codes[*doc as usize] < packed)
    }

    /// Encodes all columns but the titles.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        write_bytes(out, &encode_u64s(&self.codes));
        write_bytes(out, &encode_u32s(&self.row_ends));
        write_bytes(out, &self.packed_kinds);
        write_bytes(out, &encode_u32s(&self.by_code));
    }

    /// Decodes a table, or returns `None` if its columns do not fit together.
    pub(crate) fn decode(part: &mut PartReader<'_>, titles: TitleTable) -> Option<Self> {
        let table = Self {
            codes: part.read_u64s()?,
            row_ends: part.read_u32s()?,
            packed_kinds: part.read_bytes()?,
            by_code: part.read_u32s()?,
            titles,
        };
        let count = u32::try_from(table.len()).ok()?;
        let is_valid = table.row_ends.len() == table.len()
            && table.packed_kinds.len() == table.len()
            && table.by_code.len() == table.len()
            && table.by_code.iter().all(|doc| *doc < count);
        is_valid.then_some(table)
    }
}

/// Finds the documents of rows in ascending order. Each search starts at the previous document.
pub(crate) struct RowToDoc<'a> {
    row_ends: &'a [u32],
    doc: usize,
    /// Each listed code has one row.
    first_listed_code: u32,
    first_listed_row: u32,
}

impl RowToDoc<'_> {
    pub(crate) fn doc_of_row(&mut self, row: u32) -> u32 {
        if let Some(position) = row.checked_sub(self.first_listed_row) {
            return self.first_listed_code.saturating_add(position);
        }
        let rest = gallop(&self.row_ends[self.doc..], |end| *end <= row);
        self.doc = self.row_ends.len() - rest.len();
        saturating_u32(self.doc)
    }
}

/// The length of the longest codes, those of the NUCC.
const MAX_CODE_LEN: usize = 10;

/// The base of packed values, whose digits are 1 to 36 for 0 to 9 and A to Z, and 0 after the end.
const BASE: u64 = 37;

/// Below the byte of the system.
const VALUE_BITS: u32 = 56;

/// Packs a code into a number that sorts as codes do: the system, then the value without dot.
pub(crate) fn pack_code(code: &CodeId) -> u64 {
    let value: String = code.value().chars().filter(|c| *c != '.').collect();
    pack_code_value(code.system(), &value).unwrap_or(u64::MAX)
}

/// Returns the distance of the codes that differ in the last of `length` characters only.
fn digit_weight(length: usize) -> u64 {
    (length..MAX_CODE_LEN).fold(1, |weight, _| weight * BASE)
}

/// Packs a system and a value of capital letters and digits.
fn pack_code_value(system: CodeSystem, value: &str) -> Option<u64> {
    if value.len() > MAX_CODE_LEN {
        return None;
    }
    let mut packed = 0;
    for byte in value.bytes() {
        let digit = char::from(byte)
            .to_digit(36)
            .filter(|_| !byte.is_ascii_lowercase())?;
        packed = packed * BASE + u64::from(digit) + 1;
    }
    Some(((system as u64) << VALUE_BITS) + packed * digit_weight(value.len()))
}

fn code_length(packed: u64) -> usize {
    let value = packed & ((1 << VALUE_BITS) - 1);
    let digits = (1..=MAX_CODE_LEN).map(|length| value / digit_weight(length) % BASE);
    digits.take_while(|digit| *digit > 0).count()
}

fn unpack_system(packed: u64) -> Option<CodeSystem> {
    let position = usize::try_from(packed >> VALUE_BITS).ok()?;
    CodeSystem::ALL.get(position).copied()
}

fn unpack_code(packed: u64) -> Option<CodeId> {
    let value = packed & ((1 << VALUE_BITS) - 1);
    let digits = (1..=MAX_CODE_LEN).map(|length| value / digit_weight(length) % BASE);
    let digits = digits.take_while(|digit| *digit > 0);
    let characters = digits.map(|digit| char::from_digit(u32::try_from(digit).ok()? - 1, 36));
    let value: Option<String> = characters.collect();
    CodeId::new(unpack_system(packed)?, &value?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_code_unpacks_and_sorts_as_codes_do() {
        let codes = [
            "cpt:0001F",
            "cpt:83950",
            "hcpcs:J1885",
            "icd10cm:A00",
            "icd10cm:A00.0",
            "icd10cm:K92.2",
            "icd10cm:Z99.89",
            "modifier:ZZ",
            "pos:22",
            "taxonomy:207R00000X",
            "taxonomy:ZZZZ9ZZZZX",
        ];
        let codes = codes.map(|code| code.parse::<CodeId>().unwrap());
        let packed = codes.each_ref().map(pack_code);
        assert!(packed.is_sorted());
        assert_eq!(packed.map(|packed| unpack_code(packed).unwrap()), codes);
        assert_eq!(pack_code_value(CodeSystem::Cpt, "8395?"), None);
        assert_eq!(unpack_code(u64::MAX), None);
    }
}
