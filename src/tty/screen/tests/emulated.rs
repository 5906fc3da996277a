//! Property test: an emulator that reads a screen's output shows the frame.

use proptest::prelude::*;

use crate::text::Charset;
use crate::tty::capabilities::color::ColorDepth;
use crate::tty::capabilities::feature::Feature;
use crate::tty::capabilities::{Capabilities, DisplayMode, Overrides};
use crate::tty::screen::tests::look::{emulator_cells, expected_cells};
use crate::tty::screen::tests::page::{PageChange, TestPage, any_change};
use crate::tty::screen::*;

/// A screen and the emulator that reads its output.
struct EmulatedScreen {
    screen: Screen,
    terminal: vt100::Parser,
}

impl EmulatedScreen {
    fn new(columns: u16, rows: u16, capabilities: Capabilities) -> Self {
        let mut screen = Screen::new(Size::new(columns, rows), capabilities);
        screen.enter();
        Self {
            screen,
            terminal: vt100::Parser::new(non_zero(rows), non_zero(columns), 0),
        }
    }

    /// Draws a page, and again to check that nothing is left to write.
    fn draw(&mut self, page: &TestPage) -> Vec<u8> {
        let mut out = Vec::new();
        let mut draw = |out: &mut Vec<u8>| self.screen.draw(&page.frame, page.cursor, out);
        draw(&mut out).expect("a Vec takes everything");
        let mut again = Vec::new();
        draw(&mut again).expect("a Vec takes everything");
        assert_eq!(again, b"", "the second time");
        self.terminal.process(&out);
        out
    }

    /// Applies the effect of a change on terminal and screen.
    fn apply(&mut self, change: &PageChange) {
        match *change {
            PageChange::Resize { columns, rows } => {
                self.screen.resize(Size::new(columns, rows));
                self.terminal.set_size(non_zero(rows), non_zero(columns));
            }
            PageChange::ForeignOutput => {
                if self.screen.capabilities().can(Feature::ScrollRegion) {
                    self.terminal.process(b"\x1b[2;3r");
                }
                self.terminal.process(b"\x1b[7;31mwall: hello\x1b[5;5H");
                self.screen.invalidate();
            }
            _ => {}
        }
    }

    fn compare(&self, page: &TestPage) -> Result<(), TestCaseError> {
        let capabilities = self.screen.capabilities();
        let shown = self.terminal.screen();
        for (row, (actual, expected)) in emulator_cells(shown)
            .iter()
            .zip(expected_cells(&page.frame, capabilities))
            .enumerate()
        {
            for (column, (actual, expected)) in actual.iter().zip(&expected).enumerate() {
                prop_assert_eq!(actual, expected, "row {} column {}", row, column);
            }
        }
        if let Some(cursor) = page.cursor {
            prop_assert_eq!(shown.cursor_position(), (cursor.y, cursor.x));
        }
        let hides = capabilities.can(Feature::HideCursor);
        prop_assert_eq!(shown.hide_cursor(), hides && page.cursor.is_none());
        Ok(())
    }
}

fn non_zero(length: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(length).expect("no side is zero")
}

fn capabilities(term: &str, locale: &str) -> Capabilities {
    let variable = |name: &str| match name {
        "TERM" => Some(term.to_owned()),
        "LANG" => Some(locale.to_owned()),
        _ => None,
    };
    match Capabilities::detect(&variable, Overrides::default()) {
        DisplayMode::Interactive(capabilities) => capabilities,
        DisplayMode::Plain(_) => panic!("{term} is plain"),
    }
}

const TERMS: [&str; 9] = [
    "xterm",
    "xterm-256color",
    "alacritty",
    "tmux-256color",
    "screen",
    "linux",
    "vt220",
    "vt100",
    "nonesuch",
];

fn any_capabilities() -> impl Strategy<Value = Capabilities> {
    let term = proptest::sample::select(TERMS.as_slice());
    prop_oneof![
        2 => Just(Capabilities::modern()),
        3 => term.prop_map(|term| capabilities(term, "C.UTF-8")),
        1 => Just(capabilities("xterm", "C")),
    ]
}

/// The control sequences in `bytes`: the text between ESC and the final character, and that
/// character.
fn sequences(bytes: &[u8]) -> Vec<(String, char)> {
    let text = String::from_utf8(bytes.to_vec()).expect("frames are UTF-8");
    let mut sequences = Vec::new();
    for part in text.split('\x1b').skip(1) {
        let is_last = |c: char| c.is_ascii_alphabetic();
        let end = part.find(is_last).expect("a sequence ends in a letter");
        sequences.push((
            part[..end].to_owned(),
            part[end..].chars().next().expect("it is there"),
        ));
    }
    sequences
}

fn supports(capabilities: Capabilities, parameters: &str, last: char) -> bool {
    let can = |feature| capabilities.can(feature);
    match (parameters, last) {
        ("[?1049", 'h' | 'l') => can(Feature::AlternateScreen),
        ("[?2004", 'h' | 'l') => can(Feature::BracketedPaste),
        ("[?2026", 'h' | 'l') => can(Feature::Synchronized),
        ("[?25", 'h' | 'l') => can(Feature::HideCursor),
        (_, 'H' | 'J' | 'K' | 'A' | 'B' | 'C' | 'D') => true,
        (_, 'G' | 'd') => can(Feature::LineAddress),
        (_, 'X') => can(Feature::EraseCharacters),
        ("", 'M') | (_, 'r') => can(Feature::ScrollRegion),
        (style, 'm') => {
            let codes: Vec<u8> = style[1..]
                .split(';')
                .map(|code| code.parse().unwrap_or(0))
                .collect();
            match codes.as_slice() {
                [.., 38 | 48, 5, _] => capabilities.color_depth >= ColorDepth::Ansi256,
                [.., 38 | 48, 2, _, _, _] => capabilities.color_depth == ColorDepth::TrueColor,
                codes => codes.iter().all(|code| match code {
                    2 => can(Feature::Dim),
                    3 => can(Feature::Italic),
                    9 => can(Feature::CrossedOut),
                    0 | 1 | 4 | 7 => true,
                    22..30 => can(Feature::ResetAttribute),
                    39 | 49 => {
                        can(Feature::ResetAttribute) && capabilities.color_depth != ColorDepth::None
                    }
                    30..50 => capabilities.color_depth != ColorDepth::None,
                    90..108 => {
                        can(Feature::BrightColors) && capabilities.color_depth != ColorDepth::None
                    }
                    _ => capabilities.color_depth >= ColorDepth::Ansi256,
                }),
            }
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn emulator_shows_the_drawn_frame(
        size in (1_u16..60, 1_u16..16),
        capabilities in any_capabilities(),
        frames in proptest::collection::vec(proptest::collection::vec(any_change(), 1..4), 1..14),
    ) {
        let mut emulated = EmulatedScreen::new(size.0, size.1, capabilities);
        let mut page = TestPage::blank(size.0, size.1);
        for changes in frames {
            for change in &changes {
                emulated.apply(change);
                page.apply(change);
            }
            let bytes = emulated.draw(&page);
            emulated.compare(&page)?;
            prop_assert!(capabilities.charset == Charset::Unicode || bytes.is_ascii());
            for (parameters, last) in sequences(&bytes) {
                prop_assert!(supports(capabilities, &parameters, last), "{}{}", parameters, last);
            }
        }
    }
}
