//! Generated pages and changes to them.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

/// A change to a page. Positions are taken modulo the page's size.
#[derive(Clone, Debug)]
pub(crate) enum PageChange {
    Text {
        at: (u16, u16),
        text: usize,
        style: usize,
    },
    /// A symbol in one cell, whatever its neighbors are.
    Symbol {
        at: (u16, u16),
        symbol: usize,
    },
    Style {
        area: [u16; 4],
        style: usize,
    },
    Clear {
        area: [u16; 4],
    },
    /// Part of the page scrolls, as a pane does, and text scrolls in.
    Scroll {
        area: [u16; 4],
        shift: i16,
        text: usize,
    },
    /// Whole rows scroll, as on a page without a sidebar.
    ScrollRows {
        rows: (u16, u16),
        shift: i16,
        text: usize,
    },
    Fill {
        text: usize,
    },
    Resize {
        columns: u16,
        rows: u16,
    },
    /// Something else wrote to the terminal, and the screen was invalidated.
    ForeignOutput,
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

/// Symbols that no widget should put into a cell, among others.
const SYMBOLS: [&str; 10] = [
    "世",
    "e\u{301}",
    "",
    "\u{7f}\x1b[2J",
    "👩\u{200d}🔬",
    "☺\u{fe0f}",
    "ab",
    "\u{202e}",
    "│",
    "한\u{300}",
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

pub(crate) fn any_change() -> impl Strategy<Value = PageChange> {
    let place = || (any::<u16>(), any::<u16>());
    let area = || any::<[u16; 4]>();
    let text = || 0..TEXTS.len();
    let style = || 0..styles().len();
    prop_oneof![
        6 => (place(), text(), style()).prop_map(|(at, text, style)| PageChange::Text { at, text, style }),
        2 => (place(), 0..SYMBOLS.len()).prop_map(|(at, symbol)| PageChange::Symbol { at, symbol }),
        3 => (area(), style()).prop_map(|(area, style)| PageChange::Style { area, style }),
        2 => area().prop_map(|area| PageChange::Clear { area }),
        6 => (area(), -4_i16..=4, text()).prop_map(|(area, shift, text)| PageChange::Scroll { area, shift, text }),
        6 => (place(), -4_i16..=4, text()).prop_map(|(rows, shift, text)| PageChange::ScrollRows { rows, shift, text }),
        2 => text().prop_map(|text| PageChange::Fill { text }),
        1 => (1_u16..60, 1_u16..16).prop_map(|(columns, rows)| PageChange::Resize { columns, rows }),
        1 => Just(PageChange::ForeignOutput),
        3 => proptest::option::of(place()).prop_map(PageChange::Cursor),
    ]
}

/// Maps arbitrary numbers to an area of the page.
fn area_within(page: Rect, [x, y, width, height]: [u16; 4]) -> Rect {
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

/// A page, and where its cursor is.
#[derive(Clone, Debug)]
pub(crate) struct TestPage {
    pub(crate) frame: Buffer,
    pub(crate) cursor: Option<Position>,
}

impl TestPage {
    pub(crate) fn blank(columns: u16, rows: u16) -> Self {
        Self {
            frame: Buffer::empty(Rect::new(0, 0, columns, rows)),
            cursor: None,
        }
    }

    /// Applies a change to the page.
    pub(crate) fn apply(&mut self, change: &PageChange) {
        let page = &mut self.frame;
        let Rect { width, height, .. } = page.area;
        match *change {
            PageChange::Text {
                at: (x, y),
                text,
                style,
            } => {
                page.set_string(x % width, y % height, TEXTS[text], styles()[style]);
            }
            PageChange::Symbol { at: (x, y), symbol } => {
                page[(x % width, y % height)].set_symbol(SYMBOLS[symbol]);
            }
            PageChange::Style { area, style } => {
                page.set_style(area_within(page.area, area), styles()[style]);
            }
            PageChange::Clear { area } => scroll(page, area_within(page.area, area), i16::MAX, 8),
            PageChange::Scroll { area, shift, text } => {
                scroll(page, area_within(page.area, area), shift, text);
            }
            PageChange::ScrollRows {
                rows: (top, rows),
                shift,
                text,
            } => {
                let top = top % height;
                let area = Rect::new(0, top, width, rows % (height - top) + 1);
                scroll(page, area, shift, text);
            }
            PageChange::Fill { text } => {
                page.reset();
                fill(page, page.area, text);
            }
            PageChange::Resize { columns, rows } => {
                *self = Self::blank(columns, rows);
                fill(&mut self.frame, Rect::new(0, 0, columns, rows), 0);
            }
            PageChange::ForeignOutput => {}
            PageChange::Cursor(at) => {
                self.cursor = at.map(|(x, y)| Position::new(x % width, y % height));
            }
        }
    }
}
