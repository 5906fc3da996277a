//! Byte budgets: how many bytes the program sends, which matters on a slow connection.
//!
//! The figures count every byte that the terminal received.

use std::time::Duration;

use crate::support::generated;
use crate::support::program::{Home, Launch, Terminal};

/// How many key presses are averaged.
const KEY_PRESSES: usize = 50;

fn open(document: &str, (columns, rows): (u16, u16)) -> Terminal {
    let home = Home::new();
    let path = home.write("generated.toml", document);
    // With several panes, a pause between two keys counts; see `tests/panes.rs`.
    let terminal = Launch::codeleaf_with(&[path.as_os_str(), "--panes=off".as_ref()])
        .home(&home)
        .size(columns, rows)
        .start();
    terminal.wait_for("CPT (c) AMA");
    terminal.wait_for_silence(Duration::from_millis(200));
    terminal
}

/// Presses a key [`KEY_PRESSES`] times, and returns the mean number of bytes per press.
fn average_bytes_per_key(terminal: &Terminal, key: &str) -> usize {
    let sent: usize = (0..KEY_PRESSES)
        .map(|_| terminal.press_and_count_bytes(key))
        .sum();
    sent.div_ceil(KEY_PRESSES)
}

#[test]
fn first_frame_of_the_shipped_document_is_small() {
    let terminal = Launch::codeleaf("83950").start();
    terminal.wait_for("CPT (c) AMA");
    terminal.wait_for_silence(Duration::from_millis(300));
    println!(
        "first frame, shipped document, 80x24: {} B",
        terminal.bytes_received()
    );
    assert!(
        terminal.bytes_received() <= 2048,
        "{} B",
        terminal.bytes_received()
    );
}

#[test]
fn first_frame_of_a_long_document_is_small() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        let sent = open(&document, (80, 24)).bytes_received();
        println!("first frame, {kind}, 80x24: {sent} B");
        assert!(sent <= 2048, "{kind}: {sent} B");
    }
}

#[test]
fn scrolling_by_a_line_is_cheap_on_every_screen() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        for size in [(80, 24), (200, 60)] {
            let terminal = open(&document, size);
            // From here on, every key scrolls the page.
            terminal.press_and_count_bytes(&"down ".repeat(70));
            terminal.wait_for_silence(Duration::from_millis(300));
            let top = terminal.screen().lines().nth(4).unwrap().to_owned();
            let sent = average_bytes_per_key(&terminal, "down");
            println!("one line of scroll, {kind}, {size:?}: {sent} B");
            assert_ne!(
                terminal.screen().lines().nth(4).unwrap(),
                top,
                "the page did not scroll"
            );
            assert!(sent <= 130, "{kind}, {size:?}: {sent} B");
        }
    }
}

#[test]
fn moving_the_selection_sends_few_bytes() {
    for size in [(80, 24), (200, 60)] {
        let terminal = open(&generated::list(), size);
        let keys = usize::from(size.1 / 2);
        for key in ["down", "up"] {
            let sent: usize = (0..keys).map(|_| terminal.press_and_count_bytes(key)).sum();
            let sent = sent.div_ceil(keys);
            println!("moving a selection {key}, {size:?}: {sent} B");
            assert!(sent <= 60, "{key}, {size:?}: {sent} B");
        }
    }
}

#[test]
fn nothing_is_sent_while_nothing_changes() {
    let terminal = open(&generated::list(), (80, 24));
    terminal.press_and_count_bytes("down");
    terminal.wait_for_silence(Duration::from_millis(500));
    let mark = terminal.bytes_received();
    // An unbound key, which leads to a message once, and a move beyond the start.
    terminal
        .press("= home")
        .wait_for_silence(Duration::from_millis(300));
    let home = terminal.bytes_received();
    assert!(home > mark);
    terminal
        .press("home =")
        .wait_for_silence(Duration::from_secs(1));
    assert_eq!(terminal.bytes_received(), home);
}
