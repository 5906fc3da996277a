//! Defines postings: for each word, the rows that have it and the fields it stands in, packed.
//!
//! A posting is the distance to the row before and a mask of fields, most often one byte: a
//! number of seven bits a byte, low bits first, whose two lowest bits say which mask it is. Two
//! masks that nearly all rows have need no byte of their own; any other one follows.

use crate::search::fields::FieldMask;
use crate::storage::varint::{read_varint, write_varint};

/// A row that has a word, and the fields it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) row: u32,
    pub(crate) mask: FieldMask,
}

/// The masks that need no byte of their own, by the bits that stand for them.
const COMMON_MASKS: [FieldMask; 3] = [
    FieldMask::BODY,
    FieldMask::TITLE,
    FieldMask(FieldMask::BODY.0 << 1),
];
/// The bits that stand for any other mask, which follows.
const EXPLICIT_MASK: u8 = 3;

/// The postings of one word, as they are written; rows come in ascending order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PostingsEncoder {
    /// One more than the row last written, so that the first distance is from nothing.
    next_row: u32,
}

impl PostingsEncoder {
    /// Appends a posting to a buffer.
    pub(crate) fn write(&mut self, Posting { row, mask }: Posting, out: &mut Vec<u8>) {
        let tag = (0..EXPLICIT_MASK)
            .zip(COMMON_MASKS)
            .find(|(_, known)| *known == mask);
        let tag = tag.map_or(EXPLICIT_MASK, |(tag, _)| tag);
        let distance = row.saturating_sub(self.next_row);
        write_varint(out, u64::from(distance) << 2 | u64::from(tag));
        if tag == EXPLICIT_MASK {
            out.push(mask.0);
        }
        self.next_row = row.saturating_add(1);
    }

    /// Returns the row after the last one.
    pub(crate) const fn next_row(self) -> u32 {
        self.next_row
    }
}

/// Appends postings that were packed apart from those before them: only the first knows how far
/// it is from the beginning. `after` is the row after their last one.
pub(crate) fn append_encoded(
    packed: &[u8],
    after: u32,
    run: &mut PostingsEncoder,
    out: &mut Vec<u8>,
) {
    let mut reader = PostingsDecoder::new(packed);
    if let Some(first) = reader.next() {
        run.write(first, out);
        out.extend_from_slice(reader.bytes);
        run.next_row = after;
    }
}

/// Reads packed postings in order; damaged ones end early, and never panic.
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

    fn next(&mut self) -> Option<Posting> {
        let (&byte, rest) = self.bytes.split_first()?;
        let (distance, tag) = if byte < 0x80 {
            self.bytes = rest;
            (u32::from(byte >> 2), byte & 3)
        } else {
            let number = read_varint(&mut self.bytes)?;
            (u32::try_from(number >> 2).ok()?, (number & 3) as u8)
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
        let (mut run, mut bytes) = (PostingsEncoder::default(), Vec::new());
        for (row, mask) in rows {
            let mask = FieldMask(mask);
            run.write(Posting { row, mask }, &mut bytes);
        }
        (bytes, run.next_row())
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
            let (mut run, mut joined) = (PostingsEncoder::default(), Vec::new());
            for part in [rest, later] {
                let (bytes, after) = encode(part);
                append_encoded(&bytes, after, &mut run, &mut joined);
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
