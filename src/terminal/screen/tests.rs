mod bytes;
mod emulated;

use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::*;

fn frame(columns: u16, rows: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, columns, rows))
}

/// Draws a frame and returns the bytes, escaped.
fn drawn(screen: &mut Screen, frame: &Buffer, cursor: Option<Position>) -> String {
    let mut out = Vec::new();
    let written = screen
        .draw(frame, cursor, &mut out)
        .expect("a Vec takes everything");
    assert_eq!(written, out.len());
    out.escape_ascii().to_string().replace("\\x1b", "^")
}

#[test]
fn the_first_frame_takes_the_terminal_over_in_the_same_write() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "hello", Style::new());
    screen.enter();
    assert_eq!(
        drawn(&mut screen, &page, Some(Position::new(0, 0))),
        "^[?1049h^[?2004h^[m^[r^[H^[Jhello\\r"
    );
}

#[test]
fn a_frame_that_changes_nothing_is_empty() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(3, 3, "hello", Style::new());
    drawn(&mut screen, &page, None);
    assert_eq!(drawn(&mut screen, &page, None), "");
    screen.ask_when_read();
    assert_eq!(drawn(&mut screen, &page, None), "");
    page.set_string(3, 3, "cello", Style::new());
    assert_eq!(drawn(&mut screen, &page, None), "^[5Dc");
    page.set_string(3, 3, "jello", Style::new());
    screen.ask_when_read();
    assert_eq!(drawn(&mut screen, &page, None), "\\x08j^[5n");
}

#[test]
fn only_what_differs_is_sent() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "hello world", Style::new());
    drawn(&mut screen, &page, Some(Position::new(0, 0)));
    let red = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
    page.set_string(6, 0, "w", red);
    assert_eq!(
        drawn(&mut screen, &page, Some(Position::new(0, 0))),
        "^[6C^[1;31mw^[m\\r"
    );
}
