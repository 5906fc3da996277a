//! Postings lists: the rows that contain a term, delta-encoded, and the fields that contain it.
//!
//! A posting is a varint: the distance to the row before, shifted left by two, and a tag in the two
//! low bits. The tag stands for one of the three most common field masks, or means that the mask
//! follows as one more byte. Most postings take one byte.

use crate::search::fields::FieldMask;
use crate::storage::varint::{read_varint, write_varint};

/// A row that contains a term, and the fields that contain it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) row: u32,
    pub(crate) mask: FieldMask,
}

/// The masks that are encoded as a tag, which is their position.
const COMMON_MASKS: [FieldMask; 3] = [
    FieldMask::BODY,
    FieldMask::TITLE,
    FieldMask(FieldMask::BODY.0 << 1),
];
/// The tag of any other mask, which follows the varint.
const EXPLICIT_MASK: u8 = 3;

/// Encodes the postings list of one term, in ascending order of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PostingsEncoder {
    /// The row after the last one written. Distances start here.
    pub(crate) next_row: u32,
}

impl PostingsEncoder {
    pub(crate) fn write(&mut self, Posting { row, mask }: Posting, out: &mut Vec<u8>) {
        let mut tags = (0..EXPLICIT_MASK).zip(COMMON_MASKS);
        let tag = tags.find(|(_, common)| *common == mask);
        let tag = tag.map_or(EXPLICIT_MASK, |(tag, _)| tag);
        let distance = row.saturating_sub(self.next_row);
        write_varint(out, u64::from(distance) << 2 | u64::from(tag));
        if tag == EXPLICIT_MASK {
            out.push(mask.0);
        }
        self.next_row = row.saturating_add(1);
    }

    /// Appends a postings list that another encoder wrote, whose last row is before `next_row`.
    /// Only its first posting is encoded again, because only that distance changes.
    pub(crate) fn append(&mut self, encoded: &[u8], next_row: u32, out: &mut Vec<u8>) {
        let mut decoder = PostingsDecoder::new(encoded);
        if let Some(first) = decoder.next() {
            self.write(first, out);
            out.extend_from_slice(decoder.bytes);
            self.next_row = next_row;
        }
    }
}

/// Decodes a postings list. A damaged list ends early.
#[derive(Clone, Debug)]
pub(crate) struct PostingsDecoder<'a> {
    bytes: &'a [u8],
    next_row: u32,
}

impl<'a> PostingsDecoder<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next_row: 0 }
    }
}

impl Iterator for PostingsDecoder<'_> {
    type Item = Posting;

    #[inline]
    fn next(&mut self) -> Option<Posting> {
        let (&byte, rest) = self.bytes.split_first()?;
        let (distance, tag) = if byte < 0x80 {
            self.bytes = rest;
            (u32::from(byte >> 2), byte & 3)
        } else {
            let varint = read_varint(&mut self.bytes)?;
            (u32::try_from(varint >> 2).ok()?, (varint & 3) as u8)
        };
        let mask = if let Some(mask) = COMMON_MASKS.get(usize::from(tag)) {
            *mask
        } else {
            let (&mask, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            FieldMask(mask)
        };
        let row = self.next_row.checked_add(distance)?;
        self.next_row = row.checked_add(1)?;
        Some(Posting { row, mask })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(rows: impl IntoIterator<Item = (u32, u8)>) -> (Vec<u8>, u32) {
        let (mut encoder, mut bytes) = (PostingsEncoder::default(), Vec::new());
        for (row, mask) in rows {
            let mask = FieldMask(mask);
            encoder.write(Posting { row, mask }, &mut bytes);
        }
        (bytes, encoder.next_row)
    }

    fn decode(bytes: &[u8]) -> Vec<(u32, u8)> {
        PostingsDecoder::new(bytes)
            .map(|p| (p.row, p.mask.0))
            .collect()
    }

    #[test]
    fn consecutive_rows_take_one_byte_each() {
        let (bytes, _) = encode((0..1000).map(|row| (row, FieldMask::BODY.0)));
        assert_eq!(bytes.len(), 1000);
    }

    proptest! {
        #[test]
        fn postings_round_trip(
            rows in prop::collection::btree_map(any::<u32>().prop_map(|r| r >> 1), 1_u8.., 0..40)
        ) {
            let (bytes, _) = encode(rows.clone());
            prop_assert_eq!(decode(&bytes), rows.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn appended_chunks_equal_a_single_encoding(
            rows in prop::collection::btree_map(0_u32..9000, 1_u8.., 0..40),
            cut in 0_u32..9000,
        ) {
            let mut rest = rows.clone();
            let later = rest.split_off(&cut);
            let (mut encoder, mut joined) = (PostingsEncoder::default(), Vec::new());
            for part in [rest, later] {
                let (bytes, next_row) = encode(part);
                encoder.append(&bytes, next_row, &mut joined);
            }
            prop_assert_eq!(joined, encode(rows).0);
        }

        #[test]
        fn damaged_bytes_end_early(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let rows: Vec<_> = PostingsDecoder::new(&bytes).map(|p| p.row).collect();
            prop_assert!(rows.is_sorted());
        }
    }
}
