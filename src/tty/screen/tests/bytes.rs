//! Byte budgets for common moves, on a generated document of 400 lines with a header of two rows and
//! a footer that counts lines.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use crate::tty::screen::*;

const LINES: usize = 400;
const WORDS: [&str; 24] = [
    "the",
    "assay",
    "of",
    "serum",
    "for",
    "cancer",
    "marker",
    "is",
    "billed",
    "with",
    "modifier",
    "when",
    "a",
    "professional",
    "component",
    "was",
    "performed",
    "by",
    "laboratory",
    "and",
    "payer",
    "policy",
    "in",
    "force",
];

/// The document, wrapped at 96 columns at most.
fn document(columns: u16) -> Vec<String> {
    let width = usize::from(columns.min(96));
    let mut seed = 12345_u32;
    let mut word = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        WORDS[(seed >> 16) as usize % WORDS.len()]
    };
    let mut lines = Vec::new();
    while lines.len() < LINES {
        let mut line = String::new();
        // Paragraphs have short last lines.
        let margin = if lines.len() % 7 == 5 { width / 2 } else { 2 };
        loop {
            let next = word();
            if line.len() + next.len() + 1 > width - margin {
                break;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(next);
        }
        lines.push(line);
        if lines.len() % 7 == 0 {
            lines.push(String::new());
        }
    }
    lines.truncate(LINES);
    lines
}

/// A screen that shows the document.
struct DocumentScreen {
    screen: Screen,
    size: Size,
    lines: Vec<String>,
    sidebar: Sidebar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sidebar {
    Hidden,
    /// A list of 24 columns and a border, left of the text.
    Visible,
}

impl DocumentScreen {
    fn new(columns: u16, rows: u16, sidebar: Sidebar) -> Self {
        let size = Size::new(columns, rows);
        let mut screen = Screen::new(size, Capabilities::modern());
        screen.enter();
        let text_columns = if sidebar == Sidebar::Visible {
            columns - 26
        } else {
            columns
        };
        Self {
            screen,
            size,
            lines: document(text_columns),
            sidebar,
        }
    }

    fn pane(&self) -> Rect {
        let left = if self.sidebar == Sidebar::Visible {
            26
        } else {
            0
        };
        Rect::new(left, 2, self.size.columns() - left, self.size.rows() - 3)
    }

    fn frame(&self, first: usize, selected: Option<u16>) -> Buffer {
        let (columns, rows) = (self.size.columns(), self.size.rows());
        let mut frame = Buffer::empty(Rect::new(0, 0, columns, rows));
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let dim = Style::new().fg(Color::DarkGray);
        frame.set_string(1, 0, "83950  HER2/neu Serum Tumor Marker Assay", bold);
        frame.set_string(columns - 20, 0, "CPT · not reviewed", dim);
        frame.set_string(
            1,
            1,
            "1 Summary  2 Overview  3 Clinical context  4 Coding  5 Payers",
            dim,
        );
        frame.set_string(12, 1, "2 Overview", bold);
        if self.sidebar == Sidebar::Visible {
            for row in 2..rows - 1 {
                let entry = format!("{} Section of the document", row - 1);
                frame.set_stringn(0, row, entry, 24, Style::new());
                frame.set_string(25, row, "│", dim);
            }
        }
        let pane = self.pane();
        for row in 0..pane.height {
            let at = first + usize::from(row);
            let Some(line) = self.lines.get(at) else {
                break;
            };
            let style = if at.is_multiple_of(14) {
                Style::new().fg(Color::Cyan)
            } else {
                Style::new()
            };
            if selected.is_some() {
                let (mark, key) = if selected == Some(row) {
                    ("▸", bold)
                } else {
                    (" ", Style::new())
                };
                frame.set_string(pane.x, pane.y + row, mark, Style::new());
                frame.set_string(pane.x + 2, pane.y + row, format!("{}", 26 + at), key);
                frame.set_stringn(
                    pane.x + 6,
                    pane.y + row,
                    line,
                    usize::from(pane.width) - 6,
                    style,
                );
            } else {
                frame.set_stringn(pane.x, pane.y + row, line, usize::from(pane.width), style);
            }
        }
        frame.set_string(1, rows - 1, "↑↓ row  / search  ? help  q quit", dim);
        let counter = format!("line {} of {LINES}", first + 1);
        frame.set_string(columns - 20, rows - 1, counter, dim);
        frame
    }

    fn draw(&mut self, first: usize, selected: Option<u16>) -> usize {
        let frame = self.frame(first, selected);
        let pane = self.pane();
        let cursor = Position::new(pane.x, pane.y + selected.unwrap_or(0));
        let mut out = Vec::new();
        let drawn = self.screen.draw(&frame, Some(cursor), &mut out);
        drawn.expect("a Vec takes everything")
    }

    /// The mean number of bytes per key, if each key scrolls by `by` lines.
    fn mean_scroll_bytes(&mut self, by: usize, keys: usize) -> usize {
        self.draw(0, None);
        let total: usize = (1..=keys).map(|key| self.draw(key * by, None)).sum();
        total / keys
    }
}

/// Fails if a figure is over its budget, or so far below it that the budget can be lowered.
fn assert_at_most(bytes: usize, most: usize) {
    assert!(bytes <= most, "{bytes} bytes are more than {most}");
    assert!(
        bytes * 100 >= most * 95,
        "{bytes} bytes: lower the budget of {most}"
    );
}

#[test]
fn first_frame_is_little_more_than_its_text() {
    assert_at_most(
        DocumentScreen::new(80, 24, Sidebar::Hidden).draw(0, None),
        1700,
    );
    assert_at_most(
        DocumentScreen::new(200, 60, Sidebar::Hidden).draw(0, None),
        4500,
    );
}

#[test]
fn scrolling_one_line_costs_little_more_than_the_line() {
    assert_at_most(
        DocumentScreen::new(80, 24, Sidebar::Hidden).mean_scroll_bytes(1, 50),
        96,
    );
    assert_at_most(
        DocumentScreen::new(200, 60, Sidebar::Hidden).mean_scroll_bytes(1, 50),
        110,
    );
}

#[test]
fn scrolling_back_costs_the_same() {
    let mut document = DocumentScreen::new(80, 24, Sidebar::Hidden);
    document.draw(60, None);
    let total: usize = (10..60).rev().map(|first| document.draw(first, None)).sum();
    assert_at_most(total / 50, 97);
}

#[test]
fn sidebar_is_restored_after_a_scroll() {
    assert_at_most(
        DocumentScreen::new(80, 24, Sidebar::Visible).mean_scroll_bytes(1, 50),
        205,
    );
}

#[test]
fn several_lines_scroll_in_one_go() {
    assert_at_most(
        DocumentScreen::new(80, 24, Sidebar::Hidden).mean_scroll_bytes(3, 30),
        225,
    );
}

#[test]
fn next_page_costs_no_more_than_its_text() {
    assert_at_most(
        DocumentScreen::new(80, 24, Sidebar::Hidden).mean_scroll_bytes(20, 15),
        1340,
    );
}

#[test]
fn moving_the_selection_costs_twenty_bytes_at_most() {
    for (columns, rows) in [(80, 24), (200, 60)] {
        let mut document = DocumentScreen::new(columns, rows, Sidebar::Hidden);
        document.draw(0, Some(0));
        let total: usize = (1..=15).map(|row| document.draw(0, Some(row))).sum();
        assert_at_most(total / 15, 20);
    }
}
