//! Defines postings: for each word, the rows that have it and the fields it stands in, packed.
//!
//! A posting is the distance to the row before and a mask of fields, most often one byte: a
//! number of seven bits a byte, low bits first, whose two lowest bits say which mask it is. Two
//! masks that nearly all rows have need no byte of their own; any other one follows.

use super::fields::Mask;

/// A row that has a word, and the fields it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    pub(super) row: u32,
    pub(super) mask: Mask,
}

const BODY: u64 = 0;
const TITLE: u64 = 1;
const SECOND: u64 = 2;
const SPELLED: u64 = 3;
const SECOND_MASK: Mask = Mask(Mask::BODY.0 << 1);

/// The postings of one word, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// One more than the row last written, so that the first distance is from nothing.
    after: u32,
    open: Option<Posting>,
}

impl Writer {
    /// Adds a row, or a field of the row that was added last; rows come in ascending order.
    pub(super) fn add(&mut self, row: u32, mask: Mask) {
        match &mut self.open {
            Some(open) if open.row == row => open.mask = open.mask.or(mask),
            _ => {
                self.flush();
                self.open = Some(Posting { row, mask });
            }
        }
    }

    /// Appends the packed postings to a buffer.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        self.flush();
        out.extend_from_slice(&self.bytes);
    }

    fn flush(&mut self) {
        if let Some(Posting { row, mask }) = self.open.take() {
            write(&mut self.bytes, row.saturating_sub(self.after), mask);
            self.after = row.saturating_add(1);
        }
    }
}

fn write(out: &mut Vec<u8>, distance: u32, mask: Mask) {
    let tag = match mask {
        Mask::BODY => BODY,
        Mask::TITLE => TITLE,
        SECOND_MASK => SECOND,
        _ => SPELLED,
    };
    write_number(out, u64::from(distance) << 2 | tag);
    if tag == SPELLED {
        out.push(mask.0);
    }
}

/// Appends a number, seven bits a byte, low bits first.
pub(super) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

/// Reads a number and moves on; nothing where the bytes end within it.
pub(super) fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
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
        let number = match self.bytes.split_first() {
            Some((&byte, rest)) if byte < 0x80 => {
                self.bytes = rest;
                u64::from(byte)
            }
            _ => read_number(&mut self.bytes)?,
        };
        let mask = match number & 3 {
            BODY => Mask::BODY,
            TITLE => Mask::TITLE,
            SECOND => SECOND_MASK,
            _ => {
                let (&mask, rest) = self.bytes.split_first()?;
                self.bytes = rest;
                Mask(mask)
            }
        };
        let row = self.after.checked_add(u32::try_from(number >> 2).ok()?)?;
        self.after = row.checked_add(1)?;
        Some(Posting { row, mask })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_of_the_same_row_joins_its_posting() {
        let mut writer = Writer::default();
        writer.add(7, Mask::BODY);
        writer.add(7, Mask::NAME);
        writer.add(9, Mask::BODY);
        let mut bytes = Vec::new();
        writer.finish(&mut bytes);
        let read: Vec<_> = Reader::new(&bytes).map(|p| (p.row, p.mask)).collect();
        assert_eq!(read, [(7, Mask::BODY.or(Mask::NAME)), (9, Mask::BODY)]);
    }

    #[test]
    fn the_next_row_takes_one_byte() {
        let mut writer = Writer::default();
        (0..1000).for_each(|row| writer.add(row, Mask::BODY));
        let mut bytes = Vec::new();
        writer.finish(&mut bytes);
        assert_eq!(bytes.len(), 1000);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            rows in prop::collection::btree_map(any::<u32>().prop_map(|r| r >> 1), 1_u8.., 0..40)
        ) {
            let mut writer = Writer::default();
            for (row, mask) in &rows {
                writer.add(*row, Mask(*mask));
            }
            let mut bytes = Vec::new();
            writer.finish(&mut bytes);
            let read: Vec<_> = Reader::new(&bytes).map(|p| (p.row, p.mask.0)).collect();
            prop_assert_eq!(read, rows.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn damaged_bytes_end_early(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let rows: Vec<_> = Reader::new(&bytes).map(|p| p.row).collect();
            prop_assert!(rows.is_sorted());
        }
    }
}
