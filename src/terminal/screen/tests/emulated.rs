//! What a screen wrote, read by an emulator, is what was to be shown.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr as _;

use super::super::pen::{Attributes, Ink, Pen};
use super::super::*;
use crate::content::Charset;
use crate::terminal::{Capabilities, Feature, Overrides, Painting};

/// A cell as it looks: its text, colours and attributes, as far as they are seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    text: String,
    foreground: vt100::Color,
    background: vt100::Color,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

impl Look {
    /// Blanks look alike whatever their weight and, without a line or reverse, their colour.
    fn normalised(mut self) -> Self {
        if self.text.is_empty() || self.text == " " {
            self.text = " ".to_owned();
            if !(self.underline || self.reverse) {
                self.foreground = vt100::Color::Default;
                (self.bold, self.dim, self.italic) = (false, false, false);
            }
        }
        self
    }
}

/// What the emulator shows in a cell.
fn seen(screen: &vt100::Screen, row: u16, column: u16) -> Look {
    let cell = screen.cell(row, column).expect("the cell exists");
    Look {
        text: cell.contents().to_owned(),
        foreground: cell.fgcolor(),
        background: cell.bgcolor(),
        bold: cell.bold(),
        dim: cell.dim(),
        italic: cell.italic(),
        underline: cell.underline(),
        reverse: cell.inverse(),
    }
    .normalised()
}

/// What a frame asks for in a cell, as near as a terminal can come.
fn asked(cell: &ratatui::buffer::Cell, capabilities: Capabilities) -> Look {
    let pen = Pen::of(cell, capabilities);
    let colour = |ink| match ink {
        Ink::Default => vt100::Color::Default,
        Ink::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        Ink::Indexed(index) => vt100::Color::Idx(index),
    };
    let is_ascii = cell.symbol().is_ascii();
    let shown = is_ascii || capabilities.charset == Charset::Unicode;
    let substitute = || glyph::glyph(cell.symbol(), Charset::Ascii).base.to_string();
    Look {
        text: if shown {
            cell.symbol().to_owned()
        } else {
            substitute()
        },
        foreground: colour(pen.foreground),
        background: colour(pen.background),
        bold: pen.attributes.has(Attributes::BOLD),
        dim: pen.attributes.has(Attributes::DIM),
        italic: pen.attributes.has(Attributes::ITALIC),
        underline: pen.attributes.has(Attributes::UNDERLINE),
        reverse: pen.attributes.has(Attributes::REVERSE),
    }
    .normalised()
}

/// A terminal and the screen that draws on it.
struct Bench {
    screen: Screen,
    terminal: vt100::Parser,
}

impl Bench {
    fn new(columns: u16, rows: u16, capabilities: Capabilities) -> Self {
        let mut screen = Screen::new(Size::new(columns, rows), capabilities);
        screen.enter();
        Self {
            screen,
            terminal: terminal(columns, rows),
        }
    }

    /// Draws a frame, and again to see that nothing is left to do.
    fn draw(&mut self, frame: &Buffer, cursor: Option<Position>) -> Vec<u8> {
        let mut out = Vec::new();
        self.screen
            .draw(frame, cursor, &mut out)
            .expect("a Vec takes everything");
        self.terminal.process(&out);
        let mut again = Vec::new();
        self.screen
            .draw(frame, cursor, &mut again)
            .expect("a Vec takes everything");
        assert_eq!(again, b"", "the second time");
        out
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.screen.resize(Size::new(columns, rows));
        self.terminal.set_size(side(rows), side(columns));
    }
}

fn side(length: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(length).expect("no side is zero")
}

fn terminal(columns: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(side(rows), side(columns), 0)
}

/// One thing that happens to a page, in fractions of its size.
#[derive(Clone, Debug)]
enum Change {
    Text {
        at: (u16, u16),
        text: usize,
        style: usize,
    },
    Style {
        area: [u16; 4],
        style: usize,
    },
    Clear {
        area: [u16; 4],
    },
    /// Part of the page moves up or down, as panes do; text comes in where it leaves room.
    Scroll {
        area: [u16; 4],
        shift: i16,
        text: usize,
    },
    Page {
        text: usize,
    },
    Resize {
        columns: u16,
        rows: u16,
    },
    /// Somebody else wrote to the terminal, and the screen was told.
    Scribble,
    Cursor(Option<(u16, u16)>),
}

