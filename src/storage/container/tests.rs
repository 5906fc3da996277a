//! Tests of containers: round trips and damage.

use proptest::prelude::*;

use crate::storage::container::*;
use crate::storage::part_reader::PartReader;
use crate::storage::varint;

const FORMAT: u32 = 7;

fn container_bytes(parts: &[(PartTag, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ContainerWriter::new(Vec::new(), FORMAT).unwrap();
    for (tag, bytes) in parts {
        writer.write_part(*tag, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Container, ContainerError> {
    Container::open(Backing::Memory(bytes), FORMAT)
}

/// Bytes that differ from page to page.
fn patterned_bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at / 7 + at / PAGE_SIZE) % 251).unwrap())
        .collect()
}

fn sample_parts() -> Vec<(PartTag, Vec<u8>)> {
    vec![
        (*b"none", Vec::new()),
        (*b"word", b"a word".to_vec()),
        (*b"page", patterned_bytes(PAGE_SIZE)),
        (*b"long", patterned_bytes(3 * PAGE_SIZE + 5)),
    ]
}

#[test]
fn parts_and_ranges_round_trip() {
    let container = open(container_bytes(&sample_parts())).unwrap();
    for (tag, bytes) in sample_parts() {
        assert_eq!(container.read_part(tag), Some(bytes));
    }
    assert_eq!(container.read_part(*b"else"), None);
    let whole = patterned_bytes(3 * PAGE_SIZE + 5);
    for (at, length) in [
        (0, 0),
        (1, 9),
        (PAGE_SIZE - 1, 2),
        (5, 2 * PAGE_SIZE),
        (3 * PAGE_SIZE, 5),
    ] {
        let range = container.read_range(*b"long", at as u64, length);
        assert_eq!(
            range.as_deref(),
            whole.get(at..at + length),
            "{at} {length}"
        );
    }
    assert_eq!(
        container.read_range(*b"long", 3 * PAGE_SIZE as u64, 6),
        None
    );
    assert_eq!(container.read_range(*b"long", u64::MAX, 6), None);
}

#[test]
fn other_format_is_rejected() {
    let other = Container::open(
        Backing::Memory(container_bytes(&sample_parts())),
        FORMAT + 1,
    );
    assert!(matches!(other, Err(ContainerError::Format)));
}

#[test]
fn truncated_or_extended_file_is_rejected() {
    let whole = container_bytes(&[(*b"word", b"a word".to_vec())]);
    for length in 0..whole.len() {
        assert!(open(whole[..length].to_vec()).is_err(), "{length}");
    }
    let mut longer = whole;
    longer.push(0);
    assert!(open(longer).is_err());
}

#[test]
fn every_flipped_bit_is_detected() {
    let parts = vec![(*b"word", b"a word".to_vec()), (*b"more", vec![9; 40])];
    let whole = container_bytes(&parts);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let Ok(container) = open(damaged) else {
                continue;
            };
            let lost = parts.iter().filter(|(tag, bytes)| {
                let read = container.read_part(*tag);
                assert!(read.is_none() || read.as_ref() == Some(bytes), "byte {at}");
                read.is_none()
            });
            assert_eq!(lost.count(), 1, "byte {at}");
        }
    }
}

#[test]
fn part_reader_reads_every_type_and_detects_damage() {
    let numbers: Vec<u32> = (0..50_000).map(|n| n * 77_777).collect();
    let large: Vec<u64> = (0..30_000).map(|n| n << 40 | n).collect();
    let text = "é".repeat(70_000);
    let mut bytes = Vec::new();
    // One byte, so that no integer is aligned.
    bytes.push(7);
    varint::write_bytes(&mut bytes, &varint::encode_u32s(&numbers));
    write_varint(&mut bytes, u64::MAX);
    varint::write_text(&mut bytes, &text);
    varint::write_bytes(&mut bytes, &varint::encode_u64s(&large));
    bytes.extend(b"end");
    bytes.extend(varint::encode_u32s(&numbers));
    let whole = container_bytes(&[(*b"more", vec![1; 100]), (*b"long", bytes.clone())]);
    let read = |whole: Vec<u8>| -> Option<()> {
        let container = open(whole).ok()?;
        let mut part = container.part_reader(*b"long")?;
        assert_eq!(part.remaining(), bytes.len() as u64);
        assert_eq!(part.read_byte()?, 7);
        assert_eq!(part.read_u32s()?, numbers);
        assert_eq!(part.read_varint()?, u64::MAX);
        assert_eq!(part.read_text()?, text);
        assert_eq!(part.read_u64s()?, large);
        assert_eq!(part.read_array()?, *b"end");
        assert_eq!(part.read_u32s_to_end()?, numbers);
        assert_eq!((part.remaining(), part.read_byte()), (0, None));
        Some(())
    };
    assert!(read(whole.clone()).is_some());
    for at in (1000..whole.len()).step_by(37_777) {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        assert!(read(damaged).is_none(), "{at}");
    }
    // A length beyond the end allocates nothing.
    for length in [9, u64::MAX] {
        let mut bytes = Vec::new();
        write_varint(&mut bytes, length);
        let container = open(container_bytes(&[(*b"long", bytes)])).unwrap();
        let reader = || container.part_reader(*b"long").unwrap();
        assert_eq!(
            (
                reader().read_bytes(),
                reader().read_u32s(),
                reader().read_u64s()
            ),
            (None, None, None)
        );
        assert_eq!(reader().read_list(PartReader::read_byte), None);
    }
}

#[test]
fn part_reader_starts_at_any_offset() {
    let bytes = patterned_bytes(40 * PAGE_SIZE + 5);
    let container = open(container_bytes(&[(*b"long", bytes.clone())])).unwrap();
    for offset in [
        0,
        1,
        PAGE_SIZE - 1,
        PAGE_SIZE,
        3 * PAGE_SIZE + 7,
        bytes.len(),
    ] {
        let mut reader = container.part_reader_at(*b"long", offset as u64).unwrap();
        let rest: Vec<u8> = std::iter::from_fn(|| reader.read_byte()).collect();
        assert_eq!(rest, bytes[offset..], "{offset}");
    }
    let after_end = bytes.len() as u64 + 1;
    assert!(container.part_reader_at(*b"long", after_end).is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut file = container_bytes(&[]);
        file.splice(HEADER_LEN..HEADER_LEN, bytes);
        let _ = open(file);
    }

    #[test]
    fn varints_and_texts_round_trip(number in any::<u64>(), text in ".{0,20}") {
        let mut bytes = Vec::new();
        write_varint(&mut bytes, number);
        varint::write_text(&mut bytes, &text);
        let mut rest = &bytes[..];
        prop_assert_eq!(read_varint(&mut rest), Some(number));
        prop_assert_eq!(varint::read_text(&mut rest), Some(text.as_str()));
        prop_assert!(rest.is_empty());
    }
}
