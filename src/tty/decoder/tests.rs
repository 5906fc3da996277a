use crokey::KeyCombination;
use crossterm::event::{KeyCode, KeyModifiers};
use proptest::prelude::*;

use crate::tty::decoder::input::Input;
use crate::tty::decoder::*;

fn decode(chunks: &[&[u8]]) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut now = Instant::now();
    let mut out = Vec::new();
    for chunk in chunks {
        decoder.feed(chunk, now, &mut out);
    }
    while let Some(deadline) = decoder.deadline() {
        now = deadline;
        decoder.expire(now, &mut out);
    }
    assert_eq!(decoder.splitter.pending(), 0);
    out
}

/// The name of an input, as in a keymap.
fn input_name(input: &Input) -> String {
    match input {
        Input::Key(key) => KeyCombination::from(*key).to_string().to_lowercase(),
        Input::Paste(text) => format!("paste:{text}"),
        Input::Mouse(mouse) => format!("{:?}@{},{}", mouse.kind, mouse.column, mouse.row),
        Input::Ready => "ready".to_owned(),
        Input::Background(background) => format!("{background:?}").to_lowercase(),
    }
}

fn decoded_names(chunks: &[&[u8]]) -> String {
    decode(chunks)
        .iter()
        .map(input_name)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Sequences and their names in a keymap.
const NAMED: &[(&[u8], &str)] = &[
    (b"a", "a"),
    (b"G", "shift-g"),
    (b"?", "?"),
    (b"/", "/"),
    (b"-", "hyphen"),
    (b" ", "space"),
    (b"\r", "enter"),
    (b"\n", "enter"),
    (b"\t", "tab"),
    (b"\x7f", "backspace"),
    (b"\x08", "backspace"),
    (b"\x03", "ctrl-c"),
    (b"\x1a", "ctrl-z"),
    (b"\x00", "ctrl-space"),
    (b"\x1d", "ctrl-]"),
    (b"\x1b[A", "up"),
    (b"\x1bOA", "up"),
    (b"\x1b[D", "left"),
    (b"\x1bOD", "left"),
    (b"\x1b[H", "home"),
    (b"\x1bOH", "home"),
    (b"\x1b[1~", "home"),
    (b"\x1b[7~", "home"),
    (b"\x1b[F", "end"),
    (b"\x1bOF", "end"),
    (b"\x1b[4~", "end"),
    (b"\x1b[8~", "end"),
    (b"\x1b[2~", "insert"),
    (b"\x1b[3~", "delete"),
    (b"\x1b[5~", "pageup"),
    (b"\x1b[6~", "pagedown"),
    (b"\x1b[Z", "backtab"),
    (b"\x1bOP", "f1"),
    (b"\x1b[11~", "f1"),
    (b"\x1b[[A", "f1"),
    (b"\x1b[15~", "f5"),
    (b"\x1b[24~", "f12"),
    (b"\x1b[1;3D", "alt-left"),
    (b"\x1b\x1b[D", "alt-left"),
    (b"\x1b\x1bOD", "alt-left"),
    (b"\x1b[1;5C", "ctrl-right"),
    (b"\x1b[1;2A", "shift-up"),
    (b"\x1b[5;5~", "ctrl-pageup"),
    (b"\x1bx", "alt-x"),
    (b"\x1bG", "alt-shift-g"),
    (b"\x1b?", "alt-?"),
    (b"\x1b\x7f", "alt-backspace"),
    (b"\x1b\r", "alt-enter"),
    (b"\x1b[97u", "a"),
    (b"\x1b[97;2u", "shift-a"),
    (b"\x1b[99;5u", "ctrl-c"),
    (b"\x1b[63;2u", "?"),
    (b"\x1b[47:63;2u", "?"),
    (b"\x1b[27u", "esc"),
    (b"\x1b[9;2u", "backtab"),
    (b"\x1b[97;1:2u", "a"),
    (b"\x1b[0n", "ready"),
    (b"\x1b]11;rgb:1111/1111/1111\x07", "dark"),
    (b"\x1b]11;rgb:eeee/eeee/eeee\x1b\\", "light"),
    (b"\x1b[<0;10;5M", "Press@9,4"),
    (b"\x1b[<64;10;5M", "WheelUp@9,4"),
    (b"\x1b[<65;200;50M", "WheelDown@199,49"),
    (b"\x1b[M *%", "Press@9,4"),
    (b"\x1b[M`*%", "WheelUp@9,4"),
    (b"\x1b[200~two\r\nlines\x1b[201~", "paste:two lines"),
];

/// Sequences without a use for the program. No part of them may be taken for typed text.
const IGNORED: &[&[u8]] = &[
    b"\x1b[97;1:3u",
    b"\x1b[<0;10;5m",
    b"\x1b[<1;10;5M",
    b"\x1b[<2;10;5M",
    b"\x1b[<35;10;5M",
    b"\x1b[M#*%",
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[?62;22c",
    b"\x1b[>1;4000;0c",
    b"\x1b[?1u",
    b"\x1b[12;5R",
    b"\x1b[201~",
    b"\x1b[=5n",
    b"\x1b[;5A",
    b"\x1b[;A",
    b"\x1b[999;999z",
    b"\x1b[1 q",
    b"\x1b]10;rgb:1111/1111/1111\x07",
    b"\x1b]11;rgb:1111/1111\x1b\\",
    b"\x1bP>|harness(1)\x1b\\",
    b"\x1b_Gi=1;OK\x1b\\",
    b"\xff",
    b"\xc3(\x7f",
];

#[test]
fn esc_before_non_key_sequence_is_a_key() {
    assert_eq!(decoded_names(&[b"\x1b\x1b[0n"]), "esc ready");
    assert_eq!(decoded_names(&[b"\x1b", b"\x1b[0", b"nj"]), "esc ready j");
    assert_eq!(decoded_names(&[b"\x1b\x1b[200~a\x1b[201~"]), "esc paste:a");
    assert_eq!(decoded_names(&[b"\x1b\x1b[<0;1;1M"]), "esc Press@0,0");
    assert_eq!(decoded_names(&[b"\x1b\x1b[A"]), "alt-up");
}

#[test]
fn sequences_decode_to_keymap_key_names() {
    for (bytes, name) in NAMED {
        assert_eq!(decoded_names(&[bytes]), *name, "{}", bytes.escape_ascii());
        if let (Ok(named), [Input::Key(key)]) = (crokey::parse(name), decode(&[bytes]).as_slice()) {
            assert_eq!(KeyCombination::from(*key), named, "{name}");
            assert_eq!(
                KeyCombination::one_key(key.code, key.modifiers),
                named,
                "{name} as it comes"
            );
        }
    }
}

#[test]
fn crokey_names_shift_only_for_letters_and_backtab() {
    let parsed = |name: &str| crokey::parse(name).expect(name);
    assert_eq!(
        parsed("?"),
        KeyCombination::one_key(KeyCode::Char('?'), KeyModifiers::NONE)
    );
    assert_eq!(
        parsed("shift-g"),
        KeyCombination::one_key(KeyCode::Char('G'), KeyModifiers::SHIFT)
    );
    assert_eq!(
        parsed("G"),
        parsed("g"),
        "crokey ignores the case of a name"
    );
    assert_ne!(
        parsed("shift-tab"),
        parsed("backtab"),
        "the name in a keymap is backtab"
    );
}

#[test]
fn sequence_split_at_any_byte_decodes_the_same() {
    for (bytes, name) in NAMED {
        let single = bytes.chunks(1).collect::<Vec<_>>();
        assert_eq!(decoded_names(&single), *name, "{}", bytes.escape_ascii());
        for at in 1..bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(
                decoded_names(&[head, tail]),
                *name,
                "{} at {at}",
                bytes.escape_ascii()
            );
        }
    }
}

#[test]
fn unknown_sequences_produce_no_text() {
    for bytes in &IGNORED[..IGNORED.len() - 1] {
        assert_eq!(decoded_names(&[bytes]), "", "{}", bytes.escape_ascii());
        let single = bytes.chunks(1).collect::<Vec<_>>();
        assert_eq!(decoded_names(&single), "", "{}", bytes.escape_ascii());
        let followed = [bytes, b"q".as_slice()].concat();
        assert_eq!(decoded_names(&[&followed]), "q", "{}", bytes.escape_ascii());
    }
}

#[test]
fn timeout_ends_unfinished_sequences() {
    let cases: &[(&[u8], &str)] = &[
        (b"\x1b", "esc"),
        (b"\x1b\x1b", "esc esc"),
        (b"\x1b\x1b\x1b", "esc esc esc"),
        (b"\x1b[", "alt-["),
        (b"\x1b]", "alt-]"),
        (b"\x1bO", "alt-shift-o"),
        (b"\x1b\x1b[", "esc alt-["),
        (b"\x1b[1;", ""),
        (b"\x1b]11;rgb", ""),
        (b"\x1b[M*", ""),
        (b"\xe2\x82", ""),
        (b"\x1b[200~half", "paste:half"),
        (b"\x1b[200~half\x1b[20", "paste:half [20"),
    ];
    for (bytes, name) in cases {
        assert_eq!(decoded_names(&[bytes]), *name, "{}", bytes.escape_ascii());
    }
}

#[test]
fn sequence_timeout_is_80_ms_and_paste_timeout_is_longer() {
    let start = Instant::now();
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.feed(b"\x1b", start, &mut out);
    decoder.expire(start + Duration::from_millis(79), &mut out);
    assert_eq!(out, []);
    decoder.expire(start + Duration::from_millis(80), &mut out);
    assert_eq!(out.len(), 1);
    assert_eq!(decoder.deadline(), None);

    out.clear();
    decoder.feed(b"\x1b[200~q", start, &mut out);
    decoder.expire(start + Duration::from_secs(1), &mut out);
    decoder.feed(b"uit\x1b[201~", start + Duration::from_secs(1), &mut out);
    assert_eq!(out, [Input::Paste("quit".to_owned())]);
    assert_eq!(decoder.deadline(), None);
}

#[test]
fn ctrl_c_aborts_unfinished_sequences_except_paste() {
    let starts: &[&[u8]] = &[
        b"\x1b[1",
        b"\x1bO",
        b"\x1b]x",
        b"\x1bPx",
        b"\xe2\x82",
        b"\x1b[[",
    ];
    for start in starts {
        let bytes = [start, b"\x03".as_slice()].concat();
        assert_eq!(
            decoded_names(&[&bytes]),
            "ctrl-c",
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn utf8_may_be_split_and_invalid_bytes_are_dropped() {
    let text = "aé≥😀Z";
    let expected = "a é ≥ 😀 shift-z";
    assert_eq!(
        decoded_names(&text.as_bytes().chunks(1).collect::<Vec<_>>()),
        expected
    );
    assert_eq!(
        decoded_names(&[b"\xff\xc3(\xe2\x82x\xf0\x9f\xc0\x80"]),
        "( x"
    );
    assert_eq!(decoded_names(&["\x1bé".as_bytes()]), "alt-é");
}

#[test]
fn paste_excludes_control_characters_and_responses() {
    assert_eq!(
        decoded_names(&[b"\x1b[200~a\tb\x1bc\x03\x1b[0n\xffd\x1b[201~q"]),
        "ready paste:a b c d q"
    );
    assert_eq!(decoded_names(&[b"\x1b[200~\x1b\x1b[201~"]), "paste: ");
}

#[test]
fn endless_paste_is_bounded() {
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.feed(b"\x1b[200~", Instant::now(), &mut out);
    for _ in 0..200 {
        decoder.feed(&[b'x'; 1024], Instant::now(), &mut out);
        assert!(decoder.splitter.pending() <= paste::LIMIT);
    }
    decoder.feed(b"\x1b[201~q", Instant::now(), &mut out);
    assert!(matches!(&out[0], Input::Paste(text) if text.len() == paste::LIMIT));
    assert_eq!(input_name(&out[1]), "q");
}

#[test]
fn endless_sequence_is_bounded() {
    for start in ["\x1b[", "\x1b]", "\x1bP"] {
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        decoder.feed(start.as_bytes(), Instant::now(), &mut out);
        for _ in 0..100 {
            decoder.feed(&[b'1'; 1024], Instant::now(), &mut out);
            assert!(decoder.splitter.pending() <= 256);
        }
        decoder.feed(b"A\x1b\\q", Instant::now(), &mut out);
        assert_eq!(input_name(out.last().expect("a key")), "q");
    }
}

/// Bytes that mostly begin, continue or end sequences.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        4 => proptest::sample::select(NAMED).prop_map(|(bytes, _)| bytes.to_vec()),
        2 => proptest::sample::select(IGNORED).prop_map(<[u8]>::to_vec),
        2 => proptest::sample::select(b"\x1b[]OPM<>?;0129~mMunc\\\x07\x03 ".as_slice()).prop_map(|b| vec![b]),
        1 => proptest::collection::vec(any::<u8>(), 1..6),
    ];
    proptest::collection::vec(fragment, 0..24).prop_map(|fragments| fragments.concat())
}

/// Splits bytes into chunks of the given lengths and a rest.
fn split_at_lengths<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut chunks = Vec::new();
    for &length in lengths {
        let (head, tail) = rest.split_at(length.min(rest.len()));
        chunks.push(head);
        rest = tail;
    }
    chunks.push(rest);
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunking_does_not_change_decoded_input(
        bytes in bytes(),
        lengths in proptest::collection::vec(0_usize..7, 0..60),
    ) {
        prop_assert_eq!(decode(&split_at_lengths(&bytes, &lengths)), decode(&[&bytes]));
    }

    #[test]
    fn arbitrary_bytes_stay_bounded_and_type_no_controls(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        for chunk in bytes.chunks(7) {
            decoder.feed(chunk, Instant::now(), &mut out);
            prop_assert!(decoder.splitter.pending() <= paste::LIMIT + 256);
        }
        for input in out {
            match input {
                Input::Key(key) => if let KeyCode::Char(c) = key.code {
                    prop_assert!(!c.is_control());
                },
                Input::Paste(text) => prop_assert!(!text.contains(char::is_control)),
                Input::Mouse(_) | Input::Ready | Input::Background(_) => {}
            }
        }
    }
}