const TEXTS: [&str; 9] = [
    "Use when billing only the professional interpretation/reporting component",
    "26   Professional Component",
    "    deep   gaps      and          more             of them",
    "─────────────────────────────────────",
    "│",
    "世界 and 한국어 in one line",
    "e\u{301}le\u{300}ve, a cluster",
    "▸ é ≥ § “x”",
    "x",
];

fn styles() -> [Style; 9] {
    [
        Style::reset(),
        Style::reset().add_modifier(Modifier::BOLD),
        Style::reset().fg(Color::Red),
        Style::reset().fg(Color::LightBlue).bg(Color::Indexed(236)),
        Style::reset().add_modifier(Modifier::REVERSED),
        Style::reset()
            .fg(Color::Rgb(200, 100, 50))
            .add_modifier(Modifier::UNDERLINED),
        Style::reset().add_modifier(Modifier::DIM | Modifier::ITALIC),
        Style::reset().bg(Color::Rgb(20, 40, 60)),
        Style::reset()
            .fg(Color::DarkGray)
            .add_modifier(Modifier::BOLD | Modifier::REVERSED),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let place = || (any::<u16>(), any::<u16>());
    let area = || any::<[u16; 4]>();
    let text = || 0..TEXTS.len();
    let style = || 0..styles().len();
    prop_oneof![
        6 => (place(), text(), style()).prop_map(|(at, text, style)| Change::Text { at, text, style }),
        3 => (area(), style()).prop_map(|(area, style)| Change::Style { area, style }),
        2 => area().prop_map(|area| Change::Clear { area }),
        6 => (area(), -4_i16..=4, text()).prop_map(|(area, shift, text)| Change::Scroll { area, shift, text }),
        2 => text().prop_map(|text| Change::Page { text }),
        1 => (1_u16..60, 1_u16..16).prop_map(|(columns, rows)| Change::Resize { columns, rows }),
        1 => Just(Change::Scribble),
        3 => proptest::option::of(place()).prop_map(Change::Cursor),
    ]
}

/// Returns the part of a page that fractions of its size stand for.
fn within(page: Rect, [x, y, width, height]: [u16; 4]) -> Rect {
    let (x, y) = (x % page.width, y % page.height);
    Rect::new(
        x,
        y,
        width % (page.width - x) + 1,
        height % (page.height - y) + 1,
    )
}

fn fill(page: &mut Buffer, area: Rect, text: usize) {
    for y in area.top()..area.bottom() {
        let text = TEXTS[(text + usize::from(y)) % TEXTS.len()];
        page.set_stringn(area.x, y, text, usize::from(area.width), Style::reset());
    }
}

fn scroll(page: &mut Buffer, area: Rect, shift: i16, text: usize) {
    let before = page.clone();
    for y in area.top()..area.bottom() {
        let from = i32::from(y) + i32::from(shift);
        for x in area.left()..area.right() {
            match u16::try_from(from) {
                Ok(from) if (area.top()..area.bottom()).contains(&from) => {
                    page[(x, y)] = before[(x, from)].clone();
                }
                _ => page[(x, y)].reset(),
            }
        }
        if !(i32::from(area.top())..i32::from(area.bottom())).contains(&from) {
            fill(
                page,
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                text,
            );
        }
    }
}

fn compare(frame: &Buffer, cursor: Option<Position>, bench: &Bench) -> Result<(), TestCaseError> {
    let capabilities = bench.screen.capabilities();
    let area = frame.area;
    let shown = bench.terminal.screen();
    let waits = capabilities.can(Feature::LateWrap);
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let cell = &frame[(x, y)];
            let wide = cell.symbol().width() == 2 && capabilities.charset == Charset::Unicode;
            let mut look = asked(cell, capabilities);
            let spared = !waits && y + 1 == area.height && x + 1 + u16::from(wide) >= area.width;
            if wide && x + 1 == area.width || spared {
                let style = if spared { Style::reset() } else { cell.style() };
                let mut blank = ratatui::buffer::Cell::EMPTY;
                blank.set_style(style);
                look = asked(&blank, capabilities);
            }
            prop_assert_eq!(seen(shown, y, x), look, "row {} column {}", y, x);
            x += 1 + u16::from(wide);
        }
    }
    if let Some(cursor) = cursor {
        prop_assert_eq!(shown.cursor_position(), (cursor.y, cursor.x));
    }
    let hides = capabilities.can(Feature::HideCursor);
    prop_assert_eq!(shown.hide_cursor(), hides && cursor.is_none());
    Ok(())
}

