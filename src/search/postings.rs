//! Defines postings: for each word, the rows that have it and the fields it stands in, packed.
//!
//! A posting is the distance to the row before and a mask of fields, most often one byte: a
//! number of seven bits a byte, low bits first, whose two lowest bits say which mask it is. Two
//! masks that nearly all rows have need no byte of their own; any other one follows.

use super::fields::Mask;
use crate::flat::packed::{read_number, write_number};

/// A row that has a word, and the fields it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    pub(super) row: u32,
    pub(super) mask: Mask,
}

/// The masks that need no byte of their own, by the bits that stand for them.
const MASKS: [Mask; 3] = [Mask::BODY, Mask::TITLE, Mask(Mask::BODY.0 << 1)];
/// The bits that stand for any other mask, which follows.
const SPELLED: u8 = 3;

/// The postings of one word, as they are written; rows come in ascending order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    /// One more than the row last written, so that the first distance is from nothing.
    after: u32,
}

impl Run {
    /// Appends a posting to a buffer.
    pub(super) fn write(&mut self, Posting { row, mask }: Posting, out: &mut Vec<u8>) {
        let tag = (0..SPELLED).zip(MASKS).find(|(_, known)| *known == mask);
        let tag = tag.map_or(SPELLED, |(tag, _)| tag);
        let distance = row.saturating_sub(self.after);
        write_number(out, u64::from(distance) << 2 | u64::from(tag));
        if tag == SPELLED {
            out.push(mask.0);
        }
        self.after = row.saturating_add(1);
    }

    /// Returns the row after the last one.
    pub(super) const fn after(self) -> u32 {
        self.after
    }
}

/// Appends postings that were packed apart from those before them: only the first knows how far
/// it is from the beginning. `after` is the row after their last one.
pub(super) fn append(packed: &[u8], after: u32, run: &mut Run, out: &mut Vec<u8>) {
    let mut reader = Reader::new(packed);
    if let Some(first) = reader.next() {
        run.write(first, out);
        out.extend_from_slice(reader.bytes);
        run.after = after;
    }
}

/// Reads packed postings in order; damaged ones end early, and never panic.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    after: u32,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, after: 0 }
    }
}

impl Iterator for Reader<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        let (&byte, rest) = self.bytes.split_first()?;
        let (distance, tag) = if byte < 0x80 {
            self.bytes = rest;
            (u32::from(byte >> 2), byte & 3)
        } else {
            let number = read_number(&mut self.bytes)?;
            (u32::try_from(number >> 2).ok()?, (number & 3) as u8)
        };
        let mask = if let Some(mask) = MASKS.get(usize::from(tag)) {
            *mask
        } else {
            let (&mask, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            Mask(mask)
        };
        let row = self.after.checked_add(distance)?;
        self.after = row.checked_add(1)?;
        Some(Posting { row, mask })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pack(rows: impl IntoIterator<Item = (u32, u8)>) -> (Vec<u8>, u32) {
        let (mut run, mut bytes) = (Run::default(), Vec::new());
        for (row, mask) in rows {
            let mask = Mask(mask);
            run.write(Posting { row, mask }, &mut bytes);
        }
        (bytes, run.after())
    }

    fn unpack(bytes: &[u8]) -> Vec<(u32, u8)> {
        Reader::new(bytes).map(|p| (p.row, p.mask.0)).collect()
    }

    #[test]
    fn the_next_row_takes_one_byte() {
        let (bytes, _) = pack((0..1000).map(|row| (row, Mask::BODY.0)));
        assert_eq!(bytes.len(), 1000);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            rows in prop::collection::btree_map(any::<u32>().prop_map(|r| r >> 1), 1_u8.., 0..40)
        ) {
            let (bytes, _) = pack(rows.clone());
            prop_assert_eq!(unpack(&bytes), rows.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn postings_that_were_packed_apart_are_as_if_packed_together(
            rows in prop::collection::btree_map(0_u32..9000, 1_u8.., 0..40),
            cut in 0_u32..9000,
        ) {
            let mut rest = rows.clone();
            let later = rest.split_off(&cut);
            let (mut run, mut joined) = (Run::default(), Vec::new());
            for part in [rest, later] {
                let (bytes, after) = pack(part);
                append(&bytes, after, &mut run, &mut joined);
            }
            prop_assert_eq!(joined, pack(rows).0);
        }

        #[test]
        fn damaged_bytes_end_early(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let rows: Vec<_> = Reader::new(&bytes).map(|p| p.row).collect();
            prop_assert!(rows.is_sorted());
        }
    }
}
