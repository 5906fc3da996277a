//! Colors for the background of the terminal.

use codeleaf::tty::{Background, Capabilities, ColorDepth};
use vt100::Color;

use crate::support::reader::TestSession;

const WHITE: &[u8] = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
const BLACK: &[u8] = b"\x1b]11;rgb:0000/0000/0000\x07";

fn reader(capabilities: Capabilities) -> TestSession {
    TestSession::with_theme((80, 24), capabilities, "auto")
}

/// The color of a word on the screen.
fn color_of(reader: &TestSession, word: &str) -> Color {
    let (row, line) = reader
        .screen()
        .lines()
        .enumerate()
        .find_map(|(row, line)| {
            Some((
                row,
                line.split(word)
                    .next()
                    .filter(|_| line.contains(word))?
                    .chars()
                    .count(),
            ))
        })
        .unwrap_or_else(|| panic!("{word}"));
    let cell = reader
        .vt100_screen()
        .cell(u16::try_from(row).unwrap(), u16::try_from(line).unwrap());
    cell.unwrap().fgcolor()
}

#[test]
fn first_frame_asks_for_the_background_after_its_contents() {
    let reader = reader(Capabilities::modern());
    let query = b"\x1b]11;?\x1b\\";
    assert!(reader.last_frame.ends_with(query));
    // The program asks no terminal that cannot answer, and none if the user chose a theme.
    for term in ["linux", "vt100"] {
        let codeleaf::tty::DisplayMode::Interactive(capabilities) = Capabilities::detect(
            &|name| (name == "TERM").then(|| term.to_owned()),
            codeleaf::tty::Overrides::default(),
        ) else {
            panic!("{term}");
        };
        let reader = TestSession::with_theme((80, 24), capabilities, "auto");
        assert!(
            !reader.last_frame.windows(2).any(|two| two == b"\x1b]"),
            "{term}"
        );
    }
    let own = TestSession::with_theme((80, 24), Capabilities::modern(), "dark");
    assert!(!own.last_frame.ends_with(query));
}

#[test]
fn colors_follow_the_answer_without_clearing_the_screen() {
    for (answer, label) in [(WHITE, 4), (BLACK, 6)] {
        let mut reader = reader(Capabilities::modern());
        reader.press("4");
        assert_eq!(color_of(&reader, "Modifier "), Color::Idx(63));
        let (screen, text) = (reader.screen(), color_of(&reader, "Use when"));
        reader.send(answer);
        assert_eq!(color_of(&reader, "Modifier "), Color::Idx(label));
        assert_eq!(color_of(&reader, "Use when"), text);
        assert_eq!(text, Color::Default);
        assert_eq!(reader.screen(), screen);
        for clear in [&b"\x1b[J"[..], b"\x1b[2J", b"\x1b[K"] {
            assert!(
                !reader
                    .last_frame
                    .windows(clear.len())
                    .any(|part| part == clear)
            );
        }
        // A second answer, or one to another program, changes nothing.
        reader.send(BLACK);
        reader.send(WHITE);
        assert_eq!(reader.last_frame_bytes, 0);
    }
}

#[test]
fn background_of_the_environment_is_in_the_first_frame() {
    for (background, label) in [(Background::Light, 4), (Background::Dark, 6)] {
        let mut capabilities = Capabilities::modern();
        capabilities.background = Some(background);
        let mut reader = reader(capabilities);
        assert!(!reader.last_frame.windows(2).any(|two| two == b"\x1b]"));
        reader.press("4");
        assert_eq!(color_of(&reader, "Modifier "), Color::Idx(label));
    }
}

#[test]
fn sixteen_colors_are_those_that_read_on_black_and_white() {
    let mut capabilities = Capabilities::modern();
    capabilities.color_depth = ColorDepth::Ansi16;
    let mut reader = reader(capabilities);
    reader.press("4");
    assert_eq!(color_of(&reader, "Modifier "), Color::Idx(12));
    assert_eq!(color_of(&reader, "! disputed"), Color::Idx(5));
}
