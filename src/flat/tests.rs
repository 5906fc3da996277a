//! What was written is read, and what was damaged since is not.

use proptest::prelude::*;

use super::*;

const FORMAT: u32 = 7;

fn file(parts: &[(Name, Vec<u8>)]) -> Vec<u8> {
    let mut writer = FlatWriter::new(Vec::new(), FORMAT).unwrap();
    for (name, bytes) in parts {
        writer.part(*name, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Flat, FlatError> {
    Flat::open(Source::Memory(bytes), FORMAT)
}

/// Bytes that differ from page to page.
fn long(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at / 7 + at / PAGE) % 251).unwrap())
        .collect()
}

fn parts() -> Vec<(Name, Vec<u8>)> {
    vec![
        (*b"none", Vec::new()),
        (*b"word", b"a word".to_vec()),
        (*b"page", long(PAGE)),
        (*b"long", long(3 * PAGE + 5)),
    ]
}

#[test]
fn parts_and_pieces_come_back_as_they_were() {
    let flat = open(file(&parts())).unwrap();
    for (name, bytes) in parts() {
        assert_eq!(flat.part(name), Some(bytes));
    }
    assert_eq!(flat.part(*b"else"), None);
    let whole = long(3 * PAGE + 5);
    for (at, length) in [(0, 0), (1, 9), (PAGE - 1, 2), (5, 2 * PAGE), (3 * PAGE, 5)] {
        let piece = flat.piece(*b"long", at as u64, length);
        assert_eq!(
            piece.as_deref(),
            whole.get(at..at + length),
            "{at} {length}"
        );
    }
    assert_eq!(flat.piece(*b"long", 3 * PAGE as u64, 6), None);
    assert_eq!(flat.piece(*b"long", u64::MAX, 6), None);
}

#[test]
fn a_file_of_another_format_is_not_read() {
    let other = Flat::open(Source::Memory(file(&parts())), FORMAT + 1);
    assert!(matches!(other, Err(FlatError::Format)));
}

#[test]
fn a_file_that_was_cut_anywhere_is_not_opened() {
    let whole = file(&[(*b"word", b"a word".to_vec())]);
    for length in 0..whole.len() {
        assert!(open(whole[..length].to_vec()).is_err(), "{length}");
    }
    let mut longer = whole;
    longer.push(0);
    assert!(open(longer).is_err());
}

#[test]
fn no_byte_can_change_unnoticed() {
    let sound = vec![(*b"word", b"a word".to_vec()), (*b"more", vec![9; 40])];
    let whole = file(&sound);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let Ok(flat) = open(damaged) else { continue };
            let lost = sound.iter().filter(|(name, bytes)| {
                let read = flat.part(*name);
                assert!(read.is_none() || read.as_ref() == Some(bytes), "byte {at}");
                read.is_none()
            });
            assert_eq!(lost.count(), 1, "byte {at}");
        }
    }
}

#[test]
fn a_part_is_read_from_its_front() {
    let numbers: Vec<u32> = (0..50_000).map(|n| n * 77_777).collect();
    let large: Vec<u64> = (0..30_000).map(|n| n << 40 | n).collect();
    let text = "é".repeat(70_000);
    let mut bytes = Vec::new();
    // One byte, so that no number stands where it would in memory.
    bytes.push(7);
    packed::write_bytes(&mut bytes, &packed::of_u32s(&numbers));
    write_number(&mut bytes, u64::MAX);
    packed::write_text(&mut bytes, &text);
    packed::write_bytes(&mut bytes, &packed::of_u64s(&large));
    bytes.extend(b"end");
    bytes.extend(packed::of_u32s(&numbers));
    let whole = file(&[(*b"more", vec![1; 100]), (*b"long", bytes.clone())]);
    let read = |whole: Vec<u8>| -> Option<()> {
        let flat = open(whole).ok()?;
        let mut part = flat.stream(*b"long")?;
        assert_eq!(part.left(), bytes.len() as u64);
        assert_eq!(part.byte()?, 7);
        assert_eq!(part.u32s()?, numbers);
        assert_eq!(part.number()?, u64::MAX);
        assert_eq!(part.text()?, text);
        assert_eq!(part.u64s()?, large);
        assert_eq!(part.array()?, *b"end");
        assert_eq!(part.rest_as_u32s()?, numbers);
        assert_eq!((part.left(), part.byte()), (0, None));
        Some(())
    };
    assert!(read(whole.clone()).is_some());
    for at in (1000..whole.len()).step_by(37_777) {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        assert!(read(damaged).is_none(), "{at}");
    }
    // A length that reaches beyond the end asks for no memory.
    for length in [9, u64::MAX] {
        let mut bytes = Vec::new();
        write_number(&mut bytes, length);
        let flat = open(file(&[(*b"long", bytes)])).unwrap();
        let stream = || flat.stream(*b"long").unwrap();
        assert_eq!(
            (stream().bytes(), stream().u32s(), stream().u64s()),
            (None, None, None)
        );
        assert_eq!(stream().many(Stream::byte), None);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_no_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut file = file(&[]);
        file.splice(HEAD..HEAD, bytes);
        let _ = open(file);
    }

    #[test]
    fn numbers_and_texts_come_back(number in any::<u64>(), text in ".{0,20}") {
        let mut bytes = Vec::new();
        write_number(&mut bytes, number);
        packed::write_text(&mut bytes, &text);
        let mut rest = &bytes[..];
        prop_assert_eq!(read_number(&mut rest), Some(number));
        prop_assert_eq!(packed::read_text(&mut rest), Some(text.as_str()));
        prop_assert!(rest.is_empty());
    }
}
