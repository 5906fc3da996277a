//! Quitting, suspending, and the loss of the terminal.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{open, open_with};
use crate::support::program::{Launch, WAIT_TIMEOUT};

#[test]
fn quitting_from_several_panes_restores_the_terminal() {
    for keys in [
        "q",
        "ctrl-c",
        "? ctrl-c ctrl-c",
        "/ \"26\" ctrl-c ctrl-c",
        "4 enter q",
        "o \"q\" ctrl-c ctrl-c",
    ] {
        let mut terminal = open();
        terminal.press(keys);
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn every_terminating_signal_restores_the_terminal() {
    for (signal, status) in [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ] {
        let mut terminal = open();
        terminal.press("m").wait_for("mouse");
        terminal.signal(signal);
        terminal.assert_exits_restored(status);
    }
}

#[test]
fn terminal_stalled_from_the_start_does_not_block_exit() {
    let mut terminal = Launch::codeleaf("83950")
        .in_shell_script(r#"read go; exec "$@""#)
        .start();
    terminal.stop_output();
    terminal.send(b"\n");
    let started = Instant::now();
    while terminal.has_initial_modes() {
        assert!(
            started.elapsed() < WAIT_TIMEOUT,
            "it never took over the terminal"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    // By now it waits for the terminal, or will in a moment.
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_for_exit(), 143);
}

#[test]
fn lost_connection_ends_the_program_at_once() {
    for script in [
        r#"exec "$@""#,
        r#"trap "" HUP; exec "$@""#,
        // A session of its own, which receives no signal when the terminal goes.
        r#"trap "" HUP; setsid --wait "$@"; exit $?"#,
    ] {
        let mut terminal = open_with(Launch::codeleaf("83950").in_shell_script(script));
        let (stayed, status) = terminal.hang_up();
        // It takes a second unless the machine is busy.
        assert!(stayed < Duration::from_secs(3), "{script}: {stayed:?}");
        assert_eq!(status, 129, "{script}");
    }
}

#[test]
fn program_suspends_and_resumes_under_a_shell() {
    let script = r#"set -m; "$@"; echo stopped; read line; fg >/dev/null; echo back $?"#;
    let mut terminal = open_with(Launch::codeleaf("83950").in_shell_script(script));
    terminal.press("4").wait_for("83950 › Coding › 26");
    terminal.press("ctrl-z").wait_for("stopped");
    assert!(terminal.has_initial_modes());
    assert_eq!(terminal.left_enabled(), Vec::<String>::new());
    assert!(!terminal.with_screen(vt100::Screen::alternate_screen));
    // The window becomes smaller meanwhile.
    terminal.resize(60, 16);
    terminal.send(b"\n");
    terminal
        .wait_for("83950 › Coding › 26")
        .wait_for("CPT (c) AMA");
    assert!(terminal.with_screen(vt100::Screen::alternate_screen));
    assert!(!terminal.has_initial_modes());
    assert_eq!(
        terminal.screen().lines().count(),
        16,
        "{}",
        terminal.screen()
    );
    terminal.press("q").wait_for("back 0");
    terminal.assert_exits_restored(0);
}

#[test]
fn screen_is_repainted_after_sigstop() {
    let mut terminal = open();
    terminal.wait_for_silence(Duration::from_millis(100));
    terminal.signal(Signal::STOP);
    let mark = terminal.bytes_received();
    terminal.signal(Signal::CONT);
    terminal.wait_for_bytes(mark, b"\x1b[H\x1b[J");
    terminal.wait_for("1/3");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn suspend_is_refused_without_a_shell() {
    let mut terminal = open();
    terminal.press("ctrl-z").wait_for("Cannot suspend");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}