fn play(
    mut columns: u16,
    mut rows: u16,
    capabilities: Capabilities,
    changes: &[Vec<Change>],
) -> Result<(), TestCaseError> {
    let mut bench = Bench::new(columns, rows, capabilities);
    let mut page = Buffer::empty(Rect::new(0, 0, columns, rows));
    let mut cursor = None;
    for batch in changes {
        for change in batch {
            match *change {
                Change::Text {
                    at: (x, y),
                    text,
                    style,
                } => {
                    page.set_string(x % columns, y % rows, TEXTS[text], styles()[style]);
                }
                Change::Style { area, style } => {
                    page.set_style(within(page.area, area), styles()[style])
                }
                Change::Clear { area } => {
                    let area = within(page.area, area);
                    scroll(&mut page, area, i16::MAX, 8);
                }
                Change::Scroll { area, shift, text } => {
                    let area = within(page.area, area);
                    scroll(&mut page, area, shift, text);
                }
                Change::Page { text } => {
                    page.reset();
                    fill(&mut page, Rect::new(0, 0, columns, rows), text);
                }
                Change::Resize {
                    columns: to_columns,
                    rows: to_rows,
                } => {
                    (columns, rows) = (to_columns, to_rows);
                    page = Buffer::empty(Rect::new(0, 0, columns, rows));
                    fill(&mut page, Rect::new(0, 0, columns, rows), 0);
                    bench.resize(columns, rows);
                    cursor = None;
                }
                Change::Scribble => {
                    if capabilities.can(Feature::ScrollRegion) {
                        bench.terminal.process(b"\x1b[2;3r");
                    }
                    bench.terminal.process(b"\x1b[7;31mwall: hello\x1b[5;5H");
                    bench.screen.forget();
                }
                Change::Cursor(at) => {
                    cursor = at.map(|(x, y)| Position::new(x % columns, y % rows))
                }
            }
        }
        let bytes = bench.draw(&page, cursor);
        prop_assert!(capabilities.charset == Charset::Unicode || bytes.is_ascii());
        compare(&page, cursor, &bench)?;
    }
    Ok(())
}

fn capabilities(term: &str) -> Capabilities {
    let variable = |name: &str| match name {
        "TERM" => Some(term.to_owned()),
        "LANG" => Some("C.UTF-8".to_owned()),
        _ => None,
    };
    match Capabilities::detect(&variable, Overrides::default()) {
        Painting::Full(capabilities) => capabilities,
        Painting::Plain(_) => panic!("{term} is plain"),
    }
}

fn any_capabilities() -> impl Strategy<Value = Capabilities> {
    let term = proptest::sample::select(vec![
        "xterm",
        "xterm-256color",
        "alacritty",
        "screen",
        "linux",
        "vt220",
        "vt100",
        "nonesuch",
    ]);
    prop_oneof![Just(Capabilities::modern()), term.prop_map(capabilities),]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_what_was_to_be_shown(
        size in (1_u16..60, 1_u16..16),
        capabilities in any_capabilities(),
        changes in proptest::collection::vec(proptest::collection::vec(change(), 1..4), 1..14),
    ) {
        play(size.0, size.1, capabilities, &changes)?;
    }
}
