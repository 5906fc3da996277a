//! The panes beside the rows on a wide screen.

use std::sync::Arc;

use codeleaf::content;
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::support::generated;
use crate::support::keys::key_bytes;
use crate::support::reader::TestSession;

/// The screen after pressing keys in the shipped document.
fn screen(columns: u16, rows: u16, keys: &str) -> String {
    TestSession::open(columns, rows).press(keys).screen()
}

fn reader_of(document: &str, size: (u16, u16)) -> TestSession {
    let document = content::parse_document("generated.toml", document.as_bytes()).unwrap();
    TestSession::with_document(
        Arc::new(document),
        Arc::new(Library::built_in()),
        size,
        Capabilities::modern(),
        TableMode::Columns,
    )
}

#[test]
fn details_of_the_selected_row_are_beside_the_rows() {
    assert_snapshot!(screen(120, 40, "4"), @"");
}

#[test]
fn outline_of_sections_is_at_the_left_of_a_wider_screen() {
    assert_snapshot!(screen(200, 60, "4"), @"");
}

#[test]
fn arrows_and_tab_move_between_panes() {
    let mut reader = TestSession::open(160, 30);
    let mark = |reader: &TestSession| {
        let line = reader.cursor_line();
        let column = line.chars().position(|c| c == '▸').unwrap_or(usize::MAX);
        ["outline", "rows", "details"][usize::from(column > 20) + usize::from(column > 60)]
    };
    let mut seen = Vec::new();
    for key in [
        "4",
        "right",
        "right",
        "left",
        "left",
        "left",
        "tab",
        "tab",
        "tab",
        "shift-tab",
    ] {
        reader.press(key);
        seen.push(format!("{key}: {}", mark(&reader)));
    }
    assert_snapshot!(seen.join("\n"), @"");
    // The sections follow the cursor of the outline.
    let mut reader = TestSession::open(160, 30);
    reader.press("left down down");
    assert!(
        reader.screen().contains("83950 › Clinical"),
        "{}",
        reader.screen()
    );
    reader.press("enter down");
    assert_eq!(mark(&reader), "rows");
}

#[test]
fn enter_scrolls_long_details_and_esc_returns_to_the_rows() {
    let mut reader = TestSession::open(120, 16);
    let before = reader.press("4 enter").screen();
    let after = reader.press("down down").screen();
    assert_ne!(before, after);
    assert_eq!(
        reader.press("esc").screen(),
        TestSession::open(120, 16).press("4").screen()
    );
}

#[test]
fn panes_are_turned_off_with_a_key_and_the_split_moves() {
    let one_pane = screen(140, 24, "4 p");
    assert!(one_pane.contains("One pane"), "{one_pane}");
    assert!(!one_pane.contains("83950-26"), "{one_pane}");
    let column = |keys: &str| {
        let screen = screen(140, 24, keys);
        let line = screen
            .lines()
            .find(|line| line.contains("83950-26  "))
            .unwrap()
            .to_owned();
        line.split("83950-26  ").next().unwrap().chars().count()
    };
    let start = column("4");
    assert!(column("4 <") < start && column("4 > >") > start);
    assert_eq!(column("4 < >"), start);
    assert_eq!(column("4 p p"), start);
}

#[test]
fn narrow_or_linear_screen_has_one_pane() {
    for (columns, rows) in [(119, 40), (200, 11)] {
        let one = screen(columns, rows, "4 enter");
        assert_ne!(one, screen(columns, rows, "4"));
        assert!(!screen(columns, rows, "4").contains("83950-26  "));
    }
    let capabilities = Capabilities::modern();
    let mut reader = TestSession::with_capabilities(200, 60, capabilities, TableMode::Linear);
    reader.press("4");
    assert!(
        !reader.screen().contains("83950-26  "),
        "{}",
        reader.screen()
    );
    reader.press("p p");
    assert!(
        reader
            .screen()
            .contains("--plain-ui shows one pane at a time")
    );
    reader.press("enter");
    assert!(
        reader.screen().contains("Row details, 26"),
        "{}",
        reader.screen()
    );
}

#[test]
fn held_arrow_sends_as_little_as_with_one_pane() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        for size in [(120, 40), (200, 60)] {
            let mut reader = reader_of(&document, size);
            for _ in 0..70 {
                reader.hold(key_bytes("down"));
            }
            let mut sent = 0;
            for _ in 0..50 {
                reader.hold(key_bytes("down"));
                sent += reader.last_frame_bytes;
            }
            println!(
                "one line of scroll with panes, {kind}, {size:?}: {} B",
                sent / 50
            );
            assert!(sent <= 130 * 50, "{kind}, {size:?}: {} B", sent / 50);
            reader.rest();
            println!(
                "the panes when the cursor rests: {} B",
                reader.last_frame_bytes
            );
            assert!(reader.last_frame_bytes > 0);
            let row = reader.cursor_line();
            let name = row
                .split_whitespace()
                .find(|word| word.ends_with(':'))
                .unwrap_or_default();
            assert!(
                reader.screen().matches(name).count() >= 2,
                "{}",
                reader.screen()
            );
            reader.rest();
            assert_eq!(reader.last_frame_bytes, 0);
        }
    }
}

#[test]
fn first_frame_with_panes_is_small() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        let sent = reader_of(&document, (200, 60)).total_bytes;
        println!("first frame with panes, {kind}: {sent} B");
        assert!(sent <= 6 << 10, "{kind}: {sent} B");
    }
    let sent = TestSession::open(200, 60).total_bytes;
    println!("first frame with panes, shipped document: {sent} B");
    assert!(sent <= 6 << 10, "{sent} B");
}
