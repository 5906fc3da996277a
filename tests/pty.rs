//! The whole program in a pseudo-terminal: start, use and exit.

mod environment;
mod far_away;
mod leaving;
mod progress;
mod reload;

use std::time::Duration;

use crate::support::program::{Launch, Terminal, cpu_time, peak_memory};

/// Opens the shipped document and waits for it.
fn open() -> Terminal {
    open_with(Launch::codeleaf("83950"))
}

fn open_with(launch: Launch) -> Terminal {
    let terminal = launch.start();
    terminal.wait_for("1/3");
    terminal
}

#[test]
fn program_finds_a_modifier_and_restores_the_terminal() {
    let mut terminal = open();
    assert!(!terminal.has_initial_modes());
    assert!(terminal.with_screen(vt100::Screen::alternate_screen));
    terminal
        .press("/ \"83950-26\"")
        .wait_for("▸ CPT 83950 › Coding › 26");
    terminal.press("enter").wait_for("Result 1 of 1");
    assert!(
        terminal.cursor_line().contains("▸ 26"),
        "{}",
        terminal.screen()
    );
    terminal.press("m").wait_for("mouse");
    assert_ne!(
        terminal.with_screen(vt100::Screen::mouse_protocol_mode),
        vt100::MouseProtocolMode::None
    );
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn rapid_resizes_are_coalesced() {
    let mut terminal = open();
    terminal.wait_for_silence(Duration::from_millis(300));
    let mark = terminal.bytes_received();
    for n in 0..20 {
        terminal.resize(100 - 3 * n, 30 - n % 5);
    }
    terminal.resize(60, 12);
    terminal.wait_for("CPT (c) AMA");
    terminal.wait_for_silence(Duration::from_millis(300));
    let frames = crate::support::program::count(&terminal.bytes_since(mark), b"\x1b[H\x1b[J");
    assert!((1..=4).contains(&frames), "{frames} frames");
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().collect();
    assert_eq!(lines.len(), 12, "{screen}");
    assert!(
        lines[0].contains("83950") && lines[11].ends_with("CPT (c) AMA"),
        "{screen}"
    );
    assert!(
        lines.iter().all(|line| line.chars().count() <= 60),
        "{screen}"
    );
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn program_works_at_every_terminal_size() {
    for ((columns, rows), text) in [
        ((20, 5), Some("CPT code 83950")),
        ((10, 3), Some("CPT")),
        ((2, 1), None),
        ((1, 1), None),
        ((300, 100), Some("HER2/neu serum tumor marker assay")),
        // `ssh -tt` without a terminal reports this size, which counts as 80 by 24.
        ((0, 0), Some("1 Summary  2 Overview")),
    ] {
        let mut terminal = Launch::codeleaf("83950").size(columns, rows).start();
        match text {
            Some(text) => {
                terminal.wait_for(text);
            }
            None => terminal
                .wait_for_bytes(0, b"\x1b[H\x1b[J")
                .wait_for_silence(Duration::from_millis(50)),
        }
        for keys in [
            "down down 4 enter",
            "esc",
            "/ \"26\" enter",
            "esc",
            "esc",
            "down",
        ] {
            terminal.press(keys);
            // Esc counts as a key only if no other byte follows for a moment.
            terminal.wait_for_silence(Duration::from_millis(150));
        }
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn idle_program_sends_nothing_and_uses_no_cpu() {
    let mut terminal = open();
    terminal.press_and_count_bytes("down");
    // The position is saved meanwhile.
    terminal.wait_for_silence(Duration::from_millis(1200));
    let (mark, before) = (terminal.bytes_received(), cpu_time(terminal.pid()));
    assert!(peak_memory(terminal.pid()).is_none_or(|kilobytes| kilobytes < 64 * 1024));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(terminal.bytes_received(), mark);
    if let (Some(before), Some(after)) = (before, cpu_time(terminal.pid())) {
        let busy = after.saturating_sub(before);
        assert!(busy <= Duration::from_millis(20), "{busy:?}");
    }
    terminal.press("q");
    terminal.assert_exits_restored(0);
}
