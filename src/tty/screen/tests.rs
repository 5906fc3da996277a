pub(crate) mod bytes;
pub(crate) mod emulated;
pub(crate) mod look;
pub(crate) mod page;
pub(crate) mod tmux;

use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::tty::screen::*;

fn frame(columns: u16, rows: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, columns, rows))
}

/// Draws a frame and returns the bytes, escaped.
fn draw_escaped(screen: &mut Screen, frame: &Buffer, cursor: Option<Position>) -> String {
    let mut out = Vec::new();
    let written = screen
        .draw(frame, cursor, &mut out)
        .expect("a Vec takes everything");
    assert_eq!(written, out.len());
    out.escape_ascii().to_string().replace("\\x1b", "^")
}

#[test]
fn first_frame_enters_the_screen_in_the_same_write() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "hello", Style::new());
    screen.enter();
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(0, 0))),
        "^[?1049h^[?2004h^[m^[r^[H^[Jhello\\r"
    );
}

#[test]
fn unchanged_frame_writes_nothing() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(3, 3, "hello", Style::new());
    draw_escaped(&mut screen, &page, None);
    assert_eq!(draw_escaped(&mut screen, &page, None), "");
    screen.request_status();
    assert_eq!(draw_escaped(&mut screen, &page, None), "");
    page.set_string(3, 3, "cello", Style::new());
    assert_eq!(draw_escaped(&mut screen, &page, None), "^[5Dc");
    page.set_string(3, 3, "jello", Style::new());
    screen.request_status();
    assert_eq!(draw_escaped(&mut screen, &page, None), "\\x08j^[5n");
}

#[test]
fn only_changed_cells_are_sent() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "hello world", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    let red = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
    page.set_string(6, 0, "w", red);
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(0, 0))),
        "^[6C^[1;31mw^[m\\r"
    );
}

#[test]
fn only_long_frames_are_synchronized() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    for row in 0..24 {
        page.set_string(0, row, "something to read", Style::new());
    }
    let bytes = draw_escaped(&mut screen, &page, None);
    assert!(
        bytes.starts_with("^[?2026h") && bytes.ends_with("^[?2026l"),
        "{bytes}"
    );
    page.set_string(0, 0, "Something", Style::new());
    assert!(!draw_escaped(&mut screen, &page, None).contains("2026"));
}

#[test]
fn text_of_uncertain_width_is_followed_by_a_cursor_move() {
    for (symbol, sent) in [
        ("世", "\\xe4\\xb8\\x96^[3Gx"),
        ("e\u{301}", "e\\xcc\\x81\\r^[Cx"),
    ] {
        let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
        let mut page = frame(80, 24);
        draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
        let (end, _) = page.set_stringn(0, 0, format!("{symbol}x"), 80, Style::new());
        assert_eq!(
            draw_escaped(&mut screen, &page, Some(Position::new(end, 0))),
            sent
        );
    }
}

#[test]
fn long_blanks_are_erased_and_short_ones_written() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "one two three four five six", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    page.set_string(4, 0, "                       ", Style::new());
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(4, 0))),
        "^[4C^[K"
    );
    page.set_string(4, 0, "two three four five six", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    page.set_string(4, 0, "                   ", Style::new());
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(4, 0))),
        "^[4C^[19X"
    );
    page.set_string(0, 0, "   ", Style::new());
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(3, 0))),
        "\\r   "
    );
}

#[test]
fn blanks_before_another_change_are_written() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "something", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    page.set_string(0, 0, "     here", Style::new());
    let bytes = draw_escaped(&mut screen, &page, Some(Position::new(9, 0)));
    assert_eq!(bytes, "     here");
}

#[test]
fn text_of_uncertain_width_is_skipped_not_rewritten() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "ae\u{301}b", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    page.set_string(0, 0, "xe\u{301}y", Style::new());
    let bytes = draw_escaped(&mut screen, &page, Some(Position::new(3, 0)));
    assert_eq!(bytes, "x^[Cy");
}

#[test]
fn erased_cells_have_the_default_background() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "x and a tail that goes", Style::new());
    draw_escaped(&mut screen, &page, Some(Position::new(0, 0)));
    page.set_string(0, 0, "y                     ", Style::new());
    page.set_style(Rect::new(0, 0, 1, 1), Style::new().bg(Color::Red));
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(1, 0))),
        "^[41my^[m^[K"
    );
}

#[test]
fn scrolled_in_rows_have_the_default_background() {
    let mut screen = Screen::new(Size::new(80, 6), Capabilities::modern());
    let page = |first: u8| {
        let mut page = frame(80, 6);
        for row in 0..5 {
            let line = char::from(b'a' + first + row).to_string().repeat(12);
            page.set_string(0, u16::from(row), line, Style::new());
        }
        page.set_string(0, 5, first.to_string(), Style::new().bg(Color::Blue));
        page
    };
    draw_escaped(&mut screen, &page(1), Some(Position::new(0, 0)));
    assert_eq!(
        draw_escaped(&mut screen, &page(2), Some(Position::new(0, 0))),
        "^[6H^[44m2^[;5r^[m^[5H\\ngggggggggggg^[r^[H"
    );
}

#[test]
fn last_cell_stays_blank_without_deferred_wrap() {
    let capabilities = Capabilities::modern().without(Feature::DeferredWrap);
    for (columns, text, sent) in [
        (1, "x", ""),
        (2, "世", ""),
        (3, "x世", "x"),
        (3, "xyz", "xy"),
    ] {
        let mut screen = Screen::new(Size::new(columns, 1), capabilities);
        let mut page = frame(columns, 1);
        page.set_string(0, 0, text, Style::new());
        let bytes = draw_escaped(&mut screen, &page, None);
        assert_eq!(bytes, format!("^[m^[r^[H^[J{sent}^[?25l"), "{text}");
    }
}

#[test]
fn leaving_clears_the_screen_without_alternate_screen() {
    let plain = Capabilities::modern().without(Feature::AlternateScreen);
    let mut screen = Screen::new(Size::new(80, 24), plain);
    let mut out = Vec::new();
    screen.leave(&mut out).expect("a Vec takes everything");
    assert_eq!(out, b"", "it was never entered");
    screen.enter();
    draw_escaped(&mut screen, &frame(80, 24), None);
    screen.leave(&mut out).expect("a Vec takes everything");
    let left = out.escape_ascii().to_string().replace("\\x1b", "^");
    assert_eq!(
        left,
        "^[r^[?1006l^[?1000l^[?2004l^[?25h^[m^[H^[J^[24H^[?2026l"
    );
    out.clear();
    screen.leave(&mut out).expect("a Vec takes everything");
    assert_eq!(out, b"", "the second time");
}

#[test]
fn queued_bytes_are_sent_with_an_unchanged_frame() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let page = frame(80, 24);
    draw_escaped(&mut screen, &page, None);
    screen.capture_mouse(MouseCapture::On);
    assert_eq!(draw_escaped(&mut screen, &page, None), "^[?1000h^[?1006h");
    screen.queue(b"\x1b]52;c;Zm9v\x07");
    assert_eq!(draw_escaped(&mut screen, &page, None), "^]52;c;Zm9v\\x07");
    assert_eq!(draw_escaped(&mut screen, &page, None), "");
}

/// A writer that counts writes, and fails if it is closed.
struct CountingWriter {
    is_closed: bool,
    writes: usize,
}

impl Write for CountingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.is_closed {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn frame_is_one_write_and_an_error_forces_a_full_redraw() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    let mut page = frame(80, 24);
    page.set_string(0, 0, "hello", Style::new());
    let mut out = CountingWriter {
        is_closed: false,
        writes: 0,
    };
    screen.enter();
    screen.request_status();
    let whole = screen
        .draw(&page, None, &mut out)
        .expect("the writer is open");
    assert_eq!(out.writes, 1);
    page.set_string(0, 0, "jello", Style::new());
    out.is_closed = true;
    assert!(screen.draw(&page, None, &mut out).is_err());
    out.is_closed = false;
    let again = screen
        .draw(&page, None, &mut out)
        .expect("the writer is open again");
    assert!(again + 30 > whole, "{again}");
}

#[test]
fn frame_of_another_size_is_cropped_or_padded() {
    let mut screen = Screen::new(Size::new(10, 2), Capabilities::modern());
    let mut page = frame(20, 3);
    page.set_string(8, 1, "abcd", Style::new());
    assert_eq!(
        draw_escaped(&mut screen, &page, Some(Position::new(19, 9))),
        "^[m^[r^[H^[J\\n^[8Cab\\r^[9C"
    );
    assert_eq!(
        draw_escaped(&mut screen, &frame(3, 1), Some(Position::new(0, 0))),
        "\\x08  ^[H"
    );
    assert_eq!(
        draw_escaped(&mut screen, &frame(0, 0), Some(Position::new(0, 0))),
        ""
    );
}

#[test]
fn cell_takes_four_bytes() {
    assert_eq!(size_of::<cell::ScreenCell>() * 80 * 24, 7680);
}

#[test]
fn style_table_stays_bounded_across_frames() {
    let mut screen = Screen::new(Size::new(80, 24), Capabilities::modern());
    for round in 0..60_u8 {
        let mut page = frame(80, 24);
        for (at, cell) in (0_u32..).zip(&mut page.content) {
            let mark = char::from_u32(0x300 + u32::from(round)).expect("a mark");
            if let Ok(column) = u8::try_from(at) {
                cell.set_fg(Color::Rgb(round, column, 0));
                cell.set_symbol(&format!("{}{mark}", char::from(b'a' + column % 26)));
            }
        }
        draw_escaped(&mut screen, &page, None);
        assert_eq!(
            draw_escaped(&mut screen, &page, None),
            "",
            "the IDs stay valid"
        );
        let (styles, clusters) = screen.style_table.sizes();
        assert!(styles <= cell::MAX_STYLES && clusters <= cell::MAX_CLUSTERS);
        assert!(screen.shown.is_some());
    }
    let (styles, clusters) = screen.style_table.sizes();
    assert!(
        styles < 2000 && clusters < 2000,
        "{styles} styles and {clusters} clusters"
    );
}

#[test]
fn frame_with_more_styles_than_ids_is_still_drawn() {
    let mut screen = Screen::new(Size::new(80, 60), Capabilities::modern());
    let mut page = frame(80, 60);
    for (at, cell) in (0_u16..).zip(&mut page.content) {
        let [high, low] = at.to_be_bytes();
        cell.set_symbol("x").set_fg(Color::Rgb(high, low, 1));
    }
    let bytes = draw_escaped(&mut screen, &page, None);
    assert_eq!(bytes.matches('x').count(), 80 * 60);
    assert_eq!(screen.style_table.sizes().0, cell::MAX_STYLES);
}
